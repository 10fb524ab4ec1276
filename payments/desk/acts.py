"""Who may do what with money at the desk: one table, one question."""

from enum import StrEnum

from django.core.exceptions import PermissionDenied

from dossiers.desk.officer import Officer
from offices.models import Role


class Act(StrEnum):
    """What an officer may do with money."""

    TAKE = "take"
    NAME_PAYER = "name_payer"
    DECIDE_CLAIM = "decide_claim"
    REASSESS = "reassess"
    WAIVE = "waive"
    RESOLVE = "resolve"
    ASK_REFUND = "ask_refund"
    DECIDE_REFUND = "decide_refund"
    PAY_OUT = "pay_out"
    REPLACE_RECEIPT = "replace_receipt"
    DEPOSIT = "deposit"


# The posts that may, in the unit whose money it is. Who takes money neither lowers nor forgives it; a waiver, a
# repayment, another receipt and an attempt whose end nobody knows are the leader's.
WHO: dict[Act, tuple[Role, ...]] = {
    Act.TAKE: (Role.CASHIER,),
    Act.NAME_PAYER: (Role.CLERK, Role.CASHIER),
    Act.DECIDE_CLAIM: (Role.CLERK, Role.SPECIALIST, Role.LEADER),
    Act.REASSESS: (Role.CLERK, Role.SPECIALIST, Role.LEADER),
    Act.WAIVE: (Role.LEADER,),
    Act.RESOLVE: (Role.LEADER,),
    Act.ASK_REFUND: (Role.CLERK, Role.CASHIER, Role.LEADER),
    Act.DECIDE_REFUND: (Role.LEADER,),
    Act.PAY_OUT: (Role.CASHIER,),
    Act.REPLACE_RECEIPT: (Role.LEADER,),
    Act.DEPOSIT: (Role.CASHIER,),
}
# Who opens pages of money at all.
MONEY_ROLES = (Role.CLERK, Role.SPECIALIST, Role.LEADER, Role.CASHIER)
# Who follows repayments.
REFUND_ROLES = (Role.CLERK, Role.LEADER, Role.CASHIER)


def may(officer: Officer, act: Act, unit_id: int) -> bool:
    """Tell whether one of an officer's posts allows an act with the money of a unit."""
    return any(post.unit_id == unit_id and post.role in WHO[act] for post in officer.posts)


def require(officer: Officer, act: Act, unit_id: int) -> None:
    """Raise PermissionDenied unless one of the officer's posts in the unit allows the act."""
    if not may(officer, act, unit_id):
        raise PermissionDenied


def units_of(officer: Officer, *roles: Role) -> list[int]:
    """Return the units in which an officer holds a post in one of these roles."""
    return sorted({post.unit_id for post in officer.posts if post.role in roles})
