"""Who asks: the applicant's data as frozen when a dossier is submitted or taken in."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext, pgettext_lazy

from accounts.models import Assurance, IdKind, Kind, Member, Sex, User
from common.database.compiled import Compiled
from common.database.writing import insert
from common.secret import blind_index
from common.text import fold
from common.values import partial_date
from common.values.identity import id_kind
from eforms import schema as form_schema
from eforms.filling.people import facts_in

from ..models import Acting, Applicant, Dossier

PERSONAL_NUMBER = "personal_number"
TAX_CODE = "tax_code"
# What an applicant's paper is called, by its kind in accounts and answers.
ID_KINDS = {IdKind.PERSONAL.value: PERSONAL_NUMBER, IdKind.CARD.value: "card", IdKind.PASSPORT.value: "passport"}


_on_paper: Compiled[tuple[int]] = Compiled(
    lambda index: Applicant.objects.filter(number_index=index, dossier__owner=None, dossier__status__gt=0).values_list(
        "pk"
    )
)


def number_index(number: str) -> str:
    """Return the blind index by which an applicant's ID or tax number is found."""
    return blind_index("applicant_number", number)


def filed_on_paper(user: User) -> int:
    """Return how many dossiers that were handed in at the desk carry an account's checked number. One query at most.

    The number alone opens nothing: a clerk may have typed it wrongly.
    """
    number = user.identity_number if user.kind == Kind.CITIZEN else user.tax_code
    if user.assurance != Assurance.VERIFIED or not number:
        return 0
    return len(_on_paper.all(number_index(number)))


@dataclass(frozen=True)
class ApplicantData:
    """Facts about an applicant before they are frozen.

    ``birth`` is a partial ISO date, ``id_kind`` one of personal_number, card,
    passport, tax_code, other, or '' when there is no number; ``address`` and
    ``representative`` have the shapes of :class:`~dossiers.models.Applicant`.
    """

    kind: str
    name: str
    birth: str = ""
    sex: str = ""
    id_kind: str = ""
    id_number: str = ""
    phone: str = ""
    email: str = ""
    address: dict[str, Any] | None = None
    representative: dict[str, Any] | None = None

    def freeze(self, dossier: Dossier) -> Applicant:
        """Write the one applicant row of a dossier; call inside the action's transaction."""
        return insert(
            Applicant(
                dossier=dossier,
                kind=self.kind,
                name=self.name,
                search_name=fold(self.name)[:160],
                birth=self.birth,
                sex=self.sex,
                id_kind=self.id_kind,
                id_number=self.id_number,
                number_index=number_index(self.id_number),
                phone=self.phone,
                email=self.email,
                address=self.address,
                representative=self.representative,
            )
        )


def data_of_account(user: User) -> ApplicantData:
    """Return the applicant's data as the account states them; one query for a representative."""
    is_citizen = user.kind == Kind.CITIZEN
    number = user.identity_number if is_citizen else user.tax_code
    return ApplicantData(
        kind=user.kind,
        name=user.full_name,
        birth=user.birth if is_citizen else "",
        sex=user.sex if is_citizen else "",
        id_kind=paper_kind(user.identity_kind if is_citizen else TAX_CODE, number),
        id_number=number,
        phone=user.phone,
        email=user.email or "",
        address=user.address,
        representative=None if is_citizen else _representative(user),
    )


def paper_kind(kind: str, number: str) -> str:
    """Return what an applicant's paper is called, from its kind in accounts or answers ('' when nobody said which)."""
    if not number or kind == TAX_CODE:
        return kind if number else ""
    told = {"personal": PERSONAL_NUMBER}.get(id_kind(number), id_kind(number))
    return ID_KINDS.get(kind, "other" if kind else told)


