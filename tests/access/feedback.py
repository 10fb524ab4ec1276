"""Rows of the access matrix about feedback."""

from reports.feedback.desk.forms import BY_SEGMENT as FEEDBACK_ACTS
from tests.access.personas import DESK, DESK_DOSSIER, EVERYBODY, GET, NOBODY, POST, Case
from tests.access.world import World
from tests.present import present


def feedback(world: World) -> list[Case]:
    """Return the rows of feedback: who gave it, the desk of its unit, everybody."""
    code, ref = world.feedback.code, present(world.feedback.files.first()).ref
    own = NOBODY | {"citizen": "in"}
    return [
        *[(f"feedback:{name}", method, [], EVERYBODY) for name in ("give", "track") for method in (GET, POST)],
        ("feedback:published", GET, [], EVERYBODY),
        # Others are asked for the secret.
        ("feedback:case", GET, [code], EVERYBODY),
        *[("feedback:details", method, [code], own) for method in (GET, POST)],
        ("feedback:file", GET, [code, ref], own),
        ("feedback:list", GET, [], DESK),
        ("feedback:desk", GET, [code], DESK_DOSSIER),
        ("feedback:desk_file", GET, [code, ref], DESK_DOSSIER),
        *[("feedback:act", method, [code, row], DESK_DOSSIER) for row in FEEDBACK_ACTS for method in (GET, POST)],
    ]
