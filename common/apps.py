from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate

from .database import append_only, balanced, stamps


class CommonConfig(AppConfig):
    name = "common"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Have the triggers of append-only and watched tables made anew around migrations, and loose files swept."""
        from .database import purging
        from .files import loose

        purging.register("loose_files", loose.found)
        for guards in (append_only, stamps):
            pre_migrate.connect(guards.lift_before_migrate, sender=self)
            post_migrate.connect(guards.install_after_migrate, sender=self)
        post_migrate.connect(balanced.install_after_migrate, sender=self)
