"""A real installation starts with one command that checks what it is told."""

from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from dossiers.models import Dossier
from offices.models import CalendarYear, OpeningHours, Post, Role, Unit
from procedures.models import Offering, Procedure
from tests.factories import NOW

pytestmark = pytest.mark.django_db
PASSWORD = "suối-reo-giữa-rừng-7"
OPTIONS = {
    "unit_name": "Ủy ban nhân dân xã Xuân Bắc",
    "identifier": "000.00.16.H19",
    "division": "26428",
    "address": "Ấp 2, xã Xuân Bắc, tỉnh Đồng Nai",
    "phone": "0251 3000 001",
    "email": "xuanbac@dongnai.gov.vn",
    "hours": "T2-T6 7:00-11:30, 13:00-17:00; T7 7:00-11:30",
    "admin_email": "quan-tri@dongnai.gov.vn",
    "admin_name": "Phạm Thị Thu",
}


@pytest.fixture(autouse=True)
def password(monkeypatch):
    monkeypatch.setenv("SETUP_ADMIN_PASSWORD", PASSWORD)


def setup(**changes):
    out = StringIO()
    call_command("setup_portal", no_input=True, stdout=out, **(OPTIONS | changes))
    return out.getvalue()


def test_everything_is_there_and_no_demo_data():
    assert "quan-tri@dongnai.gov.vn" in setup()
    unit = Unit.objects.get(identifier="000.00.16.H19")
    assert (unit.name, unit.short_name, unit.phone) == (OPTIONS["unit_name"], "Xã Xuân Bắc", "02513000001")
    assert OpeningHours.objects.filter(unit=unit).count() == 11
    assert Offering.objects.filter(unit=unit).count() == Procedure.objects.count() == 57
    assert set(CalendarYear.objects.values_list("year", flat=True)) >= {2025, 2026, 2027}
    admin = User.objects.get()
    assert admin.check_password(PASSWORD)
    post = Post.objects.get(user=admin)
    assert (post.role, post.for_all) == (Role.ADMINISTRATOR, True)
    assert not Dossier.objects.exists()


def test_a_new_installation_is_closed_to_filing_and_says_where_it_is_opened():
    said = setup()
    unit = Unit.objects.get(identifier=OPTIONS["identifier"])
    assert unit.filing_since is None
    assert f"/manage/units/{unit.slug}/filing/" in said
    assert not Offering.objects.on(date(2027, 1, 1)).exists()
    Unit.objects.update(filing_since=NOW)
    # Setting up again opens and closes nothing, and says nothing of it.
    assert "/filing/" not in setup(phone="0251 3000 002")
    assert Unit.objects.get(pk=unit.pk).filing_since == NOW


@pytest.mark.sqlite
def test_the_administrator_can_sign_in_at_once(client):
    setup()
    client.post("/accounts/login/", {"login": OPTIONS["admin_email"], "password": PASSWORD})
    assert client.session.get("_auth_user_id") == str(User.objects.get().pk)


def test_doing_it_again_updates_the_unit_and_leaves_the_password(monkeypatch):
    setup()
    monkeypatch.setenv("SETUP_ADMIN_PASSWORD", "")
    setup(address="Ấp 5, xã Xuân Bắc", hours="T2-T6 7:30-11:30")
    unit = Unit.objects.get()
    assert unit.address == "Ấp 5, xã Xuân Bắc"
    assert OpeningHours.objects.count() == 5
    assert User.objects.get().check_password(PASSWORD)
    assert (Post.objects.count(), Procedure.objects.count(), Offering.objects.count()) == (1, 57, 57)


@pytest.mark.sqlite
def test_the_password_may_come_from_a_file(tmp_path, monkeypatch):
    monkeypatch.delenv("SETUP_ADMIN_PASSWORD")
    path = tmp_path / "password"
    path.write_text(PASSWORD + "\n", encoding="utf-8")
    setup(password_file=str(path))
    assert User.objects.get().check_password(PASSWORD)


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("unit_name", ""),
        ("unit_name", "x" * 121),
        ("unit_name", "UBND\x00"),
        ("identifier", "H"),
        ("identifier", "000.00.16.19"),
        ("identifier", "٠٠٠.00.16.H19"),
        ("division", "99999"),
        ("division", ""),
        ("phone", "12"),
        ("email", "xuanbac"),
        ("hours", "mornings"),
        ("admin_email", "quan-tri"),
        ("admin_name", " "),
    ],
)
def test_a_wrong_value_is_named_and_nothing_is_written(option, value):
    with pytest.raises(CommandError, match=f"--{option.replace('_', '-')}"):
        setup(**{option: value})
    assert not Unit.objects.exists()
    assert not User.objects.exists()


def test_all_wrong_values_are_named_at_once():
    with pytest.raises(CommandError) as error:
        setup(phone="1", email="2", hours="3")
    assert [line.split(":")[0] for line in str(error.value).splitlines()] == ["--phone", "--email", "--hours"]


@pytest.mark.sqlite
@pytest.mark.parametrize("weak", ["", "1234567", "matkhau1", "12345678"])
def test_a_weak_or_missing_password_is_refused(monkeypatch, weak):
    monkeypatch.setenv("SETUP_ADMIN_PASSWORD", weak)
    with pytest.raises(CommandError, match="SETUP_ADMIN_PASSWORD"):
        setup()
    assert not Unit.objects.exists()


def test_an_unreadable_password_file_is_named(tmp_path):
    with pytest.raises(CommandError, match="--password-file"):
        setup(password_file=str(tmp_path / "missing"))


@pytest.mark.sqlite
def test_what_is_not_given_is_asked_until_it_is_right(monkeypatch):
    monkeypatch.delenv("SETUP_ADMIN_PASSWORD")
    answers = iter(["abc", "0251 3000 001"])
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda question: next(answers))
    passwords = iter(["short", PASSWORD])
    monkeypatch.setattr("portal.management.commands.setup_portal.getpass", lambda question: next(passwords))
    err = StringIO()
    call_command("setup_portal", stdout=StringIO(), stderr=err, **(OPTIONS | {"phone": ""}))
    assert Unit.objects.get().phone == "02513000001"
    assert User.objects.get().check_password(PASSWORD)
    assert len(err.getvalue().splitlines()) >= 2
