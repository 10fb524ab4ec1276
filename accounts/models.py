"""People who use the portal: citizens, organisations, enterprises and officers."""

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from common.secret import EncryptedField, EncryptedJSONField, blind_index
from common.text import nfc
from common.values.identity import masked

from .querysets import MemberQuerySet, UserManager


class Kind(models.TextChoices):
    """Who an account stands for; officers are citizens who hold a post."""

    CITIZEN = "citizen", _("Citizen")
    ORGANISATION = "organisation", _("Organisation")
    ENTERPRISE = "enterprise", _("Enterprise")


class Assurance(models.TextChoices):
    """How surely the portal knows the person; a typed number proves nothing."""

    DECLARED = "declared", _("Declared")
    VERIFIED = "verified", _("Checked at the desk")


class Sex(models.TextChoices):
    """Sex as written on identity papers."""

    MALE = "nam", _("Male")
    FEMALE = "nu", _("Female")


class IdKind(models.TextChoices):
    """The identity paper a person has; values as in the answers of forms."""

    PERSONAL = "can_cuoc", _("Identity card or personal number (12 digits)")
    CARD = "cmnd", _("Old identity card (9 digits)")
    PASSPORT = "ho_chieu", _("Passport")
    NONE = "khong_co", _("No identity paper")


class User(AbstractBaseUser):
    """An account; signs in with e-mail, the number of an identity paper, or tax code.

    The personal number is stored encrypted beside a blind index; the number of
    an old card or passport, for those who have no personal number, likewise in
    ``id_number``. ``birth`` is a partial ISO date ('1950', '1950-03', '1950-03-27').
    """

    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.CITIZEN)
    full_name = models.CharField(max_length=160)
    # Null, not empty, when there is none: the address is unique.
    email = models.EmailField(max_length=254, null=True, blank=True)  # noqa: DJ001
    birth = models.CharField(max_length=10, blank=True, default="")
    sex = models.CharField(max_length=3, choices=Sex.choices, blank=True, default="")
    personal_number = EncryptedField(blank=True, default="")
    personal_number_index = models.CharField(max_length=43, blank=True, default="", db_index=True, editable=False)
    # '' until somebody says which; can_cuoc goes with personal_number, cmnd and ho_chieu with id_number.
    id_kind = models.CharField(max_length=8, choices=IdKind.choices, blank=True, default="")
    id_number = EncryptedField(blank=True, default="")
    id_number_index = models.CharField(max_length=43, blank=True, default="", db_index=True, editable=False)
    tax_code = models.CharField(max_length=14, blank=True, default="", db_index=True)
    phone = models.CharField(max_length=16, blank=True, default="")
    # {"province": code, "commune": code, "detail": text} or {"elsewhere": text}
    address = EncryptedJSONField(null=True, blank=True)
    # {fact: {"value", "text"}} learned from a form with the owner's consent; see remembering.py.
    details = EncryptedJSONField(null=True, blank=True)
    # When the owner said whether forms may be learned from; null until asked.
    details_answered_at = models.DateTimeField(null=True, blank=True)
    assurance = models.CharField(max_length=8, choices=Assurance.choices, default=Assurance.DECLARED)
    language = models.CharField(max_length=2, default="vi")
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField()
    # Sessions made before this moment have ended (password or posts changed).
    sessions_valid_from = models.DateTimeField(null=True, blank=True)

    # The membership by which somebody acts for this account in a request (accounts/acting); None for who is signed in.
    acting: "Member | None" = None

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["full_name"]

    objects = UserManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_once"),
            models.UniqueConstraint(
                fields=["personal_number_index"],
                condition=Q(assurance="verified") & ~Q(personal_number_index=""),
                name="user_verified_number_once",
            ),
        ]

    def __str__(self) -> str:
        return self.full_name

    def set_password(self, raw_password: str | None) -> None:
        """Hash a password in its composed form: keyboards differ in how they write accents."""
        super().set_password(None if raw_password is None else nfc(raw_password))

    def check_password(self, raw_password: str | None) -> bool:
        """Compare a password in its composed form; beyond 128 characters none fits."""
        return raw_password is not None and len(raw_password) <= 128 and super().check_password(nfc(raw_password))

    def set_personal_number(self, number: str) -> None:
        """Set the number and its blind index together."""
        self.personal_number = number
        self.personal_number_index = blind_index("personal_number", number)

    def set_identity(self, kind: str, number: str) -> None:
        """Set the one identity paper: a kind of :class:`IdKind` and its number in the stored form."""
        is_personal = kind == IdKind.PERSONAL
        self.id_kind = kind
        self.set_personal_number(number if is_personal else "")
        self.id_number = "" if is_personal or kind == IdKind.NONE else number
        self.id_number_index = blind_index("id_number", self.id_number)

    @property
    def identity_number(self) -> str:
        """The number of the person's identity paper; empty when none is known."""
        return self.personal_number or self.id_number

    @property
    def identity_kind(self) -> str:
        """The kind of paper that ``identity_number`` belongs to; empty when nothing is known."""
        return IdKind.PERSONAL.value if self.personal_number else self.id_kind

    def get_full_name(self) -> str:
        """Return the name as shown on screens and slips."""
        return self.full_name

    @property
    def person(self) -> "User":
        """Who really acts: the account itself, or in a request for an organisation the member of it."""
        return self.acting.person if self.acting is not None and self.acting.person is not None else self

    @property
    def signature(self) -> str:
        """The name under what is done, at most 160 characters: of an organisation with the person who acts for it."""
        if self.person is self:
            return self.full_name
        who = f" ({self.person.full_name})"[:100]
        return self.full_name[: 160 - len(who)] + who

    @cached_property
    def acts_for(self) -> frozenset[int]:
        """Keys of the organisations that the person acts for. One query, asked once."""
        return frozenset(Member.objects.acting().filter(person=self).values_list("organisation", flat=True))

    @property
    def masked_number(self) -> str:
        """The number of the identity paper with all but the last three digits hidden; empty when none."""
        return masked(self.identity_number)


