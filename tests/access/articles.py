"""Rows of the access matrix about notices, guides and ratings of pages."""

from typing import Any

from articles.models import Notice
from tests.factories import NOW

GET, POST = "get", "post"


def articles(
    world: Any, everybody: dict[str, str], publisher: dict[str, str]
) -> list[tuple[str, str, list[Any], dict[str, str]]]:
    """Return the rows; publishers and administrators write notices of their units, some administrators those of all."""
    writers = publisher | {"administrator": "in"}
    own, foreign, whole = (
        Notice.objects.get_or_create(unit=unit, title="Nghỉ lễ", defaults={"text": "Nghỉ", "since": NOW.date()})[0].pk
        for unit in (world.commune.unit, world.neighbour.unit, None)
    )
    guide, procedure = ["guide", "file"], ["procedure", world.version.procedure.code]
    elsewhere, of_all = writers | dict.fromkeys(("publisher", "administrator"), "404"), writers | {"publisher": "404"}
    return [
        *[(f"articles:{name}", GET, [], everybody) for name in ("notices", "guides")],
        ("articles:notice", GET, [own], everybody),
        ("articles:guide", GET, ["file"], everybody),
        *[("articles:useful", method, ref, everybody) for method in (GET, POST) for ref in (guide, procedure)],
        ("articles:thanks", GET, guide, everybody),
        *[(f"manage:{name}", GET, [], writers) for name in ("notices", "useful")],
        *[("manage:notice_add", method, [], writers) for method in (GET, POST)],
        *[
            (f"manage:{name}", method, [pk], expected)
            for pk, expected in ((own, writers), (foreign, elsewhere), (whole, of_all))
            for name, method in (("notice", GET), ("notice", POST), ("notice_show", POST))
        ],
    ]
