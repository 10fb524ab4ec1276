"""Reading the file, saying of each row what would become of it, and making the dossiers once.

Nothing here reads the clock. Between the dry run and the second press the rows rest in the page, encrypted.
"""

import json
import zlib
from base64 import b64decode, b64encode
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from cryptography.fernet import InvalidToken
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from common import onetime
from common.clock import local_day
from common.database.contention import once_more
from common.files.uploads import removed_on_failure
from common.refusals import Refused
from common.secret import decrypt, encrypt
from common.text import fold
from dossiers.actions import TakeOver
from dossiers.models import Channel, Dossier, System
from dossiers.workflow import carry_out
from offices.log import audit
from offices.models import Unit
from procedures.catalogue import current_version, offering_of
from procedures.exchange.excel_reading import open_workbook
from procedures.exchange.item import unreadable
from procedures.models import Procedure, ProcedureVersion

from ..counter.intake import kinds_of
from .columns import COLUMNS, MAX_ROWS, SHEET, applicant_of, checked, origin_of

PURPOSE = "import_national"
KEPT = timedelta(minutes=30)
FORMULA = "\0formula"
NEW, THERE, FAULT = "new", "there", "fault"


@dataclass
class Line:
    """A row of the file and what would become of it: ``new``, ``there`` (entered before, as ``known``) or ``fault``."""

    n: int
    texts: dict[str, str]
    values: dict[str, Any] = field(default_factory=dict)
    faults: list[tuple[str, str]] = field(default_factory=list)
    version: ProcedureVersion | None = None
    known: str = ""

    @property
    def state(self) -> str:
        """What would become of it."""
        return FAULT if self.faults else THERE if self.known else NEW


def read(content: bytes) -> list[tuple[int, dict[str, str]]]:
    """Return the rows of a file by their numbers, as texts; empty ones are left out. Raises Refused."""
    book = open_workbook(content)
    try:
        sheet = next((each for each in book.worksheets if fold(each.title) == fold(SHEET)), None)
        if sheet is None:
            raise unreadable(_("The workbook has no sheet “%(name)s”. Begin from the template.") % {"name": SHEET})
        sheet.reset_dimensions()
        return _rows(sheet.iter_rows(max_col=60))
    except Refused:
        raise
    except Exception as error:
        # The library raises whatever it stumbles over; none of it says more than this.
        words = _("The workbook is damaged, or of a kind that cannot be read. Save it again as .xlsx.")
        raise unreadable(words) from error
    finally:
        book.close()


def _rows(rows: Iterable[Any]) -> list[tuple[int, dict[str, str]]]:
    names = {fold(column.heading): name for name, column in COLUMNS.items()}
    places: dict[int, str] = {}
    found: list[tuple[int, dict[str, str]]] = []
    for n, cells in enumerate(rows, start=1):
        if n == 1:
            headings = {place: names.get(fold(_text(cell)), "") for place, cell in enumerate(cells)}
            places = {place: name for place, name in headings.items() if name}
            missing = [column.heading for name, column in COLUMNS.items() if name not in places.values()]
            if missing:
                words = _("The first row must name the columns of the template. Missing: %(names)s.")
                raise unreadable(words % {"names": ", ".join(missing)})
            continue
        texts = {name: _text(cells[place]) for place, name in places.items() if place < len(cells)}
        if any(texts.values()):
            found.append((n, texts))
        if len(found) > MAX_ROWS or n > MAX_ROWS * 20:
            raise unreadable(_("A file holds at most %(count)d dossiers. Split it.") % {"count": MAX_ROWS})
    if not found:
        raise unreadable(_("The file holds no dossier."))
    return found


def _text(cell: Any) -> str:
    """Return a cell as it would be typed; a day is a day, and a time that is not there stays away."""
    value = getattr(cell, "value", None)
    if value is None:
        return ""
    if getattr(cell, "data_type", "") in ("f", "e"):
        return FORMULA
    if isinstance(value, datetime):
        return f"{value:%d/%m/%Y %H:%M}" if value.hour or value.minute else f"{value:%d/%m/%Y}"
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()[:300]


def plan(rows: Iterable[tuple[int, dict[str, str]]], unit: Unit, day: date) -> list[Line]:
    """Say of each row what would become of it in a unit on a day; two queries, and what is kept of each procedure."""
    lines = [Line(n, texts) for n, texts in rows]
    for line in lines:
        formulas = [COLUMNS[name].heading for name, text in line.texts.items() if text == FORMULA]
        line.values, line.faults = checked({k: v for k, v in line.texts.items() if v != FORMULA})
        line.faults = [fault for fault in line.faults if fault[0] not in formulas]
        line.faults += [(heading, _("Formulas are not taken. Replace it by its value.")) for heading in formulas]
    wanted = {line.values["procedure"] for line in lines if line.values.get("procedure")}
    procedures = {each.code: each for each in Procedure.objects.filter(code__in=wanted)}
    codes = [line.values["code"] for line in lines if line.values.get("code")]
    there = Dossier.objects.filter(external_code__in=codes, external_system=System.NATIONAL, received_by=unit)
    known = {external: code or "" for external, code in there.order_by("pk").values_list("external_code", "code")}
    first: dict[str, int] = {}
    for line in lines:
        code = line.values.get("code", "")
        line.known = known.get(code, "")
        if code and first.setdefault(code, line.n) != line.n:
            line.faults.append((COLUMNS["code"].heading, _("The same as in row %(n)d.") % {"n": first[code]}))
        _find_version(line, procedures, unit, day)
    return lines


