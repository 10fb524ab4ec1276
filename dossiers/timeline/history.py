"""What happened to a dossier and where it is, in sentences for each audience.

Three audiences: ``OWNER`` (the signed-in applicant) reads names and public
reasons; ``OFFICER`` reads everything; ``PUBLIC`` (the look-up) reads no name and
no holder.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, Subquery
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from common.clock import LOCAL
from common.database.compiled import Compiled
from common.refusals import Refused
from common.text import lower_first
from common.values.money import format_vnd
from offices.models import Post, Role

from ..hooks import Audience
from ..models import Assignment, Dossier, DossierEvent, FeeState, Status, System
from ..table import APPLICANT, SYSTEM, TABLE, Action
from ..workflow import Overtaken
from . import changes

OWNER, OFFICER, PUBLIC = Audience
RECEIVED_BY = (Action.RECEIVE, Action.REGISTER)

# The statuses in which it is for the authority to act; in the others a step's time says nothing.
TIMED = (Status.RECEIVED, Status.PROCESSING)
ROLES: dict[str, Any] = {
    Role.CLERK: pgettext_lazy("in a sentence", "reception clerk"),
    Role.SPECIALIST: pgettext_lazy("in a sentence", "specialist"),
    Role.LEADER: pgettext_lazy("in a sentence", "leader"),
    Role.CASHIER: pgettext_lazy("in a sentence", "cashier"),
    Role.ADMINISTRATOR: pgettext_lazy("in a sentence", "administrator"),
}

# Of those that have no sentence of their own.
STATES: dict[int, Any] = {
    Status.SUBMITTED: gettext_lazy("Waiting for reception"),
    Status.RECEIVED: gettext_lazy("Received"),
    Status.PROCESSING: gettext_lazy("In progress"),
    Status.AWAITING_PAYMENT: gettext_lazy("Waiting for payment"),
    Status.WITHDRAWAL_REQUESTED: gettext_lazy("Withdrawal asked for"),
}


def describe_time(moment: datetime) -> str:
    """Return a moment in Vietnam as '14:05 ngày 27/03/2026'."""
    local = moment.astimezone(LOCAL)
    return _("%(time)s on %(date)s") % {"time": f"{local:%H:%M}", "date": f"{local:%d/%m/%Y}"}


def in_sentence(moment: datetime, now: datetime) -> str:
    """Return a moment as '14:05 ngày 27/03', with the year when it is another one."""
    local = moment.astimezone(LOCAL)
    day = f"{local:%d/%m}" if local.year == now.astimezone(LOCAL).year else f"{local:%d/%m/%Y}"
    return _("%(time)s on %(date)s") % {"time": f"{local:%H:%M}", "date": day}


def describe_action(event: DossierEvent) -> str:
    """Return what an event's action was, such as 'Dossier received'."""
    return str(TABLE[Action(event.action)].done)


def role_name(role: str) -> str:
    """Return a role as it stands in a sentence."""
    return str(ROLES.get(role, role))


def describe_actor(event: DossierEvent) -> str:
    """Return who did it, by role and full name; for officers and the signed-in applicant."""
    if event.actor_role == SYSTEM:
        return _("The system")
    if event.actor_role == APPLICANT:
        return _("The applicant %(name)s") % {"name": event.actor_name}
    who = capfirst(_("The %(role)s %(name)s") % {"role": role_name(event.actor_role), "name": event.actor_name})
    if leader := event.data.get("signs_for"):
        return _("%(who)s, signing for %(leader)s") % {"who": who, "leader": leader}
    return who


def explain_refusal(refused: Refused) -> str:
    """Return the sentence for whoever was refused; it says who did what when if the dossier has moved on."""
    if not isinstance(refused, Overtaken) or refused.event is None:
        return str(refused.message)
    event = refused.event
    if refused.is_recent:
        words = _("%(who)s has just handled this dossier at %(time)s (%(action)s). Look at its newer state.")
    elif refused.code == "state":
        words = _("This step is not possible now: the dossier is at “%(status)s” since %(time)s (%(who)s: %(action)s).")
    else:
        words = _("The dossier is further on: %(who)s handled it at %(time)s (%(action)s). Look at its newer state.")
    return words % {
        "who": describe_actor(event),
        "time": describe_time(event.at),
        "action": describe_action(event),
        "status": event.get_to_status_display(),
    }


