"""The screens of applicants."""
