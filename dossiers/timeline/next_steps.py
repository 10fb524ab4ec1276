"""What the applicant does next, and since when the desk owes an answer."""

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext as _

from common.templatetags.ui import vi_soon
from common.text import lower_first

from .. import hooks
from ..models import Dossier, FeeState, Status
from ..table import Action
from .history import OWNER, PUBLIC, TIMED, TimelineEntry
from .promises import answer_of


def waits_since(dossier: Dossier, entries: Iterable[TimelineEntry]) -> datetime:
    """Return when the desk last got something to answer: the filing, or the supplement it asked for."""
    came = (entry.at for entry in entries if entry.action in (Action.SUBMIT, Action.SUPPLEMENT))
    return next(came, dossier.submitted_at or dossier.created_at)


def for_applicant(
    dossier: Dossier,
    entries: Iterable[TimelineEntry],
    now: datetime,
    signing: str = "",
    *,
    audience: hooks.Audience = OWNER,
) -> str:
    """Return what the applicant should do, or that nothing is to be done; one query for a result that goes by post.

    ``entries`` are those of :func:`timeline`; ``signing`` says what those who sign in person do. The public reads of
    no sum and no claim.
    """
    first, keep = signing or _("Nothing to do now."), _("Keep the receipt with the return date.")
    later = _("You get a message when the result is ready.")
    if dossier.status in TIMED and dossier.due_at is not None and now > dossier.due_at:
        facts = {"unit": lower_first(dossier.received_by.short_name), "time": vi_soon(dossier.due_at)}
        late = _("The result should have been ready by %(time)s. Call %(unit)s and name your dossier code.") % facts
        return f"{signing} {late}".strip()
    if dossier.status == Status.SUBMITTED:
        answer = answer_of(dossier, waits_since(dossier, entries), now)
        return answer.words if answer.is_late and not signing else f"{first} {answer.words}"
    steps = {
        Status.DRAFT: _("Finish the form and submit it."),
        Status.RECEIVED: f"{first} {keep}",
        Status.PROCESSING: f"{first} {later}",
        Status.AWAITING_SUPPLEMENT: _("Send what was asked for. The reasons are beside each paper."),
        Status.AWAITING_PAYMENT: _("Pay the fee; then the dossier goes on."),
        Status.WITHDRAWAL_REQUESTED: _("Nothing to do now. An officer answers your withdrawal."),
        Status.REFUSED: _("Read the reason. You can start a copy with the same answers and papers."),
        Status.STOPPED: _("This dossier has ended. You can start a copy with the same answers and papers."),
        Status.RETURNED: _("This dossier has ended. Keep the result."),
    }
    if dossier.is_crossed_out:
        return _("Come to the desk with what you were handed and your identity paper.")
    if dossier.status in (Status.AWAITING_PAYMENT, Status.DECIDED) and (words := hooks.next_step(dossier, audience)):
        return words
    if dossier.status == Status.DECIDED:
        if dossier.fee_state == FeeState.CLAIMED and audience == PUBLIC:
            return _("Nothing to do now. The result follows once the fee is settled.")
        if dossier.fee_state == FeeState.CLAIMED:
            return _(
                "Nothing to do now. The result follows once an officer has decided about the exemption you claimed."
            )
        if dossier.fee_state == FeeState.OWED:
            return _("Pay the fee; then you get the result.")
        ways = {
            "online": _("Open the result and take it here."),
            "post": _("Wait for the postman; he brings the result to the address you gave."),
        }
        if dossier.version.needs_presence:
            return _("Collect the result at the commune; those who have to sign come together. Bring identity papers.")
        return ways.get(dossier.delivery, _("Collect the result at the commune. Bring your identity card."))
    return steps[Status(dossier.status)]
