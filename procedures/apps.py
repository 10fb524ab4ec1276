from collections.abc import Collection

from django.apps import AppConfig

from common.database import append_only

# Once published, a wording stays: dossiers are judged by the version they were filed under.
_FIXED = "\"status\" IN ('published', 'retired')"


class ProceduresConfig(AppConfig):
    name = "procedures"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tell offices the fields of administration, the sweep whose files these are, the database what to keep."""
        from common.database import purging
        from common.files import hashes, loose
        from offices import hooks

        from .paper import prepared
        from .versions import labels

        hooks.sectors.append(_sectors)
        labels.register()
        purging.register("printed_forms", prepared.printed_over)
        purging.register("begun_forms", prepared.begun_over)
        loose.register_field("templates", "procedures.RequiredPaper", "template_file")
        hashes.register("procedures.RequiredPaper", "template_file", "template_sha256")
        loose.register("blank-forms", _wanted_blank_forms, is_made_again=True)
        self._keep_published_rows()

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


def _sectors() -> list[tuple[str, str]]:
    """Return the fields of administration for the posts of specialists, in Vietnamese order. One query."""
    from common.text import in_order

    from .models import Sector

    return in_order(Sector.objects.values_list("code", "name").order_by("code"), name=lambda sector: sector[1])


def _wanted_blank_forms(names: Collection[str]) -> set[str]:
    """Return which stored blank forms are still offered; what makes PDFs is loaded only when it is asked."""
    from .paper import blank_forms

    return blank_forms.wanted(names)
