from django.apps import AppConfig

from common.database import append_only, stamps


class OfficesConfig(AppConfig):
    name = "offices"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Name the log of changes, kept as it is, and the tables whose changes it tells; keep officers' accounts."""
        from accounts import hooks

        from . import access

        hooks.closing.append(access.holds_post)
        append_only.register("offices_auditentry")
        for table in ("unit", "openinghours", "holiday", "calendaryear"):
            stamps.watch(f"offices_{table}")
