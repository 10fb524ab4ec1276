"""Encrypted columns and keyed blind indexes.

Keys come from settings: ``FIELD_KEYS`` (Fernet keys, newest first),
``INDEX_KEY``, and ``HISTORY_KEYS`` (newest first) for what nobody may rewrite.
Nothing queries inside an encrypted value; equality look-ups go through
:func:`blind_index`.
"""

import base64
import hashlib
import hmac
import json
import unicodedata
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models


@lru_cache(maxsize=4)
def _fernet(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def fernet() -> MultiFernet:
    """Return the cipher over the configured keys; the first key encrypts."""
    return _fernet(tuple(settings.FIELD_KEYS))


def encrypt(text: str) -> str:
    """Encrypt a text into a url-safe token."""
    return fernet().encrypt(text.encode()).decode()


def decrypt(token: str) -> str:
    """Decrypt a token made by :func:`encrypt`.

    Raises ``cryptography.fernet.InvalidToken`` when no configured key fits.
    """
    return fernet().decrypt(token.encode()).decode()


def is_newest(token: str) -> bool:
    """Tell whether a token was made with the newest key."""
    try:
        _fernet((settings.FIELD_KEYS[0],)).decrypt(token.encode())
    except InvalidToken:
        return False
    return True


def renewed(token: str) -> str:
    """Return the same text encrypted with the newest key; raises InvalidToken when no configured key fits."""
    return fernet().rotate(token.encode()).decode()


def blind_index(kind: str, value: str) -> str:
    """Return a keyed hash that finds an equal value without revealing it.

    The value is compared in NFC, upper case, without spaces and dots; ``kind``
    keeps the indexes of different columns apart. 43 characters; empty for an
    empty value.
    """
    plain = unicodedata.normalize("NFC", value).upper()
    plain = "".join(ch for ch in plain if not ch.isspace() and ch != ".")
    if not plain:
        return ""
    digest = hmac.new(settings.INDEX_KEY.encode(), f"{kind}\0{plain}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


class HistoryKeyMissing(LookupError):
    """A key that sealed something in the record is no longer among ``HISTORY_KEYS``."""


@lru_cache(maxsize=4)
def _history_keys(keys: tuple[str, ...]) -> dict[str, bytes]:
    return {hashlib.sha256(f"history key\0{key}".encode()).hexdigest()[:12]: key.encode() for key in keys}


def newest_history_key() -> str:
    """Return the id of the key that seals from now on: 12 hex digits made from the key."""
    return next(iter(_history_keys(tuple(settings.HISTORY_KEYS))))


def history_key(key_id: str) -> bytes:
    """Return the key that bears an id. Raises :class:`HistoryKeyMissing`."""
    try:
        return _history_keys(tuple(settings.HISTORY_KEYS))[key_id]
    except KeyError as error:
        raise HistoryKeyMissing(key_id) from error


class EncryptedField(models.TextField):
    """A text column whose content is stored encrypted; empty stays empty."""

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)
        return encrypt(value) if value else value

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        return decrypt(value) if value else value


class EncryptedJSONField(models.TextField):
    """A JSON value that is stored as one encrypted text."""

    # What the type checker sees on a row: any JSON value.
    _pyi_private_set_type: Any
    _pyi_private_get_type: Any

    def get_prep_value(self, value: Any) -> Any:
        if value is None:
            return None
        return encrypt(json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False))

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        return None if value is None or value == "" else json.loads(decrypt(value))

    def to_python(self, value: Any) -> Any:
        return value

    def value_to_string(self, obj: models.Model) -> str:
        return json.dumps(self.value_from_object(obj), cls=DjangoJSONEncoder, ensure_ascii=False)
