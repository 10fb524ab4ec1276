"""404 for what is there but somebody else's: written down with who and what, told to administrators when it is much."""

import pytest
from django.test import Client
from django.urls import reverse

from common.models import Alert, AlertKind
from dossiers.models import Dossier
from tests import factories

pytestmark = pytest.mark.django_db


def asked(client, address):
    assert client.get(address, REMOTE_ADDR="10.6.6.6").status_code == 404


def written(caplog):
    return [record.getMessage() for record in caplog.records if record.name == "security"]


@pytest.fixture
def draft(citizen, commune):
    return factories.draft(citizen, commune.unit, factories.version(commune.unit))


def test_the_dossier_of_another_is_an_event(client, other_citizen, draft, caplog):
    client.force_login(other_citizen)
    asked(client, reverse("applicant:dossier", args=[draft.ref]))
    assert written(caplog) == [
        f"hidden page=applicant:dossier object=dossier:{draft.ref} user={other_citizen.pk} address=10.6.6.6"
    ]


def test_the_dossier_of_another_unit_is_an_event(client, other_commune, citizen, draft, caplog):
    Dossier.objects.filter(pk=draft.pk).update(
        code="000.00.16.H19-260323-0001", status=1, submitted_at=factories.NOW, received_by=draft.unit
    )
    client.force_login(other_commune.clerk)
    asked(client, reverse("desk:dossier", args=["000.00.16.H19-260323-0001"]))
    (line,) = written(caplog)
    assert line.startswith("hidden page=desk:dossier object=dossier:000.00.16.H19-260323-0001 ")


@pytest.mark.parametrize(
    ("who", "name"),
    [("administrator", "manage:unit"), ("administrator", "manage:person"), ("publisher", "manage:offering")],
)
def test_what_another_commune_administers_is_an_event(client, commune, other_commune, caplog, who, name):
    version = factories.version(commune.unit)
    arguments = {
        "manage:unit": [other_commune.unit.slug],
        "manage:person": [other_commune.clerk.pk],
        "manage:offering": [version.procedure.code, other_commune.unit.slug],
    }[name]
    client.force_login(getattr(commune, who))
    asked(client, reverse(name, args=arguments))
    (line,) = written(caplog)
    assert line.startswith(f"hidden page={name} object=") and f" user={getattr(commune, who).pk} " in line


def test_an_address_of_nothing_is_none(client, citizen, commune, caplog):
    client.force_login(citizen)
    for address in ("/nowhere/", reverse("applicant:dossier", args=["abcdefghjkmn"])):
        asked(client, address)
    client.force_login(commune.clerk)
    asked(client, reverse("desk:dossier", args=["000.00.16.H19-260323-0999"]))
    client.force_login(commune.administrator)
    asked(client, reverse("manage:unit", args=["khong-co"]))
    assert written(caplog) == []


def test_strangers_are_asked_to_sign_in_and_write_nothing(client, draft, caplog):
    assert client.get(reverse("applicant:dossier", args=[draft.ref])).status_code == 302
    assert written(caplog) == []


def test_probing_raises_one_alert_for_the_account(other_citizen, draft, settings):
    settings.LIMITS = settings.LIMITS | {"hidden_user": (3, 900)}
    browser = Client()
    browser.force_login(other_citizen)
    for n in range(6):
        asked(browser, reverse("applicant:dossier", args=[draft.ref]))
        found = Alert.objects.filter(kind=AlertKind.LIMITS_REACHED)
        assert found.count() == (n >= 3)
    assert found.get().subject == f"{other_citizen.full_name} ({other_citizen.pk})"
    assert found.get().count == 1
