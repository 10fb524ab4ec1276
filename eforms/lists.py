"""Named option lists that forms refer to instead of repeating them: ethnic groups, countries."""

import json
from functools import lru_cache
from pathlib import Path

DATA = Path(__file__).with_name("data") / "lists.json"


@lru_cache(maxsize=1)
def named_lists() -> dict[str, tuple[dict[str, str], ...]]:
    """Return every list as rows of ``value``, ``vi`` and ``en``, in the order shown."""
    return {name: tuple(rows) for name, rows in json.loads(DATA.read_text(encoding="utf-8")).items()}
