"""Writing into the talk of a dossier: each act locks the dossier, appends its entry, and the lists follow.

Nothing here changes a status. Nothing reads the clock.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models.fields.files import FieldFile
from django.utils.translation import gettext as _

from accounts.models import User
from common.clock import LOCAL
from common.database.writing import insert
from common.files.store import keep
from common.files.uploads import Accepted, removed_on_failure
from common.onetime import once
from common.refusals import Refused
from offices.models import Role

from .. import worklist
from ..models import CALLED, Dossier, Side, TalkEntry, TalkFile, TalkKind
from ..querysets import DESK_ROLES
from ..workflow import holds, is_own, locked, roles_of
from . import notices

# How long after its end a dossier may still be talked about.
DAYS_AFTER_END = timedelta(days=30)
MOST_FILES = 3
# Who goes back to a page that was sent and presses again, sends the same within that time.
REPEATED = timedelta(minutes=10)


def why_closed(dossier: Dossier, now: datetime) -> str:
    """Return why nobody may write about a dossier any more, '' while one may; no query where its owner is read."""
    if dossier.is_draft or dossier.owner is None or not dossier.owner.is_active:
        return _("Nobody can be written to: this dossier belongs to no account.")
    if dossier.closed_at is not None and now >= dossier.closed_at + DAYS_AFTER_END:
        return _("This dossier ended more than 30 days ago. Call or visit the commune.")
    return ""


def why_not_office(user: User, dossier: Dossier, roles: set[str]) -> Refused | None:
    """Return why an officer with ``roles`` towards a dossier may not speak for the office, None when allowed.

    Clerks and leaders of the unit may, and the specialist who holds it; nobody for a dossier of their own.
    """
    at_desk = roles & set(DESK_ROLES)
    if at_desk and is_own(user, dossier):
        return Refused(_("You may not handle your own dossier. Ask a colleague."), code="own")
    if at_desk == {Role.SPECIALIST} and not holds(user, at_desk, dossier):
        return Refused(_("You do not hold this dossier now."), code="holder")
    return None if at_desk else Refused(_("Your post does not allow this on this dossier."), code="who")


def write(
    dossier: Dossier, text: str, files: Sequence[Accepted], *, by: User, key: str, shown: int, now: datetime
) -> bool:
    """Write a message of the owner, once per key; returns whether this call did. Raises Refused.

    ``shown`` is the last entry that the page showed. The holder gets a mail, at most one an hour for a dossier.
    """

    def make() -> None:
        fresh = locked(dossier.pk)
        require_open(fresh, now)
        _refuse_repeated(fresh, by, text, files, now)
        entry = _entry(fresh, Side.OWNER, TalkKind.MESSAGE, by, now, text=text, upto=shown)
        _append(entry, files, written)
        notices.tell_holder(fresh, now)

    with removed_on_failure() as written:
        return once(key, "talk", by.pk, dossier.ref, now, make) is None


def answer(
    dossier: Dossier, text: str, files: Sequence[Accepted], *, by: User, key: str, shown: int, now: datetime
) -> bool:
    """Write a message of the office, once per key; returns whether this call did.

    Raises Refused, as 'stale' when somebody wrote after what the page showed. The owner gets a mail.
    """

    def make() -> None:
        fresh = _for_office(dossier, by, now)
        require_open(fresh, now)
        _refuse_repeated(fresh, by, text, files, now)
        later = fresh.talk.filter(pk__gt=shown, kind=TalkKind.MESSAGE).order_by("-pk").first()
        if later is not None:
            raise Refused(
                _("%(name)s wrote at %(when)s, after you opened this page. Read that first; your text is kept.")
                % {"name": later.by_name, "when": f"{later.at.astimezone(LOCAL):%H:%M}"},
                code="stale",
            )
        _append(_entry(fresh, Side.OFFICE, TalkKind.MESSAGE, by, now, text=text, upto=shown), files, written)
        notices.tell_owner(fresh, now)

    with removed_on_failure() as written:
        return once(key, "talk", by.pk, dossier.ref, now, make) is None


def mark_read(dossier: Dossier, *, by: User, key: str, shown: int, now: datetime) -> None:
    """Note for the office that what the page showed needs no answer; what came later stays unread. Raises Refused."""

    def make() -> None:
        fresh = _for_office(dossier, by, now)
        _append(_entry(fresh, Side.OFFICE, TalkKind.SEEN, by, now, upto=shown))

    # Stands on the page of an answer, whose key it shares.
    once(key, "talk_read", by.pk, dossier.ref, now, make)


def note_opened(dossier: Dossier, *, by: User, shown: int, now: datetime) -> None:
    """Note that the owner has opened the page of the talk, as the desk notes who opens a dossier. One statement."""
    insert(_entry(dossier, Side.OWNER, TalkKind.SEEN, by, now, upto=shown))


def note(dossier: Dossier, side: Side, text: str, *, by: User, now: datetime) -> None:
    """Put what a step of the dossier says into the talk, inside that step's transaction, which writes the worklist.

    The office has read with it what the owner asked for, nothing else that waits. Two queries, one for the owner.
    """
    upto = 0
    if side == Side.OFFICE:
        rows = dossier.talk.order_by("-pk")
        read = rows.filter(side=Side.OFFICE).values_list("upto", flat=True)
        waiting = list(rows.filter(side=Side.OWNER, kind=TalkKind.MESSAGE, pk__gt=max(read, default=0))[:2])
        upto = waiting[0].pk if len(waiting) == 1 else 0
    insert(_entry(dossier, side, TalkKind.MESSAGE, by, now, text=text, upto=upto))


def ask_for_call(
    dossier: Dossier, *, phone: str, day_part: str, text: str, by: User, key: str, shown: int, now: datetime
) -> bool:
    """Ask the office to call, once per key; returns whether this call did. Raises Refused while another waits."""

    def make() -> None:
        fresh = locked(dossier.pk)
        require_open(fresh, now)
        if waiting_call(fresh) is not None:
            raise Refused(_("You have asked to be called already. The commune calls you."), code="waiting")
        more = {"phone": phone, "day_part": day_part, "text": text, "upto": shown}
        _append(_entry(fresh, Side.OWNER, TalkKind.CALL, by, now, **more))

    return once(key, "talk", by.pk, dossier.ref, now, make) is None


def end_call(call: TalkEntry, *, is_reached: bool, text: str, by: User, now: datetime) -> None:
    """Note how a call ended. One transaction; raises Refused, as 'state' when a colleague was first."""
    with transaction.atomic():
        fresh = _for_office(call.dossier, by, now)
        waiting = waiting_call(fresh)
        if waiting is None or waiting.pk != call.pk:
            raise Refused(_("A colleague has noted this call already."), code="state")
        _append(
            _entry(fresh, Side.OFFICE, TalkKind.REACHED if is_reached else TalkKind.NOT_REACHED, by, now, text=text)
        )


def waiting_call(dossier: Dossier) -> TalkEntry | None:
    """Return the call that the owner still waits for. One query."""
    last = dossier.talk.filter(kind__in=(TalkKind.CALL, *CALLED)).order_by("-pk").first()
    return last if last is not None and last.kind == TalkKind.CALL else None


def require_open(dossier: Dossier, now: datetime) -> None:
    """Raise Refused once nobody may write about a dossier any more."""
    if why := why_closed(dossier, now):
        raise Refused(why, code="closed")


def _for_office(dossier: Dossier, by: User, now: datetime) -> Dossier:
    """Lock a dossier for an officer who speaks for the office; raises Refused."""
    fresh = locked(dossier.pk)
    refused = why_not_office(by, fresh, roles_of(by, fresh, now))
    if refused is not None:
        raise refused
    return fresh


def _refuse_repeated(dossier: Dossier, by: User, text: str, files: Sequence[Accepted], now: datetime) -> None:
    """Raise Refused for the message that the same person wrote last, a moment ago; at most two queries."""
    last = dossier.talk.filter(kind=TalkKind.MESSAGE).order_by("-pk").first()
    if last is None or last.by_id != by.pk or last.text != text or now - last.at > REPEATED:
        return
    if sorted(last.files.values_list("sha256", flat=True)) == sorted(file.sha256 for file in files):
        raise Refused(
            _("You sent this at %(time)s already. Change it to send it again.")
            % {"time": f"{last.at.astimezone(LOCAL):%H:%M}"},
            code="repeated",
            field="text",
        )


def _entry(dossier: Dossier, side: Side, kind: TalkKind, by: User, now: datetime, **more: Any) -> TalkEntry:
    return TalkEntry(dossier=dossier, side=side, kind=kind, by=by, by_name=by.signature, at=now, **more)


def _append(entry: TalkEntry, files: Sequence[Accepted] = (), written: list[FieldFile] | None = None) -> None:
    """Insert an entry with its files in the caller's transaction, and let the lists follow.

    A page claims to have shown no more than there is.
    """
    last = TalkEntry.objects.filter(dossier=entry.dossier).order_by("-pk").values_list("pk", flat=True).first()
    entry.upto, entry.file_count = min(max(entry.upto, 0), last or 0), len(files)
    insert(entry)
    for accepted in files:
        file = TalkFile(
            entry=entry,
            original_name=accepted.name,
            media_type=accepted.media_type,
            size=accepted.size,
            sha256=accepted.sha256,
            pages=accepted.pages,
        )
        keep(file.file, accepted.name, accepted.content)
        if written is not None:
            written.append(file.file)
        insert(file)
    worklist.write(entry.dossier_id)
