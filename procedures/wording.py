# ruff: noqa: E501 – whole sentences stay on their line
"""Words for the catalogue that comes with the portal, where its data are terse or in English.

All texts are data in Vietnamese, not interface messages.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

SECTOR_CODES = {
    "Đăng ký, quản lý cư trú": "cu-tru",
    "Thành lập và hoạt động doanh nghiệp (hộ kinh doanh)": "ho-kinh-doanh",
    "Thành lập và hoạt động của tổ hợp tác": "to-hop-tac",
    "Tín ngưỡng, tôn giáo": "ton-giao",
    "Thi đua - khen thưởng": "khen-thuong",
    "Giáo dục mầm non": "mam-non",
    "Khiếu nại, tố cáo": "khieu-nai",
    "Bồi thường nhà nước": "boi-thuong",
}

CONDITIONS = {
    "only when someone else files": "Khi nhờ người khác nộp thay",
    "abandoned child": "Khi trẻ bị bỏ rơi",
    "surrogacy": "Khi trẻ sinh ra do mang thai hộ",
    "parents married and not found in the database": "Khi cha mẹ đã kết hôn mà không tra được trên hệ thống",
    "officials and armed forces": "Với cán bộ, công chức, viên chức, người trong lực lượng vũ trang",
    "only when the database has no answer": "Khi không tra được trên hệ thống",
    "death long ago and no death notice": "Khi người đó chết đã lâu và không có giấy báo tử",
    "last residence unknown": "Khi không xác định được nơi cư trú cuối cùng",
    "no medical confirmation": "Khi không có văn bản của cơ quan y tế, giám định",
    "appointed guardian": "Khi người giám hộ được cử",
    "natural guardian": "Khi là người giám hộ đương nhiên",
    "formerly married": "Khi đã ly hôn, hoặc vợ/chồng đã chết",
    "re-issue or other purpose": "Khi xin cấp lại, hoặc dùng vào mục đích khác",
    "not when death is imminent": "Trừ khi người lập di chúc bị đe dọa tính mạng",
    "filed by relatives or heirs": "Khi người thân hoặc người thừa kế yêu cầu",
    "not found in databases": "Khi không tra được trên hệ thống",
    "joining family": "Khi về ở cùng gia đình",
    "after divorce": "Khi tách hộ sau ly hôn",
    "persons under supervision": "Với người đang bị giám sát, quản lý",
    "reassessment": "Khi xác định lại mức độ khuyết tật",
    "founded by several family members": "Khi nhiều thành viên hộ gia đình cùng thành lập",
}
OPTIONAL_CONDITION = "Nếu có"
IDENTITY_CONDITION = "Xuất trình khi không tra được trên hệ thống; không phải nộp lại"

FEE_UNITS = {
    "per dossier": "hồ sơ",
    "per copy": "bản sao",
    "per confirmation": "văn bản xác nhận",
    "per page (2.000 đồng/trang; từ trang thứ 3: 1.000 đồng/trang; tối đa 200.000 đồng/bản)": (
        "trang; từ trang thứ 3: 1.000 đồng/trang; tối đa 200.000 đồng/bản"
    ),
    "per case": "trường hợp",
    "per transaction": "giao dịch",
    "per will": "di chúc",
    "per document": "văn bản",
    "per registration": "lần đăng ký",
}

# Amounts of the provincial councils: shown as a guide that each installation replaces.
LOCAL_FEES = frozenset(
    "khai-sinh khai-sinh-nhan-cha-me-con dang-ky-lai-khai-sinh khai-sinh-nguoi-da-co-giay-to dang-ky-lai-ket-hon khai-tu "
    "dang-ky-lai-khai-tu nhan-cha-me-con cai-chinh-ho-tich xac-nhan-tinh-trang-hon-nhan thanh-lap-ho-kinh-doanh "
    "thay-doi-ho-kinh-doanh tam-ngung-ho-kinh-doanh cham-dut-ho-kinh-doanh".split()
)

_AFTERNOON = "Nộp sau 15 giờ mà chưa giải quyết được ngay thì có kết quả trong ngày làm việc tiếp theo."
PROCESSING_NOTES = {
    "khai-sinh": _AFTERNOON,
    "khai-sinh-nhan-cha-me-con": "Cần xác minh thì thêm không quá 05 ngày làm việc.",
    "ket-hon": "Cần xác minh điều kiện kết hôn thì không quá 05 ngày làm việc.",
    "khai-tu": _AFTERNOON,
    "nhan-cha-me-con": "Cần xác minh thì thêm không quá 05 ngày làm việc.",
    "cai-chinh-ho-tich": "Cần xác minh thì thêm không quá 03 ngày làm việc; bổ sung thông tin giải quyết trong ngày.",
    "trich-luc-ho-tich": _AFTERNOON,
    "lien-thong-khai-sinh": "Phải hoàn thiện hồ sơ theo yêu cầu của Công an hoặc BHXH thì thêm không quá 02 ngày làm việc.",
    "chung-thuc-ban-sao": "Nhận sau 15 giờ thì có kết quả trong ngày làm việc tiếp theo.",
    "chung-thuc-chu-ky": _AFTERNOON,
    "chung-thuc-giao-dich": "Tối đa 02 ngày làm việc.",
    "chung-thuc-di-chuc": "Tối đa 02 ngày làm việc.",
    "chung-thuc-tu-choi-di-san": "Tối đa 02 ngày làm việc.",
    "chung-thuc-phan-chia-di-san": "Tối đa 02 ngày làm việc.",
    "ban-sao-tu-so-goc": _AFTERNOON,
    "luu-tru": "Tiếp nhận ngay khi bạn thông báo.",
    "hoa-giai-dat-dai": "Ở địa bàn khó khăn: 40 ngày.",
    "tham-van-dtm": "Quá hạn mà không trả lời thì coi là thống nhất.",
    "hoat-dong-tin-nguong": "Nộp chậm nhất 30 ngày trước khi bắt đầu hoạt động.",
    "thong-bao-le-hoi": "Gửi trước ngày tổ chức ít nhất 20 ngày.",
    "khieu-nai-lan-dau": "Tính từ ngày thụ lý; vụ việc phức tạp: 45 ngày; vùng sâu, vùng xa: 45 hoặc 60 ngày.",
    "to-cao": "Tính từ ngày thụ lý; có thể gia hạn một lần (phức tạp) hoặc hai lần (đặc biệt phức tạp), mỗi lần 30 ngày.",
}
NOTES = {
    "khai-sinh-luu-dong": "Cán bộ đến tận nhà hoặc điểm lưu động; không nộp tại Bộ phận Một cửa và không nộp trên mạng.",
    "ket-hon": "Hai bên phải cùng có mặt tại xã để ký Sổ và Giấy chứng nhận kết hôn.",
    "chung-thuc-ban-sao": "Bạn mang bản chính và bản sao đến xã; cán bộ đối chiếu rồi chứng thực.",
    "to-cao": "Không nhận đơn tố cáo qua mạng. Thông tin của người tố cáo được giữ bí mật.",
}

SYNONYMS: dict[str, list[str]] = {
    "khai-sinh": ["khai sinh", "giấy khai sinh", "đẻ con", "sinh con", "mới sinh", "em bé", "birth certificate"],
    "khai-sinh-nhan-cha-me-con": ["giấy khai sinh có tên cha", "con ngoài giá thú", "nhận con"],
    "dang-ky-lai-khai-sinh": ["mất giấy khai sinh", "làm lại giấy khai sinh", "cấp lại khai sinh"],
    "khai-sinh-nguoi-da-co-giay-to": ["khai sinh người lớn", "chưa có giấy khai sinh"],
    "khai-sinh-luu-dong": ["khai sinh tại nhà"],
    "ket-hon": ["kết hôn", "giấy kết hôn", "cưới", "lấy vợ", "lấy chồng", "hôn thú", "giấy đăng ký kết hôn"],
    "dang-ky-lai-ket-hon": ["mất giấy kết hôn", "làm lại giấy kết hôn"],
    "khai-tu": ["khai tử", "báo tử", "giấy chứng tử", "người chết", "qua đời", "mất người thân"],
    "dang-ky-lai-khai-tu": ["mất giấy chứng tử", "làm lại giấy chứng tử"],
    "nhan-cha-me-con": ["nhận con", "nhận cha", "nhận mẹ", "xét nghiệm ADN"],
    "giam-ho": ["người giám hộ", "nuôi cháu"],
    "cham-dut-giam-ho": ["thôi giám hộ"],
    "cai-chinh-ho-tich": ["đổi tên", "sửa giấy khai sinh", "sai tên", "sai ngày sinh", "đổi họ", "cải chính"],
    "xac-nhan-tinh-trang-hon-nhan": ["giấy độc thân", "xác nhận độc thân", "chưa kết hôn", "vay vốn ngân hàng"],
    "trich-luc-ho-tich": ["trích lục khai sinh", "bản sao khai sinh", "xin lại giấy khai sinh", "trích lục kết hôn"],
    "xac-nhan-thong-tin-ho-tich": ["xác nhận hộ tịch"],
    "lien-thong-khai-sinh": ["thẻ bảo hiểm y tế trẻ em", "bhyt cho trẻ", "nhập khẩu cho con", "liên thông"],
    "chung-thuc-ban-sao": ["sao y", "sao y bản chính", "công chứng", "photo công chứng", "chứng thực giấy tờ"],
    "chung-thuc-chu-ky": ["công chứng chữ ký", "xác nhận chữ ký", "sơ yếu lý lịch", "giấy ủy quyền"],
    "chung-thuc-giao-dich": ["hợp đồng mua bán", "mua bán đất", "mua bán xe", "tặng cho đất", "công chứng hợp đồng"],
    "chung-thuc-di-chuc": ["di chúc", "làm di chúc", "thừa kế"],
    "chung-thuc-tu-choi-di-san": ["từ chối thừa kế", "không nhận thừa kế"],
    "chung-thuc-phan-chia-di-san": ["chia thừa kế", "chia tài sản", "khai nhận di sản"],
    "ban-sao-tu-so-goc": ["cấp bản sao", "bản sao văn bằng"],
    "thuong-tru": ["hộ khẩu", "nhập hộ khẩu", "nhập khẩu", "chuyển khẩu", "sổ hộ khẩu", "đăng ký nơi ở"],
    "tam-tru": ["tạm trú", "thuê nhà", "ở trọ", "sổ tạm trú", "KT3"],
    "tach-ho": ["tách hộ khẩu", "tách sổ"],
    "tam-vang": ["đi vắng", "khai báo vắng mặt"],
    "luu-tru": ["khách ngủ qua đêm", "nhà nghỉ", "khách sạn", "lưu trú"],
    "xac-nhan-cu-tru": ["giấy xác nhận cư trú", "CT07", "xác nhận hộ khẩu", "xác nhận nơi ở"],
    "nuoi-con-nuoi": ["con nuôi", "nhận con nuôi", "xin con nuôi"],
    "cong-nhan-hoa-giai-vien": ["hòa giải viên", "tổ hòa giải"],
    "boi-thuong-nha-nuoc": ["đòi bồi thường", "oan sai"],
    "hoa-giai-dat-dai": ["tranh chấp đất", "tranh chấp ranh giới", "hàng xóm lấn đất"],
    "chuyen-doi-cay-trong": ["chuyển đất lúa", "trồng cây khác trên đất lúa", "đào ao"],
    "khuyen-nong": ["khuyến nông"],
    "tham-van-dtm": ["đánh giá tác động môi trường", "ĐTM"],
    "ho-ngheo": ["hộ nghèo", "cận nghèo", "sổ hộ nghèo"],
    "ho-thoat-ngheo": ["thoát nghèo"],
    "tro-cap-xa-hoi": ["trợ cấp hàng tháng", "bảo trợ xã hội", "người già neo đơn", "trẻ mồ côi", "người khuyết tật"],
    "mai-tang-btxh": ["mai táng phí", "tiền mai táng", "tang lễ"],
    "huu-tri-xa-hoi": ["lương hưu", "trợ cấp người cao tuổi", "người trên 75 tuổi", "tiền người già"],
    "giay-xac-nhan-khuyet-tat": ["người khuyết tật", "giám định khuyết tật", "giấy khuyết tật"],
    "tho-cung-liet-si": ["thờ cúng liệt sĩ", "liệt sĩ", "thương binh liệt sĩ"],
    "tham-vieng-mo-liet-si": ["thăm mộ liệt sĩ", "di chuyển hài cốt"],
    "thanh-lap-ho-kinh-doanh": [
        "mở cửa hàng",
        "mở quán",
        "giấy phép kinh doanh",
        "đăng ký kinh doanh",
        "hộ kinh doanh",
    ],
    "thay-doi-ho-kinh-doanh": ["đổi tên cửa hàng", "đổi địa chỉ kinh doanh", "thay đổi giấy phép kinh doanh"],
    "tam-ngung-ho-kinh-doanh": ["tạm nghỉ kinh doanh", "tạm đóng cửa hàng"],
    "cham-dut-ho-kinh-doanh": ["đóng cửa hàng", "nghỉ kinh doanh", "giải thể hộ kinh doanh"],
    "to-hop-tac": ["tổ hợp tác", "hợp tác xã"],
    "hoat-dong-tin-nguong": ["đình", "miếu", "lễ cúng", "tín ngưỡng"],
    "sinh-hoat-ton-giao-tap-trung": ["nhóm tôn giáo", "điểm nhóm"],
    "thong-bao-le-hoi": ["lễ hội", "tổ chức lễ hội"],
    "giay-khen-nhiem-vu": ["giấy khen", "khen thưởng"],
    "nhom-tre-doc-lap": ["mở nhà trẻ", "nhóm trẻ tư thục", "mầm non"],
    "khieu-nai-lan-dau": ["khiếu nại", "đơn khiếu nại"],
    "to-cao": ["tố cáo", "đơn tố cáo"],
}

# What people come for most: the order of lists until filings tell.
COMMON = {
    slug: place
    for place, slug in enumerate(
        reversed(
            "khai-sinh chung-thuc-ban-sao ket-hon xac-nhan-tinh-trang-hon-nhan thuong-tru khai-tu trich-luc-ho-tich "
            "thanh-lap-ho-kinh-doanh".split()
        ),
        start=1,
    )
}


@dataclass(frozen=True, slots=True)
class PaperRule:
    """When a paper of a declaration is asked: the condition of the file question that it replaces."""

    show_if: Mapping[str, Any]
    is_required: bool
    condition: str = ""


def _is(field: str, value: str, op: str = "eq") -> dict[str, str]:
    return {"field": field, "op": op, "value": value}


# (procedure, paper) → the rule; the file questions of forms.json and their papers in catalogue.json.
PAPER_RULES: dict[tuple[str, str], PaperRule] = {
    (
        "khai-sinh",
        "Giấy chứng sinh; nếu không có: văn bản của người làm chứng, hoặc giấy cam đoan về việc sinh",
    ): PaperRule(_is("birth_case", "bi_bo_roi", "ne"), True, "Trừ trẻ bị bỏ rơi"),
    ("khai-sinh", "Biên bản về việc trẻ bị bỏ rơi"): PaperRule(_is("birth_case", "bi_bo_roi"), True),
    ("khai-sinh", "Văn bản xác nhận của cơ sở y tế về mang thai hộ"): PaperRule(
        _is("birth_case", "mang_thai_ho"), True
    ),
    ("khai-sinh", "Giấy chứng nhận kết hôn của cha mẹ (xuất trình)"): PaperRule(_is("parents_married", "co"), False),
    ("khai-tu", "Giấy báo tử hoặc giấy tờ thay Giấy báo tử"): PaperRule(
        _is("notice_kind", "khong_co", "ne"), True, "Trừ khi chết đã lâu và không còn giấy tờ"
    ),
    ("khai-tu", "Giấy tờ, chứng cứ chứng minh sự kiện chết"): PaperRule(_is("notice_kind", "khong_co"), True),
    (
        "xac-nhan-tinh-trang-hon-nhan",
        "Thông tin bản án/quyết định ly hôn hoặc giấy chứng tử của vợ/chồng cũ",
    ): PaperRule({"field": "marital_status", "op": "in", "value": ["da_ly_hon", "vo_chong_chet"]}, False),
    (
        "xac-nhan-tinh-trang-hon-nhan",
        "Giấy xác nhận tình trạng hôn nhân đã cấp trước đây (nộp lại)",
    ): PaperRule(_is("old_cert", "co"), False),
}
# The file questions of forms.json that these rules replace.
FILE_QUESTIONS = frozenset("birth_notice_file abandon_record_file surrogacy_file notice_file evidence_file".split())

# Help texts of the declarations, in words for the person who fills them in; those not listed stay as they are.
HELP = {
    "Chỉ cần số định danh khi hệ thống tra được CSDL dân cư": "Ghi số định danh cá nhân nếu có.",
    "Hai cấp: tỉnh/thành phố và xã/phường/đặc khu, sau đó số nhà, thôn/tổ": "",
    "Phải đánh dấu mới nộp được": "",
    "Điền sẵn từ tài khoản định danh": "",
    "Nhận tin nhắn về hồ sơ": "Cán bộ gọi số này khi cần hỏi thêm.",
    "Mặc định: Việt Nam": "",
    'Chọn "Không" khi chưa xác định được': "Chọn “Không” khi chưa xác định được.",
    "Năm, hoặc ngày/tháng/năm": "Không rõ ngày, tháng thì chỉ ghi năm.",
    "Khác Việt Nam: chuyển sang thủ tục 2.000806": "Có một bên là người nước ngoài: làm thủ tục kết hôn có yếu tố nước ngoài.",
    "Tự tính: quá 60 ngày từ ngày sinh là quá hạn": "Quá 60 ngày từ ngày sinh là quá hạn.",
    "Viết chữ in hoa, có dấu; họ theo cha hoặc mẹ": "Viết đủ dấu; họ theo cha hoặc mẹ.",
    "Nếu đã có bản điện tử ký số thì không phải nộp bản giấy": "Ghi trên góc Giấy chứng sinh.",
    "Hệ thống tra CSDL hộ tịch; chưa có thì xuất trình giấy": "Cán bộ tự tra trên hệ thống; không có thì bạn xuất trình giấy.",
    "Không rõ ngày tháng thì ghi năm": "Không rõ ngày, tháng thì chỉ ghi năm.",
    "Bỏ trống: đến nay": "Bỏ trống nếu đến nay vẫn ở đó.",
    "Tên UBND nơi đăng ký; xã cũ thì chọn tên cũ, hệ thống chuyển đúng xã mới": (
        "Ghi tên UBND xã, phường nơi đã đăng ký; xã đã sáp nhập thì ghi tên cũ."
    ),
    "Căn cứ tính phí": "Dùng để tính phí.",
}

# Labels of the declarations that read badly; the others stay as they are.
LABELS = {
    "Ngày cấp mẹ": "Ngày cấp giấy tờ của mẹ",
    "Cơ quan cấp mẹ": "Cơ quan cấp giấy tờ của mẹ",
    "Ngày cấp cha": "Ngày cấp giấy tờ của cha",
    "Cơ quan cấp cha": "Cơ quan cấp giấy tờ của cha",
}
