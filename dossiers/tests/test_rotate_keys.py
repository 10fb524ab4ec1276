"""The drill of changing keys: old key, both, rotate, old key gone, everything readable."""

from io import StringIO

import pytest
from cryptography.fernet import Fernet, InvalidToken
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from accounts.models import Representative, User
from common import secret
from common.database import rotating
from dossiers import actions
from dossiers.models import CorrectionRequest, Dossier, Result, Slip
from dossiers.talk import writing
from notifications.models import Notification
from payments.models import Attempt, Charge, Parcel, Receipt, ReceiptSeries
from procedures.models import PreparedForm
from reports.models import Feedback
from reports.ratings import giving
from tests import factories
from tests.access.world import upload
from tests.present import present

OLD, NEW = (Fernet.generate_key().decode() for _key in range(2))


def everything() -> list:
    """Return what every encrypted column says, decrypted, and in what order."""
    return [
        (model._meta.label, name, pk, value)
        for model, name in rotating.columns()
        for pk, value in model._base_manager.order_by("pk").values_list("pk", name)
    ]


def tokens(table: str, column: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {table} WHERE {column} IS NOT NULL AND {column} <> '' ORDER BY id")
        return [token for (token,) in cursor.fetchall()]


def money(road) -> None:
    """A charge that another person pays, its receipt and a parcel."""
    unit, at = road.commune.unit, road.now
    payer = {"payer_name": "Trần Thị Bà", "payer_address": "12 Lê Lợi"}
    charge = Charge.objects.create(dossier=road.dossier, unit=unit, n=1, amount_vnd=1, assessed_at=at, **payer)
    attempt = Attempt.objects.create(unit=unit, provider="vnpay", amount_vnd=1, begun_at=at)
    series = ReceiptSeries.objects.create(unit=unit, template="01BLP0-001", series="DV-26T", year=2026)
    facts = {"amount_vnd": 1, "lines": [], "collector": {}, "subject": "", "issued_at": at, **payer}
    Receipt.objects.create(series=series, number=1, charge=charge, attempt=attempt, **facts)
    Parcel.objects.create(
        dossier=road.dossier,
        unit=unit,
        carrier="vnpost",
        way="bring",
        order_code="MC1",
        address={"name": "An"},
        ordered_at=at,
        moved_at=at,
    )


@pytest.fixture
def old_key(settings):
    settings.FIELD_KEYS = [OLD]


@pytest.fixture
def filled(old_key, road):
    """Something in every encrypted column, under the old key."""
    Representative.objects.create(account=road.citizen, full_name="Lê Văn C", personal_number="075099000099")
    User.objects.filter(pk=road.citizen.pk).update(
        id_number="B1234567", details={"ethnicity": {"value": "kinh", "text": "Kinh"}}
    )
    typed = {"requester": {"answer-requester_name": ["An 1"]}}
    Dossier.objects.update(authority={"day": "2026-03-01", "number": "12/UQ", "until": ""})
    Dossier.objects.update(delivery_address={"name": "An", "phone": "0912", "address": {}})
    road.decided().do(actions.ReturnResult("Nguyễn Văn An", "075199000011"), road.commune.clerk)
    Dossier.objects.update(typed=typed)
    road.dossier.applicant.representative = {"name": "Lê Văn C"}
    road.dossier.applicant.save(update_fields=["representative"])
    money(road)
    writing.write(road.dossier, "Hỏi", [], by=road.citizen, key="k" * 32, shown=0, now=road.now)
    CorrectionRequest.objects.create(dossier=road.dossier, changed={"a": 1}, wished_at=road.now)
    factories.attested(road.commune, now=road.now)
    factories.feedback(road.commune, road.citizen, upload())
    Feedback.objects.update(about="Ghế", answer="Đã kê thêm.")
    giving.give(factories.attested(road.commune, now=road.now).dossier, giving.Given({"overall": 2}, "Tốt"), road.now)
    PreparedForm.objects.create(version=road.version, answers={"a": 1}, created_at=road.now, expires_at=road.now)
    return road


@pytest.mark.django_db
def test_drill_every_value_is_readable_once_the_old_key_is_gone(filled, settings):
    before = everything()
    # A value in every encrypted column, or the drill would not tell of it.
    assert {(label, name) for label, name, _pk, value in before if value} == {
        (model._meta.label, name) for model, name in rotating.columns()
    }
    settings.FIELD_KEYS = [NEW, OLD]
    assert everything() == before
    said = StringIO()
    call_command("rotate_keys", stdout=said)
    assert "dossiers.Slip.data: 2 renewed" in said.getvalue()
    settings.FIELD_KEYS = [NEW]
    assert everything() == before
    settings.FIELD_KEYS = [OLD]
    with pytest.raises(InvalidToken):
        everything()


@pytest.mark.django_db
def test_without_rotating_the_old_key_cannot_go(filled, settings):
    settings.FIELD_KEYS = [NEW]
    with pytest.raises(InvalidToken):
        everything()
    with pytest.raises(CommandError, match="none of FIELD_KEYS"):
        call_command("rotate_keys", stdout=StringIO())


@pytest.mark.django_db
def test_a_second_run_finds_nothing_to_do(filled, settings):
    settings.FIELD_KEYS = [NEW, OLD]
    assert sum(count.renewed for count in rotating.rotate()) > 10
    before = tokens("dossiers_slip", "data")
    assert sum(count.renewed for count in rotating.rotate()) == 0
    assert tokens("dossiers_slip", "data") == before


@pytest.mark.django_db
def test_one_that_was_stopped_goes_on_where_it_was(filled, settings, monkeypatch):
    monkeypatch.setattr(rotating, "BATCH", 1)
    settings.FIELD_KEYS = [NEW, OLD]
    counts = rotating.rotate()
    next(counts)
    counts.close()
    assert sum(count.unreadable for count in rotating.rotate()) == 0
    settings.FIELD_KEYS = [NEW]
    everything()


@pytest.mark.django_db
def test_what_is_written_meanwhile_stays(filled, settings, monkeypatch):
    """Between reading and writing back somebody else changes the value: theirs stays, under the newest key."""
    settings.FIELD_KEYS = [NEW, OLD]
    renewed = secret.renewed

    def slow(token: str) -> str:
        User.objects.filter(pk=filled.citizen.pk).update(personal_number="075199000077")
        return renewed(token)

    monkeypatch.setattr(rotating, "renewed", slow)
    list(rotating.rotate())
    settings.FIELD_KEYS = [NEW]
    assert User.objects.get(pk=filled.citizen.pk).personal_number == "075199000077"


@pytest.mark.django_db
def test_the_guards_stand_again_after_a_rotation(filled, settings):
    settings.FIELD_KEYS = [NEW, OLD]
    list(rotating.rotate())
    for model in (Slip, Result):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            model.objects.update(data={})


@pytest.mark.django_db
def test_messages_are_rotated_too(filled, settings):
    body = present(Notification.objects.first()).body
    settings.FIELD_KEYS = [NEW, OLD]
    list(rotating.rotate())
    settings.FIELD_KEYS = [NEW]
    assert present(Notification.objects.first()).body == body


def test_every_encrypted_column_of_every_table_is_known():
    names = {f"{model._meta.label}.{name}" for model, name in rotating.columns()}
    assert {"accounts.User.personal_number", "dossiers.Result.receiver_id", "notifications.Notification.body"} <= names
