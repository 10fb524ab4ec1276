"""Every action of the workflow table that exists, each a small class with typed input and its own effects."""

from ..table import Action
from ..workflow import ActionBase
from .amending.correcting import Correct, OtherProcedure, Return
from .amending.righting import CancelReception, GiveBack, NoteOriginals, Recall
from .amending.wishes import AcceptCorrection, DeclineCorrection, RequestCorrection, SendCorrection
from .attesting import Attest, CancelEntry, Entry
from .decision import Approve, Extend, Propose, SendBack
from .ending import (
    AcceptWithdrawal,
    DeclineStop,
    DeclineWithdrawal,
    ProposeStop,
    RequestWithdrawal,
    ReturnResult,
    Stop,
)
from .filing import Letter, Register, Submit, TakeOver
from .linking import Link
from .payment import FeeSettled, RequirePayment
from .reassign import Reassign
from .reception import Forward, Receive, Refuse
from .supplement import Item, RequestSupplement, Supplement

# By its row in the table.
CLASSES: dict[Action, type[ActionBase]] = {cls.action: cls for cls in ActionBase.__subclasses__()}

__all__ = [
    "CLASSES",
    "AcceptCorrection",
    "CancelReception",
    "Correct",
    "DeclineCorrection",
    "GiveBack",
    "NoteOriginals",
    "OtherProcedure",
    "Recall",
    "RequestCorrection",
    "Return",
    "SendCorrection",
    "AcceptWithdrawal",
    "Approve",
    "Attest",
    "CancelEntry",
    "Entry",
    "RequestSupplement",
    "RequestWithdrawal",
    "DeclineStop",
    "DeclineWithdrawal",
    "Extend",
    "FeeSettled",
    "Forward",
    "Item",
    "Letter",
    "Link",
    "Propose",
    "ProposeStop",
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
    "TakeOver",
]
