"""Small counts cannot be found: not read, and not computed from what is shown."""

import random
from datetime import date
from fractions import Fraction
from time import process_time

import pytest

from reports.statistics.figures import COLUMNS, By, Flow, Table, _one_after_another, together
from reports.statistics.withholding import LEAST, TOTAL, withheld
from reports.tests.plain import balances

ENDS = ("early", "on_time", "late", "refused", "stopped", "withdrawn", "pending", "overdue")


def flow(rng: random.Random, most: int, carried: tuple[int, int] | None = None) -> Flow:
    """A balanced row with counts of every size."""
    came = {name: rng.choice((0, rng.randint(0, most))) for name in ("online", "direct")}
    came["carried"] = sum(carried) if carried else rng.choice((0, rng.randint(0, most)))
    ended = dict.fromkeys(ENDS, 0)
    for _n in range(sum(came.values())):
        ended[rng.choice(ENDS)] += 1
    return Flow(**came, **ended)


def tables(rng: random.Random):
    """Tables of every kind: a single row, many, months that follow each other."""
    for most in (3, 8, 40, 300):
        for size in (1, 2, 5, 12):
            rows = {f"r{n}": flow(rng, most) for n in range(size)}
            yield Table(By.FIELD, rows, together(rows.values()))
            months, left = {}, (rng.randint(0, most), rng.randint(0, most))
            for n in range(size):
                made = flow(rng, most, left)
                months[date(2026, n + 1, 1)], left = made, (made.pending, made.overdue)
            yield Table(By.MONTH, months, _one_after_another(list(months.values())))


def equations(table: Table) -> list[dict[tuple, int]]:
    """What a reader knows, written without the program's own words: factors of cells that add up to nought."""
    keys = [*table.rows, TOTAL]
    known = [{(key, name): 1 if name in ("carried", "online", "direct") else -1 for name in COLUMNS} for key in keys]
    flows = (
        COLUMNS if table.by != By.MONTH else [name for name in COLUMNS if name not in ("carried", "pending", "overdue")]
    )
    for name in flows:
        known.append({(key, name): 1 for key in table.rows} | {(TOTAL, name): -1})
    if table.by == By.MONTH:
        rows = list(table.rows)
        for before, after in zip(rows, rows[1:], strict=False):
            known.append({(before, "pending"): 1, (before, "overdue"): 1, (after, "carried"): -1})
        known.append({(rows[0], "carried"): 1, (TOTAL, "carried"): -1})
        known += [{(rows[-1], name): 1, (TOTAL, name): -1} for name in ("pending", "overdue")]
    return known


def computed(table: Table, hidden: frozenset) -> set:
    """Solve what is known for what is withheld; return the cells that have one solution only."""
    unknown = sorted(hidden, key=str)
    rows = [[Fraction(known.get(cell, 0)) for cell in unknown] for known in equations(table)]
    pivots: list[int] = []
    for column in range(len(unknown)):
        n = len(pivots)
        found = next((row for row in range(n, len(rows)) if rows[row][column]), None)
        if found is None:
            continue
        rows[n], rows[found] = rows[found], rows[n]
        rows[n] = [value / rows[n][column] for value in rows[n]]
        for other in range(len(rows)):
            if other != n and rows[other][column]:
                factor = rows[other][column]
                rows[other] = [value - factor * mine for value, mine in zip(rows[other], rows[n], strict=True)]
        pivots.append(column)
    return {unknown[pivot] for row, pivot in zip(rows, pivots, strict=False) if sum(map(bool, row)) == 1}


@pytest.mark.parametrize("seed", range(4))
def test_nothing_that_is_withheld_can_be_computed(seed):
    for table in tables(random.Random(seed)):
        assert balances(table.total) and all(balances(row) for row in table.rows.values())
        hidden = withheld(table)
        cells = {**table.rows, TOTAL: table.total}
        small = {(key, name) for key, row in cells.items() for name in COLUMNS if 0 < getattr(row, name) < LEAST}
        assert small <= hidden
        assert computed(table, hidden) == set()


def test_the_solver_finds_what_a_single_gap_gives_away():
    table = Table(By.FIELD, {"a": Flow(online=9, early=9)}, Flow(online=9, early=9))
    assert computed(table, frozenset({("a", "online")})) == {("a", "online")}


def test_nothing_small_nothing_withheld():
    rows = {"a": Flow(online=9, early=9), "b": Flow()}
    assert withheld(Table(By.UNIT, rows, together(rows.values()))) == frozenset()


def test_withheld_cells_of_a_column_hide_at_least_five_together():
    rows = {"a": Flow(online=1, early=1), "b": Flow(online=1, early=1), "c": Flow(online=90, early=90)}
    hidden = withheld(Table(By.UNIT, rows, together(rows.values())))
    assert {("c", "online"), ("c", "early")} <= hidden or (TOTAL, "online") in hidden


def test_four_hundred_units_with_a_small_count_each_are_withheld_within_a_second():
    rng, rows = random.Random(1), {}
    for n in range(400):
        online = rng.randint(7, 300)
        rows[n] = Flow(online=online, on_time=online - 2, **{rng.choice(ENDS[2:]): 2})
    began = process_time()
    hidden = withheld(Table(By.UNIT, rows, together(rows.values())))
    # A fifth of a second on an idle core; six when each circle made the graph anew.
    assert process_time() - began < 2 and len(hidden) >= 800


def test_a_large_table_keeps_most_of_what_is_not_small():
    rng = random.Random(7)
    rows = {n: flow(rng, 30) for n in range(120)}
    table = Table(By.UNIT, rows, together(rows.values()))
    shown = len(rows) * len(COLUMNS) - len(withheld(table))
    assert shown > 100
