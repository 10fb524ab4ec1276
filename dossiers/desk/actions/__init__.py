"""Every action that the desk offers, one row each."""

from .attesting import CANCEL_ENTRY
from .base import DeskAction
from .decision import APPROVE, EXTEND, PROPOSE, SEND_BACK
from .ending import DECLINE_WITHDRAWAL, RETURN_RESULT, STOP
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
    DECLINE_WITHDRAWAL,
    REFUSE,
    STOP,
    CANCEL_ENTRY,
)
BY_SEGMENT = {row.segment: row for row in DESK_ACTIONS}
