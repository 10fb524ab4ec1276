"""The catalogue that comes with the portal, loaded once."""
