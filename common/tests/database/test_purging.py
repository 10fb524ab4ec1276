"""Clean-ups stop at an unusual number, delete nothing then, and tell administrators."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import User
from accounts.tasks import forget_unconfirmed
from common import clock
from common.alerts import AlertKind
from common.database.purging import Due
from common.files import loose
from common.models import Alert
from common.tasks import sweep_loose_files
from dossiers.models import Dossier
from dossiers.tasks import expire_drafts
from procedures.models import PreparedForm
from procedures.tasks import expire_prepared_forms
from tests import factories

pytestmark = pytest.mark.django_db
NOW = factories.NOW
TEN_YEARS = timedelta(days=3653)


@pytest.mark.parametrize(
    ("standing", "usual"),
    [(0, 3), (1, 3), (4, 3), (7, 3), (10, 5), (40, 20), (53, 20), (100, 20), (101, 20), (1000, 200), (50_000, 10_000)],
)
def test_the_measure_of_a_night(standing, usual):
    assert Due(0, standing, int).usual == usual
    assert Due(usual, standing, int).is_usual and not Due(usual + 1, standing, int).is_usual


def told() -> dict[str, str]:
    return dict(Alert.objects.filter(kind=AlertKind.MASS_DELETION).values_list("subject", "detail"))


@pytest.fixture
def drafts(commune, citizen):
    """Fifty-three drafts of the last days."""
    version = factories.version(commune.unit)
    for n in range(53):
        draft = factories.draft(citizen, commune.unit, version)
        Dossier.objects.filter(pk=draft.pk).update(saved_at=NOW - timedelta(hours=n))
    return Dossier.objects.all()


def test_a_clock_ten_years_ahead_takes_no_draft(drafts, time_machine, caplog):
    time_machine.move_to(NOW + TEN_YEARS, tick=False)
    assert expire_drafts() == 0 and drafts.count() == 53
    assert told() == {"drafts": "53 of 53 would go, 20 are usual"}
    expire_drafts()
    assert Alert.objects.get().count == 2


def test_drafts_of_a_usual_night_go(drafts, time_machine):
    time_machine.move_to(NOW, tick=False)
    old = list(drafts.values_list("pk", flat=True)[:20])
    drafts.filter(pk__in=old).update(saved_at=NOW - timedelta(days=30, seconds=1))
    assert expire_drafts() == 20 and not told()
    assert drafts.count() == 33 and not drafts.filter(pk__in=old).exists()


def test_other_clean_ups_stop_too(commune, citizen, time_machine, settings, tmp_path):
    version = factories.version(commune.unit, level=2)
    for n in range(5):
        factories.user(email=f"a{n}@example.com", date_joined=NOW)
        kept = {"version": version, "created_at": NOW, "expires_at": NOW + timedelta(days=30)}
        PreparedForm.objects.create(code_index=f"code{n}", **kept)
    people = User.objects.count()
    time_machine.move_to(NOW + TEN_YEARS, tick=False)
    assert forget_unconfirmed() == 0 and expire_prepared_forms() == 0
    assert User.objects.count() == people and PreparedForm.objects.count() == 5
    assert set(told()) == {"unconfirmed_accounts", "printed_forms"}


@pytest.fixture
def store(settings, tmp_path):
    settings.STORAGES = settings.STORAGES | {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(tmp_path)}}
    }
    return default_storage


def test_files_stay_when_the_database_is_an_older_copy(store, commune, time_machine):
    """Papers of the last weeks have no row any more; the old blank forms of a new release may go."""
    names = [store.save(f"papers/ab/{n}.pdf", ContentFile(b"x")) for n in range(8)]
    time_machine.move_to(timezone.now() + timedelta(days=2), tick=False)
    assert sweep_loose_files() == 0 and all(map(store.exists, names))
    assert told() == {"loose_files": "8 of 8 would go, 4 are usual"}
    for name in names:
        store.delete(name)
    blank = [store.save(f"blank-forms/1/{n}.pdf", ContentFile(b"x")) for n in range(8)]
    assert loose.found(timezone.now() + timedelta(days=2)).count == 0
    time_machine.move_to(timezone.now() + timedelta(days=2), tick=False)
    assert sweep_loose_files() == 8 and not any(map(store.exists, blank))


def purge(*arguments: str) -> str:
    out = StringIO()
    call_command("purge", *arguments, stdout=out)
    return out.getvalue()


def test_an_administrator_looks_and_lets_it_go_on(drafts, time_machine):
    time_machine.move_to(NOW + timedelta(days=40), tick=False)
    expire_drafts()
    said = purge()
    assert "09:00" in said and "drafts: 53 of 53 are due, 20 are usual – STOPPED" in said
    assert all(name in said for name in ("loose_files", "printed_forms", "begun_forms", "unconfirmed_accounts"))
    assert drafts.count() == 53
    assert "drafts: 53 deleted" in purge("--yes", "drafts")
    assert not drafts.exists() and not told()
    with pytest.raises(CommandError):
        purge("--yes", "dossiers")


def test_clocks_that_differ_stop_every_clean_up(drafts, time_machine, monkeypatch):
    time_machine.move_to(NOW, tick=False)
    drafts.filter(pk=drafts.first().pk).update(saved_at=NOW - timedelta(days=31))
    monkeypatch.setattr(clock, "recorded_now", lambda: NOW - timedelta(minutes=16))
    assert expire_drafts() == 0 and drafts.count() == 53
    assert "clocks" in told()["drafts"]
    for arguments in ((), ("--yes", "drafts")):
        with pytest.raises(CommandError, match="clocks"):
            purge(*arguments)
    monkeypatch.setattr(clock, "recorded_now", lambda: NOW - timedelta(minutes=14))
    assert expire_drafts() == 1
