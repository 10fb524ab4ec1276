"""Attestations and other results given in one visit: how they are entered, and the yearly books they fill."""
