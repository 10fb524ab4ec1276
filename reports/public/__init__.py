"""Pages of figures for everybody."""