@dataclass(frozen=True)
class TimelineEntry:
    """One line of the timeline.

    ``time`` names, for what began a term out of hours, the opening from which that counts. ``who`` is empty for the
    public; ``text`` is the public reason (several lines for a supplement), ``note`` is for officers only.
    """

    title: str
    at: datetime
    time: str
    who: str
    text: str = ""
    note: str = ""
    action: str = ""
    status: int = 0


_events: Compiled[DossierEvent] = Compiled(
    lambda dossier: (
        DossierEvent.objects.filter(dossier=dossier)
        .order_by("-n")
        .only("action", "actor_name", "actor_role", "to_status", "at", "public_text", "internal_text", "data")
    )
)


def timeline(dossier: Dossier, audience: str) -> list[TimelineEntry]:
    """Return what happened, newest first; one query."""
    entries, events = [], _events.all(dossier.pk)
    completed = next((event.pk for event in events if _completes(event)), None)
    received = next((event.pk for event in events if event.action in RECEIVED_BY), None)
    for event in events:
        if audience == PUBLIC and TABLE[Action(event.action)].is_internal:
            continue
        entries.append(
            TimelineEntry(
                title=describe_action(event),
                at=event.at,
                time=_when(event, dossier, received, completed),
                who="" if audience == PUBLIC else _who(event, audience),
                text="" if audience == PUBLIC else _text(event),
                note=_note(event) if audience == OFFICER else "",
                action=event.action,
                status=event.to_status,
            )
        )
    return entries


def _completes(event: DossierEvent) -> bool:
    """Tell whether a supplement was complete and the term began anew with it."""
    return event.action == Action.SUPPLEMENT and event.to_status == Status.PROCESSING


def _when(event: DossierEvent, dossier: Dossier, received: int | None, completed: int | None) -> str:
    """Say when something happened and, where a term began with it out of hours, from when that counts.

    ``received`` is the event of the last reception, ``completed`` of the last supplement that began the term anew.
    """
    begun = dossier.received_at if event.pk == received else None
    if event.pk == completed:
        begun = dossier.term_from
    happened = datetime.fromisoformat(event.data["at"]) if "at" in event.data else event.at
    said = describe_time(happened)
    if begun is not None and begun > happened:
        said = _("%(time)s, counted from %(start)s") % {"time": said, "start": describe_time(begun)}
    if happened == event.at:
        return said
    return _("%(time)s, entered at %(entered)s") % {"time": said, "entered": describe_time(event.at)}


def _text(event: DossierEvent) -> str:
    """Return what owner and officers read: the reason, why it was entered late, its number elsewhere, who decides."""
    data, lines = event.data, [event.public_text]
    if "late_reason" in data:
        lines.append(_("Entered later because: %(reason)s") % {"reason": data["late_reason"]})
    if "system" in data:
        facts = {"system": System(data["system"]).label, "code": data["external_code"]}
        lines.append(_("%(system)s: number %(code)s") % facts)
    if "filed_there_at" in data:
        moment = datetime.fromisoformat(data["filed_there_at"])
        lines.append(_("Filed there at %(time)s") % {"time": describe_time(moment)})
    if "competent" in data:
        lines.append(_("%(unit)s decides; the result comes back here.") % {"unit": data["competent"]})
    return "\n".join(filter(None, [*lines, *changes.of_event(data)]))


def _who(event: DossierEvent, audience: str) -> str:
    if audience == OWNER and event.actor_role == APPLICANT:
        member = event.data.get("person_name", "")
        you = pgettext("in a sentence", "you")
        return f"{you} ({member})" if member else you
    return describe_actor(event)


