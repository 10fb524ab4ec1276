"""Screens of the road, kept apart by audience."""
