"""A bare Django app: what the same kind of page costs with nothing around it."""
