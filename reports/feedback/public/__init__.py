"""Pages of who gives feedback and of everybody."""
