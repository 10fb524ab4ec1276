from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "reports"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Give the log its words; ask for ratings where dossiers end, and keep them as they were given."""
        from accounts import hooks as account_hooks
        from common.database import append_only, purging
        from dossiers import hooks
        from offices.log.labels import add_words

        from . import labels
        from .ratings import keeping, panels, tokens

        add_words(labels.AREAS, labels.ACTIONS, labels.FIELDS, labels.VALUES)
        hooks.rating_links.append(tokens.link_of)
        hooks.messages.append(panels.rating_words)
        hooks.panels[hooks.Audience.OWNER].append(panels.rating_panel)
        account_hooks.exported.append(panels.ratings_of)
        purging.register(keeping.NAME, keeping.due)
        comment = ("comment", "comment_state", "comment_reason", "moderated_at", "moderated_by_id")
        append_only.register(
            "reports_rating", allowed_columns=[*comment, "noted", "noted_at", "noted_by_id", "revision"]
        )
