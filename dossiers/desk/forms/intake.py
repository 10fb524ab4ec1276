"""The clerk's forms for a declaration that came on paper."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Kind
from common.forms.adjusting import choice_of
from common.forms.checks import name_warning
from common.forms.fields import (
    AddressField,
    AnyIdField,
    MailField,
    NfcCharField,
    PartialDateField,
    PhoneField,
    TaxCodeField,
)
from common.forms.widgets import AddressWidget
from common.values.identity import birth_warning
from dossiers.actions import Forward
from dossiers.models import Channel, Delivery, Dossier, System
from dossiers.records.applicants import TAX_CODE, ApplicantData, paper_kind

from ..intake import Intake, kinds_of, known_of
from ..officer import Officer
from .origin import EarlierPart, ForwardPart, OriginPart

ORIGINAL, COPY, NOT_YET = "original", "copy", "none"


class CodeForm(forms.Form):
    """The code of a declaration, scanned or typed."""

    use_required_attribute = False
    code = NfcCharField(
        label=gettext_lazy("Code on the declaration"),
        max_length=200,
        help_text=gettext_lazy(
            "Scan the QR or type the 16 characters. Switch off Vietnamese typing (Telex, VNI) before you scan."
        ),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters", "autofocus": True}
        ),
        error_messages={"required": gettext_lazy("Scan or type the code.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper(self)
        self.helper.form_tag = False
        self.helper.no_error_summary = True


class IntakeForm(OriginPart, EarlierPart, ForwardPart):
    """Who applies, checked against the identity paper; which papers are at hand; how the result travels."""

    use_required_attribute = False
    key = forms.CharField(max_length=64, widget=forms.HiddenInput)
    kind = forms.ChoiceField(label=gettext_lazy("Who applies?"), widget=forms.RadioSelect(attrs={"class": "inline"}))
    name = NfcCharField(label=gettext_lazy("Name of the applicant"), max_length=160)
    birth = PartialDateField(label=gettext_lazy("Date of birth"), partial=True, required=False)
    sex = forms.ChoiceField(
        label=gettext_lazy("Sex"),
        required=False,
        widget=forms.RadioSelect(attrs={"class": "inline"}),
        choices=[("nam", gettext_lazy("Male")), ("nu", gettext_lazy("Female"))],
    )
    id_number = AnyIdField(label=gettext_lazy("Number of the identity paper"), required=False)
    tax_code = TaxCodeField(label=gettext_lazy("Tax code"), required=False)
    representative = NfcCharField(label=gettext_lazy("Representative"), max_length=80, required=False)
    phone = PhoneField(label=gettext_lazy("Phone number"), required=False)
    email = MailField(label=gettext_lazy("Email"), required=False)
    address = AddressField(label=gettext_lazy("Address"), widget=AddressWidget)
    checked = forms.BooleanField(
        label=gettext_lazy("I have compared these data with the identity paper, or with its copy."),
        error_messages={"required": gettext_lazy("Compare the data with the identity paper, then tick this.")},
    )
    unit = forms.ChoiceField(label=gettext_lazy("Received by"), widget=forms.RadioSelect(attrs={"class": "inline"}))
    channel = forms.ChoiceField(
        label=gettext_lazy("How did the papers come?"),
        widget=forms.RadioSelect(attrs={"class": "inline"}),
        choices=[(way, Channel(way).label) for way in (Channel.COUNTER, Channel.POST)],
    )
    delivery = forms.ChoiceField(
        label=gettext_lazy("How does the applicant receive the result?"),
        widget=forms.RadioSelect(attrs={"class": "inline"}),
        choices=[
            (Delivery.DESK, Delivery.DESK.label),
            (Delivery.POST, gettext_lazy("By post, to the address above")),
        ],
    )
    pays_on_delivery = forms.BooleanField(
        label=gettext_lazy("By post: the applicant pays the fee to the postman who brings the result"), required=False
    )

    def __init__(
        self, *args: Any, intake: Intake, officer: Officer, key: str, fee_by_post: bool, **kwargs: Any
    ) -> None:
        """``fee_by_post``: the postman could take the fee."""
        known = known_of(intake)
        kinds = kinds_of(intake.version)
        is_body = "organisation_name" in known or Kind.CITIZEN not in kinds
        body = next((kind for kind in kinds if kind != Kind.CITIZEN), Kind.CITIZEN.value)
        kwargs["initial"] = {
            "key": key,
            "kind": body if is_body else Kind.CITIZEN,
            "name": known.get("organisation_name") or known.get("full_name", ""),
            "representative": known.get("full_name", "") if is_body else "",
            "id_number": known.get("personal_number", ""),
            "unit": intake.units[0].slug,
            "channel": Channel.COUNTER,
            "delivery": Delivery.DESK,
        } | {name: known.get(name, "") for name in ("birth", "sex", "tax_code", "phone", "email", "address")}
        super().__init__(*args, **kwargs)
        self.intake = intake
        here = intake.units[0]
        self.offer_origin(here, officer.now)
        self.offer_forward(Dossier(version=intake.version, received_by=here, unit=here), officer)
        choice_of(self, "kind").choices = [(kind, Kind(kind).label) for kind in kinds]
        choice_of(self, "unit").choices = [(unit.slug, unit.name) for unit in intake.units]
        if intake.version.needs_presence:
            # They sign there and are handed the result there.
            choice_of(self, "delivery").choices = [(Delivery.DESK, Delivery.DESK.label)]
        if intake.version.needs_presence or not fee_by_post:
            del self.fields["pays_on_delivery"]
        if kinds == [Kind.CITIZEN]:
            for name in ("kind", "tax_code", "representative"):
                del self.fields[name]
        if len(intake.units) == 1:
            del self.fields["unit"]
        for paper in intake.papers:
            self.fields[paper_field(paper)] = forms.ChoiceField(
                label=paper.name,
                help_text=paper.condition,
                widget=forms.RadioSelect(attrs={"class": "inline"}),
                choices=[(ORIGINAL, _("Original")), (COPY, _("A copy")), (NOT_YET, _("Not there"))],
                # The signed declaration is what lies on the desk.
                initial=NOT_YET if intake.is_brought(paper) else ORIGINAL,
                error_messages={"required": _("Say whether this paper is there: %(name)s") % {"name": paper.name}},
            )
        self.helper = FormHelper(self)
        self.helper.form_tag = False
        self.helper.no_error_summary = True

    @property
    def person_fields(self) -> list[forms.BoundField]:
        """The applicant's fields, in order."""
        names = (
            "kind", "name", "birth", "sex", "id_number", "tax_code", "representative", "phone", "email", "address",
            "checked",
        )  # fmt: skip
        return [self[name] for name in names if name in self.fields]

    @property
    def paper_fields(self) -> list[forms.BoundField]:
        """One field per paper."""
        return [self[paper_field(paper)] for paper in self.intake.papers]

    @property
    def way_fields(self) -> list[forms.BoundField]:
        """Where the papers came from and where the result goes."""
        return [self[name] for name in ("unit", "channel", "delivery", "pays_on_delivery") if name in self.fields]

    @property
    def seldom_fields(self) -> list[forms.BoundField]:
        """What is folded away: where it was entered before, when it was received, who decides."""
        others = [field for field in self.forward_fields if field.name == "competent"]
        return [*self.origin_fields, *self.earlier_fields, *others]

    def clean(self) -> dict[str, Any]:
        """Require the number that fits the kind of applicant, and every compulsory paper."""
        cleaned = super().clean() or self.cleaned_data
        kind = cleaned.get("kind") or Kind.CITIZEN.value
        number = "id_number" if kind == Kind.CITIZEN else "tax_code"
        if not cleaned.get(number) and number not in self.errors:
            self.add_error(number, _("Enter the number on the paper."))
        for paper in self.intake.papers:
            # Those of the national portal's dossiers lie there.
            is_here = cleaned.get("external_system") != System.NATIONAL
            is_needed = is_here and paper.is_required and self.intake.is_brought(paper)
            if is_needed and cleaned.get(paper_field(paper)) == NOT_YET:
                self.add_error(
                    paper_field(paper),
                    _("Without this paper the dossier is not complete. Tell the applicant to bring it: %(name)s")
                    % {"name": paper.name},
                )
        return cleaned

    @property
    def warning(self) -> str:
        """A hint when number, birth and sex do not fit each other, or the name is one word; never a refusal."""
        data = self.cleaned_data if self.is_bound and hasattr(self, "cleaned_data") else self.initial
        name, number, birth, sex = (str(data.get(part) or "") for part in ("name", "id_number", "birth", "sex"))
        is_person = (data.get("kind") or Kind.CITIZEN) == Kind.CITIZEN
        return birth_warning(number, birth, sex) or (name_warning(name) if is_person else "")

    def intake_data(self) -> dict[str, Any]:
        """Return what :func:`~dossiers.desk.intake.take_in` needs."""
        cleaned = self.cleaned_data
        said = {paper.key: cleaned[paper_field(paper)] for paper in self.intake.papers}
        units = {unit.slug: unit for unit in self.intake.units}
        unit = units[cleaned.get("unit") or self.intake.units[0].slug]
        forward = self.forward()
        if forward is not None and unit != self.intake.units[0]:
            # The colleagues offered are those of the first unit.
            forward = Forward()
        return {
            "unit": unit,
            "competent": self.other_unit() or unit,
            "origin": self.origin(),
            "at": self.legal_time,
            "late_reason": cleaned["late_reason"],
            "forward": forward,
            "channel": cleaned["channel"],
            "delivery": cleaned["delivery"],
            "pays_on_delivery": cleaned["delivery"] == Delivery.POST and bool(cleaned.get("pays_on_delivery")),
            "applicant": self.applicant(),
            "received": [key for key, what in said.items() if what != NOT_YET],
            "copies": [key for key, what in said.items() if what == COPY],
        }

    def applicant(self) -> ApplicantData:
        """Return the applicant as checked at the desk."""
        cleaned = self.cleaned_data
        kind = cleaned.get("kind") or Kind.CITIZEN.value
        common: dict[str, Any] = {name: cleaned.get(name) or "" for name in ("name", "phone", "email")}
        if kind == Kind.CITIZEN:
            number = cleaned["id_number"]
            return ApplicantData(
                kind=kind,
                birth=cleaned.get("birth") or "",
                sex=cleaned.get("sex") or "",
                id_kind=paper_kind("", number),
                id_number=number,
                address=cleaned["address"],
                **common,
            )
        person = {
            "name": cleaned.get("representative") or "",
            "position": "",
            "id_number": cleaned.get("id_number") or "",
            "phone": "",
        }
        return ApplicantData(
            kind=kind,
            id_kind=TAX_CODE,
            id_number=cleaned["tax_code"],
            address=cleaned["address"],
            representative=person if person["name"] else None,
            **common,
        )


def of_card(form: IntakeForm) -> dict[str, str]:
    """Return the boxes that an identity card fills in, by its facts: of an organisation those of who acts for it."""
    if form.data.get("kind", Kind.CITIZEN) != Kind.CITIZEN:
        return {"full_name": "representative", "personal_number": "id_number"}
    return {"full_name": "name", "personal_number": "id_number", "birth": "birth", "sex": "sex", "address": "address"}


def paper_field(paper: Any) -> str:
    """Return the name of a paper's field."""
    return f"paper-{paper.n}"
