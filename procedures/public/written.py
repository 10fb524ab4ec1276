"""The page of a procedure as it is written once for everybody: for each day and language, until something changes."""

from contextlib import suppress
from datetime import date
from itertools import product
from typing import NamedTuple

from django.conf import settings
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

from common.kept import until_changed
from offices.models import OpeningHours, Unit

from .. import labels
from ..models import (
    FeeExemption,
    FeeLine,
    LifeEvent,
    Offering,
    OfferingFee,
    Procedure,
    ProcedureFigures,
    ProcedureStep,
    ProcedureVersion,
    RequiredPaper,
    Sector,
)
from ..paper import blank_forms
from . import detail, hooks

# Where the size of the blank form goes: the file comes later than the page, and no table tells when.
SIZE = "@@size@@"
# After something was published, so many pages are written before anybody asks.
MOST_READ = 40


class Page(NamedTuple):
    """What a page consists of: ``way`` and ``article`` are HTML, ``blank_form`` is a stored file's name or ''."""

    base: str
    url: str
    title: str
    description: str
    way: str
    article: str
    blank_form: str


@until_changed(
    FeeExemption,
    FeeLine,
    LifeEvent,
    Offering,
    OfferingFee,
    OpeningHours,
    Procedure,
    Procedure.life_events.through,
    Procedure.related.through,
    ProcedureFigures,
    ProcedureStep,
    ProcedureVersion,
    RequiredPaper,
    Sector,
    Unit,
    is_shared=True,
)
def _texts(code: str, day: date, language: str) -> tuple[str, ...]:
    """Return the texts of a :class:`Page`. Seven queries, twelve when the version is not kept; raises Http404."""
    procedure = get_object_or_404(Procedure.objects.select_related("sector", "figures"), code=code)
    shown = detail.shown_version(procedure, day)
    if shown is None:
        raise Http404
    base = reverse("procedures:detail", args=[procedure.code])
    with translation.override(language):
        context = detail.detail(procedure, shown, day, base) | {
            "in_vietnamese": labels.in_vietnamese(),
            "below": [write(procedure.code) for write in hooks.below],
        }
        offer = context["paper_form"]
        return (
            base,
            context["page_url"],
            context["name"],
            f"{context['name']}: {context['level']}. {context['time']}. {context['fee']}.",
            str(render_to_string("procedures/_detail_way.html", context)),
            str(render_to_string("procedures/_detail.html", context)),
            offer.stored if offer else "",
        )


def page_of(code: str, day: date, language: str) -> Page:
    """Return the page of a procedure on a local day, in the active language. No query when it is kept; raises Http404.

    Seven queries to make it, five more when the version is not kept.
    """
    page = Page(*_texts(code, day, language))
    size = blank_forms.size_words(page.blank_form) if page.blank_form else ""
    article = page.article.replace(SIZE, f", {conditional_escape(size)}" if size else "")
    return page._replace(way=_html(page.way), article=_html(article))


def write_most_read(procedure: int, day: date) -> int:
    """Write the page of a procedure and those of the most filed ones, in every language; returns how many pages."""
    order = Procedure.objects.order_by("-popularity", "sort_key", "id").values_list("code", flat=True)
    codes = dict.fromkeys([*order.filter(pk=procedure), *order[:MOST_READ]])
    count = 0
    for code, (language, _name) in product(codes, settings.LANGUAGES):
        with suppress(Http404):
            _texts(code, day, language)
            count += 1
    return count


def _html(text: str) -> SafeString:
    # What a template wrote.
    return mark_safe(text)  # noqa: S308
