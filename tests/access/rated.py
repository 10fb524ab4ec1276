"""What the access matrix expects of ratings."""

from typing import Any

from reports.ratings.tokens import token_of
from tests.access.world import World

Expected = dict[str, str]
Case = tuple[str, str, list[Any], Expected]


def ratings(world: World, everybody: Expected, nobody: Expected, leader: Expected) -> list[Case]:
    """Return the rows of rating: anybody with the token of a dossier, and leaders of its unit."""
    token = token_of(world.attested)
    own, foreign = (rating.pk for rating in world.ratings)
    return [
        *[(f"rating:{name}", "get", [], everybody) for name in ("ratings", "find", "sign")],
        ("rating:find", "post", [], everybody),
        *[("rating:rate", method, [token], everybody) for method in ("get", "post")],
        *[("rating:rate", method, [f"{token[:-1]}!"], nobody) for method in ("get", "post")],
        ("leader:ratings", "get", [], leader),
        *[
            (f"leader:rating_{name}", method, [pk], expected)
            for pk, expected in ((own, leader), (foreign, leader | {"leader": "404"}))
            for name in ("note", "comment")
            for method in ("get", "post")
        ],
    ]
