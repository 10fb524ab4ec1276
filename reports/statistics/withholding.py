"""Which cells of a table the public does not see: small counts, and as many others as keep them from being computed.

Every cell stands in two sums that the reader knows: its row (carried over + received = what became of it) and its
column (the rows make the total). The withheld cells are edges between the rows and the columns; one of them can be
computed exactly when it is a bridge of that graph, on no circle of withheld cells.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
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
    graph = Graph(values, _nodes(table))
    hidden = graph.hidden
    graph.hide(cell for cell, count in values.items() if 0 < count < LEAST)
    while True:
        # A circle that is closed takes its own bridges away and makes no other: they are looked for once a round.
        bridges = _bridges(hidden, graph.nodes)
        for bridge in sorted(bridges, key=lambda cell: (values[cell], str(cell))):
            if bridge in bridges:
                circle = graph.circle(bridge)
                graph.hide(circle)
                bridges -= circle | {bridge}
        more = _too_few(hidden, values, graph.nodes)
        if not more:
            return frozenset(hidden)
        graph.hide(more)


def _too_few(hidden: set[Cell], values: Mapping[Cell, int], nodes: Mapping[Cell, Hashable]) -> set[Cell]:
    """Return one more cell of the first column that withholds fewer dossiers than LEAST and shows its total."""
    columns: dict[Hashable, list[Cell]] = defaultdict(list)
    for cell, node in nodes.items():
        if cell != (TOTAL, node):
            columns[node].append(cell)
    for name in COLUMNS:
        count = sum(values[cell] for cell in columns[name] if cell in hidden)
        if 0 < count < LEAST and (TOTAL, name) not in hidden:
            shown = [cell for cell in columns[name] if cell not in hidden and values[cell]]
            return {min(shown, key=lambda cell: (values[cell], str(cell)))} if shown else {(TOTAL, name)}
    return set()


class Graph:
    """The cells of a table as edges between rows and columns, both numbered; to go along ``hidden`` ones costs nothing.

    A circle looks at each edge at most once.
    """

    def __init__(self, values: Mapping[Cell, int], nodes: Mapping[Cell, Hashable]) -> None:
        self.nodes, self.cells = nodes, list(nodes)
        self.number = {cell: n for n, cell in enumerate(self.cells)}
        self.hidden: set[Cell] = set()
        self.costs = [values[cell] or NOUGHT for cell in self.cells]
        self.edges: list[list[tuple[int, int]]] = []
        self.places: dict[Hashable, int] = {}
        for n, (cell, node) in enumerate(nodes.items()):
            row, column = self._place(("row", cell[0])), self._place(("column", node))
            self.edges[row].append((column, n))
            self.edges[column].append((row, n))

    def _place(self, name: Hashable) -> int:
        """Return the number of a row or column."""
        if name not in self.places:
            self.places[name] = len(self.edges)
            self.edges.append([])
        return self.places[name]

    def hide(self, cells: Iterable[Cell]) -> None:
        """Withhold cells."""
        for cell in cells:
            self.hidden.add(cell)
            self.costs[self.number[cell]] = 0

    def circle(self, bridge: Cell) -> set[Cell]:
        """Return the cells with which a cell lies on a circle: the way round it that hides the fewest dossiers."""
        start, goal = self.places["row", bridge[0]], self.places["column", self.nodes[bridge]]
        left_out, costs = self.number[bridge], self.costs
        best = {start: 0}
        came: dict[int, tuple[int, int]] = {}
        waiting = [(0, 0, start)]
        done: set[int] = set()
        pushed = 0
        while waiting:
            cost, _n, node = heappop(waiting)
            if node == goal:
                return self._way(came, goal)
            if node in done:
                continue
            done.add(node)
            for other, n in self.edges[node]:
                if other in done or n == left_out:
                    continue
                more = cost + costs[n]
                if other not in best or more < best[other]:
                    best[other], came[other] = more, (node, n)
                    pushed += 1
                    heappush(waiting, (more, pushed, other))
        raise ValueError("a table has a total, so every cell lies on a circle")

    def _way(self, came: Mapping[int, tuple[int, int]], place: int) -> set[Cell]:
        """Return the cells of the way by which a row or column was reached."""
        found = set()
        while place in came:
            place, n = came[place]
            found.add(self.cells[n])
        return found


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
