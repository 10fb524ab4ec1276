from django.apps import AppConfig

from common.database import append_only, balanced


class PaymentsConfig(AppConfig):
    name = "payments"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Name the tables that keep what happened to money, and take part in what dossiers do."""
        from accounts import hooks as account_hooks
        from common.files import hashes, loose
        from dossiers import hooks
        from offices import hooks as office_hooks
        from offices.log.labels import add_words

        from . import duties, exporting, labels
        from .applicant import acts, panels, standing
        from .charges import claiming
        from .charges.shown import fee_of, owed_by
        from .desk.at_counter import fee_at_counter
        from .desk.panel import KEYS, claim_button, fees_panel, take_button
        from .desk.till import CounterTill
        from .following import charge_anew, fee_words, follow, open_charge
        from .post import panels as post_panels
        from .post import parcels

        hooks.filed.append(open_charge)
        hooks.counter_fee.append(fee_at_counter)
        hooks.after_action += [follow, parcels.follow]
        hooks.moved.append(charge_anew)
        hooks.messages.append(fee_words)
        office_hooks.duties.append(duties.OpenBoxes())
        office_hooks.unit_obstacles.append(duties.open_money)
        add_words(labels.AREAS, labels.ACTIONS, labels.FIELDS, labels.VALUES)
        account_hooks.exported.append(exporting.money_of)
        account_hooks.acts.update(acts.ACTS)
        account_hooks.subjects.append(acts.subjects)
        hooks.fees.append(fee_of)
        hooks.owed.append(owed_by)
        hooks.post.append(post_panels.offer)
        hooks.next_steps += [standing.next_step, post_panels.next_step]
        hooks.held.append(post_panels.held)
        hooks.draft_steps.append(claiming.draft_step)
        hooks.renewed.append(claiming.follow_version)
        hooks.panels[hooks.Audience.OWNER] += [panels.fee_card, post_panels.owner_panel]
        hooks.panels[hooks.Audience.OFFICER] += [fees_panel, post_panels.officer_panel]
        hooks.buttons[hooks.Audience.OWNER].append(panels.pay_button)
        hooks.buttons[hooks.Audience.OFFICER] += [take_button, claim_button]
        hooks.keys += KEYS
        hooks.tills.append(CounterTill())
        for model in ("Receipt", "TransferProof", "SettlementBatch"):
            hashes.register(f"payments.{model}", "file")
        loose.register_field("receipts", "payments.Receipt", "file")
        loose.register_field("settlements", "payments.SettlementBatch", "file")
        loose.register_field("transfers", "payments.TransferProof", "file")
        for table in (
            "chargeline",
            "ledgertransaction",
            "ledgerentry",
            "parcelevent",
            "dayreport",
        ):
            append_only.register(f"payments_{table}")
        balanced.register(
            "payments_ledgerentry",
            parent="transaction_id",
            parents="payments_ledgertransaction",
            left="debit_vnd",
            right="credit_vnd",
        )
        append_only.register(
            "payments_providerevent", allowed_columns=["answer", "repeats", "last_at"], set_once=["handled_at"]
        )
        append_only.register("payments_settlementbatch", set_once=["file", "size", "sha256"])
        append_only.register("payments_settlementline", set_once=["result"])
        append_only.register(
            "payments_receipt",
            set_once=["file", "size", "sha256", "cancelled_at", "cancelled_by_id", "cancelled_because"],
        )
