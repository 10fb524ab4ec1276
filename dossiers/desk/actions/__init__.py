"""Every action that the desk offers, one row each."""

from .base import DeskAction
from .decision import APPROVE, EXTEND, PROPOSE, SEND_BACK
from .ending import ACCEPT_WITHDRAWAL, DECLINE_STOP, DECLINE_WITHDRAWAL, PROPOSE_STOP, RETURN_RESULT, STOP
from .payment import REQUIRE_PAYMENT
from .reception import FORWARD, RECEIVE, REFUSE
from .supplement import REQUEST_SUPPLEMENT, SUPPLEMENT

# In the order in which the buttons stand; of several next steps the first possible one is the obvious one.
DESK_ACTIONS: tuple[DeskAction, ...] = (
    RECEIVE,
    APPROVE,
    SEND_BACK,
    PROPOSE,
    RETURN_RESULT,
    SUPPLEMENT,
    FORWARD,
    REQUEST_SUPPLEMENT,
    REQUIRE_PAYMENT,
    EXTEND,
    ACCEPT_WITHDRAWAL,
    DECLINE_WITHDRAWAL,
    REFUSE,
    PROPOSE_STOP,
    STOP,
    DECLINE_STOP,
)
BY_SEGMENT = {row.segment: row for row in DESK_ACTIONS}
