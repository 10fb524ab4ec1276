"""The worklist: a copy of what the desk's lists show and filter, kept by the one statement that knows how it is made.

:func:`write` runs in the transaction of whatever changed a dossier, so that the
lists never say anything else than the dossiers. The same statement fills the
table and mends it (``manage.py rebuild_worklist``).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db import connection, transaction

from accounts.models import User
from procedures.models import Procedure

from .models import FINAL, HELD, Dossier, FeeState, Status, WorklistRow
from .models.dossier import NOT_LEFT_TO_POST

BATCH = 1000
TABLE = WorklistRow._meta.db_table
# Until there is a parcel, a fee that was left to the postman is shown as his: nobody is to be asked for it meanwhile.
_IS_LEFT_TO_POST = (
    f"d.pays_on_delivery AND d.fee_state = '{FeeState.OWED}' "
    f"AND d.status NOT IN ({', '.join(str(int(status)) for status in NOT_LEFT_TO_POST)})"
)
# Each column as it follows from the dossier ``d`` and the unit ``u`` that has it, in words that both engines read.
COLUMNS = {
    "unit_id": "u.id",
    "dossier_id": "d.id",
    "competent_id": "d.unit_id",
    "status": "d.status",
    "is_held_here": "COALESCE(d.holder_unit_id = u.id, FALSE)",
    "holder_role": "d.holder_role",
    "holder_id": "d.holder_id",
    "holder_name": "COALESCE(h.full_name, '')",
    "has_proposal": "EXISTS (SELECT 1 FROM dossiers_result r WHERE r.dossier_id = d.id AND r.approved_at IS NULL)",
    "sector": "s.code",
    "level": "v.level",
    "needs_presence": "v.needs_presence",
    "channel": "d.channel",
    "external_system": "d.external_system",
    "delivery": "d.delivery",
    "fee_state": f"CASE WHEN {_IS_LEFT_TO_POST} THEN '{FeeState.ON_DELIVERY}' ELSE d.fee_state END",
    "submitted_at": "d.submitted_at",
    "received_at": "d.received_at",
    "due_at": "d.due_at",
    "paused_since": "d.paused_since",
    "was_late": "d.was_late",
    "stop_proposed": "(d.stop_proposed_at IS NOT NULL)",
    "decided_at": "d.decided_at",
    "closed_at": "d.closed_at",
    "code": "d.code",
    "code_tail": "SUBSTR(d.code, LENGTH(d.code) - 3)",
    "applicant": "COALESCE(a.name, '')",
    "folded_name": "COALESCE(a.search_name, '')",
    "number_index": "COALESCE(a.number_index, '')",
    "procedure": "v.name",
    "has_message": (
        "EXISTS (SELECT 1 FROM dossiers_talkentry t WHERE t.dossier_id = d.id AND t.side = 'owner' AND "
        "t.kind = 'message' AND t.id > COALESCE((SELECT MAX(o.upto) FROM dossiers_talkentry o "
        "WHERE o.dossier_id = d.id AND o.side = 'office'), 0))"
    ),
    "wants_call": (
        "EXISTS (SELECT 1 FROM dossiers_talkentry t WHERE t.dossier_id = d.id AND t.kind = 'call' AND NOT EXISTS "
        "(SELECT 1 FROM dossiers_talkentry o WHERE o.dossier_id = d.id AND o.id > t.id "
        "AND o.kind IN ('reached', 'not_reached')))"
    ),
    "owes_original": (
        f"d.received_at IS NOT NULL AND d.status NOT IN ({', '.join(str(int(status)) for status in FINAL)}) AND EXISTS "
        "(SELECT 1 FROM dossiers_paper p WHERE p.dossier_id = d.id AND p.kind = 'promised' AND p.replaced_at IS NULL)"
    ),
}
_NAMES = ", ".join(COLUMNS)
_HAS_IT = f"d.status > {Status.DRAFT:d} AND u.id IN (d.unit_id, d.received_by_id)"
_EXPECTED = (
    f"SELECT {', '.join(f'{sql} AS {name}' for name, sql in COLUMNS.items())} FROM dossiers_dossier d "
    f"JOIN offices_unit u ON {_HAS_IT} "
    "JOIN procedures_procedureversion v ON v.id = d.version_id JOIN procedures_procedure p ON p.id = v.procedure_id "
    "JOIN procedures_sector s ON s.id = p.sector_id LEFT JOIN dossiers_applicant a ON a.dossier_id = d.id "
    "LEFT JOIN accounts_user h ON h.id = d.holder_id "
    "WHERE d.id "
)
_WRITTEN = "ON CONFLICT (unit_id, dossier_id) DO UPDATE SET " + ", ".join(
    f"{name} = excluded.{name}" for name in COLUMNS if name not in ("unit_id", "dossier_id")
)
# Rows of units that no longer have the dossier.
_SURPLUS = (
    "NOT EXISTS (SELECT 1 FROM dossiers_dossier d WHERE d.id = w.dossier_id "
    f"AND {_HAS_IT.replace('u.id', 'w.unit_id')})"
)


def write(*dossiers: int) -> None:
    """Write the rows of dossiers, by key, and take away those of units that have them no longer.

    One statement on PostgreSQL, two on SQLite. Call it inside the transaction of the change, once all is written.
    """
    among = f"IN ({', '.join(['%s'] * len(dossiers))})"
    gone = f"DELETE FROM {TABLE} AS w WHERE w.dossier_id {among} AND {_SURPLUS}"
    made = writing(among)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"WITH gone AS ({gone}) {made}", [*dossiers, *dossiers])
        else:
            cursor.execute(gone, dossiers)
            cursor.execute(made, dossiers)


def writing(among: str) -> str:
    """Return the statement that writes the rows of the dossiers whose key is ``among``: 'IN (…)', 'BETWEEN … AND …'."""
    return f"INSERT INTO {TABLE} ({_NAMES}) {_EXPECTED}{among} {_WRITTEN}"


def follow_sector(procedure: Procedure) -> None:
    """Let the rows of a procedure's dossiers follow it into its sector. One statement."""
    of_it = Dossier.objects.filter(version__procedure=procedure)
    WorklistRow.objects.filter(dossier__in=of_it).update(sector=procedure.sector.code)


