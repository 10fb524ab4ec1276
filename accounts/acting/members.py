"""Who acts for an organisation: invited by its own account, accepted with the invited address, ended by either side.

Nothing here reads the clock.
"""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from common.onetime import once
from common.refusals import Refused

from ..models import Kind, Member, User

VALID_FOR = timedelta(days=7)
MOST = 50


def may_have_members(account: User) -> bool:
    """Tell whether others may act for an account: an organisation's or enterprise's."""
    return account.kind != Kind.CITIZEN


def invite(organisation: User, address: str, position: str, key: str, now: datetime) -> None:
    """Invite an address to act for an organisation, once per key, and mail the link.

    An invitation that still waits there is replaced: its link opens nothing any more. Raises Refused ('own',
    'already', 'many') at the address.
    """

    def make() -> None:
        # One after the other: they are counted.
        User.objects.select_for_update().get(pk=organisation.pk)
        there = Member.objects.standing().filter(organisation=organisation)
        if (organisation.email or "").casefold() == address.casefold():
            raise Refused(_("This is the address of the organisation itself."), code="self", field="email")
        if there.filter(address__iexact=address, accepted_at__isnull=False).exists():
            raise Refused(_("Whoever has this address acts for you already."), code="already", field="email")
        there.filter(address__iexact=address).update(ended_at=now, ended_by=organisation, token_hash="")
        if there.count() >= MOST:
            raise Refused(
                _("At most %(count)d people act for one organisation. End one first.") % {"count": MOST},
                code="many",
                field="email",
            )
        secret = secrets.token_urlsafe(24)
        Member.objects.create(
            organisation=organisation, address=address, position=position, token_hash=_hash(secret), invited_at=now
        )
        link = settings.SITE_URL.rstrip("/") + reverse("accounts:joining", args=[secret])
        words = {"name": organisation.full_name, "link": link, "days": VALID_FOR.days}
        get_adapter().send_mail("account/email/acting_invitation", address, words)

    once(key, "invite_member", organisation.pk, address, now, make)


def invitation(secret: str, now: datetime) -> Member | None:
    """Return the open invitation that a link is for; None when it is wrong, too old, used or ended. One query."""
    return (
        Member.objects.standing()
        .select_related("organisation")
        .filter(token_hash=_hash(secret), accepted_at=None, organisation__is_active=True)
        .filter(invited_at__gt=now - VALID_FOR)
        .first()
    )


def why_not(member: Member, person: User) -> Refused | None:
    """Return why somebody may not accept an invitation: another kind of account, or another address. One query."""
    if person.kind != Kind.CITIZEN:
        return Refused(_("Sign in with your own account: an organisation cannot act for another one."), code="who")
    is_theirs = EmailAddress.objects.filter(user=person, email__iexact=member.address, verified=True).exists()
    return (
        None
        if is_theirs
        else Refused(
            _("The invitation was sent to another email address. Sign in with the account that has that address."),
            code="who",
        )
    )


def accept(member: Member, person: User, now: datetime) -> None:
    """Let the person act from now on, and tell the organisation.

    Raises Refused: 'who' as :func:`why_not`, 'stale' when the link was used or ended meanwhile, 'already' for who acts
    for the organisation by another invitation.
    """
    if refused := why_not(member, person):
        raise refused
    try:
        with transaction.atomic():
            mine = Member.objects.standing().filter(pk=member.pk, accepted_at=None, token_hash=member.token_hash)
            if not mine.update(person=person, accepted_at=now, token_hash=""):
                raise Refused(_("This invitation has been used or taken back."), code="stale")
            if address := member.organisation.email:
                words = {"name": person.full_name, "organisation": member.organisation.full_name}
                get_adapter().send_mail("account/email/acting_accepted", address, words)
    except IntegrityError as error:
        raise Refused(_("You act for this organisation already."), code="already") from error


def end(pk: int, by: User, now: datetime) -> bool:
    """End a membership or take an invitation back, from either side; False when there is none of theirs any more.

    Of a membership both sides are told by mail, of an invitation that nobody accepted no one.
    """
    with transaction.atomic():
        theirs = Member.objects.standing().filter(Q(organisation=by) | Q(person=by), pk=pk)
        member = theirs.select_related("organisation", "person").first()
        if member is None or not theirs.update(ended_at=now, ended_by=by, token_hash=""):
            return False
        if member.person is not None:
            _tell_ended(member, member.person, (member.person, member.organisation))
    return True


def end_all(account: User, now: datetime) -> None:
    """End everything that an account which is closed does for others or others for it; its addresses go.

    The other side of each membership is told by mail.
    """
    its = Member.objects.filter(Q(organisation=account) | Q(person=account))
    for member in its.standing().filter(person__isnull=False).select_related("organisation", "person"):
        assert member.person is not None
        other = member.person if member.organisation_id == account.pk else member.organisation
        _tell_ended(member, member.person, [other])
    its.standing().update(ended_at=now, ended_by=account, token_hash="")
    its.update(address="")


def _tell_ended(member: Member, person: User, told: Iterable[User]) -> None:
    """Mail that somebody acts for an organisation no more, to those of both who have an address."""
    for account in told:
        if account.email:
            words = {
                "name": person.full_name,
                "organisation": member.organisation.full_name,
                "is_member": account.pk == person.pk,
            }
            get_adapter().send_mail("account/email/acting_ended", account.email, words)


def members_of(organisation: User) -> QuerySet[Member]:
    """Return everybody who acts or acted for an organisation, and open invitations; standing ones first."""
    known = Member.objects.filter(organisation=organisation).filter(Q(ended_at=None) | Q(accepted_at__isnull=False))
    return known.select_related("person").order_by("ended_at", "-pk")


def organisations_of(person: User) -> list[Member]:
    """Return for whom somebody may act, in the order in which they began. One query."""
    return list(Member.objects.acting().filter(person=person).select_related("organisation").order_by("pk"))


def acting_as(person: User, pk: int) -> User | None:
    """Return the organisation with the membership ``pk`` by which a person acts for it; None without one. One query."""
    member = Member.objects.acting().filter(person=person, pk=pk).select_related("organisation").first()
    if member is None:
        return None
    member.person = person
    member.organisation.acting = member
    return member.organisation


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