def _note(event: DossierEvent) -> str:
    """Return what officers read beside an event: to whom it went, and the internal note."""
    lines = []
    if "to" in event.data:
        to = event.data["to"]
        words = _("To the %(role)s %(name)s") if to else _("To every %(role)s")
        lines.append(words % {"role": role_name(event.data.get("role", "")), "name": to})
    if event.action == Action.PROPOSE:
        lines.append(_("Grant the request") if event.data.get("is_granted") else _("Do not grant the request"))
    if event.action == Action.EXTEND:
        lines.append(_("New date: %(time)s") % {"time": describe_time(datetime.fromisoformat(event.data["due_at"]))})
    if event.action == Action.RETURN_RESULT and event.data.get("receiver"):
        lines.append(_("Handed to %(name)s") % {"name": event.data["receiver"]})
    if "fee_paid_vnd" in event.data:
        lines.append(_("Fee paid at the national portal: %(sum)s") % {"sum": format_vnd(event.data["fee_paid_vnd"])})
    if event.action == Action.REGISTER and event.data.get("sender"):
        words = _("By post from %(sender)s, item %(item)s") if event.data["item"] else _("By post from %(sender)s")
        lines.append(words % {"sender": event.data["sender"], "item": event.data["item"]})
        if "at" in event.data:
            signed = describe_time(datetime.fromisoformat(event.data["at"]))
            lines.append(_("Hand-over signed at %(time)s") % {"time": signed})
    if event.action == Action.LINK:
        lines.append(_("Account of %(name)s") % {"name": event.data["account"]})
    if event.internal_text:
        lines.append(event.internal_text)
    return "\n".join(lines)


@dataclass(frozen=True)
class HolderPanel:
    """Who holds an open dossier: department, role and name, since when, until when its step should take.

    ``due_at`` is None where no step's time runs.
    """

    department: str
    role: str
    name: str
    since: datetime
    due_at: datetime | None
    is_late: bool
    step: int
    steps: int
    waits_for: str


# The title is that of the holder's post in this role.
_open: Compiled[Any] = Compiled(
    lambda dossier: (
        Assignment.objects.filter(dossier=dossier, until=None)
        .annotate(
            title=Subquery(
                Post.objects.filter(user=OuterRef("person"), unit=OuterRef("unit"), role=OuterRef("role"))
                .order_by("pk")
                .values("title")[:1]
            )
        )
        .values_list("role", "step", "since", "due_at", "title", "unit__short_name", "person__full_name", named=True)
    )
)


def open_assignment(dossier: Dossier) -> Any:
    """Return the open row of the control sheet with the names of unit, holder and post, None without one.

    One query, asked once while the dossier's revision stands.
    """
    kept: dict[int, Any] = dossier.__dict__.setdefault("_open_assignment", {})
    if dossier.revision not in kept:
        kept[dossier.revision] = _open.first(dossier.pk)
    return kept[dossier.revision]


def department_of(dossier: Dossier, row: Any) -> str:
    """Return the part of the authority that holds a dossier, by its open assignment."""
    if row.role == Role.CLERK:
        return _("the one-stop desk")
    if row.role == Role.LEADER:
        return _("the leadership of %(unit)s") % {"unit": lower_first(row.unit__short_name)}
    return _("the %(name)s section") % {"name": row.title or dossier.version.procedure.sector.name}


def holder_panel(dossier: Dossier, now: datetime) -> HolderPanel | None:
    """Return who holds an open dossier; None once it has ended. One query at most."""
    row = open_assignment(dossier) if dossier.is_open else None
    if row is None:
        return None
    due_at = row.due_at if dossier.status in TIMED else None
    return HolderPanel(
        department=department_of(dossier, row),
        role=role_name(row.role),
        name=row.person__full_name or "",
        since=row.since,
        due_at=due_at,
        is_late=due_at is not None and now > due_at,
        step=row.step,
        steps=len(dossier.version.steps.all()),
        waits_for=waits_for(dossier),
    )