def _find_version(line: Line, procedures: dict[str, Procedure], unit: Unit, day: date) -> None:
    """Find what the row asks for among what a unit offers, and note a fault where it is not there."""
    values = line.values
    if not values.get("procedure"):
        return
    heading = COLUMNS["procedure"].heading
    procedure = procedures.get(values["procedure"])
    line.version = current_version(procedure, day) if procedure is not None else None
    if procedure is None or line.version is None:
        line.faults.append((heading, _("No procedure in force has this code.")))
    elif offering_of(procedure.pk, unit.pk, day) is None:
        line.faults.append((heading, _("%(unit)s does not offer this procedure.") % {"unit": unit.name}))
    elif values.get("kind") and values["kind"] not in kinds_of(line.version):
        line.faults.append((COLUMNS["kind"].heading, _("This procedure is not for them.")))
    if values.get("filed_at") and local_day(values["filed_at"]) > day:
        line.faults.append((COLUMNS["filed_at"].heading, _("This time lies in the future.")))


def packed(rows: list[tuple[int, dict[str, str]]], unit: Unit, by: User, now: datetime) -> str:
    """Return rows as the page carries them to the second press: encrypted, for one person, for half an hour."""
    text = json.dumps([by.pk, unit.slug, now.isoformat(), rows], ensure_ascii=False)
    return encrypt(b64encode(zlib.compress(text.encode())).decode())


def unpacked(parcel: str, by: User, now: datetime) -> tuple[list[tuple[int, dict[str, str]]], str]:
    """Return the rows of a dry run and the slug of its unit. Raises Refused when it is another's, or too old."""
    try:
        person, slug, at, rows = json.loads(zlib.decompress(b64decode(decrypt(parcel))))
    except (InvalidToken, ValueError) as error:
        raise _gone() from error
    if person != by.pk or now - datetime.fromisoformat(at) > KEPT:
        raise _gone()
    return [(n, texts) for n, texts in rows], slug


def _gone() -> Refused:
    return Refused(_("No file waits to be imported. Choose it again."), code="gone")


@dataclass
class Made:
    """What a second press made: how many dossiers, and which rows were refused meanwhile, with the reason."""

    count: int = 0
    refused: list[str] = field(default_factory=list)


def make(rows: list[tuple[int, dict[str, str]]], unit: Unit, *, by: User, key: str, now: datetime) -> Made | None:
    """Make the dossiers of the rows that are new, once per key; None when the key was used before.

    One transaction; about twenty statements a dossier. A row that was entered by somebody else meanwhile, or is the
    clerk's own, is left out. Raises ``onetime.KeyMisused``.
    """
    made = Made()

    def work() -> None:
        made.count, made.refused = 0, []
        for line in plan(rows, unit, local_day(now)):
            if line.state != NEW:
                continue
            try:
                _take_over(line, unit, by, now)
            except (Refused, IntegrityError) as error:
                reason = error.message if isinstance(error, Refused) else _("It has been entered meanwhile.")
                made.refused.append(_("Row %(n)d: %(reason)s") % {"n": line.n, "reason": reason})
            else:
                made.count += 1
        changes = [("lines", "", made.count)]
        audit.record("national.import", unit, by=by, now=now, ref=unit.slug, unit=unit, name=unit.name, changes=changes)

    earlier = once_more(lambda: onetime.once(key, PURPOSE, by.pk, unit.slug, now, work))
    return made if earlier is None else None


def _take_over(line: Line, unit: Unit, by: User, now: datetime) -> None:
    assert line.version is not None
    with removed_on_failure() as written, transaction.atomic():
        applicant = applicant_of(line.values)
        by_post = {"name": applicant.name, "phone": applicant.phone, "address": applicant.address}
        dossier = Dossier.objects.create(
            version=line.version,
            received_by=unit,
            unit=unit,
            filed_by=by,
            channel=Channel.ONLINE,
            delivery=line.values["delivery"],
            delivery_address=by_post if line.values["delivery"] == "post" else None,
            created_at=now,
            saved_at=now,
        )
        action = TakeOver(applicant, origin_of(line.values), line.values["fee_paid"])
        carry_out(action, dossier, written, by=by, now=now)
