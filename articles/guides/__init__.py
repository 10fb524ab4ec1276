"""Guides with pictures of the real screens."""
