"""Work of the catalogue that runs in the background."""
