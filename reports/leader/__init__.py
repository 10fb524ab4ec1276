"""Pages of figures for leaders: how work stands, what was late when, exact figures."""
