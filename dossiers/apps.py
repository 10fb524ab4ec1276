from django.apps import AppConfig

from common import append_only


class DossiersConfig(AppConfig):
    name = "dossiers"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Name the tables that keep what happened; a slip's PDF is added once."""
        append_only.register("dossiers_dossierevent")
        append_only.register("dossiers_reading")
        append_only.register("dossiers_slip", set_once=["file", "sha256"])
