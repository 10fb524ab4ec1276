"""The builder's pages on which a question of a draft gets another type."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from common.web.screens import Screen, shows_form
from eforms.builder import forms, raw, retyping
from eforms.builder.labels import TYPE_WORDS

from ..form_desk import Desk, confirm_page, on_draft


@on_draft
@shows_form
def form_field_type(request: HttpRequest, desk: Desk, field: str, table: str = "") -> HttpResponse:
    """Offer other types for a question or column; then say what gets lost, and change it when that is confirmed."""
    _holder, stored = raw.find_field(desk.form, field, table)
    old = forms.kind_of(stored)
    allowed = retyping.types_for(old, is_column=bool(table))
    offered = {kind: words for kind, words in forms.types_offered(is_column=bool(table)) if kind in allowed}
    place = desk.url("form_column", table, field) if table else desk.url("form_field", field)
    name, kind = raw.name_of(stored), desk.request.GET.get("type", "")
    if kind not in offered:
        return desk.show("form_types", types=offered.items(), place=name, now=TYPE_WORDS.get(old), back=place)
    title = _("Change the type to “%(type)s”") % {"type": offered[kind].name}
    said = _("The question is of the type “%(type)s” now.") % {"type": offered[kind].name}
    screen = Screen(title, _("Change the type"), place, _("Back"))
    return confirm_page(
        desk,
        screen,
        name,
        lambda: retyping.retype(desk.form, field, kind, table=table, readers=desk.readers()),
        said,
    )
