"""The rules of the house that no tool knows; each reports every place that breaks it."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from django.apps import apps
from django.db.models import Model
from django.urls import URLPattern, URLResolver, get_resolver

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = (
    *("portal", "reports", "articles", "payments", "dossiers", "procedures", "notifications", "offices", "eforms"),
    *("accounts", "common"),
)
SOURCES = sorted(
    path for package in PACKAGES for path in (ROOT / package).rglob("*.py") if "migrations" not in path.parts
)
OWN_LISTS = {"", "accounts", "procedures", "manage", "applicant", "track", "desk", "leader"} | {
    "payments",
    "paying",
    "money",
    "post",
    "audit",
    "statistics",
    "feedback",
    "rating",
    "articles",
}
MAX_LINES = 600
# One stylesheet under headings, for one request; tests/pages/test_stylesheet.py holds it to a weight.
LONGER = {"static/portal/portal.css": 650}
CLOCK = {"now", "utcnow", "today", "localdate", "localtime", "recorded_now", "database_now"}
# The edges of the program: requests, tasks and commands; rules get the moment as an argument.
EDGES = re.compile(r"^portal/|/(\w*views|tasks|tests|management|forms|guards|pages|middleware|adapter)(/|\.py$)")
CLOCK_READERS = {
    "common/clock.py",
    "accounts/resume.py",
    "accounts/own_forms.py",
    "dossiers/applicant/chosen_files.py",
    "procedures/manage/form_desk.py",
    "notifications/backend.py",
    # An alert about a file that is asked for just now; a clean-up that compares two clocks.
    "common/files/hashes.py",
    "common/database/purging.py",
    # When a session ends, as Django asks it; when somebody else's page was asked for.
    "common/web/session_store.py",
    "common/web/hidden.py",
    # What every page says is asked without a moment; a timer writes visits down.
    "articles/notices/maintenance.py",
    "reports/visits/counting.py",
    # A panel is asked for without a moment.
    "payments/desk/panel.py",
    # What holds today, where nobody names a day.
    "accounts/querysets.py",
}


@cache
def tree(path: Path) -> list[ast.AST]:
    """Return every node of a source."""
    return list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))


def place(path: Path, node: ast.AST | None = None) -> str:
    """Return where in the tree something stands."""
    name = path.relative_to(ROOT).as_posix()
    return f"{name}:{getattr(node, 'lineno', 0)}" if node is not None else name


def called(node: ast.AST) -> str:
    """Return the name of the function that a call asks for, without what it is looked up in."""
    function = node.func if isinstance(node, ast.Call) else None
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def models_of(package: str) -> list[type[Model]]:
    """Return the models of a package; the form engine has none."""
    return [model for model in apps.get_models() if model.__module__.split(".")[0] == package]


def routes(resolver: URLResolver, prefix: str = "", namespace: str = "") -> Iterator[tuple[str, str, URLPattern]]:
    """Yield (namespace, whole path, pattern) of every route."""
    for pattern in resolver.url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern, route, pattern.namespace or namespace)
        else:
            yield namespace, route, pattern


def test_routes_are_kebab_case_and_named():
    found = list(routes(get_resolver()))
    assert len(found) > 20
    faults = []
    for namespace, route, pattern in found:
        fixed = re.sub(r"<[^>]+>|\(\?P<.*?\)", "", route)
        if not re.fullmatch(r"[a-z0-9/.\-^$]*", fixed) or not pattern.name or namespace not in OWN_LISTS:
            faults.append(f"{namespace}:{pattern.name} {route}")
    assert faults == []


def test_routes_carry_no_row_numbers_of_dossiers():
    found = [route for _namespace, route, _pattern in routes(get_resolver()) if "dossiers/" in route]
    assert len(found) > 20
    assert [route for route in found if "dossiers/<int:" in route] == []


def test_sources_have_no_signals():
    """Only around a migration: the triggers of append-only tables are lifted and made anew."""
    faults = []
    for path in SOURCES:
        for node in tree(path):
            if isinstance(node, ast.ImportFrom) and (node.module or "").endswith("signals"):
                faults += [
                    place(path, node) for alias in node.names if alias.name not in ("pre_migrate", "post_migrate")
                ]
            elif called(node) == "receiver":
                faults.append(place(path, node))
    assert faults == []


def test_views_record_with_the_databases_clock():
    """`now=now()` would record the time of one machine among several: recorded_now() asks the database."""
    views = [path for path in SOURCES if "views" in path.parts or path.name == "views.py"]
    assert len(views) > 20
    assert [
        place(path, node.value)
        for path in views
        for node in tree(path)
        if isinstance(node, ast.keyword) and node.arg == "now" and called(node.value) == "now"
    ] == []


def test_models_do_not_override_save_or_delete():
    own = {model for package in PACKAGES for model in models_of(package)}
    bases = {base for model in own for base in model.__mro__ if base.__module__.split(".")[0] in PACKAGES}
    assert len(own) > 20
    assert [base for base in bases if {"save", "delete"} & set(vars(base))] == []


def test_models_store_moments_given_to_them():
    """A row's time is part of the change that writes it, never the database's or Django's guess."""
    fields = [field for package in PACKAGES for model in models_of(package) for field in model._meta.get_fields()]
    assert [each for each in fields if getattr(each, "auto_now", False) or getattr(each, "auto_now_add", False)] == []


def reads_clock(node: ast.AST) -> bool:
    """Say whether a call asks for the present moment or day."""
    if not isinstance(node, ast.Call) or called(node) not in CLOCK:
        return False
    owner = getattr(node.func, "value", None)
    return not node.args or getattr(owner, "id", "") in ("timezone", "clock", "datetime", "date")


def test_only_the_edges_of_the_program_read_the_clock():
    rules = [path for path in SOURCES if not EDGES.search(place(path))]
    assert len(rules) > 100
    found = [(place(path), place(path, node)) for path in rules for node in tree(path) if reads_clock(node)]
    assert [where for name, where in found if name not in CLOCK_READERS] == []
    assert CLOCK_READERS - {name for name, _where in found} == set(), "stands in the list and reads no clock"


def test_files_stay_readable_whole():
    kinds = ("*.py", "*.html", "*.css", "*.js")
    folders = (*PACKAGES, "templates", "static", "tests", "bench")
    files = [path for folder in folders for kind in kinds for path in (ROOT / folder).rglob(kind)]
    lines = {
        place(path): path.read_text(encoding="utf-8").count("\n") for path in files if "migrations" not in path.parts
    }
    assert {name: count for name, count in lines.items() if count > LONGER.get(name, MAX_LINES)} == {}
