"""How dossiers are counted: the course of each one, and the figures of days that are added up from them."""
