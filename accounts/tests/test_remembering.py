"""What an account learns from its owner's form: asked once, with consent, nobody else's, nothing that was checked."""

import pytest

from accounts import exporting, remembering
from accounts.models import User
from tests import factories

pytestmark = pytest.mark.django_db
FACTS = {
    "full_name": "nguyễn văn an", "birth": "1990-03-27", "sex": "nam", "personal_number": "075090000011",
    "id_kind": "can_cuoc", "address": {"elsewhere": "Xã cũ"}, "ethnicity": "kinh", "id_issued": "2021-06-15",
}  # fmt: skip
TEXTS = {fact: f"chữ {fact}" for fact in FACTS}


@pytest.fixture
def owner():
    return factories.user(full_name="Nguyễn Văn An", email="an@example.com")


def test_what_is_unknown_is_kept_once(owner, now):
    assert set(remembering.unknown(owner, FACTS)) == set(FACTS) - {"full_name", "id_kind"}
    assert remembering.remember(owner, FACTS, TEXTS, now)
    owner = User.objects.get(pk=owner.pk)
    assert (owner.birth, owner.sex, owner.identity_number) == ("1990-03-27", "nam", "075090000011")
    assert owner.assurance == "declared" and owner.details_answered_at == now
    assert remembering.values(owner) == {"ethnicity": "kinh", "id_issued": "2021-06-15"}
    assert not remembering.remember(owner, FACTS | {"ethnicity": "tay"}, TEXTS, now)
    assert "chữ ethnicity" in exporting.as_json(owner, now).decode()
    remembering.forget(owner)
    owner.refresh_from_db()
    assert remembering.values(owner) == {} and owner.birth == "1990-03-27"


def test_what_the_account_knows_is_not_written_over(owner, now):
    owner.birth = "1991"
    owner.save()
    remembering.remember(owner, FACTS, TEXTS, now)
    owner.refresh_from_db()
    assert owner.birth == "1991"


def test_nothing_is_kept_after_a_no(owner, now):
    remembering.decline(owner, now)
    assert not remembering.remember(owner, FACTS, TEXTS, now)
    owner.refresh_from_db()
    assert owner.sex == "" and owner.details is None and remembering.unknown(owner, FACTS) == []


def test_somebody_else_is_none_of_the_owner_s(owner):
    assert remembering.unknown(owner, FACTS | {"full_name": "Trần Thị Bé"}) == []
    owner.set_identity("can_cuoc", "075090000099")
    assert remembering.unknown(owner, FACTS) == []
    assert remembering.unknown(owner, {}) == []
    assert (
        remembering.unknown(factories.user(kind="organisation", full_name="Nguyễn Văn An", email="b@c.vn"), FACTS) == []
    )


def test_what_the_desk_checked_is_left_alone(owner):
    owner.assurance = "verified"
    assert set(remembering.unknown(owner, FACTS)) == {"address", "ethnicity", "id_issued"}


def test_a_paper_that_accounts_have_no_place_for_is_left_out(owner):
    assert "personal_number" not in remembering.unknown(owner, FACTS | {"id_kind": "khac"})


def test_only_what_the_account_has_a_place_for_is_taken(owner, now):
    untold = {name: value for name, value in FACTS.items() if name != "id_kind"}
    for number in ("không có", "12", "000000000000"):
        assert "personal_number" not in remembering.unknown(owner, untold | {"personal_number": number}), number
    assert "personal_number" not in remembering.unknown(owner, FACTS | {"id_kind": "cmnd"})
    assert "sex" not in remembering.unknown(owner, FACTS | {"sex": "khac_hoac_khong_ro"})
    assert remembering.remember(owner, untold | {"personal_number": "270123456", "sex": "khong_ro"}, TEXTS, now)
    owner.refresh_from_db()
    assert (owner.personal_number, owner.id_kind, owner.id_number, owner.sex) == ("", "cmnd", "270123456", "")
