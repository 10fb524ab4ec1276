"""Who can sign in to the demonstration; the one list that the loader, ``make run`` and README follow."""

from dataclasses import dataclass, field

from accounts.models import Kind
from offices.models import Role

PASSWORD = "demo-mot-cua-2026"  # noqa: S105
XUAN_BAC, XUAN_LOC = "xuan-bac", "xuan-loc"
# Fields of administration by the section that handles them; a section without fields takes what is left.
CIVIL_STATUS = ("ho-tich", "chung-thuc", "nuoi-con-nuoi", "hoa-giai-o-co-so", "boi-thuong", "khieu-nai")
LAND = ("dat-dai", "moi-truong", "nong-nghiep", "trong-trot")


@dataclass(frozen=True)
class PostOf:
    """A post that an account holds; ``rest`` takes the fields that nobody else of the unit handles."""

    unit: str
    role: str
    title: str
    sectors: tuple[str, ...] = ()
    rest: bool = False


@dataclass(frozen=True)
class Account:
    """One demonstration account; ``who`` says in a few words what it is for.

    Birth and sex of an organisation or enterprise are those of its head.
    """

    email: str
    name: str
    who: str
    kind: str = Kind.CITIZEN
    number: str = ""
    birth: str = ""
    sex: str = ""
    tax_code: str = ""
    phone: str = ""
    home: str = ""
    commune: str = "26428"
    # Who stands at the head of an organisation or enterprise: name, position, number and phone.
    head: dict[str, str] = field(default_factory=dict)
    # The organisation that the person acts for, by its address, and as what.
    acts_for: str = ""
    position: str = ""
    post: PostOf | None = None


ACCOUNTS = (
    Account(
        "cong-dan@example.com", "Nguyễn Thị Mai", "a citizen", number="075199000011", birth="1999-05-27", sex="nu",
        phone="0912000011", home="Số 27, ấp 3",
    ),
    Account(
        "cong-dan-2@example.com", "Lê Văn Hòa", "another citizen", number="075099000022", birth="1999-11-03", sex="nam",
        phone="0912000022", home="Số 118, ấp 1",
    ),
    Account(
        "to-chuc@example.com", "Hội Khuyến học xã Xuân Bắc", "an organisation", Kind.ORGANISATION, phone="02513000033",
        birth="1966-04-09", sex="nam", home="Trường Tiểu học Xuân Bắc, ấp 2",
        head={
            "full_name": "Lê Minh Khánh", "position": "Chủ tịch Hội", "phone": "0912000066",
            "personal_number": "075066000066",
        },
    ),
    Account(
        "doanh-nghiep@example.com", "Công ty TNHH Nông sản Xuân Lộc", "an enterprise", Kind.ENTERPRISE,
        tax_code="0314409058", phone="02513000044", birth="1980-02-14", sex="nam", home="Số 9, khu 2", commune="26425",
        head={
            "full_name": "Nguyễn Văn Thịnh", "position": "Giám đốc", "phone": "0912000055",
            "personal_number": "075080000055",
        },
    ),
    Account(
        "thanh-vien@example.com", "Võ Thị Ngọc Hân", "acts for the organisation", number="075191000077",
        birth="1991-08-15", sex="nu", phone="0912000077", home="Số 41, ấp 2",
        acts_for="to-chuc@example.com", position="Thư ký Hội",
    ),
    Account(
        "tiep-nhan@example.com", "Phạm Thị Thanh Tâm", "reception clerk, Xuân Bắc",
        post=PostOf(XUAN_BAC, Role.CLERK, "Cán bộ tiếp nhận"),
    ),
    Account(
        "chuyen-mon@example.com", "Trần Văn Mẫn", "specialist for civil status, Xuân Bắc",
        post=PostOf(XUAN_BAC, Role.SPECIALIST, "Tư pháp – Hộ tịch", CIVIL_STATUS),
    ),
    Account(
        "lanh-dao@example.com", "Đỗ Minh Quân", "leader, Xuân Bắc",
        post=PostOf(XUAN_BAC, Role.LEADER, "Phó Chủ tịch Ủy ban nhân dân xã"),
    ),
    Account(
        "thu-ngan@example.com", "Vũ Thị Hạnh", "cashier, Xuân Bắc", post=PostOf(XUAN_BAC, Role.CASHIER, "Kế toán")
    ),
    Account(
        "kiem-toan@example.com", "Phan Thị Mỹ Dung", "auditor, Xuân Bắc",
        post=PostOf(XUAN_BAC, Role.AUDITOR, "Kiểm toán nội bộ"),
    ),
    Account(
        "cong-bo@example.com", "Bùi Quốc Việt", "publisher, Xuân Bắc",
        post=PostOf(XUAN_BAC, Role.PUBLISHER, "Kiểm soát thủ tục hành chính"),
    ),
    Account(
        "cong-bo-2@example.com", "Ngô Thị Lan Anh", "second publisher, Xuân Bắc",
        post=PostOf(XUAN_BAC, Role.PUBLISHER, "Văn phòng HĐND và UBND"),
    ),
    Account(
        "tiep-nhan-2@example.com", "Hoàng Thị Ngọc Bích", "reception clerk, Xuân Lộc",
        post=PostOf(XUAN_LOC, Role.CLERK, "Cán bộ tiếp nhận"),
    ),
    Account(
        "quan-tri@example.com", "Đặng Hữu Phước", "administrator",
        post=PostOf(XUAN_BAC, Role.ADMINISTRATOR, "Quản trị hệ thống"),
    ),
)  # fmt: skip

# They hold posts so that every field is covered; nobody signs in as them.
COLLEAGUES = (
    Account("dia-chinh.xuan-bac@example.com", "Lý Văn Sơn", "", post=PostOf(
        XUAN_BAC, Role.SPECIALIST, "Địa chính – Xây dựng", LAND)),
    Account("van-hoa.xuan-bac@example.com", "Mai Thị Kim Oanh", "", post=PostOf(
        XUAN_BAC, Role.SPECIALIST, "Văn hóa – Xã hội", rest=True)),
    Account("tu-phap.xuan-loc@example.com", "Trịnh Công Thành", "", post=PostOf(
        XUAN_LOC, Role.SPECIALIST, "Tư pháp – Hộ tịch", CIVIL_STATUS)),
    Account("van-hoa.xuan-loc@example.com", "Dương Thị Thu Hà", "", post=PostOf(
        XUAN_LOC, Role.SPECIALIST, "Văn hóa – Xã hội", rest=True)),
    Account("lanh-dao.xuan-loc@example.com", "Cao Văn Thắng", "", post=PostOf(
        XUAN_LOC, Role.LEADER, "Chủ tịch Ủy ban nhân dân xã")),
    Account("thu-ngan.xuan-loc@example.com", "Tạ Thị Bích Liên", "", post=PostOf(
        XUAN_LOC, Role.CASHIER, "Kế toán")),
)  # fmt: skip


def account_lines() -> list[str]:
    """Return the accounts as lines for a terminal, the password first."""
    width = max(len(account.email) for account in ACCOUNTS)
    lines = [f"Demo accounts, password {PASSWORD}:"]
    lines += [f"  {account.email.ljust(width)}  {account.who}" for account in ACCOUNTS]
    return lines
