"""Boxes of the counter's page: a date as it stands on a paper, several scans at once."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from common.files.uploads import ACCEPT_ATTRIBUTE
from common.forms.fields import NfcCharField
from common.values import partial_date


class OneBoxPartialDateField(NfcCharField):
    """A date as it stands on a paper, of which day and month may be missing; value: an ISO prefix, '' for none."""

    def __init__(self, **options: Any) -> None:
        box = forms.TextInput(attrs={"class": "w12", "inputmode": "numeric", "autocomplete": "off"})
        super().__init__(max_length=24, widget=box, **options)

    def clean(self, value: Any) -> str:
        """Return the ISO prefix."""
        text = super().clean(value)
        try:
            return partial_date.parse(text) if text else ""
        except ValueError as error:
            raise ValidationError(_("Enter the date, for example 27/3/1990."), code="invalid") from error


class FilesInput(forms.FileInput):
    """A picker of several files."""

    allow_multiple_selected = True

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> list[UploadedFile]:
        """Return every file chosen."""
        return files.getlist(name) if hasattr(files, "getlist") else [files[name]] if files.get(name) else []


class FilesField(forms.FileField):
    """Several files at once; value: the uploads, each to be checked by ``common.files.uploads.accept``."""

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=FilesInput(attrs={"accept": ACCEPT_ATTRIBUTE, "multiple": True}), **options)

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        """Return the uploads, in the order in which they were chosen."""
        return [upload for upload in data or () if upload]
