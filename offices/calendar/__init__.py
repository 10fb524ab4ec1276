"""Days off and the calendar of a unit."""
