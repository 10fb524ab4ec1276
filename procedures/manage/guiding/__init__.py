"""Administrators' screens of signposts and of the checklists of life events."""
