"""The form schema as data: its parts, loading, values, words, checks and edits; ``form_schema.py`` is its face."""
