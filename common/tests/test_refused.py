"""One way of saying no: its status, its sentence, and what a page was made for."""

from datetime import UTC, datetime

import pytest

from common.refusals import MAX_REVISION, Refused, fingerprint, require_fresh, revision_of, stale


def test_the_sentence_of_a_stale_page_names_who_was_first_where_that_is_known():
    first = stale("Lê Thị Duyệt", datetime(2026, 3, 23, 2, 5, tzinfo=UTC))
    assert "Lê Thị Duyệt" in first.message and "23/03/2026 09:05" in first.message
    for unknown in (stale(), stale("", datetime(2026, 3, 23, tzinfo=UTC)), stale("Lê Thị Duyệt")):
        assert unknown.is_stale and "Duyệt" not in unknown.message


def test_a_page_is_fresh_for_exactly_the_values_it_was_made_for():
    require_fresh(fingerprint("a", None, ["b"]), "a", None, ["b"])
    for other in (("a", "", ["b"]), ("a", None, ["c"]), ()):
        with pytest.raises(Refused) as refused:
            require_fresh(fingerprint("a", None, ["b"]), *other)
        assert refused.value.status == 409
    with pytest.raises(Refused, match="An"):
        require_fresh("", "a", overtaken=lambda: Refused("An"))


@pytest.mark.parametrize("text", ["", None, "x", "-1", "²", "1.5", " 1", "9" * 40])
def test_a_revision_that_is_none_is_that_of_no_row(text):
    assert revision_of(text) == -1


def test_a_revision_fits_its_column():
    assert (revision_of("0"), revision_of(7), revision_of("9999999999")) == (0, 7, MAX_REVISION)


@pytest.mark.parametrize(
    ("code", "status", "is_stale"),
    [
        ("who", 403, False),
        ("own", 403, False),
        ("holder", 403, False),
        ("stale", 409, True),
        ("state", 409, True),
        ("refused", 422, False),
        ("reason", 422, False),
    ],
)
def test_each_kind_of_refusal_has_its_status(code, status, is_stale):
    refused = Refused("Không được", code=code)
    assert (refused.status, refused.is_stale) == (status, is_stale)


def test_reasons_become_one_text():
    refused = Refused("Một.", "Hai.", field="name")
    assert (refused.message, refused.code, refused.field) == ("Một. Hai.", "refused", "name")
    assert refused.args == ("Một.", "Hai.")


@pytest.mark.parametrize(
    "other", [("a", "", ["b"]), ("a", None, ["b", "c"]), ("a", None), (None, "a", ["b"]), ("ạ", None, ["b"])]
)
def test_a_fingerprint_tells_values_apart(other):
    seen = fingerprint("a", None, ["b"])
    assert seen == fingerprint("a", None, ["b"])
    assert len(seen) == 16
    assert fingerprint(*other) != seen


def test_the_order_of_keys_is_no_difference():
    assert fingerprint({"a": 1, "b": 2}) == fingerprint({"b": 2, "a": 1})
