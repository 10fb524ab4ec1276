from django.apps import AppConfig

from common.database import append_only


class ReportsConfig(AppConfig):
    name = "reports"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Give the log its words; keep what happened to feedback, and take part in offices, accounts and the desk."""
        from accounts import hooks as account_hooks
        from common.database import purging
        from common.files import hashes, loose
        from dossiers import hooks as dossier_hooks
        from offices import hooks
        from offices.log.labels import add_words

        from . import labels
        from .feedback import keeping
        from .feedback.desk.cases import home_count

        add_words(labels.AREAS, labels.ACTIONS, labels.FIELDS, labels.VALUES)
        hooks.duties.append(keeping.HeldFeedback())
        hooks.unit_obstacles.append(keeping.open_feedback)
        account_hooks.exported.append(keeping.feedback_of)
        dossier_hooks.home_counts.append(home_count)
        purging.register("feedback", keeping.due_for_forgetting)
        loose.register_field("feedback", "reports.FeedbackFile", "file")
        hashes.register("reports.FeedbackFile", "file")
        append_only.register("reports_feedbackevent", allowed_columns=["public_text", "internal_text"])
        append_only.register("reports_feedbackreading")
