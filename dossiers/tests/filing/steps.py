"""What the tests of filing and of the applicant's pages do again and again."""

import io
import re

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image


def photo(name: str = "anh.jpg", kind: str = "JPEG") -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (50, 40), "olive").save(out, kind)
    return SimpleUploadedFile(name, out.getvalue(), "image/jpeg")


def content(response) -> bytes:
    """Read a sent file to its end, as a browser does."""
    return b"".join(response.streaming_content)


def hidden(response, name: str) -> str:
    """Return the value of a hidden field of a page."""
    found = re.search(rf'<input type="hidden" name="{name}" value="([^"]*)"', response.content.decode())
    assert found, name
    return found[1]


def url(name: str, dossier, *args) -> str:
    return reverse(f"applicant:{name}", args=[dossier.ref, *args])


def ready(mine, dossier) -> dict[str, str]:
    """Return the fields of the submit form as the review page gives them."""
    page = mine.get(url("review", dossier))
    assert page.status_code == 200
    return {"key": hidden(page, "key"), "revision": hidden(page, "revision"), "declared": "on"}
