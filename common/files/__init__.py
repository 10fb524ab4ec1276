"""Files that people send: checked when they come in, stored whole, given out inert."""
