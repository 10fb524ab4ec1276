"""Who asks for pages in the access matrix, and what each of them gets of a kind of page."""

from typing import Any

PERSONAS = (
    "anonymous",
    "citizen",
    "other_citizen",
    "clerk",
    "specialist",
    "leader",
    "other_clerk",
    "cashier",
    "auditor",
    "publisher",
    "administrator",
)
EVERYBODY = dict.fromkeys(PERSONAS, "in")
MEMBERS = EVERYBODY | {"anonymous": "login"}
NOBODY = dict.fromkeys(PERSONAS, "404")
# A dossier that belongs to the citizen: nobody else learns that it exists.
OWNER = NOBODY | {"anonymous": "login", "citizen": "in"}
OUTSIDE = {
    "anonymous": "login",
    "citizen": "403",
    "other_citizen": "403",
    "cashier": "403",
    "auditor": "403",
    "publisher": "403",
    "administrator": "403",
}
DESK = OUTSIDE | {"clerk": "in", "specialist": "in", "leader": "in", "other_clerk": "in"}
# A dossier of the commune: the other unit's officer does not learn that it exists.
DESK_DOSSIER = DESK | {"other_clerk": "404"}
CLERK = DESK | {"specialist": "403", "leader": "403"}
LEADER = DESK | {"clerk": "403", "specialist": "403", "other_clerk": "403"}
# The catalogue's publishers, of whatever unit.
PUBLISHER = OUTSIDE | {"publisher": "in", "clerk": "403", "specialist": "403", "leader": "403", "other_clerk": "403"}
ADMIN = DESK | dict.fromkeys(("clerk", "specialist", "leader", "other_clerk"), "403") | {"administrator": "in"}
# An officer, a unit or a day of another commune: its own administrator looks after it.
ADMIN_ELSEWHERE = ADMIN | {"administrator": "404"}

# The record of money: who audits or leads the unit, and its cashier.
AUDIT = (
    OUTSIDE
    | {"clerk": "403", "specialist": "403", "other_clerk": "403"}
    | dict.fromkeys(("leader", "cashier", "auditor"), "in")
)

GET, POST = "get", "post"
# (URL name, method, URL arguments, expected by persona)
Case = tuple[str, str, list[Any], dict[str, str]]
