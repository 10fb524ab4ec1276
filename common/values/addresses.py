"""Parses paths and queries that come from outside."""

from urllib.parse import SplitResult, urlsplit


def split_address(text: str) -> SplitResult:
    """Return the parts of an address; all of them empty when it cannot be read (``http://[``)."""
    try:
        return urlsplit(text)
    except ValueError:
        return SplitResult("", "", "", "", "")
