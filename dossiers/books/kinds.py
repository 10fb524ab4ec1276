"""What each book is called on paper, what is written into it most often, and by what its fees are counted.

Names and marks of the books of attestation follow Nghị định 23/2015/NĐ-CP (numbers run on through the year, with the
mark of the kind) and Thông tư 01/2020/TT-BTP; both are known, not compared with the published text.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from procedures.fees import Quantity
from procedures.models import Book, FeeUnit


@dataclass(frozen=True)
class Kind:
    """One kind of book: its title on paper, the mark of its volumes ('' for none), its usual documents in order.

    ``needs_id``: nothing is entered without the number of an identity paper. ``counts_papers``: the number of copies
    is that of the papers, each of which costs the fee of a dossier.
    """

    title: str
    mark: str = ""
    documents: tuple[str, ...] = ()
    needs_id: bool = False
    counts_papers: bool = False


KINDS: Mapping[str, Kind] = {
    Book.COPIES: Kind(
        "Sổ chứng thực bản sao từ bản chính",
        "SCT/BS",
        (
            "Thẻ căn cước",
            "Giấy khai sinh",
            "Bằng tốt nghiệp",
            "Giấy chứng nhận kết hôn",
            "Giấy chứng nhận quyền sử dụng đất",
            "Học bạ, bảng điểm",
            "Giấy xác nhận tình trạng hôn nhân",
            "Giấy phép lái xe",
            "Chứng chỉ",
        ),
    ),
    Book.SIGNATURES: Kind(
        "Sổ chứng thực chữ ký, chứng thực điểm chỉ",
        "SCT/CK",
        (
            "Sơ yếu lý lịch",
            "Giấy ủy quyền",
            "Giấy cam đoan",
            "Đơn đề nghị",
            "Tờ khai",
            "Bản dịch",
            "Giấy xác nhận",
            "Biên bản",
            "Hợp đồng lao động",
        ),
        needs_id=True,
        counts_papers=True,
    ),
    Book.CONTRACTS: Kind(
        "Sổ chứng thực hợp đồng, giao dịch",
        "SCT/HĐ,GD",
        (
            "Hợp đồng chuyển nhượng quyền sử dụng đất",
            "Hợp đồng tặng cho quyền sử dụng đất",
            "Hợp đồng thế chấp quyền sử dụng đất",
            "Hợp đồng ủy quyền",
            "Hợp đồng mua bán xe",
            "Hợp đồng thuê nhà",
            "Di chúc",
            "Văn bản từ chối nhận di sản",
            "Văn bản thỏa thuận phân chia di sản",
        ),
        needs_id=True,
    ),
    Book.EXTRACTS: Kind(
        "Sổ cấp bản sao trích lục hộ tịch",
        "",
        (
            "Bản sao trích lục khai sinh",
            "Bản sao Giấy khai sinh",
            "Bản sao trích lục kết hôn",
            "Bản sao trích lục khai tử",
            "Bản sao trích lục thay đổi, cải chính hộ tịch",
            "Bản sao trích lục nhận cha, mẹ, con",
            "Bản sao trích lục giám hộ",
        ),
    ),
    Book.REGISTER: Kind("Sổ cấp bản sao từ sổ gốc"),
    Book.OTHER: Kind("Sổ kết quả trả ngay"),
}


def volume(book: str, year: int) -> str:
    """Return the number of a year's volume, '01/2026-SCT/BS'; '' for books without a mark.

    A unit keeps one volume of each book a year.
    """
    mark = KINDS[book].mark
    return f"01/{year}-{mark}" if mark else ""


def full_number(book: str, year: int, number: int) -> str:
    """Return a number as it is written on the paper: '12, quyển số 01/2026-SCT/BS', without a mark '12/2026'."""
    named = volume(book, year)
    return f"{number}, quyển số {named}" if named else f"{number}/{year}"


def quantities(book: str, copies: int, pages: int) -> dict[str, Quantity]:
    """Return what the fees of an entry are counted by: pages of each copy, copies, papers that each cost a case."""
    found: dict[str, Quantity] = {FeeUnit.PAGE: pages, FeeUnit.COPY: copies}
    if KINDS[book].counts_papers:
        found[FeeUnit.DOSSIER] = copies
    return found


def document_of(book: str, typed: str) -> str:
    """Return the document that was meant: a number from 1 stands for one of the usual ones, words for themselves."""
    usual = KINDS[book].documents
    if typed.isascii() and typed.isdigit() and 1 <= int(typed) <= len(usual):
        return usual[int(typed) - 1]
    return typed