class Representative(models.Model):
    """The person who acts for an organisation or enterprise account."""

    account = models.OneToOneField(User, on_delete=models.CASCADE, related_name="representative")
    full_name = models.CharField(max_length=80)
    position = models.CharField(max_length=80, blank=True, default="")
    personal_number = EncryptedField(blank=True, default="")
    phone = models.CharField(max_length=16, blank=True, default="")

    def __str__(self) -> str:
        return self.full_name


class Member(models.Model):
    """Somebody who may act for an organisation or enterprise: invited by its own account, accepted, one day ended.

    ``address`` is where the invitation went; only an account with this confirmed address accepts it. ``token_hash``
    is the SHA-256 of the link's secret, empty once it was used. A row that was accepted stays for good.
    """

    organisation = models.ForeignKey(User, on_delete=models.PROTECT, related_name="members")
    person = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="memberships")
    address = models.EmailField(max_length=254, blank=True, default="")
    # What the person is to the organisation, in its own words; stands beside the name on papers.
    position = models.CharField(max_length=80, blank=True, default="")
    token_hash = models.CharField(max_length=64, blank=True, default="", db_index=True)
    invited_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects = MemberQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "person"], condition=Q(ended_at=None), name="member_once"),
            models.UniqueConstraint(
                "organisation", Lower("address"), condition=Q(ended_at=None), name="member_address_once"
            ),
            models.CheckConstraint(condition=Q(accepted_at=None) | Q(person__isnull=False), name="member_is_somebody"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id}: {self.person_id or '-'}"


class ActingRecord(models.Model):
    """Something that a member did for an organisation: ``what`` is the page's name, ``subject`` the dossier's ref."""

    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="records")
    at = models.DateTimeField()
    what = models.CharField(max_length=60)
    subject = models.CharField(max_length=40, blank=True, default="")

    def __str__(self) -> str:
        return f"{self.what} {self.subject}"
