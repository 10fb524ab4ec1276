from django.apps import AppConfig

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
        from procedures.versions import procedure_editing

        from . import duties, worklist
        from .filing import drafts

        hooks.duties.append(duties.HeldDossiers())
        hooks.unit_obstacles.append(duties.open_dossiers)
        hooks.identifier_checks.append(duties.codes_of_today)
        account_hooks.renamed.append(worklist.follow_name)
        procedure_editing.sector_changed.append(worklist.follow_sector)
        purging.register("drafts", drafts.due_for_expiry)
        loose.register_field("papers", "dossiers.Paper", "file")
        loose.register_field("slips", "dossiers.Slip", "file")
        loose.register_field("results", "dossiers.Result", "file")
        for model in ("Paper", "Slip", "Result"):
            hashes.register(f"dossiers.{model}", "file")
        append_only.register("dossiers_dossierevent")
        append_only.register("dossiers_historyseal")
        append_only.register("dossiers_accessrecord")
        append_only.register("dossiers_slip", set_once=["file", "size", "sha256"])
        # Approved: only the letter's PDF is still to come, and who received it.
        append_only.register(
            "dossiers_result",
            allowed_columns=["receiver_name", "receiver_id", "returned_at"],
            set_once=["file", "size", "sha256"],
            when="OLD.approved_at IS NOT NULL",
        )
