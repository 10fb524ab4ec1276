"""How procedures are called in lists and titles, and where the whole name stays."""

import pytest
from django.utils import translation

from dossiers import actions
from dossiers.models import Slip
from dossiers.workflow import perform
from notifications.models import Notification
from procedures import labels
from procedures.models.names import short_name
from tests import factories

WHOLE, SHORT = "Thủ tục đăng ký khai tử", "Đăng ký khai tử"


@pytest.mark.parametrize(
    ("name", "short"),
    [
        (WHOLE, SHORT),
        ("THỦ TỤC đăng ký khai tử", SHORT),
        ("Đăng ký tạm trú", "Đăng ký tạm trú"),
        ("Thủ tục Ất", "Ất"),
        # There the words belong to the name.
        ("Thủ tục hành chính liên thông", "Thủ tục hành chính liên thông"),
        ("Liên thông thủ tục hành chính về khai sinh", "Liên thông thủ tục hành chính về khai sinh"),
        ("Thủ tục", "Thủ tục"),
        ("", ""),
    ],
)
def test_a_name_goes_without_the_word_at_its_head(name, short):
    assert short_name(name) == short


def test_an_english_name_stays_as_it_is(commune):
    version = factories.version(commune.unit, name=WHOLE, name_en="Procedure of death registration")
    with translation.override("en"):
        assert labels.name_in(version) == ("Procedure of death registration", "en")
    with translation.override("vi"):
        assert labels.name_in(version) == (SHORT, "vi")
        assert labels.whole_name_in(version) == (WHOLE, "vi")


def test_only_the_page_of_the_procedure_has_the_whole_name(client, commune, citizen, now):
    version = factories.version(commune.unit, name=WHOLE, name_en="")
    dossier = factories.draft(citizen, commune.unit, version)
    received(dossier, commune, citizen, now)
    client.force_login(citizen)
    pages = [
        "/",
        "/procedures/?q=khai+tu",
        "/procedures/1.000001/apply/",
        "/my/dossiers/",
        f"/my/dossiers/{dossier.ref}/",
    ]
    assert all(SHORT in html and WHOLE not in html for html in texts(client, pages))
    client.force_login(commune.clerk)
    pages = ["/desk/dossiers/?view=all", f"/desk/dossiers/{dossier.code}/", f"/desk/dossiers/{dossier.code}/forward/"]
    assert all(SHORT in html and WHOLE not in html for html in texts(client, pages))
    client.force_login(commune.publisher)
    pages = ["/manage/procedures/", "/manage/procedures/1.000001/v1/"]
    assert all(SHORT in html for html in texts(client, pages))
    assert texts(client, ["/procedures/1.000001/"])[0].count(WHOLE) > 1


def test_letters_and_messages_have_the_short_name(commune, citizen, now):
    version = factories.version(commune.unit, name=WHOLE, name_en="")
    dossier = factories.draft(citizen, commune.unit, version)
    received(dossier, commune, citizen, now)
    assert {slip.data["procedure"] for slip in Slip.objects.all()} == {SHORT}
    assert {slip.data["subject"] for slip in Slip.objects.all()} == {"đăng ký khai tử"}
    bodies = [message.body for message in Notification.objects.all()]
    assert bodies
    assert all(SHORT in body and WHOLE not in body for body in bodies)


def received(dossier, commune, citizen, now):
    """Submit a dossier and receive it."""
    perform(actions.Submit(), dossier, by=citizen, now=now)
    perform(actions.Receive(), dossier, by=commune.clerk, now=now)


def texts(client, pages) -> list[str]:
    """Return pages as a Vietnamese reader gets them."""
    answers = [client.get(page) for page in pages]
    assert [answer.status_code for answer in answers] == [200] * len(pages)
    return [answer.content.decode() for answer in answers]
