"""The exception with which a parser refuses a file."""


class Refused(Exception):
    """The file must not be taken; the argument is the reason's code."""
