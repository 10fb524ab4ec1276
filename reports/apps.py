from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "reports"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Give the log its words."""
        from offices.log.labels import add_words

        from . import labels

        add_words(labels.AREAS, labels.ACTIONS, labels.FIELDS, labels.VALUES)
