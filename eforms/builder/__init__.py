"""Changing a form: questions, choices and conditions as publishers edit them."""
