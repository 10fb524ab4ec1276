"""Check that no retired Vietnamese word is back: in the catalogue's Vietnamese, in templates, in the seed or in Python.

One thing has one name; what the name replaced stands here. Tests and migrations are left out: they may type anything.
Prints one line per finding and ends with 1 when there is any.
"""

import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = "locale/vi/LC_MESSAGES/django.po"
KINDS = ("*.html", "*.txt", "*.js", "*.json", "*.py")
LEFT_OUT = {"tests", "migrations", "var", "node_modules"}
SEED = "procedures/data/catalogue.json"

# Pattern, what to write instead, and the file in which the law, or a format of before, may say it.
RETIRED: tuple[tuple[str, str, str], ...] = (
    ("thư điện tử", "email", SEED),
    ("đường dẫn", "liên kết", ""),
    ("thực đơn", "menu", ""),
    ("trang đầu", "trang chủ", ""),
    ("kí tự", "ký tự", ""),
    (r"(?:9|12) số\b", "… chữ số", ""),
    ("nhiều nhất", "tối đa", ""),
    ("biểu mẫu", "tờ khai (filled in), mẫu đơn (blank)", SEED),
    ("bản soạn thảo", "bản nháp", ""),
    ("sự kiện trong đời", "nhóm sự kiện", ""),
    ("diễn biến", "quá trình giải quyết", ""),
    ("(?-i:bộ phận một cửa|bộ phận Một cửa|Bộ phận một cửa)", "Bộ phận Một cửa", ""),
    ("(?:trễ|muộn) hạn", "quá hạn", ""),
    ("tin báo", "thông báo", ""),
    ("chưa phải làm gì", "chưa cần làm gì", ""),
    (r"(?:đã |\A)chép\b|chép (?:lại|địa chỉ)", "sao chép, nhập lại", ""),
    (r"trả (?:phí|lệ phí)\b", "nộp phí, lệ phí", ""),
    ("phiên làm việc", "phiên đăng nhập", ""),
    ("lý do có sẵn", "lý do soạn sẵn", ""),
    ("thủ tục thủ tục", "thủ tục …, in lower case", ""),
    (r"không (?:sau|trước) hôm nay", "hôm nay hoặc ngày đã qua, hôm nay hoặc ngày sau đó", ""),
    ("quản trị viên", "người quản trị", ""),
    ("người công bố", "người quản lý thủ tục", ""),
    ("thu ngân", "cán bộ thu phí", ""),
    ("thủ quỹ", "cán bộ thu phí", "procedures/exchange/excel.py"),
    ("chuyên viên", "công chức chuyên môn", "procedures/exchange/excel.py"),
    (r"(?<!công chức )(?:cán bộ|do|cho) chuyên môn", "công chức chuyên môn", ""),
    ("(?:giao|thu hồi) vị trí", "phân công, hủy phân công", ""),
    (r"(?:cử|có) người thay\b", "người làm thay", ""),
    ("(?:xóa|xoá|khóa|khoá|hủy|huỷ) tài khoản", "đóng tài khoản", ""),
    # A bank locks its customer's account.
    (
        r"(?<!thẻ hoặc )tài khoản (?:này |của [^.:;]{1,30} )?(?:(?:đã|bị|được) ){1,2}(?:xóa|khóa|hủy)\b",
        "tài khoản đã đóng",
        "",
    ),
)
PATTERNS = tuple((re.compile(pattern, re.IGNORECASE), instead, allowed) for pattern, instead, allowed in RETIRED)


def findings(name: str, lines: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Yield `where: “word”: what to write` for every retired word in lines, each with its place in the file."""
    for place, text in lines:
        for pattern, instead, allowed in PATTERNS:
            if name != allowed and (hit := pattern.search(text)):
                yield f"{name}:{place}: “{hit[0].strip()}”: write {instead}"


def messages() -> Iterator[tuple[str, str]]:
    """Yield every Vietnamese text of the catalogue with its message."""
    with (ROOT / CATALOGUE).open("rb") as file:
        for message in read_po(file):
            texts = [message.string] if isinstance(message.string, str) else list(message.string or ())
            name = message.id if isinstance(message.id, str) else message.id[0]
            yield from ((f"“{name[:60]}”", text) for text in texts if name)


def lines_of(path: Path) -> Iterator[tuple[str, str]]:
    """Yield the lines of a file with their numbers."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        yield str(number), line


def main() -> int:
    """Check the catalogue and every file that may hold Vietnamese."""
    found = list(findings(CATALOGUE, messages()))
    for path in sorted(path for kind in KINDS for path in ROOT.rglob(kind)):
        name = path.relative_to(ROOT)
        if not LEFT_OUT.intersection(name.parts) and not name.parts[0].startswith("."):
            found += findings(name.as_posix(), lines_of(path))
    print("\n".join(found) if found else "No retired word is back.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
