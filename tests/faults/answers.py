"""Reading answers to their end."""

from typing import Any


def read(response: Any) -> bytes:
    """Return an answer's whole content and close its file.

    Not closed as a whole: that would close the test's own connection to the database.
    """
    if not response.streaming:
        return bytes(response.content)
    content = b"".join(response.streaming_content)
    for close in response._resource_closers:
        close()
    return content
