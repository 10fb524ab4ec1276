"""The one engine of pages that change something: what it answers, what it keeps, where it goes."""

from types import SimpleNamespace

import pytest
from django import forms
from django.contrib.messages.storage.fallback import FallbackStorage
from django.http import HttpResponse

from common.forms.screen_forms import ChangeForm, OnceForm, ScreenForm
from common.refusals import Refused, stale
from common.web import screens


class NameForm(ChangeForm):
    name = forms.CharField()


@pytest.fixture
def ask(rf, monkeypatch):
    """Send a request to the engine; returns the response, with what the template would have got."""

    def send(form, change, data=None, **options):
        shown = SimpleNamespace(context={})

        def render(request, template, context, status):
            shown.context = context
            return HttpResponse(template, status=status)

        monkeypatch.setattr(screens, "render", render)
        request = rf.get("/") if data is None else rf.post("/", data)
        request.session, request._messages = {}, None
        request._messages = FallbackStorage(request)
        response = screens.answer(request, form(screens.sent(request)), None, change, template="x.html", **options)
        said = [str(one) for one in request._messages]
        return SimpleNamespace(
            status_code=response.status_code, url=getattr(response, "url", ""), shown=shown.context, said=said
        )

    return send


def named(data, revision="new"):
    return NameForm(data, revision=revision)


def refuse(*reasons, **options):
    def change():
        raise Refused(*reasons, **options)

    return change


def test_a_page_is_shown_and_a_form_with_a_fault_again(ask):
    unasked = refuse("never called")
    assert ask(named, unasked).status_code == 200
    response = ask(named, unasked, {"name": ""})
    assert response.status_code == 422 and response.shown["form"].errors


def test_a_change_that_was_made_leads_on(ask):
    assert ask(named, lambda: "/there/", {"name": "An"}).url == "/there/"


@pytest.mark.parametrize(
    ("code", "status"), [("who", 403), ("own", 403), ("stale", 409), ("state", 409), ("template", 422)]
)
def test_a_refusal_is_shown_with_its_status(ask, code, status):
    response = ask(named, refuse("Một", "Hai", code=code), {"name": "An"})
    assert response.status_code == status
    assert response.shown["form"].non_field_errors() == ["Một", "Hai"]


def test_a_refusal_stands_at_its_box(ask):
    response = ask(named, refuse("Tên đã có", field="name"), {"name": "An"})
    assert response.shown["form"].errors == {"name": ["Tên đã có"]}
    elsewhere = ask(named, refuse("Tên đã có", field="gone"), {"name": "An"})
    assert elsewhere.shown["form"].non_field_errors() == ["Tên đã có"]


def test_a_stale_page_keeps_what_was_typed_and_counts_from_the_present_state(ask):
    def change():
        raise stale()

    typed = {"name": "An", "revision": "old"}
    response = ask(named, change, typed, revision=lambda: "newer", page=lambda refused: {"was": refused.code})
    form = response.shown["form"]
    assert (response.status_code, response.shown["was"]) == (409, "stale")
    assert (form["name"].value(), form["revision"].value()) == ("An", "newer")
    unheard = ask(named, refuse("Không"), typed, revision=lambda: pytest.fail("only a stale page is renewed"))
    assert unheard.shown["form"]["revision"].value() == "old"


def test_what_the_page_shows_is_made_only_when_it_is_shown(ask):
    def page(refused):
        pytest.fail("the page is not shown")

    assert ask(named, lambda: "/there/", {"name": "An"}, page=page).status_code == 302


def test_asking_for_more_boxes_checks_and_changes_nothing(ask):
    response = ask(named, refuse("never called"), {"name": "", "rows-more": "1"})
    assert response.status_code == 200 and not response.shown["form"].errors


def test_a_button_tells_why_on_the_page_it_stands_on(rf):
    request = rf.post("/")
    request.session, request._messages = {}, None
    request._messages = FallbackStorage(request)
    assert screens.press(request, refuse("Một", "Hai"), "/back/").url == "/back/"
    assert screens.press(request, lambda: screens.done(request, "Xong.", "home"), "/back/").url == "/"
    assert [str(one) for one in request._messages] == ["Một Hai", "Xong."]


def test_every_form_that_makes_something_has_a_key_of_its_own():
    first, second = OnceForm(), OnceForm()
    assert first["key"].value() != second["key"].value()
    assert "key" not in ScreenForm().fields
