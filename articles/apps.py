from django.apps import AppConfig


class ArticlesConfig(AppConfig):
    name = "articles"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Give the log its words, every page the line of maintenance, and procedures the question below them."""
        from common.database import stamps
        from common.web import page_cache
        from offices.log.labels import add_words
        from procedures.public import hooks

        from . import labels
        from .notices import maintenance
        from .useful import asking

        stamps.watch("articles_notice")
        add_words(labels.AREAS, labels.ACTIONS, labels.FIELDS, labels.VALUES)
        page_cache.on_every_page.append(maintenance.state)
        hooks.below.append(asking.below_procedure)
