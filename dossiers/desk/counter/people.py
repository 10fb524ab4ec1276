"""Who stands at the counter: somebody who has been there before is found by number or phone, and need not be keyed.

Only dossiers that the officer may open anyway are looked at; that they were is written down. An account's own data are
never read here: a typed number proves nothing.
"""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import Kind
from common.forms.checks import check_phone
from common.refusals import Refused
from common.values.identity import compact

from ...models import Applicant
from ...records.applicants import number_index
from ..dossier_page import note_reading
from ..officer import Officer

# Of one phone number: a family shares one, a shop or a village head files for many.
LOOKED_AT = 20


def been_here(typed: str, officer: Officer) -> Applicant:
    """Return the applicant of the newest dossier with an ID number, tax code or phone; three queries.

    Raises Refused ('person') when there is none, and when several people have used a phone number.
    """
    rows = Applicant.objects.filter(dossier__in=officer.dossiers()).select_related("dossier").order_by("-dossier")
    found = list(rows.filter(number_index=number_index(compact(typed)))[:1]) if compact(typed) else []
    if not found and (phone := _phone(typed)):
        found = list(rows.filter(phone=phone)[:LOOKED_AT])
    if not found:
        words = _("Nobody with this number has been here before. Type the person's data, or scan the identity card.")
        raise Refused(words, code="person")
    if len({(row.number_index, row.search_name) for row in found}) > 1:
        words = _("Several people have used this phone number. Enter the number of the identity paper.")
        raise Refused(words, code="person")
    note_reading(found[0].dossier, officer.user, "applicant", officer.now)
    return found[0]


def boxes_of_applicant(applicant: Applicant) -> dict[str, Any]:
    """Return an applicant's data by the boxes of the counter's page; empty ones left out."""
    is_person = applicant.kind == Kind.CITIZEN
    acting = applicant.representative or {}
    known = {
        "kind": applicant.kind,
        "name": applicant.name,
        "birth": applicant.birth,
        "sex": applicant.sex,
        "id_number": applicant.id_number if is_person else acting.get("id_number", ""),
        "tax_code": "" if is_person else applicant.id_number,
        "representative": "" if is_person else acting.get("name", ""),
        "position": "" if is_person else acting.get("position", ""),
        "phone": applicant.phone,
        "email": applicant.email,
        "address": applicant.address,
    }
    return {name: value for name, value in known.items() if value}


def _phone(typed: str) -> str:
    try:
        return check_phone(typed)
    except ValidationError:
        return ""
