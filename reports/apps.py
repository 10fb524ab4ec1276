from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "reports"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Give the log its words; tell when visits were written down."""
        from common.database import stamps
        from offices.log.labels import add_words

        from . import labels

        stamps.watch("reports_visitcount")
        add_words(labels.AREAS, labels.ACTIONS, labels.FIELDS, labels.VALUES)
