"""The log of changes: written, worded, read."""
