"""What is encrypted can be read again with the keys there are; what is indexed is found again, and reveals nothing."""

import unicodedata
from typing import Any

import pytest
from cryptography.fernet import Fernet, InvalidToken

from common import secret

OLD, NEW = (Fernet.generate_key().decode() for _n in range(2))
INDEX = "index-key-of-a-test-that-never-changes"


@pytest.fixture(autouse=True)
def keys(settings):
    settings.FIELD_KEYS = [OLD]
    settings.INDEX_KEY = INDEX
    return settings


def test_a_text_comes_back_and_does_not_show_in_what_is_stored():
    token = secret.encrypt("Nguyễn Văn An\n")
    assert secret.decrypt(token) == "Nguyễn Văn An\n"
    assert "Nguy" not in token
    assert secret.encrypt("Nguyễn Văn An\n") != token


def test_a_new_key_encrypts_from_now_on_and_old_texts_are_read_with_theirs(keys):
    token = secret.encrypt("chữ")
    keys.FIELD_KEYS = [NEW, OLD]
    assert secret.decrypt(token) == "chữ"
    assert not secret.is_newest(token)
    assert secret.is_newest(secret.encrypt("chữ"))
    renewed = secret.renewed(token)
    assert secret.is_newest(renewed)
    keys.FIELD_KEYS = [NEW]
    assert secret.decrypt(renewed) == "chữ"
    for read in (secret.decrypt, secret.renewed):
        with pytest.raises(InvalidToken):
            read(token)


def test_an_index_never_changes():
    """Indexes are stored: a number has to be found again by every later release."""
    assert secret.blind_index("personal_number", "075199000011") == ("Iy-_84BKaCZcEyAdtR17gFanTG1wbi8KejxeRRfrEtw")


@pytest.mark.parametrize("typed", ["ab 12.3", " AB123\n", "a.b.1.2.3", "A\u00a0B123"])
def test_spelling_does_not_matter_to_an_index(typed):
    assert secret.blind_index("id", typed) == secret.blind_index("id", "AB123")


def test_composed_and_decomposed_letters_are_one():
    name = "Đặng Ổn"
    assert secret.blind_index("x", unicodedata.normalize("NFD", name)) == secret.blind_index("x", name)


def test_kinds_values_and_keys_have_indexes_of_their_own(keys):
    indexes = {secret.blind_index(kind, value) for kind in ("a", "b") for value in ("1", "2")}
    keys.INDEX_KEY = "another-key"
    indexes.add(secret.blind_index("a", "1"))
    assert len(indexes) == 5
    assert {len(index) for index in indexes} == {43}


@pytest.mark.parametrize("empty", ["", "  ", ".", "\u00a0."])
def test_nothing_has_no_index(empty):
    assert secret.blind_index("id", empty) == ""


def test_the_first_history_key_seals_and_the_others_are_found_by_their_id(keys):
    keys.HISTORY_KEYS = ["first", "second"]
    newest = secret.newest_history_key()
    assert secret.history_key(newest) == b"first"
    keys.HISTORY_KEYS = ["third", "first"]
    assert secret.history_key(newest) == b"first"
    assert secret.newest_history_key() != newest
    assert secret.history_key(secret.newest_history_key()) == b"third"
    keys.HISTORY_KEYS = ["third"]
    with pytest.raises(secret.HistoryKeyMissing, match=newest):
        secret.history_key(newest)


def test_fields_store_nothing_readable_and_keep_what_is_empty():
    text, data = secret.EncryptedField(), secret.EncryptedJSONField()
    stored = text.get_prep_value("075199000011")
    assert "0751" not in stored
    assert text.from_db_value(stored, None, None) == "075199000011"
    for empty in ("", None):
        assert text.get_prep_value(empty) == empty
        assert text.from_db_value(empty, None, None) == empty
    values: list[Any] = [{"tên": "Ổn", "n": [1, None]}, {}, [], "", 0, False]
    for value in values:
        kept = data.get_prep_value(value)
        assert "Ổn" not in kept
        assert data.from_db_value(kept, None, None) == value
    assert data.get_prep_value(None) is None
    assert data.from_db_value(None, None, None) is None
    assert data.from_db_value("", None, None) is None
