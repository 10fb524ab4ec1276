"""Which cells of a table the public does not see: small counts, and as many others as keep them from being computed.

Every cell stands in two sums that the reader knows: its row (carried over + received = what became of it) and its
column (the rows make the total). The withheld cells are edges between the rows and the columns; one of them can be
computed exactly when it is a bridge of that graph, on no circle of withheld cells.
"""

from collections import defaultdict
from collections.abc import Hashable, Mapping
from heapq import heappop, heappush
from typing import Any

from .figures import COLUMNS, By, Flow, Table

# The smallest count that is told.
LEAST = 5
# A nought tells nothing of anybody: it is withheld where nothing else can be.
NOUGHT = 10**9
TOTAL = "total"
Cell = tuple[Any, str]


def withheld(table: Table) -> frozenset[Cell]:
    """Return the cells (key of the row or TOTAL, column) that are not shown.

    Counts of 1 to 4; with each that could be computed, the circle of other cells through it that hides the fewest
    dossiers; and of a column whose total is shown so many that at least LEAST dossiers are withheld together.
    """
    values = {(key, name): getattr(flow, name) for key, flow in _rows(table).items() for name in COLUMNS}
    nodes = _nodes(table)
    hidden = {cell for cell, count in values.items() if 0 < count < LEAST}
    while more := _missing(hidden, values, nodes):
        hidden |= more
    return frozenset(hidden)


def _missing(hidden: set[Cell], values: Mapping[Cell, int], nodes: Mapping[Cell, Hashable]) -> set[Cell]:
    """Return what has to be withheld besides; nothing when all is well hidden."""
    bridges = _bridges(hidden, nodes)
    if bridges:
        return _circle(min(bridges, key=lambda cell: (values[cell], str(cell))), hidden, values, nodes)
    for name in COLUMNS:
        cells = [cell for cell, node in nodes.items() if node == name and cell != (TOTAL, name)]
        count = sum(values[cell] for cell in cells if cell in hidden)
        if 0 < count < LEAST and (TOTAL, name) not in hidden:
            shown = [cell for cell in cells if cell not in hidden and values[cell]]
            return {min(shown, key=lambda cell: (values[cell], str(cell)))} if shown else {(TOTAL, name)}
    return set()


def _circle(bridge: Cell, hidden: set[Cell], values: Mapping[Cell, int], nodes: Mapping[Cell, Hashable]) -> set[Cell]:
    """Return the cells with which a withheld cell lies on a circle: the way round it that hides the fewest dossiers."""
    graph: dict[Hashable, list[tuple[Hashable, Cell, int]]] = defaultdict(list)
    for cell, node in nodes.items():
        if cell != bridge:
            cost = 0 if cell in hidden else values[cell] or NOUGHT
            graph["row", cell[0]].append((("column", node), cell, cost))
            graph["column", node].append((("row", cell[0]), cell, cost))
    start, goal = ("row", bridge[0]), ("column", nodes[bridge])
    waiting: list[tuple[int, int, Hashable, frozenset[Cell]]] = [(0, 0, start, frozenset())]
    done: set[Hashable] = set()
    pushed = 0
    while waiting:
        cost, _n, node, cells = heappop(waiting)
        if node == goal:
            return set(cells)
        if node in done:
            continue
        done.add(node)
        for other, cell, more in graph[node]:
            if other not in done:
                pushed += 1
                heappush(waiting, (cost + more, pushed, other, cells | {cell}))
    raise ValueError("a table has a total, so every cell lies on a circle")


def _rows(table: Table) -> dict[Any, Flow]:
    return {**table.rows, TOTAL: table.total}


def _nodes(table: Table) -> dict[Cell, Hashable]:
    """Return the column sum that each cell stands in; between two months that is what one leaves to the next."""
    found: dict[Cell, Hashable] = {(key, name): name for key in _rows(table) for name in COLUMNS}
    if table.by != By.MONTH:
        return found
    keys = list(table.rows)
    for n, key in enumerate(keys):
        found[key, "carried"] = n
        for name in ("pending", "overdue"):
            found[key, name] = n + 1 if n + 1 < len(keys) else name
    found[TOTAL, "carried"] = 0
    return found


def _bridges(hidden: set[Cell], nodes: Mapping[Cell, Hashable]) -> set[Cell]:
    """Return the withheld cells that lie on no circle: take away ends and cells between circles alike."""
    graph: dict[Hashable, list[tuple[Hashable, Cell]]] = defaultdict(list)
    for cell in hidden:
        row, column = ("row", cell[0]), ("column", nodes[cell])
        graph[row].append((column, cell))
        graph[column].append((row, cell))
    order: dict[Hashable, int] = {}
    low: dict[Hashable, int] = {}
    found: set[Cell] = set()
    for root in graph:
        if root in order:
            continue
        order[root] = low[root] = len(order)
        # Node, the cell by which it was reached, and its neighbours not yet looked at.
        road: list[tuple[Hashable, Cell | None, Any]] = [(root, None, iter(graph[root]))]
        while road:
            node, by, rest = road[-1]
            for other, cell in rest:
                if cell == by:
                    continue
                if other in order:
                    low[node] = min(low[node], order[other])
                    continue
                order[other] = low[other] = len(order)
                road.append((other, cell, iter(graph[other])))
                break
            else:
                road.pop()
                if road:
                    above = road[-1][0]
                    low[above] = min(low[above], low[node])
                    if low[node] > order[above]:
                        assert by is not None
                        found.add(by)
    return found
