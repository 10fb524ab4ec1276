"""Say in a test that something is there before its attributes are read."""

from typing import TypeVar

T = TypeVar("T")


def present(value: T | None) -> T:
    """Return a value; fails when it is None."""
    assert value is not None
    return value
