"""The lists that order the catalogue: fields of administration, and the occasions in life of the home page."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db.models import Count
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from common.text import in_order
from common.web.screens import Screen, answer, done, press, sent, shows_form
from procedures.versions import vocabularies
from procedures.versions.vocabularies import NamedList

from ..forms.procedures import NameForm, RenameForm
from ..guards import shared_only
from ..pages import once, publisher_of


@dataclass(frozen=True, slots=True)
class NameScreen:
    """A list with the words and the addresses of its pages."""

    where: NamedList
    one: str
    title: str | Promise
    lede: str | Promise
    adding: str | Promise


# By the name of the list's page.
SCREENS: Mapping[str, NameScreen] = {
    "life_events": NameScreen(
        vocabularies.LIFE_EVENTS,
        "life_event",
        gettext_lazy("Life events"),
        gettext_lazy(
            "The occasions by which people find procedures, in the order of the home page. "
            "A procedure is put under them on its own page."
        ),
        gettext_lazy("Add a life event"),
    ),
    "sectors": NameScreen(
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


@shared_only
@shows_form
def name_list(request: HttpRequest, kind: str) -> HttpResponseBase:
    """Show a list in its order, and add a row. Three queries."""
    publisher, screen = publisher_of(request), SCREENS[kind]
    form = NameForm(sent(request), longest=screen.where.longest_name)

    def change() -> str:
        name, name_en = form.cleaned_data["name"], form.cleaned_data["name_en"]
        add = partial(vocabularies.add, screen.where, name, name_en, publisher.user, publisher.now)
        once(form, f"{screen.where.area}.new", publisher, name[:40], add)
        return done(request, _("Added: %(name)s.") % {"name": name}, f"manage:{kind}")

    return answer(
        request, form, screen, change, template="manage/name_list.html", page=lambda refused: {"rows": _rows(screen)}
    )


def _rows(screen: NameScreen) -> list[dict[str, Any]]:
    found = list(screen.where.model.objects.annotate(count=Count("procedures")))
    if not screen.where.is_ordered:
        found = in_order(found)
    return [
        {
            "row": row,
            "url": f"manage:{screen.one}",
            "remove": f"manage:{screen.one}_remove",
            "move": f"manage:{screen.one}_move" if screen.where.is_ordered else "",
            "steps": "manage:steps" if screen.where is vocabularies.LIFE_EVENTS else "",
        }
        for row in found
    ]


@shared_only
@shows_form
def name_edit(request: HttpRequest, kind: str, code: str) -> HttpResponseBase:
    """Rename a row."""
    publisher, where, screen = publisher_of(request), SCREENS[kind].where, SCREENS[kind]
    row = get_object_or_404(where.model, code=code)
    form = RenameForm(
        sent(request),
        initial={"name": row.name, "name_en": row.name_en},
        revision=vocabularies.revision_of(row),
        longest=where.longest_name,
    )

    def change() -> str:
        typed = form.cleaned_data
        vocabularies.rename(
            where, row, typed["name"], typed["name_en"], typed["revision"], publisher.user, publisher.now
        )
        return done(request, _("Saved: %(name)s.") % {"name": typed["name"]}, f"manage:{kind}")

    return answer(
        request,
        form,
        Screen(row.name, _("Save"), reverse(f"manage:{kind}"), screen.title, is_name=True),
        change,
        revision=lambda: vocabularies.revision_of(get_object_or_404(where.model, code=code)),
    )


@shared_only
@require_POST
def name_move(request: HttpRequest, kind: str, code: str) -> HttpResponseBase:
    """Move a row one place up or down."""
    publisher, where = publisher_of(request), SCREENS[kind].where
    row = get_object_or_404(where.model, code=code)
    vocabularies.move(where, row, 1 if request.POST.get("to") == "down" else -1, publisher.user, publisher.now)
    return redirect(f"manage:{kind}")


@shared_only
@require_POST
def name_remove(request: HttpRequest, kind: str, code: str) -> HttpResponseBase:
    """Remove a row that no procedure has."""
    publisher, where = publisher_of(request), SCREENS[kind].where
    row = get_object_or_404(where.model, code=code)

    def change() -> str:
        vocabularies.remove(where, row, publisher.user, publisher.now)
        return done(request, _("Removed: %(name)s.") % {"name": row.name}, f"manage:{kind}")

    return press(request, change, f"manage:{kind}")
