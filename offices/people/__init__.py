"""Officers: invited, given posts, listed, written to."""
