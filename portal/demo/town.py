"""The demonstration's two communes: units, sections, hours, days off, offerings and people."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.utils.crypto import get_random_string

from accounts.models import Assurance, Kind, Member, Representative, User
from common.clock import LOCAL, local_day
from common.values.working_time import OfficeCalendar
from offices.calendar.holidays import load_holidays
from offices.calendar.office_calendar import calendar_of
from offices.models import CalendarYear, Holiday, Post, Role, Unit, UnitKind
from offices.units.hours import parse_hours, set_hours
from procedures.catalogue import offer_all
from procedures.models import Sector
from procedures.seed import import_catalogue

from .accounts import ACCOUNTS, COLLEAGUES, PASSWORD, XUAN_BAC, XUAN_LOC, Account
from .people import Person

SINCE = date(2025, 7, 1)
SECTIONS = ("Tư pháp – Hộ tịch", "Địa chính – Xây dựng", "Văn hóa – Xã hội", "Kế toán")
UNITS = (
    {
        "slug": XUAN_BAC,
        "name": "Ủy ban nhân dân xã Xuân Bắc",
        "short_name": "Xã Xuân Bắc",
        "identifier": "000.00.16.H19",
        "division_code": "26428",
        "address": "Ấp 2, xã Xuân Bắc, tỉnh Đồng Nai",
        "phone": "0251 3000 001",
        "email": "mot-cua@xuanbac.example",
        "hours": "T2-T6 7:00-11:30, 13:00-17:00",
    },
    {
        "slug": XUAN_LOC,
        "name": "Ủy ban nhân dân xã Xuân Lộc",
        "short_name": "Xã Xuân Lộc",
        "identifier": "000.00.17.H19",
        "division_code": "26425",
        "address": "Khu 1, xã Xuân Lộc, tỉnh Đồng Nai",
        "phone": "0251 3000 002",
        "email": "mot-cua@xuanloc.example",
        "hours": "T2-T6 7:00-11:30, 13:00-17:00; T7 7:00-11:00",
    },
)
# So many days ago a unit opened to filing, and still brings over what was under way; the others began with the portal.
JUST_OPENED = {XUAN_LOC: 20}
# Days off that fall on the same date every year, for years beyond the stock of days off.
FIXED_DAYS_OFF = (
    (1, 1, "Tết Dương lịch"),
    (4, 30, "Ngày Chiến thắng"),
    (5, 1, "Quốc tế Lao động"),
    (9, 2, "Quốc khánh"),
    (11, 24, "Ngày Văn hóa Việt Nam"),
)


@dataclass
class Commune:
    """A unit with its officers by role and its calendar."""

    unit: Unit
    calendar: OfficeCalendar
    opened: datetime
    officers: dict[str, list[User]] = field(default_factory=dict)
    specialists: list[tuple[User, Post]] = field(default_factory=list)

    def officer(self, role: str) -> User:
        """Return the first officer of a role."""
        return self.officers[role][0]

    def specialist(self, sector: str) -> User:
        """Return a specialist who covers a field."""
        return next(user for user, post in self.specialists if post.covers(sector))


@dataclass
class Town:
    """Both communes, the accounts by e-mail and the other inhabitants who have got an account so far."""

    communes: dict[str, Commune]
    accounts: dict[str, User]
    residents: list[User] = field(default_factory=list)


def build(now: datetime) -> Town:
    """Make everything that dossiers need; call inside a transaction on empty tables."""
    load_holidays(now)
    enter_years_around(now)
    import_catalogue(now=now)
    town = Town({row["slug"]: make_commune(row, now) for row in UNITS}, {})
    # Colleagues have accepted their invitations too, but nobody knows what they chose.
    password, unknown = make_password(PASSWORD), make_password(get_random_string(32))
    for account in ACCOUNTS:
        town.accounts[account.email] = make_account(account, password, now)
    for account in COLLEAGUES:
        town.accounts[account.email] = make_account(account, unknown, now)
    for account in (*ACCOUNTS, *COLLEAGUES):
        give_post(account, town)
        join(account, town, now)
    return town


def enter_years_around(now: datetime) -> None:
    """Enter the fixed days off of years that the stock does not reach, so that a later demonstration has terms."""
    year = local_day(now).year
    for missing in sorted({year - 1, year, year + 1} - set(CalendarYear.objects.values_list("year", flat=True))):
        Holiday.objects.bulk_create(
            Holiday(day=date(missing, month, day), name=name) for month, day, name in FIXED_DAYS_OFF
        )
        CalendarYear.objects.create(year=missing, entered_at=now)


def make_commune(row: dict[str, str], now: datetime) -> Commune:
    """Make a commune with its sections, hours and offerings, open to filing."""
    facts = {name: value for name, value in row.items() if name != "hours"}
    since = local_day(now) - timedelta(days=JUST_OPENED[row["slug"]]) if row["slug"] in JUST_OPENED else SINCE
    opened = datetime.combine(since, time(7), LOCAL)
    unit = Unit.objects.create(kind=UnitKind.COMMUNE, filing_since=opened, **facts)
    set_hours(unit, parse_hours(row["hours"]))
    for n, name in enumerate(SECTIONS, start=1):
        Unit.objects.create(parent=unit, kind=UnitKind.DEPARTMENT, slug=f"{unit.slug}-{n}", name=name, short_name=name)
    offer_all(unit, since=SINCE)
    return Commune(unit, calendar_of(unit, around=now), opened)


def make_account(account: Account, password: str, now: datetime) -> User:
    """Make a confirmed account with a given password hash."""
    is_citizen = account.kind == Kind.CITIZEN
    user = User.objects.create_user(
        full_name=account.name,
        email=account.email,
        kind=account.kind,
        personal_number=account.number,
        birth=account.birth if is_citizen else "",
        sex=account.sex if is_citizen else "",
        tax_code=account.tax_code,
        phone=account.phone,
        address=None if account.post else {"province": "75", "commune": account.commune, "detail": account.home},
        assurance=Assurance.VERIFIED if account.number else Assurance.DECLARED,
        date_joined=now,
    )
    User.objects.filter(pk=user.pk).update(password=password)
    EmailAddress.objects.create(user=user, email=account.email, verified=True, primary=True)
    if not is_citizen:
        Representative.objects.create(account=user, **account.head)
    return user


def give_post(account: Account, town: Town) -> None:
    """Give an account its post and note the officer in the commune."""
    if account.post is None:
        return
    commune, user = town.communes[account.post.unit], town.accounts[account.email]
    post = Post.objects.create(
        user=user,
        unit=commune.unit,
        role=account.post.role,
        title=account.post.title,
        sectors=rest_of(account) if account.post.rest else list(account.post.sectors),
        valid_from=SINCE,
        for_all=account.post.role == Role.ADMINISTRATOR,
    )
    commune.officers.setdefault(post.role, []).append(user)
    if post.role == Role.SPECIALIST:
        commune.specialists.append((user, post))


def join(account: Account, town: Town, now: datetime) -> None:
    """Let an account act for its organisation, as one that was invited and has accepted."""
    if account.acts_for:
        Member.objects.create(
            organisation=town.accounts[account.acts_for],
            person=town.accounts[account.email],
            address=account.email,
            position=account.position,
            invited_at=now,
            accepted_at=now,
        )


def rest_of(account: Account) -> list[str]:
    """Return the fields that no other specialist of the unit handles."""
    others = {
        code
        for other in (*ACCOUNTS, *COLLEAGUES)
        if other.post and account.post and other.post.unit == account.post.unit
        for code in other.post.sectors
    }
    return sorted(set(Sector.objects.values_list("code", flat=True)) - others)


def make_resident(town: Town, person: Person, now: datetime) -> User:
    """Make an inhabitant's account; every third has no e-mail, as those made at the desk."""
    n = len(town.residents) + 1
    user = User.objects.create_user(
        full_name=person.name,
        email="" if n % 3 == 0 else f"nguoi-dan-{n}@example.com",
        personal_number=person.number,
        birth=person.birth,
        sex=person.sex,
        phone=person.phone,
        address=person.address,
        assurance=Assurance.VERIFIED,
        date_joined=now,
    )
    town.residents.append(user)
    return user


def person_of(user: User) -> Person:
    """Return an account as the person who fills in forms: of an organisation its head."""
    known: dict[str, Any] = {"phone": user.phone, "email": user.email or "", "address": user.address}
    if user.kind == Kind.CITIZEN:
        return Person(name=user.full_name, birth=user.birth, sex=user.sex, number=user.personal_number, **known)
    head = user.representative
    account = next(account for account in ACCOUNTS if account.email == user.email)
    return Person(
        name=head.full_name,
        birth=account.birth,
        sex=account.sex,
        number=head.personal_number,
        organisation=user.full_name,
        position=head.position,
        tax_code=user.tax_code,
        **known,
    )
