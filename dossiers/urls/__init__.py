"""Paths of the road, one file per audience."""
