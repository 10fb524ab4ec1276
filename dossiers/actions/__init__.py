"""Every action of the workflow table that exists, each a small class with typed input and its own effects."""

from ..table import Action
from ..workflow import ActionBase
from .attesting import Attest, CancelEntry, Entry
from .decision import Approve, Extend, Propose, SendBack
from .ending import DeclineWithdrawal, RequestWithdrawal, ReturnResult, Stop
from .filing import Register, Submit
from .payment import FeeSettled, RequirePayment
from .reassign import Reassign
from .reception import Forward, Receive, Refuse
from .supplement import Item, RequestSupplement, Supplement

# By its row in the table.
CLASSES: dict[Action, type[ActionBase]] = {cls.action: cls for cls in ActionBase.__subclasses__()}

__all__ = [
    "CLASSES",
    "Approve",
    "Attest",
    "CancelEntry",
    "Entry",
    "RequestSupplement",
    "RequestWithdrawal",
    "DeclineWithdrawal",
    "Extend",
    "FeeSettled",
    "Forward",
    "Item",
    "Propose",
    "Reassign",
    "Receive",
    "Refuse",
    "RequirePayment",
    "ReturnResult",
    "SendBack",
    "Stop",
    "Submit",
    "Supplement",
    "Register",
]
