"""Who asks: the applicant's data as frozen when a dossier is submitted or taken in."""

from dataclasses import dataclass
from typing import Any

from accounts.models import Kind, User
from common.secret import blind_index
from common.text import fold

from .models import Applicant, Dossier

PERSONAL_NUMBER = "personal_number"
TAX_CODE = "tax_code"


def number_index(number: str) -> str:
    """Return the blind index by which an applicant's ID or tax number is found."""
    return blind_index("applicant_number", number)


@dataclass(frozen=True)
class ApplicantData:
    """Facts about an applicant before they are frozen.

    ``birth`` is a partial ISO date, ``id_kind`` one of personal_number,
    tax_code or a field value of the counter form; ``address`` and
    ``representative`` have the shapes of :class:`~dossiers.models.Applicant`.
    """

    kind: str
    name: str
    birth: str = ""
    sex: str = ""
    id_kind: str = ""
    id_number: str = ""
    phone: str = ""
    email: str = ""
    address: dict[str, Any] | None = None
    representative: dict[str, Any] | None = None

    def freeze(self, dossier: Dossier) -> Applicant:
        """Write the one applicant row of a dossier; call inside the action's transaction."""
        return Applicant.objects.create(
            dossier=dossier,
            kind=self.kind,
            name=self.name,
            search_name=fold(self.name)[:160],
            birth=self.birth,
            sex=self.sex,
            id_kind=self.id_kind,
            id_number=self.id_number,
            number_index=number_index(self.id_number),
            phone=self.phone,
            email=self.email,
            address=self.address,
            representative=self.representative,
        )


def data_of_account(user: User) -> ApplicantData:
    """Return the applicant's data as the account states them; one query for a representative."""
    is_citizen = user.kind == Kind.CITIZEN
    number = user.personal_number if is_citizen else user.tax_code
    return ApplicantData(
        kind=user.kind,
        name=user.full_name,
        birth=user.birth if is_citizen else "",
        sex=user.sex if is_citizen else "",
        id_kind=(PERSONAL_NUMBER if is_citizen else TAX_CODE) if number else "",
        id_number=number,
        phone=user.phone,
        email=user.email or "",
        address=user.address,
        representative=None if is_citizen else _representative(user),
    )


def _representative(user: User) -> dict[str, Any] | None:
    person = getattr(user, "representative", None)
    if person is None:
        return None
    return {
        "name": person.full_name,
        "position": person.position,
        "id_number": person.personal_number,
        "phone": person.phone,
    }
