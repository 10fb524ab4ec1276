"""The form of one required paper: what it is, how many, when it is needed, its template."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.forms.fields import LineField, TickField
from procedures.models import ProcedureVersion, RequiredPaper
from procedures.versions.template_files import ACCEPT_ATTRIBUTE, KINDS

from .conditions import condition_field
from .versions import MAX_COUNT, MAX_TIME, CountField, DraftForm, initial_of


class PaperForm(DraftForm):
    """One required paper."""

    needed = ("originals", "copies")
    more = ("show_if-more",)
    name = LineField(
        label=gettext_lazy("Name"),
        max_length=400,
        error_messages={"required": gettext_lazy("Write the name of the paper.")},
    )
    name_en = LineField(label=gettext_lazy("Name in English"), max_length=400, required=False)
    originals = CountField(label=gettext_lazy("Originals"), maximum=MAX_COUNT, required=True)
    copies = CountField(label=gettext_lazy("Copies"), maximum=MAX_COUNT, required=True)
    valid_days = CountField(
        label=gettext_lazy("How old it may be, in days"),
        maximum=MAX_TIME,
        help_text=gettext_lazy("For example 180. Leave it empty when nothing says so."),
    )
    is_required = forms.TypedChoiceField(
        label=gettext_lazy("Is it needed?"),
        coerce=lambda value: value == "True",
        widget=forms.RadioSelect,
        choices=[
            ("True", gettext_lazy("Yes, whenever its condition holds")),
            ("False", gettext_lazy("Only if there is one")),
        ],
    )
    condition = LineField(
        label=gettext_lazy("When, in words"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("People read this, for example: Khi nhờ người khác nộp thay."),
    )
    condition_en = LineField(label=gettext_lazy("When, in English"), max_length=300, required=False)
    from_form = TickField(
        label=gettext_lazy("It is made from the answers of the online form"),
        help_text=gettext_lazy("Such a paper is printed by the portal and never asked as an upload."),
    )
    may_bring_original = TickField(
        label=gettext_lazy("The applicant may bring the paper to the desk instead of sending a photo")
    )
    template_file = forms.FileField(
        label=gettext_lazy("Template to download"),
        required=False,
        allow_empty_file=True,
        max_length=500,
        widget=forms.FileInput(attrs={"accept": ACCEPT_ATTRIBUTE}),
    )
    remove_template = TickField(label=gettext_lazy("Remove the current template"))

    def __init__(
        self, *args: Any, version: ProcedureVersion, paper: RequiredPaper | None = None, **options: Any
    ) -> None:
        initial = dict(initial_of(paper, PaperForm)) if paper else {"is_required": True, "may_bring_original": True}
        initial.pop("template_file", None)
        super().__init__(*args, revision=version.revision, initial=initial, **options)
        stored = paper.show_if if paper else None
        condition = condition_field(
            version,
            stored,
            label=_("When, by the answers of the form"),
            help_text=_("Without a condition it is always asked."),
        )
        if condition is not None:
            self.fields["show_if"] = condition
            self.initial["show_if"] = stored
        kinds = ", ".join(kind.upper() for kind in KINDS)
        self.fields["template_file"].help_text = _("%(kinds)s, at most 10 MB.") % {"kinds": kinds}
        if paper is None or not paper.template_file:
            del self.fields["remove_template"]
        counts = ("originals", "copies", "valid_days")
        self.order_fields(["revision", "name", *counts, "is_required", "show_if", "condition", "from_form"])
        self.fold_english()

    def clean(self) -> dict[str, Any]:
        """What is not always needed says in words when it is."""
        cleaned = super().clean() or self.cleaned_data
        is_conditional = cleaned.get("show_if") is not None or cleaned.get("is_required") is False
        if is_conditional and not cleaned.get("condition") and "condition" not in self.errors:
            self.add_error("condition", _("Say in words when it is needed."))
        return cleaned

    def values(self) -> dict[str, Any]:
        """Return the columns; files are a matter of their own."""
        return {
            name: value for name, value in super().values().items() if name not in ("template_file", "remove_template")
        }
