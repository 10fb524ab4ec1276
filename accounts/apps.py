from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Name the accounts that a nightly clean-up forgets."""
        from common.database import purging

        from . import tasks

        purging.register("unconfirmed_accounts", tasks.unconfirmed)
