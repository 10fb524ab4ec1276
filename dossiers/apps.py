from django.apps import AppConfig
from django.utils.translation import gettext_lazy

from common.database import append_only


class DossiersConfig(AppConfig):
    name = "dossiers"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Name the tables that keep what happened, a slip's PDF is added once; take part in offices and catalogue."""
        from accounts import hooks as account_hooks
        from common.database import purging
        from common.files import hashes, loose
        from offices import hooks
        from offices.log.labels import add_words
        from procedures.guiding import hooks as guiding_hooks
        from procedures.versions import procedure_editing

        from . import duties, exporting, worklist
        from .applicant import acts
        from .desk.actions.reasons import OF_UNIT
        from .filing import drafts
        from .timeline import own_filings

        add_words(
            {"national": gettext_lazy("National portal"), "book": gettext_lazy("Books")},
            {
                "unit.reasons": gettext_lazy("Ready-made reasons changed"),
                "national.import": gettext_lazy("Dossiers of the national portal entered from a file"),
                "national.export": gettext_lazy("Statuses for the national portal saved as a file"),
                "book.begin": gettext_lazy("A book goes on from one on paper"),
                "book.export": gettext_lazy("Book saved as a file"),
            },
            {action.value: label for action, label in OF_UNIT.items()}
            | {
                "period": gettext_lazy("Days"),
                "number": gettext_lazy("Number of the next entry"),
                "format": gettext_lazy("Kind of file"),
                "lines": gettext_lazy("Lines of the file"),
            },
            {},
        )
        hooks.duties.append(duties.HeldDossiers())
        hooks.unit_obstacles.append(duties.open_dossiers)
        hooks.identifier_checks.append(duties.codes_of_today)
        account_hooks.renamed.append(worklist.follow_name)
        account_hooks.exported.append(exporting.dossiers_of)
        account_hooks.closed.append(drafts.discard_all)
        account_hooks.acts.update(acts.ACTS)
        account_hooks.subjects.append(acts.subjects)
        procedure_editing.sector_changed.append(worklist.follow_sector)
        guiding_hooks.own_filings.append(own_filings.own_filings)
        purging.register("drafts", drafts.due_for_expiry)
        loose.register_field("papers", "dossiers.Paper", "file")
        loose.register_field("previews", "dossiers.Preview", "file")
        loose.register_field("slips", "dossiers.Slip", "file")
        loose.register_field("results", "dossiers.Result", "file")
        loose.register_field("talk", "dossiers.TalkFile", "file")
        for model in ("Paper", "Preview", "Slip", "Result", "TalkFile"):
            hashes.register(f"dossiers.{model}", "file")
        append_only.register("dossiers_dossierevent")
        append_only.register("dossiers_historyseal")
        append_only.register("dossiers_accessrecord")
        append_only.register("dossiers_talkentry")
        append_only.register("dossiers_talkfile", allowed_columns=["scan_state"])
        append_only.register("dossiers_slip", set_once=["file", "size", "sha256", "voided_at"])
        append_only.register("dossiers_bookentry", set_once=["cancelled_at", "cancelled_by_id", "cancelled_because"])
        # Approved: only the letter's PDF is still to come, and who received it.
        append_only.register(
            "dossiers_result",
            allowed_columns=["receiver_name", "receiver_id", "returned_at"],
            set_once=["file", "size", "sha256"],
            when="OLD.approved_at IS NOT NULL",
        )
