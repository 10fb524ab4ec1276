"""The form schema as data: its parts, loading, values, words, checks and edits; ``schema.py`` is what others import."""
