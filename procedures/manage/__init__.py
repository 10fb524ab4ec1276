"""The screens of publishers."""
