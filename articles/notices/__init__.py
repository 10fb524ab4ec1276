"""Notices: what is shown when, how they are written, and how maintenance is announced."""
