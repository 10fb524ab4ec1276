"""The builder's pages of checks between answers."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from common.web.screens import sent, shows_form
from eforms.builder import cross_checks, raw

from ..form_desk import Desk, delete_page, on_draft


@on_draft
@shows_form
def check_add(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Choose a kind of check, then say what it compares and what people read."""
    offered = cross_checks.kinds_offered()
    kind = request.GET.get("type", "")
    if kind not in offered:
        return desk.show(
            "form_types", types=offered.items(), heading=_("What is to be checked?"), back=desk.url("form")
        )
    form = cross_checks.CheckForm(kind, {}, desk.form, sent(request), revision=desk.version.revision)

    def change() -> str:
        made, key = cross_checks.add_check(desk.form, form.values())
        desk.save(made)
        return desk.saved(_("Added."), f"check-{key}")

    screen = desk.screen(_("New check between answers"))
    return desk.answer(form, screen, change, type=offered[kind], types=request.path)


@on_draft
@shows_form
def check_edit(request: HttpRequest, desk: Desk, check: str) -> HttpResponse:
    """Change a check."""
    stored = raw.find_check(desk.form, check)
    kind = str(stored.get("kind"))
    offered = cross_checks.kinds_offered()
    if kind not in offered:
        raise Http404
    form = cross_checks.CheckForm(kind, stored, desk.form, sent(request), revision=desk.version.revision)

    def change() -> str:
        desk.save(cross_checks.change_check(desk.form, check, form.values()))
        return desk.saved(_("Saved."), f"check-{check}")

    screen = desk.screen(_("Check between answers"))
    return desk.answer(form, screen, change, type=offered[kind], remove=desk.url("form_check_delete", check))


@on_draft
@shows_form
def check_delete(request: HttpRequest, desk: Desk, check: str) -> HttpResponse:
    """Delete a check, after asking."""
    name = raw.text_of(raw.find_check(desk.form, check).get("message"))
    return delete_page(desk, _("Delete the check"), name, lambda form, readers: cross_checks.remove_check(form, check))
