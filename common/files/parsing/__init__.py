"""The parsers of uploaded files. They run in a process of their own (``__main__``) and import nothing of the portal."""
