"""Every action that the desk offers, one row each."""

from .attesting import CANCEL_ENTRY
from .base import DeskAction
from .correcting import CORRECT
from .decision import APPROVE, EXTEND, PROPOSE, SEND_BACK
from .ending import ACCEPT_WITHDRAWAL, DECLINE_STOP, DECLINE_WITHDRAWAL, PROPOSE_STOP, RETURN_RESULT, STOP
from .linking import LINK
from .payment import REQUIRE_PAYMENT
from .reception import FORWARD, RECEIVE, REFUSE
from .righting import ACCEPT_CORRECTION, CANCEL_RECEPTION, DECLINE_CORRECTION, GIVE_BACK, NOTE_ORIGINALS, RECALL
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
    ACCEPT_CORRECTION,
    DECLINE_CORRECTION,
    NOTE_ORIGINALS,
    RECALL,
    REQUEST_SUPPLEMENT,
    REQUIRE_PAYMENT,
    EXTEND,
    ACCEPT_WITHDRAWAL,
    DECLINE_WITHDRAWAL,
    CORRECT,
    GIVE_BACK,
    CANCEL_RECEPTION,
    REFUSE,
    PROPOSE_STOP,
    STOP,
    DECLINE_STOP,
    LINK,
    CANCEL_ENTRY,
)
BY_SEGMENT = {row.segment: row for row in DESK_ACTIONS}
