from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate

from .database import append_only


class CommonConfig(AppConfig):
    name = "common"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Have the triggers of append-only tables made anew around every migration, and loose files swept."""
        from .database import purging
        from .files import loose

        purging.register("loose_files", loose.found)
        pre_migrate.connect(append_only.lift_before_migrate, sender=self)
        post_migrate.connect(append_only.install_after_migrate, sender=self)
