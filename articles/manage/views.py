"""Writing notices, and reading how useful pages were."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from common import clock
from common.onetime import once
from common.refusals import revision_of
from common.web.paging import keyset_page
from common.web.screens import Screen, answer, done, press, sent, shows_form

from .. import markdown
from ..notices import changing
from ..useful import counting
from .forms import NoticeForm, initial_of
from .guards import Writer, writer_of, writers_only

PAGE = 50


@writers_only
@require_safe
def notices(request: HttpRequest) -> HttpResponse:
    """List the notices of the writer's units, the newest first. Two queries beyond the posts."""
    writer = writer_of(request)
    after, before = (request.GET.get(name, "")[:100] for name in ("after", "before"))
    found = writer.notices.select_related("unit").defer("text", "text_en")
    page = keyset_page(found, ("-since", "-id"), after=after, before=before, size=PAGE)
    return render(request, "manage/notice_list.html", {"page": page, "query": request.GET, "today": writer.day})


@writers_only
@shows_form
def add(request: HttpRequest) -> HttpResponseBase:
    """Write a notice; the same form sent twice writes one."""
    writer = writer_of(request)
    form = _form(request, writer.units, writer, 0, {"since": writer.day})
    form.act_once()

    def act() -> str:
        values = form.values()
        once(
            form.cleaned_data["key"], "notice", writer.user.pk, values["title"][:60], writer.now,
            lambda: changing.add_notice(values, writer.office, writer.user, writer.now),
        )  # fmt: skip
        return done(request, _("Saved: %(name)s.") % {"name": values["title"]}, "manage:notices")

    return answer(request, form, _screen(_("Write a notice")), act)


@writers_only
@shows_form
def change(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Change a notice; below the form it stands as everybody reads it."""
    writer = writer_of(request)
    notice = writer.notice(pk)
    is_closed = notice.unit is not None and notice.unit not in writer.units
    units = [*writer.units, notice.unit] if is_closed else writer.units
    form = _form(request, units, writer, notice.revision, initial_of(notice))

    def act() -> str:
        changing.change_notice(notice, form.shown_revision(), form.values(), writer.office, writer.user, writer.now)
        return done(request, _("Saved: %(name)s.") % {"name": form.cleaned_data["title"]}, "manage:notices")

    return answer(
        request,
        form,
        _screen(notice.title, is_name=True),
        act,
        revision=lambda: writer.notice(pk).revision,
        template="manage/notice.html",
        notice=notice,
        preview=markdown.html_of(notice.text),
    )


@writers_only
@require_POST
def show(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Hide a notice, or show it again."""
    writer = writer_of(request)
    notice = writer.notice(pk)
    is_shown, revision = request.POST.get("shown") == "1", revision_of(request.POST.get("revision", ""))

    def act() -> str:
        changing.show_notice(notice, revision, is_shown, writer.office, writer.user, writer.now)
        words = _("Shown again: %(name)s.") if is_shown else _("Hidden: %(name)s.")
        return done(request, words % {"name": notice.title}, "manage:notices")

    return press(request, act, reverse("manage:notices"))


@writers_only
@require_safe
def useful(request: HttpRequest) -> HttpResponse:
    """List how useful readers found each page within a year, the least useful first. Two queries."""
    return render(request, "manage/useful.html", {"outcomes": counting.outcomes(clock.local_day(clock.now()))})


def _form(request: HttpRequest, units: list[Any], writer: Writer, revision: int, initial: dict[str, Any]) -> NoticeForm:
    shape: dict[str, Any] = {"units": units, "is_for_all": writer.is_for_all}
    return NoticeForm(sent(request), revision=revision, initial=initial, **shape)


def _screen(title: str, *, is_name: bool = False) -> Screen:
    return Screen(title, _("Save"), reverse("manage:notices"), _("Notices"), is_name=is_name)
