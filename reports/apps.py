from django.apps import AppConfig

from common.database import append_only


class ReportsConfig(AppConfig):
    name = "reports"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Give the log its words; take part below; keep what people told as they gave it."""
        from accounts import hooks as account_hooks
        from common.database import purging, stamps
        from common.files import hashes, loose
        from dossiers import hooks as dossier_hooks
        from offices import hooks
        from offices.log.labels import add_words

        from . import labels
        from .feedback import keeping
        from .feedback.desk.cases import home_count
        from .ratings import keeping as rating_keeping
        from .ratings import panels, tokens

        stamps.watch("reports_visitcount")
        add_words(labels.AREAS, labels.ACTIONS, labels.FIELDS, labels.VALUES)
        hooks.duties.append(keeping.HeldFeedback())
        hooks.unit_obstacles.append(keeping.open_feedback)
        account_hooks.exported.append(keeping.feedback_of)
        account_hooks.exported.append(panels.ratings_of)
        dossier_hooks.home_counts.append(home_count)
        dossier_hooks.rating_links.append(tokens.link_of)
        dossier_hooks.messages.append(panels.rating_words)
        dossier_hooks.panels[dossier_hooks.Audience.OWNER].append(panels.rating_panel)
        purging.register("feedback", keeping.due_for_forgetting)
        purging.register(rating_keeping.NAME, rating_keeping.due)
        loose.register_field("feedback", "reports.FeedbackFile", "file")
        hashes.register("reports.FeedbackFile", "file")
        append_only.register("reports_feedbackevent", allowed_columns=["public_text", "internal_text"])
        append_only.register("reports_feedbackreading")
        comment = ("comment", "comment_state", "comment_reason", "moderated_at", "moderated_by_id")
        append_only.register(
            "reports_rating", allowed_columns=[*comment, "noted", "noted_at", "noted_by_id", "revision"]
        )
