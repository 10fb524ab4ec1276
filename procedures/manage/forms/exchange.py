"""Forms around export and import."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.forms.adjusting import choice_of
from common.forms.screen_forms import ScreenForm
from common.text import in_order
from procedures.exchange.item import MAX_BYTES, MAX_PROCEDURES, too_large
from procedures.models import Procedure


class ExportForm(ScreenForm):
    """Which procedures, in which format.

    A file holds as many procedures as an import takes: so what goes out comes
    in again, and no download keeps a process busy for long.
    """

    use_required_attribute = False
    scope = forms.ChoiceField(
        label=gettext_lazy("Procedures"),
        error_messages={
            "required": gettext_lazy("Choose what to export."),
            "invalid_choice": gettext_lazy("Choose what to export."),
        },
    )
    format = forms.ChoiceField(
        label=gettext_lazy("Kind of file"),
        choices=[
            ("json", gettext_lazy("JSON: everything, forms and template files included; for another portal")),
            ("xlsx", gettext_lazy("Excel: information, papers, fees and steps; to read and change by hand")),
        ],
        initial="json",
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Choose the kind of file."),
            "invalid_choice": gettext_lazy("Choose the kind of file."),
        },
    )

    def __init__(self, *args: Any, procedure: Procedure | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ranges: dict[str, tuple[str, str, str]] = {}
        self.scopes: list[tuple[str, str]] = []
        if procedure is not None:
            del self.fields["scope"]
        else:
            self.scopes = self._scopes()
            choice_of(self, "scope").choices = self.scopes

    def _scopes(self) -> list[tuple[str, str]]:
        """Offer the whole catalogue and each field, in parts where they are large. One query."""
        groups: dict[str, tuple[str, list[str]]] = {"": (_("The whole catalogue"), [])}
        rows = Procedure.objects.order_by("code").values_list("sector__code", "sector__name", "code")
        for sector, name, code in in_order(rows, name=lambda row: row[1]):
            groups.setdefault(sector, (name, []))[1].append(code)
            groups[""][1].append(code)
        choices = []
        for sector, (name, codes) in groups.items():
            codes.sort()
            parts = [codes[start : start + MAX_PROCEDURES] for start in range(0, len(codes), MAX_PROCEDURES)]
            for n, part in enumerate(parts, start=1):
                value = f"{sector or '*'}.{n}"
                label = f"{name} ({len(part)})"
                if len(parts) > 1:
                    label = _("%(name)s, part %(n)d of %(parts)d: %(first)s to %(last)s") % {
                        "name": name, "n": n, "parts": len(parts), "first": part[0], "last": part[-1],
                    }  # fmt: skip
                self.ranges[value] = (sector, part[0], part[-1])
                choices.append((value, label))
        return choices

    def chosen(self) -> tuple[QuerySet[Procedure], str]:
        """Return the procedures of the chosen scope and a short name for the file."""
        value = self.cleaned_data["scope"]
        sector, first, last = self.ranges[value]
        rows = Procedure.objects.filter(code__gte=first, code__lte=last)
        if sector:
            rows = rows.filter(sector__code=sector)
        n = value.rpartition(".")[2]
        return rows, "-".join(part for part in (sector, n if n != "1" else "") if part)

    def scope_label(self) -> str:
        """Return the chosen scope in words."""
        return dict(self.scopes)[self.cleaned_data["scope"]]


class ImportForm(ScreenForm):
    """A file to be tried."""

    use_required_attribute = False
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("JSON or Excel (.xlsx) as this portal exports it, at most 10 MB and 500 procedures."),
        max_length=200,
        widget=forms.FileInput(attrs={"accept": ".json,.xlsx"}),
        error_messages={
            "required": gettext_lazy("Choose a file first."),
            "empty": gettext_lazy("The file is empty. Choose another one."),
            "max_length": gettext_lazy("The name of the file is too long. Shorten it."),
        },
    )
    overwrite = forms.BooleanField(
        label=gettext_lazy("Overwrite open drafts of colleagues; otherwise each of them is a fault"),
        required=False,
    )
    to_review = forms.BooleanField(
        label=gettext_lazy("Send the drafts to review at once; what the check finds is a fault then"),
        required=False,
    )

    def clean_file(self) -> Any:
        """Refuse what is too large before it is read."""
        upload = self.cleaned_data["file"]
        if upload.size > MAX_BYTES:
            raise forms.ValidationError(too_large())
        return upload


class ConfirmForm(forms.Form):
    """The second press: ``digest`` names the report that was read."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=64)
    digest = forms.CharField(widget=forms.HiddenInput, max_length=64)
