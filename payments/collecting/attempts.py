"""Beginning and giving up a payment: committed before anybody is sent to a provider."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from common.refusals import Refused

from ..charges.charging import is_payable
from ..locks import lock_charges
from ..models import Attempt, AttemptLine, AttemptStatus, Charge
from ..providers import provider, providers

# The gateway keeps its page open for 15 minutes; the attempt lapses later, and only after a question.
GATEWAY_MINUTES = 15
# When a pending attempt is asked about, after it began; then once a day until the seventh.
POLLS = (
    *(timedelta(minutes=minutes) for minutes in (2, 5, 15, 20, 60)),
    *(timedelta(hours=hours) for hours in range(2, 25)),
    *(timedelta(days=days) for days in range(2, 8)),
)


@dataclass(frozen=True)
class Payer:
    """Who begins a payment: the account if there is one, and from which address."""

    user: User | None = None
    address: str = "127.0.0.1"
    language: str = "vi"


def begin(charges: Sequence[Charge], provider_key: str, payer: Payer, now: datetime, *, is_polled: bool) -> Attempt:
    """Begin to pay what charges of one unit owe, together; about six queries.

    Refused ('state') when one of them owes nothing (any more) or waits for an officer, ('paid') when a payment of one
    is on its way, ('unit') when they belong to several units.
    """
    if len({charge.unit_id for charge in charges}) != 1:
        raise Refused(_("These fees belong to several offices. Pay them one by one."), code="unit")
    try:
        with transaction.atomic():
            lock_charges([row.pk for row in charges])
            fresh = list(Charge.objects.filter(pk__in=[row.pk for row in charges]).order_by("pk"))
            if not all(is_payable(charge) for charge in fresh):
                raise Refused(_("This fee is no longer open."), code="state")
            attempt = Attempt(
                unit_id=fresh[0].unit_id,
                provider=provider_key,
                status=AttemptStatus.CREATED,
                amount_vnd=sum(charge.owed_vnd for charge in fresh),
                begun_by=payer.user,
                begun_at=now,
                expires_at=now + timedelta(minutes=GATEWAY_MINUTES) if is_polled else None,
                ask_at=now + POLLS[0] if is_polled else None,
            )
            if provider_key in providers():
                attempt.sent = provider(provider_key).prepare(attempt, payer.address, payer.language)
            attempt.save(force_insert=True)
            AttemptLine.objects.bulk_create(
                AttemptLine(attempt=attempt, charge=charge, amount_vnd=charge.owed_vnd) for charge in fresh
            )
    except IntegrityError as error:
        raise Refused(
            _("A payment of this fee is on its way. Wait for its end, or check it again."), code="paid"
        ) from error
    return attempt


def next_poll(attempt: Attempt, now: datetime) -> datetime | None:
    """Return when an attempt is asked about again, None once the schedule has run out."""
    return next((attempt.begun_at + step for step in POLLS if attempt.begun_at + step > now), None)
