"""Check the plan of the house: floors, circles, hidden imports, full folders, long files.

Imports of the project stand at the head of a module, where everybody sees them. One place is free to hide them:
``AppConfig.ready()``, because Django has no models when it reads apps.py. Reads the sources, runs nothing of them.
Prints the figures and one line per finding; ends with 1 when there is any.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FLOORS = (
    *("portal", "reports", "articles", "payments", "dossiers", "procedures", "notifications", "offices", "eforms"),
    *("accounts", "common"),
)
SPREAD = ("reports", "articles", "payments", "dossiers", "procedures", "eforms")
MOST_FILES, MOST_LINES = 12, 400
# A longer file says in its docstring why it is read whole.
REASON = "Long because"


def sources() -> dict[str, Path]:
    """Return every production module by its dotted name."""
    found = {}
    for floor in FLOORS:
        for path in sorted((ROOT / floor).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            if not {"tests", "migrations"} & set(parts):
                found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imports(tree: ast.Module) -> Iterator[tuple[ast.Import | ast.ImportFrom, str]]:
    """Yield every import and the function it hides in, '' for none; those for the type checker only are left out."""
    waiting: list[tuple[ast.AST, str]] = [(tree, "")]
    while waiting:
        node, inside = waiting.pop()
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node, inside
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            inside = inside or node.name
        waiting += [(child, inside) for child in ast.iter_child_nodes(node)]


def targets(node: ast.Import | ast.ImportFrom, module: str, is_package: bool, known: dict[str, Path]) -> set[str]:
    """Return the modules of the house that an import names."""
    if isinstance(node, ast.Import):
        named = {alias.name for alias in node.names}
    else:
        parts = module.split(".")
        start = parts[: len(parts) - node.level + is_package] if node.level else []
        base = ".".join([*start, *([node.module] if node.module else [])])
        named = {f"{base}.{alias.name}" if f"{base}.{alias.name}" in known else base for alias in node.names}
    return {name for name in named if name in known}


def circles(graph: dict[str, set[str]]) -> list[str]:
    """Return each circle of imports once, as 'a → b → a'."""
    found, done = [], set()

    def walk(module: str, road: list[str]) -> None:
        if module in road:
            circle = road[road.index(module) :]
            if module == min(circle):
                found.append(" → ".join([*circle, module]))
            return
        if module in done:
            return
        for target in sorted(graph[module]):
            walk(target, [*road, module])
        done.add(module)

    for module in sorted(graph):
        walk(module, [])
    return found


def main() -> int:
    """Measure the house and say what breaks its plan."""
    known = sources()
    graph: dict[str, set[str]] = {module: set() for module in known}
    faults: list[str] = []
    hidden = hooked = 0
    for module, path in known.items():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        is_package = path.name == "__init__.py"
        for node, inside in imports(tree):
            reached = targets(node, module, is_package, known) - {module}
            if not inside:
                graph[module] |= reached
            elif reached and (path.name, inside) == ("apps.py", "ready"):
                hooked += 1
            elif reached:
                hidden += 1
                faults.append(f"{path.relative_to(ROOT)}:{node.lineno}: import inside {inside}()")
            up = [name for name in reached if floor(name) < floor(module)]
            faults += [f"{path.relative_to(ROOT)}:{node.lineno}: imports {name} from above" for name in up]
        lines = path.read_text(encoding="utf-8").count("\n")
        if module.split(".")[0] in SPREAD and lines > MOST_LINES and REASON not in (ast.get_docstring(tree) or ""):
            faults.append(f"{path.relative_to(ROOT)}: {lines} lines")
    for folder in sorted({path.parent for path in known.values() if path.relative_to(ROOT).parts[0] in SPREAD}):
        files = [path for path in folder.glob("*.py") if path.name != "__init__.py"]
        if len(files) > MOST_FILES:
            faults.append(f"{folder.relative_to(ROOT)}: {len(files)} files side by side")
    faults += circles(graph)
    arrows = sum(map(len, graph.values()))
    print(f"{len(known)} modules, {arrows} imports between them; inside functions {hidden}, inside ready() {hooked}.")
    print("\n".join(faults) if faults else "The house keeps its plan.")
    return 1 if faults else 0


def floor(module: str) -> int:
    """Return how far below the roof a module stands."""
    return FLOORS.index(module.split(".")[0])


if __name__ == "__main__":
    sys.exit(main())
