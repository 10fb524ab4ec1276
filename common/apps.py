from django.apps import AppConfig
from django.db.models.signals import post_migrate

from . import append_only


class CommonConfig(AppConfig):
    name = "common"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Have the triggers of append-only tables made after every migration."""
        post_migrate.connect(append_only.install_after_migrate, sender=self)
