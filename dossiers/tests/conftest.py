"""Dossiers brought to a status by the real actions."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from dossiers import actions
from dossiers.models import Dossier, FeeState
from dossiers.records.fees import set_fee_state
from dossiers.workflow import perform
from tests import factories
from tests.present import present


class Road:
    """Walks one dossier along the road; each step returns the road, ``dossier`` is its present state."""

    def __init__(self, commune: SimpleNamespace, citizen, now):
        self.commune, self.citizen, self.now = commune, citizen, now
        self.version = factories.version(commune.unit)
        self.dossier = factories.draft(citizen, commune.unit, self.version)

    def do(self, action, by):
        """Perform an action a minute after the last one."""
        self.now += timedelta(minutes=1)
        self.event = perform(action, self.dossier, by=by, now=self.now, revision=self.dossier.revision)
        return self

    def submitted(self):
        """Status 1."""
        return self.do(actions.Submit(), self.citizen)

    def received(self):
        """Status 2."""
        return self.submitted().do(actions.Receive(), self.commune.clerk)

    def processing(self):
        """Status 4, held by the specialist."""
        return self.received().do(actions.Forward(self.commune.specialist), self.commune.clerk)

    def proposed(self, **fields):
        """Status 4, a letter proposed to the leader."""
        return self.processing().do(actions.Propose(**({"is_granted": True} | fields)), self.commune.specialist)

    def decided(self, **fields):
        """Status 9."""
        return self.proposed(**fields).do(actions.Approve(), self.commune.leader)

    def asked(self, *, at="processing"):
        """Status 5, one paper asked for at a status."""
        getattr(self, at)()
        by = self.commune.specialist if at == "processing" else self.commune.clerk
        return self.do(actions.RequestSupplement((self.item,)), by)

    def owing(self):
        """Status 4, held by the specialist, a fee not yet paid."""
        self.processing()
        set_fee_state(self.dossier, FeeState.OWED)
        return self

    def unlinked(self):
        """Status 4, without an account; that of the applicant's child waits to be linked."""
        self.processing()
        factories.user(full_name="Nguyễn Văn Con", email="con-de@example.com")
        Dossier.objects.filter(pk=self.dossier.pk).update(owner=None)
        self.dossier.refresh_from_db()
        return self

    def withdrawing(self):
        """Status 7, asked for while a specialist works on it."""
        return self.processing().do(actions.RequestWithdrawal("Đổi ý"), self.citizen)

    def correcting(self, *, at="processing"):
        """The owner has asked to correct the first paper of the procedure."""
        getattr(self, at)()
        return self.do(actions.RequestCorrection(self.item), self.citizen)

    def stopping(self):
        """Status 4, held by the specialist, who has proposed to stop it."""
        return self.processing().do(actions.ProposeStop("Hồ sơ trùng"), self.commune.specialist)

    def attested(self):
        """Status 10 in one visit: another dossier, of somebody at the counter."""
        self.dossier = factories.attested(self.commune, now=self.now).dossier
        return self

    @property
    def item(self) -> actions.Item:
        """The first paper of the procedure as deficient."""
        paper = present(self.version.papers.first())
        return actions.Item(paper.pk, "", paper.name, "Ảnh mờ, không đọc được")

    def answer(self):
        """Give what the open request asks for, as the applicant's pages do."""
        for item in self.dossier.supplement_requests.get(answered_at=None).items.all():
            self.dossier.papers.create(required=item.required, name=item.name, kind="promised", uploaded_at=self.now)
        return self


@pytest.fixture
def road(commune, citizen, now):
    """A complete draft of a citizen at the commune and the people who move it."""
    return Road(commune, citizen, now)
