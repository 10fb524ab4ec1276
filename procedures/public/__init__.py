"""The catalogue as everybody sees it."""
