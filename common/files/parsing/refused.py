"""How a parser says no."""


class Refused(Exception):
    """The file must not be taken; the argument is the reason's code."""