def follow_fee(dossier: Dossier) -> None:
    """Let the rows of a dossier show what is owed for it. One statement, two on SQLite."""
    write(dossier.pk)


def follow_name(person: User) -> None:
    """Let the rows of what a person holds show the person's new name. One statement."""
    held = WorklistRow.objects.filter(holder=person, status__in=HELD, is_held_here=True).values("dossier")
    WorklistRow.objects.filter(dossier__in=held).update(holder_name=person.full_name)


@dataclass(frozen=True)
class Difference:
    """A row that is not as its dossier asks for; ``kind`` is missing, outdated or surplus."""

    kind: str
    dossier_id: int
    unit_id: int
    code: str


def rebuild(*, is_dry: bool = False) -> Iterator[Difference]:
    """Yield every row that differs from its dossier, and unless ``is_dry`` mend it; one batch of dossiers at a time.

    Two statements a batch and one more for what differs; a batch is locked while it is mended, so that the portal
    may work meanwhile. Safe to repeat.
    """
    last = 0
    while pks := list(Dossier.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        found = _differences(pks)
        if found and not is_dry:
            with transaction.atomic():
                list(Dossier.objects.select_for_update(no_key=True).filter(pk__in=pks).values_list("pk"))
                found = _differences(pks)
                write(*{each.dossier_id for each in found})
        yield from found
        last = pks[-1]


def _differences(pks: Sequence[int]) -> list[Difference]:
    """Compare the rows of dossiers with what they should be: one statement; ``pks`` without gaps, in order."""
    between, ends = "BETWEEN %s AND %s", [pks[0], pks[-1]]
    sql = (
        "SELECT CASE WHEN w.dossier_id IS NULL THEN 'missing' ELSE 'outdated' END, e.dossier_id, e.unit_id, e.code "
        f"FROM ({_EXPECTED}{between} EXCEPT SELECT {_NAMES} FROM {TABLE} WHERE dossier_id {between}) e "
        f"LEFT JOIN {TABLE} w ON w.dossier_id = e.dossier_id AND w.unit_id = e.unit_id "
        "UNION ALL SELECT 'surplus', w.dossier_id, w.unit_id, w.code "
        f"FROM {TABLE} w WHERE w.dossier_id {between} AND {_SURPLUS} ORDER BY 2, 3"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, ends * 3)
        return [Difference(*row) for row in cursor.fetchall()]
