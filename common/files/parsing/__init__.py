"""The parsers of uploaded files. They run in a process of their own (``child``) and import nothing of the portal."""
