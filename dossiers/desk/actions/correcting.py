"""Correcting a received dossier at the desk: one form with what stands there, only what differs is corrected."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Kind, Sex
from common.forms.adjusting import choice_of
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
from common.text import in_order
from dossiers import actions
from dossiers.actions.amending.righting import others_acted
from dossiers.actions.readiness import deliveries, schema_of
from dossiers.filing.renewal import carry
from dossiers.models import Channel, Delivery, PaperKind, SlipKind, Status
from dossiers.records.applicants import TAX_CODE, paper_kind
from dossiers.records.papers import NOT_FILES, present
from dossiers.table import Action
from dossiers.workflow import ActionBase
from procedures.catalogue import effective_level, offering_of, version_of
from procedures.models import Offering, ProcedureVersion
from procedures.models.names import short_name
from procedures.papers import is_brought

from .base import DeskAction, ReasonForm

TEXTS = ("name", "birth", "sex", "phone", "email")
KINDS = (PaperKind.ORIGINAL_RECEIVED, PaperKind.COPY_RECEIVED, PaperKind.ORIGINAL_PROMISED)

NOT_THERE = "none"


class CorrectForm(ReasonForm):
    """What was received, to be corrected; the ID number is typed only when it is wrong."""

    for_action = Action.CORRECT
    name = NfcCharField(label=gettext_lazy("Name of the applicant"), max_length=160)
    birth = PartialDateField(label=gettext_lazy("Date of birth"), partial=True, required=False)
    sex = forms.ChoiceField(
        label=gettext_lazy("Sex"),
        required=False,
        widget=forms.RadioSelect(attrs={"class": "inline"}),
        choices=Sex.choices,
    )
    id_number = AnyIdField(label=gettext_lazy("Number of the identity paper"), required=False)
    tax_code = TaxCodeField(label=gettext_lazy("Tax code"), required=False)
    phone = PhoneField(label=gettext_lazy("Phone number"), required=False)
    email = MailField(label=gettext_lazy("Email"), required=False)
    address = AddressField(label=gettext_lazy("Address"), widget=AddressWidget, required=False)
    delivery = forms.ChoiceField(
        label=gettext_lazy("How does the applicant receive the result?"),
        widget=forms.RadioSelect(attrs={"class": "inline"}),
    )
    postal_address = AddressField(
        label=gettext_lazy("Address for the postman"), widget=AddressWidget(allow_elsewhere=False), required=False
    )
    procedure = forms.ChoiceField(
        label=gettext_lazy("Procedure"),
        required=False,
        help_text=gettext_lazy("Another procedure counts its own time, from the first reception, and has its own fee."),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        dossier, applicant = self.dossier, self.dossier.applicant
        is_person = applicant.kind == Kind.CITIZEN
        shown = {name: getattr(applicant, name) for name in (*TEXTS, "address")}
        # Who changes to the post is mostly at home where the dossier says.
        posted = (dossier.delivery_address or {}).get("address") or applicant.address or {}
        shown |= {
            "delivery": dossier.delivery or Delivery.DESK,
            "postal_address": posted if "commune" in posted else None,
        }
        self.fields["reason"].help_text = _("The applicant reads this.")
        for name in ("birth", "sex", "id_number") if not is_person else ("tax_code",):
            del self.fields[name]
        number = self.fields["id_number" if is_person else "tax_code"]
        if applicant.id_number:
            number.help_text = _("Leave it empty to keep %(number)s.") % {"number": applicant.masked_number}
        self._offer_ways()
        self._offer_papers()
        self._offer_procedures()
        for name, value in shown.items():
            if name in self.fields:
                self.initial.setdefault(name, value)

    def _offer_ways(self) -> None:
        dossier = self.dossier
        offering = offering_of(dossier.version.procedure_id, dossier.unit_id, self.officer.day)
        level = effective_level(dossier.version, offering) if offering and dossier.channel == Channel.ONLINE else 0
        ways = deliveries(level, needs_presence=dossier.version.needs_presence)
        ways += [dossier.delivery] if dossier.delivery and dossier.delivery not in ways else []
        choice_of(self, "delivery").choices = [(way, Delivery(way).label) for way in ways]
        if Delivery.POST not in ways:
            del self.fields["postal_address"]

    def _offer_papers(self) -> None:
        """One choice for each paper of the list, how it lies at the desk; one query."""
        dossier, self.papers = self.dossier, {}
        at_desk = {paper.required_id: paper.kind for paper in present(dossier) if paper.kind in NOT_FILES}
        for paper in dossier.version.papers.all():
            kind = at_desk.get(paper.pk, "")
            if not is_brought(dossier.version, paper) and not kind:
                continue
            name = f"paper-{paper.n}"
            self.papers[name] = paper.key
            self.fields[name] = forms.ChoiceField(
                label=paper.name,
                required=False,
                widget=forms.RadioSelect(attrs={"class": "inline"}),
                choices=[*((one, PaperKind(one).label) for one in KINDS), (NOT_THERE, _("Not at the desk"))],
            )
            self.initial.setdefault(name, kind or NOT_THERE)

    def _offer_procedures(self) -> None:
        """Offer the procedures of the unit while nobody else has acted; two queries then."""
        own, day = self.dossier.version, self.officer.day
        self.versions: dict[str, int] = {}
        if self.dossier.status != Status.RECEIVED or others_acted(self.dossier, self.officer.user):
            del self.fields["procedure"]
            return
        offerings = Offering.objects.on(day).filter(unit=self.dossier.unit_id)
        rows = ProcedureVersion.objects.in_force(day).filter(procedure__offerings__in=offerings)
        names: dict[str, str] = {}
        for pk, code, name in rows.order_by("number").values_list("pk", "procedure__code", "name"):
            self.versions[code], names[code] = pk, f"{short_name(name)} ({code})"
        self.versions.pop(own.procedure.code, None)
        self.initial.setdefault("procedure", own.procedure.code)
        names[own.procedure.code] = f"{own.short_name} ({own.procedure.code})"
        ordered: list[tuple[str, str]] = in_order(list(names.items()), name=lambda each: each[1])
        choice_of(self, "procedure").choices = ordered

    @property
    def person_fields(self) -> list[forms.BoundField]:
        """Who applies."""
        names = (*TEXTS[:3], "id_number", "tax_code", *TEXTS[3:], "address")
        return [self[name] for name in names if name in self.fields]

    @property
    def way_fields(self) -> list[forms.BoundField]:
        """How the result travels."""
        return [self[name] for name in ("delivery", "postal_address") if name in self.fields]

    @property
    def paper_fields(self) -> list[forms.BoundField]:
        """How each paper lies at the desk."""
        return [self[name] for name in self.papers]

    @property
    def reason_fields(self) -> list[forms.BoundField]:
        """Why it is corrected."""
        return [self[name] for name in ("ready", "reason") if name in self.fields]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("delivery") == Delivery.POST and not cleaned.get("postal_address"):
            if "postal_address" not in self.errors:
                self.add_error("postal_address", _("Enter where the postman brings the result."))
        return cleaned

    def action(self) -> ActionBase:
        cleaned, dossier = self.cleaned_data, self.dossier
        columns: dict[str, Any] = {name: cleaned[name] or "" for name in TEXTS if name in cleaned}
        columns["address"] = cleaned.get("address") or None
        number = cleaned.get("id_number") or cleaned.get("tax_code")
        if number:
            kind = TAX_CODE if "tax_code" in self.fields else ""
            columns |= {"id_number": number, "id_kind": paper_kind(kind, number)}
        way, address = cleaned["delivery"], None
        if way == Delivery.POST:
            address, typed = dossier.delivery_address or {}, cleaned["postal_address"]
            if address.get("address") != typed:
                told = {name: address.get(name) or columns[name] for name in ("name", "phone")}
                address = told | {"address": typed}
        is_chosen = bool(dossier.delivery) or way != Delivery.DESK
        pays = way == Delivery.POST and dossier.pays_on_delivery
        return actions.Correct(
            reason=cleaned["whole_reason"],
            applicant=columns,
            delivery=actions.Return(way, address, pays_on_delivery=pays) if is_chosen else None,
            papers={
                key: "" if cleaned[name] == NOT_THERE else cleaned[name]
                for name, key in self.papers.items()
                if cleaned[name]
            },
            procedure=self._other_procedure(cleaned.get("procedure", "")),
        )

    def _other_procedure(self, code: str) -> actions.OtherProcedure | None:
        if code not in self.versions:
            return None
        version = version_of(self.versions[code])
        old, new = schema_of(self.dossier.version), schema_of(version)
        done = self.dossier.completed_sections
        carried = carry(old, new, self.dossier.answers, done, today=self.dossier.filed_day)
        return actions.OtherProcedure(version, carried.answers, carried.done)


CORRECT = DeskAction(
    actions.Correct,
    CorrectForm,
    gettext_lazy("Correct the dossier"),
    gettext_lazy(
        "Change what is wrong, leave the rest. The history keeps old and new; a new receipt names the void one."
    ),
    gettext_lazy("Correct"),
    key="E",
    slip=SlipKind.RECEIPT,
    fields="desk/_correct_fields.html",
)
