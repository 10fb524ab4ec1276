"""Filling in a form, section by section, wherever the answers are kept."""
