"""The clerk's form for what is settled in one visit: a person, a paper, a signer, nothing else is asked."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.models import Kind
from common.forms.adjusting import choice_of
from common.forms.fields import AnyIdField, FullNameField, NfcCharField, PhoneField, TickField, WholeNumberField
from common.forms.screen_forms import OnceForm
from dossiers.actions import Entry
from dossiers.books import kinds
from dossiers.books.entering import HIGHEST, Given
from dossiers.books.rules import assessed, may_sign, title_of
from dossiers.records.applicants import ApplicantData, paper_kind
from offices.models import Post, Unit
from procedures.fees import Assessment, counts
from procedures.models import FeeChannel, ProcedureVersion

from ..officer import Officer

MOST_COPIES, MOST_PAGES = 1_000, 10_000
# The boxes of the card's facts.
OF_CARD = {"full_name": "name", "personal_number": "id_number"}


class AttestForm(OnceForm):
    """One entry of a book; ``versions`` are the procedures of that book, of which one is chosen where there are more.

    What most entries need is filled in: one copy of one page, whoever signed last, the fee taken where a till is open.
    """

    name = FullNameField(label=gettext_lazy("Full name"), max_length=160)
    id_number = AnyIdField(label=gettext_lazy("Number of the identity paper"), required=False)
    procedure = forms.ChoiceField(
        label=gettext_lazy("Procedure"), error_messages={"required": gettext_lazy("Choose the procedure.")}
    )
    document = NfcCharField(
        label=pgettext_lazy("attested", "Document"),
        max_length=300,
        error_messages={"required": gettext_lazy("Enter the document, or its number in the list.")},
    )
    copies = WholeNumberField(label=pgettext_lazy("book", "Copies"), minimum=1, maximum=MOST_COPIES, initial=1)
    pages = WholeNumberField(label=gettext_lazy("Pages of each copy"), minimum=1, maximum=MOST_PAGES, initial=1)
    signer = forms.ChoiceField(label=gettext_lazy("Signed by"))
    exemption = forms.ChoiceField(label=gettext_lazy("Exempt, proof seen"), required=False)
    paid = TickField(label=gettext_lazy("Fee taken in cash"), required=False, initial=True)
    phone = PhoneField(label=gettext_lazy("Phone number"), required=False)
    note = NfcCharField(label=gettext_lazy("Note in the book"), max_length=300, required=False)
    receipt = TickField(
        label=gettext_lazy("The person asks for a receipt of the dossier"), required=False, initial=False
    )

    def __init__(
        self,
        *args: Any,
        versions: Sequence[ProcedureVersion],
        signers: Sequence[Post],
        last: tuple[str, str],
        unit: Unit,
        officer: Officer,
        has_till: bool,
        **options: Any,
    ) -> None:
        """``last`` are the signer's post and the procedure of the entry before, which are proposed again."""
        super().__init__(*args, **options)
        self.book = versions[0].book
        self.kind = kinds.KINDS[self.book]
        self.unit, self.officer = unit, officer
        self.versions = {version.procedure.code: version for version in versions}
        self.posts = {str(post.pk): post for post in signers}
        signer, code = last
        # Nothing is guessed where several are possible.
        none = [] if code in self.versions else [("", _("Choose the procedure"))]
        named = [(one_code, one.short_name) for one_code, one in self.versions.items()]
        choice_of(self, "procedure").choices = none + named
        self.initial.setdefault("procedure", code)
        choice_of(self, "signer").choices = [
            (pk, f"{post.user.get_full_name()}, {title_of(post)}") for pk, post in self.posts.items()
        ]
        if signer in self.posts:
            self.initial["signer"] = signer
        self.fields["id_number"].required = self.kind.needs_id
        if self.kind.counts_papers:
            self.fields["copies"].label = _("Number of papers")
        if self.kind.documents:
            usual = {"list": "usual-documents", "autocomplete": "off", "aria-describedby": "usual"}
            self.fields["document"].widget.attrs |= usual
        if len(versions) == 1:
            del self.fields["procedure"]
        exemptions = [
            row
            for version in versions
            for line in version.fees.all()
            for row in line.exemptions.all()
            if counts(row, FeeChannel.COUNTER, officer.day)
        ]
        if exemptions and len(versions) == 1:
            nobody = [("", _("Nobody is exempt"))]
            choice_of(self, "exemption").choices = nobody + [(str(row.pk), row.who) for row in exemptions]
        else:
            del self.fields["exemption"]
        if not has_till:
            del self.fields["paid"]

    @property
    def usual(self) -> list[tuple[int, str]]:
        """The usual documents of the book with the number that stands for each."""
        return list(enumerate(self.kind.documents, start=1))

    @property
    def main_fields(self) -> list[forms.BoundField]:
        """What every entry needs, in the order of the keys."""
        names = ("name", "id_number", "procedure", "document", "copies", "pages", "signer", "exemption", "paid")
        return [self[name] for name in names if name in self.fields]

    @property
    def rare_fields(self) -> list[forms.BoundField]:
        """What few entries need."""
        return [self[name] for name in ("note", "phone", "receipt")]

    @property
    def has_rare(self) -> bool:
        """Whether one of these is filled in, or has to be mended."""
        return any(field.value() or field.errors for field in self.rare_fields)

    def clean_document(self) -> str:
        """Put the document in the place of its number in the list."""
        return kinds.document_of(self.book, self.cleaned_data["document"])

    @property
    def version(self) -> ProcedureVersion:
        """The procedure that was chosen, else the first one."""
        code = self.cleaned_data.get("procedure", "") if self.is_bound else ""
        return self.versions.get(code) or next(iter(self.versions.values()))

    def fee(self) -> Assessment | None:
        """Return what the entry costs as far as it is typed; None where copies or pages are no numbers."""
        cleaned = getattr(self, "cleaned_data", {})
        if "copies" not in cleaned or "pages" not in cleaned:
            return None
        facts = (self.version, self.unit.pk, self.officer.day, cleaned["copies"], cleaned["pages"])
        return assessed(*facts, self.exemptions())

    def exemptions(self) -> tuple[int, ...]:
        """Return the exemptions of the same kind as the one chosen, one for each fee of the procedure."""
        chosen = self.cleaned_data.get("exemption", "")
        rows = [row for line in self.version.fees.all() for row in line.exemptions.all()]
        who = next((row.who for row in rows if str(row.pk) == chosen), None)
        return tuple(row.pk for row in rows if row.who == who)

    def given(self) -> Given:
        """Return what is to be entered."""
        cleaned, number = self.cleaned_data, self.cleaned_data.get("id_number") or ""
        applicant = ApplicantData(
            kind=Kind.CITIZEN,
            name=cleaned["name"],
            id_kind=paper_kind("", number),
            id_number=number,
            phone=cleaned.get("phone") or "",
        )
        entry = Entry(cleaned["document"], cleaned["copies"], cleaned["pages"], cleaned.get("note") or "")
        return Given(
            self.version,
            self.unit,
            applicant,
            entry,
            self.posts[cleaned["signer"]],
            self.exemptions(),
            bool(cleaned.get("receipt")),
            bool(cleaned.get("paid")),
        )

    def clean(self) -> dict[str, Any]:
        """Refuse a signer who does not sign the procedure that was chosen."""
        cleaned = super().clean() or self.cleaned_data
        post = self.posts.get(cleaned.get("signer", ""))
        if post is not None and not may_sign(post, self.version):
            self.add_error("signer", _("This person holds no post today that signs this."))
        return cleaned


class BeginForm(OnceForm):
    """Where a book goes on that was begun on paper."""

    number = WholeNumberField(
        label=gettext_lazy("Number of the next entry"),
        minimum=1,
        maximum=HIGHEST,
        help_text=gettext_lazy("One more than the last number in the book on paper. It can be set once."),
        error_messages={"required": gettext_lazy("Enter the number of the next entry.")},
    )
