"""People who use the portal: citizens, organisations, enterprises and officers."""

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from common.secret import EncryptedField, EncryptedJSONField, blind_index
from common.text import nfc

from .querysets import UserManager


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


class User(AbstractBaseUser):
    """An account; signs in with e-mail, personal number or tax code.

    The personal number rests encrypted beside a blind index; ``birth`` is a
    partial ISO date ('1950', '1950-03', '1950-03-27').
    """

    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.CITIZEN)
    full_name = models.CharField(max_length=160)
    # Null, not empty, when there is none: the address is unique.
    email = models.EmailField(max_length=254, null=True, blank=True)  # noqa: DJ001
    birth = models.CharField(max_length=10, blank=True, default="")
    sex = models.CharField(max_length=3, choices=Sex.choices, blank=True, default="")
    personal_number = EncryptedField(blank=True, default="")
    personal_number_index = models.CharField(max_length=43, blank=True, default="", db_index=True, editable=False)
    tax_code = models.CharField(max_length=14, blank=True, default="", db_index=True)
    phone = models.CharField(max_length=16, blank=True, default="")
    # {"province": code, "commune": code, "detail": text} or {"elsewhere": text}
    address = EncryptedJSONField(null=True, blank=True)
    assurance = models.CharField(max_length=8, choices=Assurance.choices, default=Assurance.DECLARED)
    language = models.CharField(max_length=2, default="vi")
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField()
    # Sessions made before this moment have ended (password or posts changed).
    sessions_valid_from = models.DateTimeField(null=True, blank=True)

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

    def get_full_name(self) -> str:
        """Return the name as shown on screens and slips."""
        return self.full_name

    @property
    def masked_number(self) -> str:
        """The personal number with all but the last three digits hidden; empty when none."""
        return "•" * 9 + self.personal_number[-3:] if self.personal_number else ""


class Representative(models.Model):
    """The person who acts for an organisation or enterprise account."""

    account = models.OneToOneField(User, on_delete=models.CASCADE, related_name="representative")
    full_name = models.CharField(max_length=80)
    position = models.CharField(max_length=80, blank=True, default="")
    personal_number = EncryptedField(blank=True, default="")
    phone = models.CharField(max_length=16, blank=True, default="")

    def __str__(self) -> str:
        return self.full_name
