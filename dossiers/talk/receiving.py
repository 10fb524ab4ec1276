"""Files that come with a message: checked like papers, counted against the same limit."""

from collections.abc import Iterable
from datetime import datetime

from django.core.files.uploadedfile import UploadedFile

from common.files.uploads import Accepted, accept
from common.refusals import Refused


def accepted(chosen: Iterable[UploadedFile], now: datetime) -> list[Accepted]:
    """Return the files as they are stored. Raises Refused at the box of files for the first that is not taken."""
    try:
        return [accept(file, now=now) for file in chosen]
    except Refused as refused:
        raise Refused(*refused.reasons, code=refused.code, field="attached") from refused
