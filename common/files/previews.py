"""Pictures that show a stored file without opening it, made by the parser in its process with limits."""

from itertools import accumulate

from .uploads import parse

MEDIA_TYPE = "image/webp"
PREVIEWED = {"application/pdf": "pdf", "image/jpeg": "image", "image/png": "image"}


def pictures_of(media_type: str, content: bytes, name: str) -> tuple[list[bytes], list[str]]:
    """Return a picture of at most 200 pixels of the first page, then one of at most 1,200 of each of the first 20.

    All WebP: 8 and 40 KB at most; after them what makes the pages of a PDF hard to read, as keys of ``quality.ADVICE``.
    Takes 0.3 s and 0.2 s a page. Raises :class:`~common.refusals.Refused` for what cannot be shown, with the code
    'busy' when it may be tried again.
    """
    facts, body = parse(f"{PREVIEWED[media_type]}-preview", content, name)
    ends = list(accumulate(facts["sizes"], initial=0))
    return [body[start:end] for start, end in zip(ends, ends[1:], strict=False)], facts["faults"]
