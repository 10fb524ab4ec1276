"""One row for each action of the desk, whatever is asked of all of them; and sending its form."""

from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse

from dossiers import worklist
from dossiers.models import Dossier, Status
from tests import factories

REASON = {"reason": "Hồ sơ không đủ điều kiện."}
LETTER = {"is_granted": "1", "source": "letter", "text": "Đồng ý giải quyết theo đề nghị."}
SIGN = {"password": factories.PASSWORD}
LINK = {"account": "con-de@example.com", "seen": "on", "note": "Con đẻ của người nộp"}
RETURN = {"receiver_name": "Nguyễn Văn An", "receiver_id": "0751"}


@dataclass(frozen=True)
class Step:
    """One action from a state where it is possible: which officers may, what is typed, the status reached.

    The first of ``roles`` does it in that state; to the others of the desk the action is closed whatever the state.
    """

    segment: str
    roles: tuple[str, ...]
    state: str
    reached: Status
    typed: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.segment

    def start(self, road) -> dict[str, Any]:
        """Bring the road's dossier to the state; return the form, completed with what depends on the dossier."""
        getattr(road, self.state)()
        return {key: value(road.dossier) if callable(value) else value for key, value in self.typed.items()}


def asked_item(dossier) -> int:
    """Return the one item that was asked for."""
    return dossier.supplement_requests.get(answered_at=None).items.get().pk


def owed_original(dossier) -> str:
    """Return an original that was promised and has not come."""
    return dossier.papers.filter(kind="promised", replaced_at=None).values_list("ref", flat=True).first() or "-"


CORRECTED = REASON | {"name": "Nguyễn Văn Ân", "phone": "0912000009", "delivery": "desk"}
OTHER_PAPER = {"other_name": "Giấy xác nhận", "other_reason": "Cần đối chiếu"}
CLERK, LEADER, SPECIALIST = ("clerk",), ("leader",), ("specialist",)
# Whoever holds the dossier.
HOLDERS = ("specialist", "clerk", "leader")
STEPS = [
    Step("receive", CLERK, "submitted", Status.RECEIVED, {"originals": ["chung-sinh"]}),
    Step("refuse", CLERK, "submitted", Status.REFUSED, REASON | {"rule": "Điều 16, Luật Hộ tịch"}),
    Step("request-supplement", HOLDERS, "processing", Status.AWAITING_SUPPLEMENT, OTHER_PAPER),
    Step("supplement", CLERK, "asked", Status.PROCESSING, {"items": asked_item}),
    Step("forward", HOLDERS, "processing", Status.PROCESSING, {"to": "specialist", "note": "Gấp"}),
    Step("require-payment", SPECIALIST, "owing", Status.AWAITING_PAYMENT, {"pay_by": "30/03/2026"}),
    Step("propose", SPECIALIST, "processing", Status.PROCESSING, LETTER),
    Step("approve", LEADER, "proposed", Status.DECIDED, SIGN),
    Step("send-back", LEADER, "proposed", Status.PROCESSING, REASON),
    Step("return-result", CLERK, "decided", Status.RETURNED, RETURN),
    Step("extend", LEADER, "processing", Status.PROCESSING, REASON | {"day": "30/03/2026"}),
    Step("decline-withdrawal", HOLDERS, "withdrawing", Status.PROCESSING, REASON),
    Step("correct", CLERK, "received", Status.RECEIVED, CORRECTED),
    Step("cancel-reception", CLERK, "received", Status.SUBMITTED, REASON),
    Step("recall", ("clerk", "specialist", "leader"), "processing", Status.RECEIVED),
    Step("give-back", SPECIALIST, "processing", Status.PROCESSING, {"note": "Thiếu bản chính"}),
    Step("note-originals", ("clerk", "specialist"), "received", Status.RECEIVED, {"refs": owed_original}),
    Step("accept-correction", HOLDERS, "correcting", Status.PROCESSING),
    Step("decline-correction", HOLDERS, "correcting", Status.PROCESSING, REASON),
    Step("accept-withdrawal", HOLDERS, "withdrawing", Status.STOPPED),
    Step("propose-stop", ("specialist", "clerk"), "processing", Status.PROCESSING, REASON),
    Step("stop", LEADER, "stopping", Status.STOPPED, REASON),
    Step("decline-stop", LEADER, "stopping", Status.PROCESSING, REASON),
    Step("link", CLERK, "unlinked", Status.PROCESSING, LINK),
    Step("cancel-entry", ("clerk", "leader"), "attested", Status.RETURNED, REASON),
]


def address(dossier, segment: str) -> str:
    """Return the page of an action."""
    return f"{reverse('desk:dossier', args=[dossier.code])}{segment}/"


def send(client, user, segment, dossier, data=None, query="", **changes):
    """Send an action's form as an officer, for the dossier's present revision unless ``revision`` is given."""
    client.force_login(user)
    dossier.refresh_from_db()
    values = {"revision": dossier.revision} | (data or {}) | changes
    return client.post(address(dossier, segment) + query, values)


def copies(road, count, *, status=1):
    """Add dossiers with codes and applicants without walking the road, for lists only."""
    for n in range(count):
        made = Dossier.objects.create(
            version=road.version,
            unit=road.commune.unit,
            received_by=road.commune.unit,
            code=f"000.00.16.H19-260322-{n:04d}",
            status=status,
            submitted_at=road.now,
            received_at=road.now if status > 1 else None,
            due_at=road.now if status > 1 else None,
            holder_unit=road.commune.unit,
            holder_role="clerk",
            created_at=road.now,
            saved_at=road.now,
        )
        factories.applicant(made, name=f"Trần Thị Số {n}")
        worklist.write(made.pk)
