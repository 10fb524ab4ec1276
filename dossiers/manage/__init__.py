"""What administrators and leaders keep for the desk of their unit."""
