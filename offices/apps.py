from django.apps import AppConfig

from common.database import append_only


class OfficesConfig(AppConfig):
    name = "offices"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Name the log of changes as a table that the database keeps as it is."""
        append_only.register("offices_auditentry")