def waits_for(dossier: Dossier) -> str:
    """Return what an open dossier waits for next; no query."""
    if dossier.status == Status.AWAITING_SUPPLEMENT:
        return _("the applicant's supplement")
    if dossier.status == Status.AWAITING_PAYMENT:
        return _("the applicant's payment")
    if dossier.status == Status.WITHDRAWAL_REQUESTED:
        return _("an answer to the withdrawal")
    if dossier.status == Status.DECIDED:
        return _("handing over the result")
    if dossier.status == Status.SUBMITTED:
        return _("reception")
    if dossier.holder_role == Role.LEADER:
        return _("signature")
    return _("processing")


def status_sentence(dossier: Dossier, audience: str, now: datetime) -> str:
    """Return where a dossier is, in one sentence; one query at most, none for the public."""
    if dossier.status == Status.DRAFT:
        return _("This dossier is a draft; it has not been submitted.")
    sentences = {
        Status.REFUSED: _("The dossier was not received."),
        Status.STOPPED: _stopped(dossier, audience),
        Status.DECIDED: _("The result is ready."),
        Status.RETURNED: _("The result has been handed over."),
    }
    if dossier.is_crossed_out:
        sentences[Status.RETURNED] = _("The entry of the book was cancelled; what was handed over counts no more.")
    if dossier.status == Status.AWAITING_SUPPLEMENT:
        return (
            _("The dossier waits for your supplement; the clock stands still.")
            if dossier.paused_since
            else _("The dossier waits for your supplement before it can be received.")
        )
    if dossier.status == Status.AWAITING_PAYMENT and dossier.pay_by:
        words = _("The dossier waits for the fee until %(day)s; the clock stands still.")
        return words % {"day": f"{dossier.pay_by:%d/%m/%Y}"}
    if dossier.status in sentences:
        closed = dossier.cancelled_at or dossier.closed_at or dossier.decided_at
        sentence = sentences[Status(dossier.status)]
        if closed is None:
            return sentence
        return _("%(sentence)s, %(time)s.") % {"sentence": sentence[:-1], "time": in_sentence(closed, now)}
    if audience == PUBLIC:
        return _join(_("State: %(state)s") % {"state": STATES[dossier.status]}, _promised(dossier, now))
    row = open_assignment(dossier)
    if row is None:
        return _join(str(STATES[dossier.status]), _promised(dossier, now))
    department = department_of(dossier, row)
    if row.person__full_name:
        where = _("The dossier is at %(department)s, held by the %(role)s %(name)s since %(time)s") % {
            "department": department,
            "role": role_name(row.role),
            "name": row.person__full_name,
            "time": in_sentence(row.since, now),
        }
    else:
        where = _("The dossier has been at %(department)s since %(time)s") % {
            "department": department,
            "time": in_sentence(row.since, now),
        }
    return _join(where, _promised(dossier, now))


def _stopped(dossier: Dossier, audience: str) -> str:
    if dossier.cancelled_at is not None:
        return _("The reception was a mistake and has been cancelled.")
    # Where a withdrawal was asked for and not declined, it is what ended the dossier.
    if dossier.former_status is None:
        return _("The dossier was stopped.")
    return _("You have withdrawn the dossier.") if audience == OWNER else _("The applicant has withdrawn the dossier.")


def _promised(dossier: Dossier, now: datetime) -> str:
    if dossier.due_at is None or dossier.paused_since is not None:
        return ""
    return _("result promised for %(time)s") % {"time": in_sentence(dossier.due_at, now)}


def _join(first: str, second: str) -> str:
    return f"{first}; {second}." if second else f"{first}."


def fee_words(dossier: Dossier) -> str:
    """Return whether the fee has been paid, without a sum, for everybody; '' when there is none to speak of."""
    if dossier.fee_state == FeeState.PAID:
        return _("paid")
    is_open = dossier.fee_state in (FeeState.OWED, FeeState.CLAIMED, FeeState.ON_DELIVERY)
    return _("not paid yet") if is_open else ""
