"""Rows of the access matrix about notices, guides and ratings of pages."""

from articles.models import Notice
from tests.access.personas import EVERYBODY, GET, POST, PUBLISHER, Case
from tests.access.world import World
from tests.factories import NOW


def articles(world: World) -> list[Case]:
    """Return the rows; publishers and administrators write notices of their units, some administrators those of all."""
    writers = PUBLISHER | {"administrator": "in"}
    own, foreign, whole = (
        Notice.objects.get_or_create(unit=unit, title="Nghỉ lễ", defaults={"text": "Nghỉ", "since": NOW.date()})[0].pk
        for unit in (world.commune.unit, world.neighbour.unit, None)
    )
    guide, procedure = ["guide", "file"], ["procedure", world.version.procedure.code]
    elsewhere, of_all = writers | dict.fromkeys(("publisher", "administrator"), "404"), writers | {"publisher": "404"}
    return [
        *[(f"articles:{name}", GET, [], EVERYBODY) for name in ("notices", "guides")],
        ("articles:notice", GET, [own], EVERYBODY),
        ("articles:guide", GET, ["file"], EVERYBODY),
        *[("articles:useful", method, ref, EVERYBODY) for method in (GET, POST) for ref in (guide, procedure)],
        ("articles:thanks", GET, guide, EVERYBODY),
        *[(f"manage:{name}", GET, [], writers) for name in ("notices", "useful")],
        *[("manage:notice_add", method, [], writers) for method in (GET, POST)],
        *[
            (f"manage:{name}", method, [pk], expected)
            for pk, expected in ((own, writers), (foreign, elsewhere), (whole, of_all))
            for name, method in (("notice", GET), ("notice", POST), ("notice_show", POST))
        ],
    ]
