"""The lists that order the catalogue: fields of administration, and the occasions in life of the home page."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib import messages
from django.db import transaction
from django.db.models import Count
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from common.refusals import Refused, fingerprint
from common.text import in_order
from procedures.versions import vocabularies
from procedures.versions.vocabularies import Named, NamedList

from ..forms.procedures import NameForm, RenameForm
from ..guards import publisher_only
from ..pages import Publisher, attempt, publisher_of
from .lists import use_key

METHODS = ["GET", "HEAD", "POST"]


@dataclass(frozen=True, slots=True)
class Screen:
    """A list with the words and the addresses of its pages."""

    where: NamedList
    one: str
    title: str | Promise
    lede: str | Promise
    adding: str | Promise


# By the name of the list's page.
SCREENS: Mapping[str, Screen] = {
    "life_events": Screen(
        vocabularies.LIFE_EVENTS,
        "life_event",
        gettext_lazy("Life events"),
        gettext_lazy(
            "The occasions by which people find procedures, in the order of the home page. "
            "A procedure is put under them on its own page."
        ),
        gettext_lazy("Add a life event"),
    ),
    "sectors": Screen(
        vocabularies.SECTORS,
        "sector",
        gettext_lazy("Fields"),
        gettext_lazy(
            "Every procedure belongs to one field. Citizens narrow their search by fields, "
            "and specialists may be given some of them only."
        ),
        gettext_lazy("Add a field"),
    ),
}


@publisher_only
@require_http_methods(METHODS)
def name_list(request: HttpRequest, kind: str) -> HttpResponseBase:
    """Show a list in its order, and add a row. Three queries."""
    publisher, screen = publisher_of(request), SCREENS[kind]
    form = NameForm(request.POST or None, longest=screen.where.longest_name)
    status = 200
    if request.method == "POST":
        status = attempt(form, lambda: _add(form, screen.where, publisher)) if form.is_valid() else 422
        if status == 200:
            messages.success(request, _("Added: %(name)s.") % {"name": form.cleaned_data["name"]})
            return redirect(f"manage:{kind}")
    found = list(screen.where.model.objects.annotate(count=Count("procedures")))
    if not screen.where.is_ordered:
        found = in_order(found)
    rows = [
        {
            "row": row,
            "url": f"manage:{screen.one}",
            "remove": f"manage:{screen.one}_remove",
            "move": f"manage:{screen.one}_move" if screen.where.is_ordered else "",
        }
        for row in found
    ]
    return render(request, "manage/name_list.html", {"rows": rows, "form": form, "screen": screen}, status=status)


def _add(form: NameForm, where: NamedList, publisher: Publisher) -> None:
    data = form.cleaned_data
    with transaction.atomic():
        if use_key(data["key"], f"{where.area}.new", publisher, data["name"][:40]):
            vocabularies.add(where, data["name"], data["name_en"], publisher.user, publisher.now)


@publisher_only
@require_http_methods(METHODS)
def name_edit(request: HttpRequest, kind: str, code: str) -> HttpResponseBase:
    """Rename a row."""
    publisher, screen = publisher_of(request), SCREENS[kind]
    row = get_object_or_404(screen.where.model, code=code)
    form = RenameForm(
        request.POST or None,
        initial={"name": row.name, "name_en": row.name_en},
        revision=_mark(row),
        longest=screen.where.longest_name,
    )
    title, status = row.name, 200
    if request.method == "POST":
        status = attempt(form, lambda: _rename(form, screen.where, row, publisher)) if form.is_valid() else 422
        if status == 200:
            messages.success(request, _("Saved: %(name)s.") % {"name": form.cleaned_data["name"]})
            return redirect(f"manage:{kind}")
        if status == 409:
            row.refresh_from_db()
            form.renew(_mark(row))
    context = {"title": title, "form": form, "screen": screen, "list_url": f"manage:{kind}"}
    return render(request, "manage/name.html", context, status=status)


def _rename(form: RenameForm, where: NamedList, row: Named, publisher: Publisher) -> None:
    data = form.cleaned_data
    if data["revision"] != _mark(row):
        raise Refused(
            _("Somebody else renamed this meanwhile: %(name)s. Save again to put your name in its place.")
            % {"name": row.name},
            code="stale",
        )
    vocabularies.rename(where, row, data["name"], data["name_en"], publisher.user, publisher.now)


def _mark(row: Named) -> str:
    return fingerprint(row.name, row.name_en)


@publisher_only
@require_POST
def name_move(request: HttpRequest, kind: str, code: str) -> HttpResponseBase:
    """Move a row one place up or down."""
    publisher, where = publisher_of(request), SCREENS[kind].where
    row = get_object_or_404(where.model, code=code)
    vocabularies.move(where, row, 1 if request.POST.get("to") == "down" else -1, publisher.user, publisher.now)
    return redirect(f"manage:{kind}")


@publisher_only
@require_POST
def name_remove(request: HttpRequest, kind: str, code: str) -> HttpResponseBase:
    """Remove a row that no procedure has."""
    publisher, where = publisher_of(request), SCREENS[kind].where
    row = get_object_or_404(where.model, code=code)
    try:
        vocabularies.remove(where, row, publisher.user, publisher.now)
    except Refused as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, _("Removed: %(name)s.") % {"name": row.name})
    return redirect(f"manage:{kind}")
