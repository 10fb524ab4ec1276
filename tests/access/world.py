"""A small commune with a dossier in every state, for asking who may open what."""

import hashlib
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from common.files.stored import store_once
from common.files.uploads import Accepted
from dossiers import actions
from dossiers.models import Dossier
from dossiers.talk import writing
from dossiers.timeline.meeting import DAY_OF_COMING
from dossiers.workflow import perform
from notifications.models import Notification
from offices.models import Delegation
from procedures.paper.blank_forms import storage_name
from reports.models import Rating
from reports.ratings import giving
from tests import factories
from tests.access.money import desk_money
from tests.present import present

PDF = b"%PDF-1.4\n%%EOF\n"
SHA256 = hashlib.sha256(PDF).hexdigest()


def rating_of(commune: Any) -> Rating:
    """A dissatisfied rating with a comment, of something that a commune settled in one visit."""
    dossier = factories.attested(commune).dossier
    giving.give(dossier, giving.Given({"overall": 1}, "Chậm"), factories.NOW)
    return Rating.objects.get(dossier=dossier)


def upload() -> Accepted:
    """A result as the file check lets it through."""
    return Accepted("ket-qua.pdf", PDF, "application/pdf", len(PDF), SHA256, 1)


class World:
    """People by persona name, and one dossier of ``citizen`` for each state, made by the real actions."""

    def __init__(self) -> None:
        self.commune = factories.commune()
        self.neighbour = factories.commune(slug="xuan-loc", name="Xã Xuân Lộc", identifier="000.00.17.H19")
        self.citizen = factories.citizen()
        self.other_citizen = factories.citizen(
            full_name="Lê Thị Hoa", email="hoa@example.com", personal_number="075099000022", phone="0912000002"
        )
        self.version = factories.version(self.commune.unit)
        self.people = {
            "anonymous": None,
            "citizen": self.citizen,
            "other_citizen": self.other_citizen,
            "clerk": self.commune.clerk,
            "specialist": self.commune.specialist,
            "leader": self.commune.leader,
            "other_clerk": self.neighbour.clerk,
            "cashier": self.commune.cashier,
            "auditor": self.commune.auditor,
            "publisher": self.commune.publisher,
            "administrator": self.commune.administrator,
        }
        self.draft = self.new_draft()
        self.submitted = self.walk()
        self.processing = self.walk("receive", "forward")
        self.received = self.walk("receive")
        self.correcting = self.walk("receive", "forward", "correction")
        self.allowed = self.walk("receive", "forward", "correction", "allow")
        self.asked = self.walk("receive", "forward", "ask")
        self.unlinked = self.walk("receive", "forward")
        Dossier.objects.filter(pk=self.unlinked.pk).update(owner=None)
        factories.user(full_name="Nguyễn Văn Con", email="con-de@example.com")
        self.withdrawing = self.walk("receive", "forward", "withdraw")
        today = factories.NOW.date()
        self.delegation = Delegation.objects.create(
            unit=self.commune.unit,
            giver=self.commune.leader,
            taker=self.commune.clerk,
            valid_from=today,
            valid_until=today,
            reason="Đi họp",
            given_at=factories.NOW,
        )
        self.stopping = self.walk("receive", "forward", "stop")
        self.proposed = self.walk("receive", "forward", "propose")
        self.decided = self.walk("receive", "forward", "propose", "approve")
        self.lettered = self.walk("receive", "forward", "write", "approve")
        self.signing = self.meeting()
        self.attested = factories.attested(self.commune).dossier
        self.ratings = [rating_of(commune) for commune in (self.commune, self.neighbour)]
        self.talked = self.walk()
        moment, key = factories.NOW, "k" * 32
        writing.write(self.talked, "Hỏi", [upload()], by=self.citizen, key=key, shown=0, now=moment)
        wish = {"phone": "0912000001", "day_part": "any", "text": ""}
        writing.ask_for_call(self.talked, **wish, by=self.citizen, key="c" * 32, shown=0, now=moment)
        self.feedback = factories.feedback(self.commune, self.citizen, upload())
        self.money = desk_money(self, PDF, SHA256)
        self.owing = self.money.dossier
        self.keep_blank_form()
        store_once(present(self.submitted.slips.first()), "slip.pdf", PDF)

    def keep_blank_form(self) -> None:
        """Put a file where the blank form of the procedure is expected, so that no page has to make it."""
        name = storage_name(self.version.pk, self.version.form, self.version.name)
        if not default_storage.exists(name):
            default_storage.save(name, ContentFile(PDF))

    def new_draft(self) -> Dossier:
        """A complete draft with one uploaded paper."""
        draft = factories.draft(self.citizen, self.commune.unit, self.version)
        paper = present(draft.papers.first())
        paper.kind, paper.media_type, paper.original_name = "file", "application/pdf", "giay.pdf"
        paper.size, paper.sha256 = len(PDF), SHA256
        paper.file.save("giay.pdf", ContentFile(PDF), save=False)
        paper.save()
        factories.previews(paper)
        return draft

    def walk(self, *steps: str) -> Dossier:
        """Submit a draft and take it further."""
        dossier, moment = self.new_draft(), factories.NOW
        perform(actions.Submit(), dossier, by=self.citizen, now=moment)
        staff, paper = self.commune, present(self.version.papers.first())
        moves = {
            "receive": (actions.Receive(), staff.clerk),
            "forward": (actions.Forward(staff.specialist), staff.clerk),
            "ask": (actions.RequestSupplement((actions.Item(paper.pk, "", paper.name, "Ảnh mờ"),)), staff.specialist),
            "correction": (actions.RequestCorrection(actions.Item(None, "requester", "Tờ khai", "Sai")), self.citizen),
            "allow": (actions.AcceptCorrection(), staff.leader),
            "stop": (actions.ProposeStop("Trùng hồ sơ"), staff.specialist),
            "withdraw": (actions.RequestWithdrawal("Đổi ý"), self.citizen),
            "propose": (actions.Propose(is_granted=True, upload=upload()), staff.specialist),
            "write": (actions.Propose(is_granted=True, text="Đồng ý."), staff.specialist),
            "approve": (actions.Approve(), staff.leader),
        }
        for step in steps:
            action, by = moves[step]
            perform(action, dossier, by=by, now=moment)
        return dossier

    def meeting(self) -> Dossier:
        """A submitted dossier whose two people still come to sign."""
        version = factories.version(self.commune.unit, code="1.000894", level=3, needs_presence=True)
        dossier = factories.draft(self.citizen, self.commune.unit, version)
        perform(actions.Submit(), dossier, by=self.citizen, now=factories.NOW)
        dossier.answers = dossier.answers | {DAY_OF_COMING: "2099-03-25"}
        dossier.save(update_fields=["answers"])
        return dossier

    def failed_message(self) -> Notification:
        """A message about a dossier of the commune that has to be told by telephone."""
        message = Notification.objects.get(subject_ref=self.asked.ref, kind="dossier_supplement_asked")
        message.state = "to_call"
        message.save(update_fields=["state"])
        return message
