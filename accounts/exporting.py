"""The copy of everything that the portal keeps about a person, for machines and for people.

The right to receive one's data: Luật Bảo vệ dữ liệu cá nhân 91/2025/QH15.
"""

import json
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from common.clock import LOCAL
from common.pdf import render_pdf
from common.templatetags.ui import partial_date, vi_datetime
from common.values.divisions import address_text

from . import hooks, remembering
from .hooks import Part, Sheet
from .models import Member, Representative, User

TEMPLATE = "account/export_pdf.html"


def parts_of(user: User) -> list[Part]:
    """Return all parts of a person's copy, the account first; their words are Vietnamese.

    Four queries, more where others act for the account or it for others, and those of the packages above.
    """
    with translation.override("vi"):
        return [_account(user), _acting(user), *(export(user) for export in hooks.exported)]


def as_json(user: User, now: datetime) -> bytes:
    """Return the copy as JSON in UTF-8: ``portal``, ``copied_at`` (UTC), then one entry a part; moments as ISO text."""
    whole: dict[str, Any] = {"portal": settings.SITE_URL, "copied_at": now.isoformat()}
    whole |= {part.key: part.data for part in parts_of(user)}
    return json.dumps(whole, ensure_ascii=False, indent=1).encode()


def as_pdf(user: User, now: datetime) -> bytes:
    """Return the copy as a PDF in Vietnamese. Raises common.pdf.PdfFailed, above all when there is too much."""
    sheets = [sheet for part in parts_of(user) for sheet in part.sheets]
    return render_pdf(TEMPLATE, {"name": user.full_name, "copied_at": now, "sheets": sheets})


def file_name(now: datetime, ending: str) -> str:
    """Return what the copy is called: 'du-lieu-ca-nhan-2026-03-27.json'."""
    return f"du-lieu-ca-nhan-{now.astimezone(LOCAL):%Y-%m-%d}.{ending}"


def _account(user: User) -> Part:
    representative = Representative.objects.filter(account=user).first()
    data: dict[str, Any] = {
        name: getattr(user, name)
        for name in (
            "kind", "full_name", "email", "birth", "sex", "personal_number", "id_kind", "id_number", "tax_code",
            "phone", "address", "assurance", "language",
        )
    }  # fmt: skip
    data |= {"details": user.details, "details_answered_at": _iso(user.details_answered_at)}
    data |= {"date_joined": user.date_joined.isoformat(), "last_login": _iso(user.last_login)}
    if representative is not None:
        names = ("full_name", "position", "personal_number", "phone")
        data["representative"] = {name: getattr(representative, name) for name in names}
    rows = [
        (_("Kind of account"), str(user.get_kind_display())),
        (_("Full name"), user.full_name),
        (_("Email address"), user.email or ""),
        (_("Identity paper"), user.identity_number),
        (_("Tax code"), user.tax_code),
        (_("Date of birth"), partial_date(user.birth)),
        (_("Sex"), str(user.get_sex_display())),
        (_("Phone number"), user.phone),
        (_("Address"), address_text(user.address) if user.address else ""),
        (_("Representative"), representative.full_name if representative else ""),
        *((str(label), text) for label, text in remembering.rows(user)),
        (_("Account made"), vi_datetime(user.date_joined)),
        (_("Last sign-in"), vi_datetime(user.last_login)),
    ]
    return Part("account", data, [Sheet(_("Account"), [row for row in rows if row[1]])])


def _acting(user: User) -> Part:
    """Return who acts or acted for an account, and for whom it does, with what was done; the newest last."""
    mine = Member.objects.filter(Q(organisation=user) | Q(person=user)).select_related("organisation", "person")
    data, sheets = [], []
    for member in mine.prefetch_related("records").order_by("pk"):
        records = sorted(member.records.all(), key=lambda record: record.pk)
        person = member.person.full_name if member.person else member.address
        data.append(
            {
                "organisation": member.organisation.full_name,
                "person": person,
                "address": member.address,
                "position": member.position,
                **{name: _iso(getattr(member, name)) for name in ("invited_at", "accepted_at", "ended_at")},
                "done": [
                    {"at": _iso(record.at), "page": record.what, "reference": record.subject} for record in records
                ],
            }
        )
        rows = [
            (_("Organisation"), member.organisation.full_name),
            (_("Who acts for it"), person),
            (_("Invited"), vi_datetime(member.invited_at)),
            (_("Accepted"), vi_datetime(member.accepted_at)),
            (_("Ended"), vi_datetime(member.ended_at)),
            *((vi_datetime(record.at), f"{hooks.acts.get(record.what, record.what)}") for record in records),
        ]
        sheets.append(Sheet(_("Acting for an organisation"), [row for row in rows if row[1]]))
    return Part("acting", data, sheets)


def _iso(moment: datetime | None) -> str:
    return moment.isoformat() if moment else ""
