"""The figures of a year counted from the dossiers themselves, in plain statements of SQL."""

from typing import Any

from django.db import connection

from reports.statistics.figures import Flow
from tests import factories

# Moments as the database keeps them, on Vietnam's days; the level that the first event names.
LOCAL = {"sqlite": "DATE({}, '+7 hours')", "postgresql": "({} AT TIME ZONE 'Asia/Ho_Chi_Minh')::date"}
LEVEL = {"sqlite": "JSON_EXTRACT(e.data, '$.level')", "postgresql": "(e.data ->> 'level')::int"}
COLUMNS = {"field": "p.sector_id", "procedure": "p.id", "unit": "d.unit_id", "level": "first.level"}


def plain(year: int, where: str = "1 = 1", values: tuple[Any, ...] = ()) -> Flow:
    """Count the dossiers of a year, in one statement.

    Late since the first promised day where the columns say that it was missed, since the second supplement, or since
    the promised day if the clock ran beyond it.
    """
    first, last = f"'{year}-01-01'", f"'{year}-12-31'"
    on = LOCAL[connection.vendor].format
    came, ended, due, late = on("submitted_at"), on("ended_at"), on("due_at"), on("late_at")
    within = f"BETWEEN {first} AND {last}"
    left = f"{came} <= {last} AND (ended_at IS NULL OR {ended} > {last})"
    is_result = "status IN (9, 10)"
    counted = {
        "carried": f"{came} < {first} AND (ended_at IS NULL OR {ended} >= {first})",
        "online": f"{came} {within} AND channel = 'online'",
        "direct": f"{came} {within} AND channel <> 'online'",
        "early": f"{is_result} AND {ended} {within} AND late_at IS NULL AND {ended} < {due}",
        "on_time": f"{is_result} AND {ended} {within} AND late_at IS NULL AND {ended} = {due}",
        "late": f"{is_result} AND {ended} {within} AND late_at IS NOT NULL",
        "refused": f"status = 3 AND {ended} {within}",
        "stopped": f"status = 8 AND {ended} {within} AND NOT was_withdrawn",
        "withdrawn": f"status = 8 AND {ended} {within} AND was_withdrawn",
        "pending": f"{left} AND (late_at IS NULL OR {late} > {last})",
        "overdue": f"{left} AND {late} <= {last}",
    }
    sums = ", ".join(f"COUNT(CASE WHEN {rule} THEN 1 END)" for rule in counted.values())
    sql = f"""
        SELECT {sums} FROM (
            SELECT d.submitted_at, d.due_at, d.channel, d.status, COALESCE(d.decided_at, d.closed_at) AS ended_at,
                EXISTS (
                    SELECT 1 FROM dossiers_dossierevent e
                    WHERE e.dossier_id = d.id AND e.from_status = 7 AND e.to_status = 8
                ) AS was_withdrawn,
                CASE WHEN d.was_late THEN d.first_due_at
                    WHEN d.counts_late THEN (
                        SELECT e.at FROM dossiers_dossierevent e
                        WHERE e.dossier_id = d.id AND e.to_status = 5 ORDER BY e.n LIMIT 1 OFFSET 1
                    )
                    WHEN d.paused_since IS NULL AND d.due_at < COALESCE(d.decided_at, d.closed_at, %s) THEN d.due_at
                END AS late_at
            FROM dossiers_dossier d
            JOIN (
                SELECT e.dossier_id, {LEVEL[connection.vendor]} AS level FROM dossiers_dossierevent e WHERE e.n = 1
            ) first ON first.dossier_id = d.id
            JOIN procedures_procedureversion v ON v.id = d.version_id
            JOIN procedures_procedure p ON p.id = v.procedure_id
            WHERE d.status > 0 AND d.cancelled_at IS NULL AND {where}
        ) counted
    """
    with connection.cursor() as cursor:
        cursor.execute(sql, (factories.NOW, *values))
        return Flow(*cursor.fetchone())


def balances(flow: Flow) -> bool:
    """Tell whether what there was equals what became of it, and no count is below nought."""
    ended = flow.resolved + flow.refused + flow.stopped + flow.withdrawn
    is_whole = flow.carried + flow.received == ended + flow.pending + flow.overdue
    return is_whole and min(vars(flow).values()) >= 0
