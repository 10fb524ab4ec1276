"""Declarations filled in here to be printed, signed and sent on paper: kept encrypted, found by a random code.

The answers rest in one encrypted value together with the code, so that every
print of a form shows the same one; the database can only compare its blind
index. Nothing here reads the clock.
"""

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from common.clock import local_day
from common.database import purging
from common.refusals import Refused
from common.secret import blind_index
from common.text import plain
from eforms import schema as form_schema
from eforms.filling.filled import Filled, SentSection
from eforms.filling.progress import Progress

from ..catalogue import version_of
from ..models import PreparedForm, ProcedureVersion

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


def filled_of(form: PreparedForm) -> Filled:
    """Return the form as it has been filled in."""
    return Filled(answers_of(form), form.completed_sections, (form.answers or {}).get("typed", {}))


def progress_of(form: PreparedForm, day: date) -> Progress:
    """Return how far a form is on a local day."""
    return Progress(form_schema.load(form.version.form or {}), filled_of(form), day)


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
    return _live(now, pk=pk) if isinstance(pk, int) else None


def find_by_code(typed: str, now: datetime) -> PreparedForm | None:
    """Return the live form whose code was scanned or typed; None alike for unknown and expired. One query at most."""
    code = read_code(typed)
    return _live(now, code_index=code_index(code)) if code else None


def _live(now: datetime, **which: Any) -> PreparedForm | None:
    form = PreparedForm.objects.filter(**which, expires_at__gt=now).first()
    if form is not None:
        form.version = version_of(form.version_id)
    return form


def save_section(form: PreparedForm, sent: SentSection, now: datetime) -> None:
    """Store one section, finished or not. Raises Refused."""
    with transaction.atomic():
        fresh = _locked(form, now)
        filled = filled_of(fresh).with_section(sent)
        fresh.answers |= {"answers": dict(filled.answers), "typed": dict(filled.typed)}
        fresh.completed_sections = filled.done
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
