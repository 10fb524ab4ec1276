"""Screens of those who write notices and read how useful pages were."""
