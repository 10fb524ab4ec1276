"""Declarations filled in here to be printed, signed and sent on paper: kept encrypted, found by a random code.

The answers rest in one encrypted value together with the code, so that every
print of a form shows the same one; the database can only compare its blind
index. Nothing here reads the clock.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from common.clock import local_day
from common.database import purging
from common.forms.typed import Typed
from common.refusals import Refused
from common.secret import blind_index
from common.text import plain
from eforms import schema as form_schema

from ..catalogue import current_version, effective_level, offerings_for
from ..models import Offering, PreparedForm, Procedure, ProcedureVersion
from .blank_forms import PAPER_LEVEL

# Thirty-two signs without I, L, O and U: sixteen of them are 80 bits.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 16
# Begins what the QR says, so that a scanner's box can tell it from other codes.
QR_PREFIX = "MC1:"
DAYS = 30
_LOOK_ALIKES = str.maketrans("OIL", "011")
_SHAPE = re.compile(f"[{ALPHABET}]{{{CODE_LENGTH}}}")
_BETWEEN = re.compile(r"[\s\-.]+")


def gone() -> Refused:
    """Return the refusal of a form that was deleted, or whose time ran out, meanwhile."""
    return Refused(_("What was filled in here has been deleted. You can begin anew."), code="gone")


# Where a form may be filled in ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Entry:
    """Where a procedure's form may be handed in on paper today: its version in force and the offerings of level 2 up.

    ``is_over``: it ended, or takes no dossiers any more.
    """

    version: ProcedureVersion | None
    offerings: tuple[Offering, ...] = ()
    is_over: bool = False

    @property
    def is_open(self) -> bool:
        """Whether there is a form to fill in and somebody who takes it."""
        return self.version is not None and self.version.form is not None and bool(self.offerings)

    def offering(self, slug: str) -> Offering | None:
        """Return the offering of the unit with a slug; the only one when there is one."""
        if len(self.offerings) == 1:
            return self.offerings[0]
        return next((offering for offering in self.offerings if offering.unit.slug == slug), None)


def entry_of(procedure: Procedure, day: date) -> Entry:
    """Return how a procedure's form can be handed in on paper on a local day; two queries."""
    version = current_version(procedure, day)
    if version is None or (procedure.accept_until is not None and procedure.accept_until < day):
        return Entry(version, is_over=True)
    offerings = offerings_for(version, day)
    return Entry(
        version, tuple(offering for offering in offerings if effective_level(version, offering) >= PAPER_LEVEL)
    )


# The code -------------------------------------------------------------------------------------------------------------


def new_code() -> str:
    """Return a random retrieval code of 80 bits."""
    return get_random_string(CODE_LENGTH, ALPHABET)


