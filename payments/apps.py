from django.apps import AppConfig

from common.database import append_only


class PaymentsConfig(AppConfig):
    name = "payments"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Name the tables that keep what happened to money, and take part in what dossiers do."""
        from common.files import hashes, loose
        from dossiers import hooks

        from .following import follow

        hooks.after_action.append(follow)
        for model in ("Receipt", "TransferProof"):
            hashes.register(f"payments.{model}", "file")
        loose.register_field("receipts", "payments.Receipt", "file")
        loose.register_field("transfers", "payments.TransferProof", "file")
        for table in (
            "chargeline",
            "ledgertransaction",
            "ledgerentry",
            "parcelevent",
            "settlementbatch",
            "settlementline",
        ):
            append_only.register(f"payments_{table}")
        append_only.register(
            "payments_providerevent", allowed_columns=["answer", "repeats", "last_at"], set_once=["handled_at"]
        )
        append_only.register(
            "payments_receipt",
            set_once=["file", "size", "sha256", "cancelled_at", "cancelled_by_id", "cancelled_because"],
        )
