"""What the database itself keeps: append-only rows, roles, clean-ups, keys."""
