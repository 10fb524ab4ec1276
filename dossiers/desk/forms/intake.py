"""The counter's page: who applies, which papers are there, how they came, the fee."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Kind
from common.files.uploads import Accepted, accept
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
from common.refusals import Refused
from common.values.identity import birth_warning
from dossiers.actions import Forward, Letter
from dossiers.hooks import CounterFee
from dossiers.models import Channel, Delivery, Dossier, System
from dossiers.records.applicants import TAX_CODE, ApplicantData, paper_kind
from dossiers.records.papers import Handed
from offices.models import Unit
from procedures.models import RequiredPaper

from ..counter.intake import Intake, Taking, kinds_of, known_of
from ..officer import Officer
from .origin import EarlierPart, ForwardPart, LetterPart, OriginPart
from .papers import COPY, DETAILS, NOT_YET, paper_field, paper_fields_of


class StartForm(forms.Form):
    """The first box: the code of a declaration, scanned or typed, or words for a procedure."""

    use_required_attribute = False
    what = NfcCharField(
        label=gettext_lazy("Procedure, or the code of a declaration"),
        max_length=200,
        help_text=gettext_lazy(
            "Type a few words or the procedure's code. Or scan the QR of a declaration; switch off Vietnamese typing "
            "(Telex, VNI) before you scan."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autofocus": True}),
        error_messages={"required": gettext_lazy("Type words for the procedure, or scan a code.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper(self)
        self.helper.form_tag = False
        self.helper.no_error_summary = True


class IntakeForm(LetterPart, OriginPart, EarlierPart, ForwardPart):
    """Who applies, checked against the identity paper; which papers are at hand; the fee; how the result travels."""

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
    position = NfcCharField(label=gettext_lazy("Position of the representative"), max_length=80, required=False)
    address = AddressField(label=gettext_lazy("Address"), widget=AddressWidget)
    email = MailField(label=gettext_lazy("Email"), required=False)
    # Right before the tick: after a card was scanned the hand goes from here to there.
    phone = PhoneField(label=gettext_lazy("Phone number"), required=False)
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
        self,
        *args: Any,
        intake: Intake,
        officer: Officer,
        key: str,
        fee_by_post: bool = False,
        fee: CounterFee | None = None,
        twin: Dossier | None = None,
        channel: str = Channel.COUNTER,
        **kwargs: Any,
    ) -> None:
        """``fee_by_post``: the postman could take the fee. ``twin`` is an open dossier of the same person."""
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
            "channel": channel,
            "delivery": Delivery.DESK,
        } | {name: known.get(name, "") for name in ("birth", "sex", "tax_code", "phone", "email", "address")}
        super().__init__(*args, **kwargs)
        self.intake, self.fee, self.twin, self.now = intake, fee, twin, officer.now
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
            for name in ("kind", "tax_code", "representative", "position"):
                del self.fields[name]
        if len(intake.units) == 1:
            del self.fields["unit"]
        if twin is not None:
            self.fields["again"] = forms.BooleanField(
                label=_("This is another matter: take it in as a further dossier."),
                error_messages={
                    "required": _("Look at the open dossier %(code)s first, then say that this is another matter.")
                    % {"code": twin.code}
                },
            )
        for paper in intake.papers:
            self.fields |= paper_fields_of(intake, paper)
        self.fields |= dict(fee.fields) if fee is not None else {}
        self.helper = FormHelper(self)
        self.helper.form_tag = False
        self.helper.no_error_summary = True

    @property
    def person_fields(self) -> list[forms.BoundField]:
        """The applicant's fields, in order."""
        names = (
            "kind", "name", "birth", "sex", "id_number", "tax_code", "representative", "position", "address", "email",
            "phone", "checked", "again",
        )  # fmt: skip
        return [self[name] for name in names if name in self.fields]

    @property
    def paper_fields(self) -> list[forms.BoundField]:
        """One field per paper: whether and as what it is there."""
        return [self[paper_field(paper)] for paper in self.intake.papers]

    @property
    def paper_details(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The name of each paper with what may be said of it besides: how many, number, day, scans."""
        return [
            (paper.name, [self[f"{paper_field(paper)}-{part}"] for part in DETAILS]) for paper in self.intake.papers
        ]

    @property
    def way_fields(self) -> list[forms.BoundField]:
        """Where the papers came from and where the result goes."""
        return [self[name] for name in ("unit", "delivery", "pays_on_delivery") if name in self.fields]

    @property
    def is_by_post(self) -> bool:
        """Whether the page is about papers that came by post."""
        return self["channel"].value() == Channel.POST

    @property
    def fee_fields(self) -> list[forms.BoundField]:
        """The boxes of the fee."""
        return [self[name] for name in self.fee.fields] if self.fee is not None else []

    @property
    def fee_rows(self) -> list[tuple[str, str]]:
        """What the fee is for, by what the boxes say now."""
        return self.fee.rows(self._fee_cleaned()) if self.fee is not None else []

    @property
    def fee_total(self) -> str:
        """The sum, by what the boxes say now."""
        return self.fee.total(self._fee_cleaned()) if self.fee is not None else ""

    def _fee_cleaned(self) -> dict[str, Any]:
        """Return the fee's boxes, cleaned; of a page that was not sent what they begin with."""
        if self.fee is None:
            return {}
        if not self.is_bound or not hasattr(self, "cleaned_data"):
            return {name: field.initial for name, field in self.fee.fields.items()}
        return {name: self.cleaned_data.get(name) for name in self.fee.fields}

    @property
    def begins_at_card(self) -> bool:
        """Whether the page begins at the box for the card: nobody is known yet."""
        return not self["name"].value()

    @property
    def says_more_of_papers(self) -> bool:
        """Whether something was said of a paper besides that it is there."""
        return any(field.value() or field.errors for _name, fields in self.paper_details for field in fields)

    def begin(self) -> None:
        """Let the page begin where the hand goes next: at the phone of a known person, else at the tick."""
        if not self.begins_at_card:
            self.fields["checked" if self["phone"].value() else "phone"].widget.attrs["autofocus"] = True

    @property
    def seldom_fields(self) -> list[forms.BoundField]:
        """What is folded away: where it was entered before, when it was received, who decides."""
        others = [field for field in self.forward_fields if field.name == "competent"]
        return [*self.origin_fields, *self.earlier_fields, *others]

    def clean(self) -> dict[str, Any]:
        """Require the number that fits the kind of applicant, and every compulsory paper; then check the scans."""
        cleaned = super().clean() or self.cleaned_data
        kind = cleaned.get("kind") or Kind.CITIZEN.value
        number = "id_number" if kind == Kind.CITIZEN else "tax_code"
        if not cleaned.get(number) and number not in self.errors:
            self.add_error(number, _("Enter the number on the paper."))
        for paper in self.intake.papers:
            self._clean_paper(paper, cleaned)
        is_letter = cleaned.get("channel") == Channel.POST
        if is_letter and cleaned.get("came_at") is None:
            # Its moment may stand in the box of what was received earlier.
            cleaned["came_at"] = cleaned.get("at")
        # What was under way before the opening came when it came.
        self.clean_letter(is_letter=is_letter and cleaned.get("external_system") != System.BEFORE)
        self._clean_fee()
        self.scans = list(self._accepted()) if not self.errors else []
        if self.errors and self.files:
            self.add_error(None, _("Choose the scans again: a browser forgets them."))
        return cleaned

    def _clean_fee(self) -> None:
        """Let the fee be that of the unit, the channel and the day which the page says; refuse to take another sum."""
        if self.fee is None:
            return
        cleaned, origin = self.cleaned_data, self.origin()
        unit = self.unit_chosen()
        columns: dict[str, Any] = {"channel": cleaned.get("channel") or Channel.COUNTER} | origin.columns()
        imagined = self.intake.imagined(self.now)
        imagined.received_by, imagined.unit = unit, self.other_unit() or unit
        imagined.channel, imagined.submitted_at = columns["channel"], origin.filed_at or self.came()
        self.fee.look_at(imagined)
        if self.errors:
            return
        if self.paid_there() and self.fee.choice(self._fee_cleaned()).is_taken:
            self.add_error("external_paid", _("Nothing is to be paid now. Untick the box."))
            return
        try:
            self.fee.require_shown(self._fee_cleaned(), self.data.get("fee-shown", ""))
        except Refused as refused:
            self.add_error(refused.field, refused.message)

    def unit_chosen(self) -> Unit:
        """Return the unit that receives the dossier."""
        units = {unit.slug: unit for unit in self.intake.units}
        return units.get(self.cleaned_data.get("unit", "")) or self.intake.units[0]

    def came(self) -> datetime | None:
        """Return when the papers were received, None for now; a letter when its hand-over was signed."""
        is_letter = self.cleaned_data.get("channel") == Channel.POST
        return self.cleaned_data.get("came_at") if is_letter else self.legal_time

    def _clean_paper(self, paper: RequiredPaper, cleaned: dict[str, Any]) -> None:
        name = paper_field(paper)
        if cleaned.get(name) != NOT_YET:
            return
        # Those of the national portal's dossiers lie there.
        if self.intake.is_needed(paper) and cleaned.get("external_system") != System.NATIONAL:
            words = _("Without this paper the dossier is not complete. Tell the applicant to bring it: %(name)s")
            self.add_error(name, words % {"name": paper.name})
        elif any(cleaned.get(f"{name}-{part}") for part in ("number", "dated", "scans")):
            self.add_error(name, _("Say whether this paper is there: %(name)s") % {"name": paper.name})

    def _accepted(self) -> Iterator[tuple[str, Accepted]]:
        for paper in self.intake.papers:
            name = f"{paper_field(paper)}-scans"
            for upload in self.cleaned_data.get(name) or ():
                try:
                    yield paper.key, accept(upload, now=self.now)
                except Refused as refused:
                    self.add_error(name, refused.message)

    @property
    def warning(self) -> str:
        """A hint when number, birth and sex do not fit each other, or the name is one word; never a refusal."""
        data = self.cleaned_data if self.is_bound and hasattr(self, "cleaned_data") else self.initial
        name, number, birth, sex = (str(data.get(part) or "") for part in ("name", "id_number", "birth", "sex"))
        is_person = (data.get("kind") or Kind.CITIZEN) == Kind.CITIZEN
        return birth_warning(number, birth, sex) or (name_warning(name) if is_person else "")

    def taking(self) -> Taking:
        """Return what :func:`~dossiers.desk.counter.intake.register` needs."""
        cleaned, applicant = self.cleaned_data, self.applicant()
        unit, forward = self.unit_chosen(), self.forward()
        if forward is not None and unit != self.intake.units[0]:
            # The colleagues offered are those of the first unit.
            forward = Forward()
        is_letter = cleaned["channel"] == Channel.POST
        return Taking(
            unit=unit,
            channel=cleaned["channel"],
            delivery=cleaned["delivery"],
            applicant=applicant,
            papers=tuple(self._handed()),
            scans=tuple(self.scans),
            pays_on_delivery=cleaned["delivery"] == Delivery.POST and bool(cleaned.get("pays_on_delivery")),
            letter=Letter(cleaned["sender"] or applicant.name, cleaned["item"]) if is_letter else None,
            at=self.came(),
            competent=self.other_unit(),
            origin=self.origin(),
            fee_paid_vnd=self.paid_there() or None,
            late_reason=cleaned["late_reason"],
            forward=forward,
            fee=self.fee,
            fee_cleaned=self._fee_cleaned(),
        )

    def _handed(self) -> Iterator[Handed]:
        for paper in self.intake.papers:
            name = paper_field(paper)
            what = self.cleaned_data[name]
            if what != NOT_YET:
                count, number, dated = (self.cleaned_data[f"{name}-{part}"] for part in ("count", "number", "dated"))
                yield Handed(paper.key, what == COPY, count or 0, number, dated)

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
            "position": cleaned.get("position") or "",
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
