from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Name what nightly clean-ups forget, and the table that keeps what was done for organisations."""
        from common.database import append_only, purging

        from . import tasks

        purging.register("unconfirmed_accounts", tasks.unconfirmed)
        purging.register("unanswered_invitations", tasks.unanswered)
        append_only.register("accounts_actingrecord")
