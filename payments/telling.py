"""Messages about money and parcels to an applicant, outside the steps of the road."""

from datetime import datetime
from typing import Any

from dossiers.models import Dossier
from dossiers.records.links import applicant_link
from dossiers.records.notices import SUBJECT_TYPE, recipient_of
from notifications.models import Notification
from notifications.outbox import queue


def tell(dossier: Dossier, kind: str, now: datetime, **context: Any) -> Notification:
    """Write the message ``<kind>`` to the applicant, in the caller's transaction. One query.

    The template sees ``context``, code, procedure in the recipient's language, unit, its phone and the link; never a
    personal number.
    """
    to = recipient_of(dossier, dossier.applicant)
    version = dossier.version
    return queue(
        kind,
        to=to,
        context={
            "code": dossier.code,
            "procedure": version.name_for(to.language),
            "unit": dossier.received_by.name,
            "unit_phone": dossier.received_by.phone,
            "link": applicant_link(dossier),
            "additions": [],
            **context,
        },
        subject_type=SUBJECT_TYPE,
        subject_ref=dossier.ref,
        now=now,
    )
