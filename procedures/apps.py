from django.apps import AppConfig

from common.database import append_only, stamps

# Once published, a wording stays: dossiers are judged by the version they were filed under.
_FIXED = "\"status\" IN ('published', 'retired')"
# The same of a row that belongs to a version.
_OF_FIXED = (
    'EXISTS (SELECT 1 FROM "procedures_procedureversion" "version" '
    f'WHERE "version"."id" = "version_id" AND "version".{_FIXED})'
)
# What the pages for everybody are made of beside versions.
_SHOWN = (
    "checkliststep",
    "lifeevent",
    "offering",
    "offeringfee",
    "procedure",
    "procedure_life_events",
    "procedure_related",
    "procedurefigures",
    "sector",
    "signpost",
    "signpost_procedures",
    "titleword",
)


class ProceduresConfig(AppConfig):
    name = "procedures"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tell offices the fields of administration, the sweep whose files these are, the database what to keep."""
        from common.database import purging
        from common.files import hashes, loose
        from offices import hooks

        from . import catalogue
        from .manage import opening
        from .paper import blank_forms, prepared
        from .versions import labels

        hooks.sectors.append(catalogue.sectors)
        hooks.opening_checks.append(opening.checks)
        labels.register()
        purging.register("printed_forms", prepared.printed_over)
        purging.register("begun_forms", prepared.begun_over)
        loose.register_field("templates", "procedures.RequiredPaper", "template_file")
        hashes.register("procedures.RequiredPaper", "template_file", "template_sha256")
        loose.register("blank-forms", blank_forms.wanted, is_made_again=True)
        self._keep_published_rows()
        self._tell_changes()

    def _keep_published_rows(self) -> None:
        """Name the tables whose published rows the database keeps as they are."""
        append_only.register(
            "procedures_procedureversion",
            allowed_columns=["status", "effective_until", "retired_at", "retirement_reason", "successor_id"],
            when=f"OLD.{_FIXED}",
        )
        for child in ("requiredpaper", "feeline", "procedurestep"):
            append_only.register(
                f"procedures_{child}",
                parent=append_only.Parent("procedures_procedureversion", "version_id", _FIXED),
            )
        append_only.register(
            "procedures_feeexemption", parent=append_only.Parent("procedures_feeline", "line_id", _OF_FIXED)
        )

    def _tell_changes(self) -> None:
        """Name the tables whose changes readers are told of; work on a draft changes nothing that anybody sees."""
        for name in _SHOWN:
            stamps.watch(f"procedures_{name}")
        stamps.watch("procedures_procedureversion", when=f"{{row}}.{_FIXED}")
        of_version = append_only.Parent("procedures_procedureversion", "version_id", _FIXED).matches("{row}")
        for child in ("requiredpaper", "feeline", "procedurestep"):
            stamps.watch(f"procedures_{child}", when=of_version)
        of_line = append_only.Parent("procedures_feeline", "line_id", _OF_FIXED).matches("{row}")
        stamps.watch("procedures_feeexemption", when=of_line)
