"""Rows of the access matrix about ratings."""

from reports.ratings.tokens import token_of
from tests.access.personas import EVERYBODY, GET, LEADER, NOBODY, POST, Case
from tests.access.world import World


def ratings(world: World) -> list[Case]:
    """Return the rows of rating: anybody with the token of a dossier, and leaders of its unit."""
    token = token_of(world.attested)
    own, foreign = (rating.pk for rating in world.ratings)
    return [
        *[(f"rating:{name}", GET, [], EVERYBODY) for name in ("ratings", "find", "sign")],
        ("rating:find", POST, [], EVERYBODY),
        *[("rating:rate", method, [token], EVERYBODY) for method in (GET, POST)],
        *[("rating:rate", method, [f"{token[:-1]}!"], NOBODY) for method in (GET, POST)],
        ("leader:ratings", GET, [], LEADER),
        *[
            (f"leader:rating_{name}", method, [pk], expected)
            for pk, expected in ((own, LEADER), (foreign, LEADER | {"leader": "404"}))
            for name in ("note", "comment")
            for method in (GET, POST)
        ],
    ]