def known_of(schema: form_schema.Schema, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Return what answers say about the person who asks, by pre-fill source; the first answer of each counts.

    ``id_kind`` stands beside ``personal_number`` where the form asks which paper it is.
    """
    fields = (field for _section, field in schema.fields())
    told = ((field.prefill, field) for field in fields if field.prefill and not field.prefill.startswith("answer:"))
    return facts_in(told, answers)


def _fits(source: str, value: Any) -> bool:
    """Tell whether an answer can stand in the applicant's column: a publisher may ask for a name as a long text."""
    if source == "sex":
        return value in Sex.values
    limits = {
        "full_name": 160,
        "organisation_name": 160,
        "phone": 16,
        "email": 254,
        "tax_code": 40,
        "personal_number": 40,
    }
    return source not in limits or len(value) <= limits[source]


# Parts of an organisation's representative, by what answers say.
_AGENT = {"name": "full_name", "position": "representative_position", "id_number": "personal_number"}


def data_of_filing(
    user: User,
    schema: form_schema.Schema | None,
    answers: Mapping[str, Any],
    *,
    acting: str = "",
    authority: Mapping[str, str] | None = None,
) -> ApplicantData:
    """Return the applicant of a dossier filed by an account: what the form says of them, else what the account says.

    Where the form names somebody else than the account does, nothing that tells
    who a person is comes from the account; who files for another (``acting``, by which ``authority``) is the
    representative. Messages keep going to the account's own address, which was confirmed. Of an organisation the
    representative is the member who acts for it, else who its form or its account names. One query for a
    representative.
    """
    data = data_of_account(user)
    known = (
        {source: value for source, value in known_of(schema, answers).items() if _fits(source, value)} if schema else {}
    )
    number = known.get("personal_number", "")
    if user.kind != Kind.CITIZEN:
        agent = dict(data.representative or {"name": "", "position": "", "id_number": "", "phone": ""})
        agent |= {part: known[source] for part, source in _AGENT.items() if known.get(source)}
        if user.acting is not None:
            agent = _member(user.acting)
        code = known.get("tax_code") or data.id_number
        return replace(
            data,
            name=known.get("organisation_name") or data.name,
            id_number=code,
            id_kind=paper_kind(TAX_CODE, code),
            phone=known.get("phone") or data.phone,
            representative=agent if agent["name"] else None,
        )
    name = known.get("full_name") or data.name
    if acting:
        agent = {
            "name": data.name,
            "position": acts_as(acting, authority),
            "id_number": data.id_number,
            "phone": data.phone,
        }
        data = replace(data, birth="", sex="", id_kind="", id_number="", address=None, representative=agent)
    elif fold(name) != fold(data.name):
        data = replace(data, birth="", sex="", id_kind="", id_number="")
    return replace(
        data,
        name=name,
        birth=known.get("birth") or data.birth,
        sex=known.get("sex") or data.sex,
        id_kind=paper_kind(known.get("id_kind", ""), number) if number else data.id_kind,
        id_number=number or data.id_number,
        phone=known.get("phone") or data.phone,
        email=data.email or known.get("email", ""),
        address=known.get("address") or data.address,
    )


# Columns of a frozen applicant, by what answers say of who asks.
_PERSON = {
    "full_name": "name",
    "birth": "birth",
    "sex": "sex",
    "phone": "phone",
    "email": "email",
    "address": "address",
}
_BODY = {"organisation_name": "name", "phone": "phone"}


def told_anew(
    applicant: Applicant,
    schema: form_schema.Schema,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    *,
    confirmed: str = "",
) -> dict[str, Any]:
    """Return the columns of a frozen applicant that follow answers which have changed.

    What is not answered any more stays, as does an email that no answer gave, or that is the account's own
    (``confirmed``): what was typed and nobody confirmed gets no messages in its place. No query.
    """
    old = known_of(schema, before)
    new = {source: value for source, value in known_of(schema, after).items() if _fits(source, value)}
    told = {source: value for source, value in new.items() if value != old.get(source)}
    is_person = applicant.kind == Kind.CITIZEN
    columns = {name: told[source] for source, name in (_PERSON if is_person else _BODY).items() if source in told}
    is_answered = applicant.email in ("", old.get("email"))
    if not is_answered or (applicant.email and applicant.email == confirmed):
        columns.pop("email", None)
    number = new.get("personal_number" if is_person else "tax_code")
    if number and told.keys() & {"personal_number", "id_kind", "tax_code"}:
        kind = new.get("id_kind", "") if is_person else TAX_CODE
        columns |= {"id_number": number, "id_kind": paper_kind(kind, number)}
    agent = applicant.representative or {}
    if not is_person and not agent.get("is_member"):
        anew = {part: told[source] for part, source in _AGENT.items() if source in told}
        if anew and (agent or "name" in anew):
            columns["representative"] = {"name": "", "position": "", "id_number": "", "phone": ""} | agent | anew
    return columns


def acts_as(acting: str, authority: Mapping[str, str] | None = None) -> str:
    """Return, in Vietnamese, what somebody who files for another is to that person, and by which power of attorney."""
    with override("vi"):
        return " ".join([str(_ACTS_AS[acting]), *authority_words(authority)])


def authority_words(authority: Mapping[str, str] | None) -> list[str]:
    """Return number, day and end of a power of attorney in words, in this order; [] when nothing was said of it."""
    parts = {
        "number": pgettext("power of attorney", "no. %(number)s"),
        "day": pgettext("power of attorney", "of %(day)s"),
        "until": pgettext("power of attorney", "valid until %(until)s"),
    }
    said = {name: (authority or {}).get(name, "") for name in parts}
    shown = said | {name: partial_date.display(said[name]) for name in ("day", "until") if said[name]}
    return [words % shown for name, words in parts.items() if said[name]]


def authority_faults(authority: Mapping[str, str], today: date) -> dict[str, str]:
    """Return what is wrong on a day with a power of attorney, by the part concerned; {} when it holds."""
    day, until = authority.get("day", ""), authority.get("until", "")
    found = {}
    if not day:
        found["day"] = _("Enter the date of the power of attorney.")
    elif day > today.isoformat():
        found["day"] = _("The power of attorney cannot be dated after today.")
    if until and until < max(day, today.isoformat()):
        found["until"] = _("The power of attorney has lapsed. You need a new one to file.")
    return found


_ACTS_AS = {
    Acting.SPOUSE.value: pgettext_lazy("acts as", "husband or wife"),
    Acting.PARENT.value: pgettext_lazy("acts as", "child"),
    Acting.CHILD.value: pgettext_lazy("acts as", "father or mother"),
    Acting.KIN.value: pgettext_lazy("acts as", "relative"),
    Acting.WARD.value: pgettext_lazy("acts as", "guardian or legal representative"),
    Acting.PRINCIPAL.value: pgettext_lazy("acts as", "by power of attorney"),
}


def _member(member: Member) -> dict[str, Any]:
    """Return who files for an organisation as its representative; ``is_member`` tells them from who leads it."""
    person = member.organisation.person
    with override("vi"):
        position = member.position or str(pgettext("acts as", "by order of the organisation"))
    return {
        "name": person.full_name,
        "position": position,
        "id_number": person.identity_number,
        "phone": person.phone,
        "is_member": True,
    }


def _representative(user: User) -> dict[str, Any] | None:
    person = getattr(user, "representative", None)
    if person is None:
        return None
    return {
        "name": person.full_name,
        "position": person.position,
        "id_number": person.personal_number,
        "phone": person.phone,
    }
