"""Units: added, changed, closed; their hours."""
