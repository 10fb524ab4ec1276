from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "notifications"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let the checklist of an opening know whether mail leaves."""
        from offices import hooks

        from . import opening

        hooks.opening_checks.append(opening.checks)
