"""The rules of the house that no tool knows."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.urls import URLPattern, URLResolver, get_resolver

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("portal", "dossiers", "procedures", "notifications", "offices", "accounts", "common")
SOURCES = sorted(
    path for package in PACKAGES for path in (ROOT / package).rglob("*.py") if "migrations" not in path.parts
)
OWN_LISTS = ("", "accounts", "procedures", "manage", "applicant", "track", "desk", "leader")
MAX_LINES = 600
# The edges of the program: requests, tasks and commands; rules get the moment as an argument.
CLOCK_READERS = re.compile(
    r"/(views|tasks|tests|management)(/|\.py$)|^portal/|/(clock|middleware|backends?|adapter)\.py$"
    # An alert about a file that is asked for just now; a clean-up that compares two clocks.
    r"|^common/(file_hashes|purging)\.py$"
    r"|^common/question\.py$|^accounts/querysets\.py$|^dossiers/forms\.py$"
)


def names(path: Path) -> str:
    """Return a source's path as shown in a test's name."""
    return path.relative_to(ROOT).as_posix()


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
    for namespace, route, pattern in found:
        fixed = re.sub(r"<[^>]+>|\(\?P<.*?\)", "", route)
        assert re.fullmatch(r"[a-z0-9/.\-^$]*", fixed), route
        assert "_" not in fixed, route
        assert pattern.name, route
        assert namespace in OWN_LISTS, route


def test_routes_carry_no_row_numbers_of_dossiers():
    for _namespace, route, _pattern in routes(get_resolver()):
        if "/dossiers/" in route:
            assert "dossiers/<int:" not in route, route


@pytest.mark.parametrize("path", SOURCES, ids=names)
def test_source_has_no_signals(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").endswith("signals"):
            imported = {alias.name for alias in node.names}
            # No domain events: around a migration the triggers of append-only tables are lifted and made anew.
            assert imported <= {"pre_migrate", "post_migrate"}, f"{names(path)}:{node.lineno}: {imported}"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id != "receiver", f"{names(path)}:{node.lineno}"


VIEWS = [path for path in SOURCES if "views" in path.parts]


@pytest.mark.parametrize("path", VIEWS, ids=names)
def test_views_record_with_the_databases_clock(path):
    """`now=now()` would record the time of one machine among several: recorded_now() asks the database."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.keyword) and node.arg == "now" and isinstance(node.value, ast.Call):
            called = node.value.func
            name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
            assert name != "now", f"{names(path)}:{node.value.lineno}"


@pytest.mark.parametrize("model", [model for model in apps.get_models() if model.__module__.split(".")[0] in PACKAGES])
def test_models_do_not_override_save_or_delete(model):
    own = [each for each in model.__mro__ if each.__module__.split(".")[0] in PACKAGES]
    for each in own:
        assert not {"save", "delete"} & set(vars(each)), each


@pytest.mark.parametrize("package", PACKAGES)
def test_models_store_moments_given_to_them(package):
    """A row's time is part of the change that writes it, never the database's or Django's guess."""
    for model in apps.get_app_config(package).get_models():
        for field in model._meta.get_fields():
            assert not getattr(field, "auto_now", False), field
            assert not getattr(field, "auto_now_add", False), field


@pytest.mark.parametrize("path", [path for path in SOURCES if not CLOCK_READERS.search(names(path))], ids=names)
def test_only_views_tasks_and_commands_read_the_clock(path):
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"\b(timezone|clock|datetime|date)\.(now|utcnow|today|localdate|localtime)\(", text)
    assert not re.search(r"\b(recorded_now|database_now)\(", text)


def test_files_stay_readable_whole():
    kinds = ("*.py", "*.html", "*.css", "*.js")
    folders = (*PACKAGES, "templates", "static", "tests", "bench")
    for path in (path for folder in folders for kind in kinds for path in (ROOT / folder).rglob(kind)):
        if "migrations" in path.parts:
            continue
        lines = path.read_text(encoding="utf-8").count("\n")
        assert lines <= MAX_LINES, f"{names(path)}: {lines} lines"