def grouped(code: str) -> str:
    """Return a code as it is printed: 'XXXX-XXXX-XXXX-XXXX'."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def qr_text(code: str) -> str:
    """Return what the QR of a code says; no address, which would end in histories and logs."""
    return f"{QR_PREFIX}{grouped(code)}"


def read_code(typed: str) -> str:
    """Return the code in what was scanned or typed; '' when there is none. Look-alikes are forgiven."""
    text = plain(typed[:200]).upper().removeprefix(QR_PREFIX)
    code = _BETWEEN.sub("", text).translate(_LOOK_ALIKES)
    return code if _SHAPE.fullmatch(code) else ""


def code_index(code: str) -> str:
    """Return the blind index by which a form is found."""
    return blind_index("prepared_form", code)


# One form -------------------------------------------------------------------------------------------------------------


def answers_of(form: PreparedForm) -> dict[str, Any]:
    """Return the answers of a form."""
    return dict((form.answers or {}).get("answers", {}))


def typed_of(form: PreparedForm) -> dict[str, Typed]:
    """Return what was sent, by section, where something of it is at fault."""
    return dict((form.answers or {}).get("typed", {}))


def code_of(form: PreparedForm) -> str:
    """Return the code of a form, '' while it was never made ready to print."""
    return str((form.answers or {}).get("code", ""))


def unit_of(form: PreparedForm) -> str:
    """Return the slug of the unit that the form is for."""
    return str((form.answers or {}).get("unit", ""))


def start(
    version: ProcedureVersion, unit: str, now: datetime, answers: Mapping[str, Any] | None = None
) -> PreparedForm:
    """Begin a form for a unit (its slug); one query."""
    return PreparedForm.objects.create(
        version=version,
        answers={"answers": dict(answers or {}), "unit": unit},
        created_at=now,
        expires_at=now + _unprinted(),
    )


def _unprinted() -> timedelta:
    # Until it is printed, only the visitor's session leads to a form.
    return timedelta(seconds=settings.SESSION_COOKIE_AGE)


def find(pk: Any, now: datetime) -> PreparedForm | None:
    """Return a live form by its key with its version; one query."""
    if not isinstance(pk, int):
        return None
    rows = PreparedForm.objects.select_related("version__procedure")
    return rows.filter(pk=pk, expires_at__gt=now).first()


def find_by_code(typed: str, now: datetime) -> PreparedForm | None:
    """Return the live form whose code was scanned or typed; None alike for unknown and expired. One query at most."""
    code = read_code(typed)
    if not code:
        return None
    rows = PreparedForm.objects.select_related("version__procedure")
    return rows.filter(code_index=code_index(code), expires_at__gt=now).first()


def save_section(
    form: PreparedForm,
    section: form_schema.Section,
    answers: Mapping[str, Any],
    *,
    is_done: bool,
    now: datetime,
    typed: Typed | None = None,
) -> None:
    """Store the answers of one section, finished or not; ``typed`` is what was sent when some of it is at fault.

    Raises Refused.
    """
    with transaction.atomic():
        fresh = _locked(form, now)
        stored = {**answers_of(fresh), **answers}
        kept = {key: value for key, value in stored.items() if not form_schema.is_empty(value)}
        done = [key for key in fresh.completed_sections if key != section.key] + ([section.key] if is_done else [])
        faulty = {key: boxes for key, boxes in typed_of(fresh).items() if key != section.key}
        fresh.answers = fresh.answers | {"answers": kept, "typed": faulty | ({section.key: typed} if typed else {})}
        fresh.completed_sections = done
        if fresh.code_index is None:
            fresh.expires_at = min(now + _unprinted(), fresh.created_at + timedelta(days=DAYS))
        fresh.save(update_fields=["answers", "completed_sections", "expires_at"])


def make_ready(form: PreparedForm, now: datetime) -> str:
    """Give a form its code, once, and keep it for 30 days from its beginning; returns the code. Raises Refused."""
    with transaction.atomic():
        fresh = _locked(form, now)
        code = code_of(fresh)
        if not code:
            code = new_code()
            fresh.answers = fresh.answers | {"code": code}
            fresh.code_index = code_index(code)
            fresh.expires_at = fresh.created_at + timedelta(days=DAYS)
            fresh.save(update_fields=["answers", "code_index", "expires_at"])
    return code


def discard(form: PreparedForm) -> None:
    """Delete a form at once."""
    PreparedForm.objects.filter(pk=form.pk).delete()


def renew(form: PreparedForm, version: ProcedureVersion, now: datetime) -> PreparedForm:
    """Return a form of another version with the answers that still fit; a printed one stays as it was printed."""
    kept = kept_answers(version, answers_of(form), local_day(now))
    with transaction.atomic():
        made = start(version, unit_of(form), now, kept)
        if form.code_index is None:
            discard(form)
    return made


def kept_answers(version: ProcedureVersion, answers: Mapping[str, Any], day: date) -> dict[str, Any]:
    """Return the answers that a version's form takes; {} when it has none."""
    if version.form is None:
        return {}
    return form_schema.clean_all(form_schema.load(version.form), answers, today=day)[0]


def printed_over(now: datetime) -> purging.Due:
    """Return the printed forms whose 30 days are over, for the nightly clean-up. Two queries."""
    return _over(PreparedForm.objects.exclude(code_index=None), now, purging.PART)


def begun_over(now: datetime) -> purging.Due:
    """Return the forms that were begun and left for a day; half of them go each night. Two queries."""
    return _over(PreparedForm.objects.filter(code_index=None), now, 0.75)


def _over(rows: QuerySet[PreparedForm], now: datetime, part: float) -> purging.Due:
    due = rows.filter(expires_at__lte=now)
    return purging.Due(due.count(), rows.count(), lambda: due.delete()[0], part)


def _locked(form: PreparedForm, now: datetime) -> PreparedForm:
    fresh = PreparedForm.objects.select_for_update().filter(pk=form.pk, expires_at__gt=now).first()
    if fresh is None:
        raise gone()
    return fresh


@dataclass
class Progress:
    """A form measured against its schema. No queries.

    ``kept`` are the answers that count, ``errors`` the faults per section.
    """

    form: PreparedForm
    day: date

    def __post_init__(self) -> None:
        self.schema = form_schema.load(self.form.version.form or {})
        self.answers = answers_of(self.form)
        self.kept, self.errors = form_schema.clean_all(self.schema, self.answers, today=self.day)

    @cached_property
    def sections(self) -> tuple[form_schema.Section, ...]:
        """The sections that the answers so far call for."""
        return self.schema.visible_sections(self.answers)

    @property
    def missing(self) -> list[form_schema.Section]:
        """Sections not saved without a fault."""
        done = set(self.form.completed_sections) - set(typed_of(self.form))
        return [section for section in self.sections if section.key not in done or section.key in self.errors]
