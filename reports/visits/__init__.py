"""Visits: pages opened by people, counted in each process and written down every ten seconds."""
