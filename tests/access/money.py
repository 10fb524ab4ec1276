"""What the world of the access matrix owes and has paid."""

from types import SimpleNamespace
from typing import Any

from django.core.files.base import ContentFile

from common.files.stored import store_once
from dossiers import actions
from dossiers.models import Dossier
from dossiers.workflow import perform
from payments.charges import claiming
from payments.collecting import attempts, cashier, refunding, settling
from payments.collecting.attempts import Payer
from payments.models import Attempt, Charge, ExemptionClaim, Receipt, TransferProof
from payments.providers.base import Outcome, ProviderState
from tests import factories
from tests.factories import NOW
from tests.present import present


def desk_money(world: Any, pdf: bytes, sha256: str) -> SimpleNamespace:
    """Make dossiers of the citizen that owe, claim, have paid in cash and by transfer, with what came of it."""
    commune = world.commune
    version = factories.version(commune.unit, code="1.000077")
    line = factories.fee(version, exemptions=[{"who": "Hộ nghèo"}])

    def filed(*, claims: bool = False) -> tuple[Dossier, Charge]:
        dossier = factories.draft(world.citizen, commune.unit, version)
        if claims:
            claiming.claim(dossier, [line.exemptions.get().pk], NOW)
        perform(actions.Submit(), dossier, by=world.citizen, now=NOW)
        return dossier, Charge.objects.get(dossier=dossier)

    (owing, charge), (claimed, _claimed), (paid, cash), (moved, sent), (asked, doubted) = (
        filed(claims=n == 1) for n in range(5)
    )
    shift = cashier.open_shift(commune.unit, commune.cashier, 0, NOW)
    in_cash = cashier.take_cash([cash], shift, NOW)
    by_bank = cashier.take_transfer([sent], "FT1", by=commune.cashier, now=NOW)
    proof = TransferProof(attempt=by_bank, at=NOW, size=len(pdf), sha256=sha256)
    proof.file.save("x.pdf", ContentFile(pdf), save=False)
    proof.save()
    review: Attempt = attempts.begin([doubted], "vnpay", Payer(), NOW, is_polled=True)
    settling.apply(ProviderState(review.ref, Outcome.REVIEW, review.amount_vnd, "1"), now=NOW)
    refund = refunding.request(in_cash, {cash.pk: 1_000}, by=commune.clerk, reason="Thừa", now=NOW)
    receipt = present(Receipt.objects.filter(charge=cash).first())
    store_once(receipt, "bien-lai.pdf", pdf)
    return SimpleNamespace(
        claimable=factories.draft(world.citizen, commune.unit, version).ref,
        dossier=owing,
        paid_ref=paid.ref,
        owing=owing.code,
        n=charge.n,
        claimed=claimed.code,
        claim=ExemptionClaim.objects.get(dossier=claimed).pk,
        paid=paid.code,
        cash=in_cash.ref,
        moved=moved.code,
        transfer=by_bank.ref,
        asked=asked.code,
        review=review.ref,
        shift=shift.pk,
        refund=refund.pk,
        receipt=receipt.pk,
    )
