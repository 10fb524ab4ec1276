# ruff: noqa: E501 – whole sentences stay on their line
"""Words for the catalogue that comes with the portal, where its data are terse or in English.

All texts are data in Vietnamese, not interface messages. Long because it is a
list of them, which goes when the seed becomes an exchange file.
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

# Both sign before the registrar: the result is handed over at the desk only.
IN_PERSON = frozenset({"ket-hon", "dang-ky-lai-ket-hon"})

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


# What people often need along with a procedure, or what they meant instead of it.
RELATED: dict[str, tuple[str, ...]] = {
    "khai-sinh": ("lien-thong-khai-sinh", "trich-luc-ho-tich", "khai-sinh-nhan-cha-me-con"),
    "dang-ky-lai-khai-sinh": ("trich-luc-ho-tich", "khai-sinh-nguoi-da-co-giay-to"),
    "ket-hon": ("xac-nhan-tinh-trang-hon-nhan", "trich-luc-ho-tich", "thuong-tru"),
    "dang-ky-lai-ket-hon": ("trich-luc-ho-tich",),
    "khai-tu": ("mai-tang-btxh", "chung-thuc-phan-chia-di-san", "trich-luc-ho-tich"),
    "dang-ky-lai-khai-tu": ("trich-luc-ho-tich",),
    "nhan-cha-me-con": ("khai-sinh-nhan-cha-me-con",),
    "giam-ho": ("cham-dut-giam-ho", "nuoi-con-nuoi"),
    "chung-thuc-ban-sao": ("chung-thuc-chu-ky", "ban-sao-tu-so-goc"),
    "chung-thuc-phan-chia-di-san": ("chung-thuc-tu-choi-di-san", "chung-thuc-di-chuc"),
    "thuong-tru": ("tach-ho", "tam-tru", "xac-nhan-cu-tru"),
    "ho-ngheo": ("ho-thoat-ngheo", "tro-cap-xa-hoi"),
    "tro-cap-xa-hoi": ("giay-xac-nhan-khuyet-tat", "huu-tri-xa-hoi", "mai-tang-btxh"),
    "thanh-lap-ho-kinh-doanh": ("thay-doi-ho-kinh-doanh", "tam-ngung-ho-kinh-doanh", "cham-dut-ho-kinh-doanh"),
    "khieu-nai-lan-dau": ("to-cao",),
}

SYNONYMS: dict[str, list[str]] = {
    "khai-sinh": [
        "khai sinh",
        "giấy khai sinh",
        "làm giấy khai sinh",
        "làm giấy khai sinh cho con",
        "đăng ký khai sinh cho con",
        "đẻ con",
        "sinh con",
        "mới sinh",
        "con mới đẻ",
        "em bé",
        "trẻ sơ sinh",
        "khai sinh quá hạn",
        "khai sinh muộn",
        "birth certificate",
    ],
    "khai-sinh-nhan-cha-me-con": [
        "giấy khai sinh có tên cha",
        "thêm tên cha vào giấy khai sinh",
        "con ngoài giá thú",
        "con chưa đăng ký kết hôn",
        "mẹ đơn thân làm khai sinh",
        "khai sinh và nhận con",
    ],
    "dang-ky-lai-khai-sinh": [
        "mất giấy khai sinh",
        "làm lại giấy khai sinh",
        "cấp lại khai sinh",
        "cấp lại giấy khai sinh",
        "giấy khai sinh bị mất",
        "khai sinh lại",
    ],
    "khai-sinh-nguoi-da-co-giay-to": [
        "khai sinh người lớn",
        "khai sinh cho người lớn",
        "chưa có giấy khai sinh",
        "chưa từng làm khai sinh",
    ],
    "khai-sinh-luu-dong": ["khai sinh tại nhà", "đến nhà làm khai sinh"],
    "ket-hon": [
        "kết hôn",
        "đăng ký kết hôn",
        "giấy kết hôn",
        "giấy đăng ký kết hôn",
        "giấy chứng nhận kết hôn",
        "cưới",
        "đám cưới",
        "cưới vợ",
        "lấy vợ",
        "lấy chồng",
        "hôn thú",
        "vợ chồng",
        "marriage certificate",
    ],
    "dang-ky-lai-ket-hon": [
        "mất giấy kết hôn",
        "làm lại giấy kết hôn",
        "cấp lại giấy kết hôn",
        "mất giấy đăng ký kết hôn",
        "cấp lại đăng ký kết hôn",
    ],
    "khai-tu": [
        "khai tử",
        "báo tử",
        "giấy báo tử",
        "giấy chứng tử",
        "giấy khai tử",
        "người chết",
        "qua đời",
        "người thân qua đời",
        "mất người thân",
        "có người mất",
        "xóa tên người chết",
        "death certificate",
    ],
    "dang-ky-lai-khai-tu": ["mất giấy chứng tử", "làm lại giấy chứng tử", "cấp lại giấy chứng tử", "mất giấy khai tử"],
    "nhan-cha-me-con": [
        "nhận con",
        "nhận cha",
        "nhận mẹ",
        "nhận cha cho con",
        "nhận con ngoài giá thú",
        "xét nghiệm ADN",
    ],
    "giam-ho": ["giám hộ", "người giám hộ", "làm người giám hộ", "nuôi cháu", "cha mẹ đi làm xa"],
    "cham-dut-giam-ho": ["thôi giám hộ", "hết giám hộ", "bỏ giám hộ", "chấm dứt giám hộ"],
    "cai-chinh-ho-tich": [
        "đổi tên",
        "đổi họ",
        "đổi họ tên",
        "thay đổi họ tên",
        "sửa giấy khai sinh",
        "sửa tên trong giấy khai sinh",
        "sai tên",
        "sai ngày sinh",
        "sai năm sinh",
        "cải chính",
        "cải chính hộ tịch",
        "đổi dân tộc",
        "xác định lại dân tộc",
    ],
    "xac-nhan-tinh-trang-hon-nhan": [
        "giấy độc thân",
        "độc thân",
        "xác nhận độc thân",
        "giấy xác nhận độc thân",
        "xin xác nhận độc thân",
        "chứng nhận độc thân",
        "tình trạng hôn nhân",
        "xác nhận tình trạng hôn nhân",
        "giấy xác nhận tình trạng hôn nhân",
        "chưa kết hôn",
        "đã ly hôn",
        "vay vốn ngân hàng",
        "kết hôn với người nước ngoài",
        "lấy chồng nước ngoài",
    ],
    "trich-luc-ho-tich": [
        "trích lục",
        "trích lục khai sinh",
        "trích lục khai tử",
        "trích lục kết hôn",
        "trích lục hộ tịch",
        "bản sao khai sinh",
        "bản sao giấy khai sinh",
        "xin lại giấy khai sinh",
        "trích lục ghi chú kết hôn",
    ],
    "xac-nhan-thong-tin-ho-tich": ["xác nhận hộ tịch", "xác nhận thông tin hộ tịch", "tra cứu hộ tịch"],
    "lien-thong-khai-sinh": [
        "thẻ bảo hiểm y tế trẻ em",
        "bảo hiểm y tế cho con",
        "thẻ bhyt cho trẻ dưới 6 tuổi",
        "bhyt cho trẻ",
        "nhập khẩu cho con",
        "nhập hộ khẩu cho con",
        "khai sinh và bảo hiểm",
        "liên thông",
        "liên thông khai sinh",
    ],
    "chung-thuc-ban-sao": [
        "chứng thực",
        "sao y",
        "sao y bản chính",
        "sao y công chứng",
        "công chứng",
        "công chứng giấy tờ",
        "chứng thực bản sao",
        "photo công chứng",
        "chứng thực giấy tờ",
        "công chứng căn cước",
        "công chứng bằng cấp",
        "sao y chứng minh nhân dân",
        "bản sao có chứng thực",
        "certified copy",
    ],
    "chung-thuc-chu-ky": [
        "công chứng chữ ký",
        "chứng thực chữ ký",
        "xác nhận chữ ký",
        "sơ yếu lý lịch",
        "xác nhận sơ yếu lý lịch",
        "xác nhận lý lịch",
        "giấy ủy quyền",
        "hồ sơ xin việc",
        "giấy cam đoan",
    ],
    "chung-thuc-giao-dich": [
        "hợp đồng mua bán",
        "mua bán đất",
        "mua đất",
        "bán đất",
        "sang tên đất",
        "mua bán nhà",
        "mua bán xe",
        "sang tên xe",
        "tặng cho đất",
        "cho con đất",
        "chuyển nhượng đất",
        "thế chấp đất",
        "công chứng hợp đồng",
        "hợp đồng ủy quyền",
        "cho thuê nhà",
    ],
    "chung-thuc-di-chuc": ["di chúc", "làm di chúc", "viết di chúc", "lập di chúc", "thừa kế", "để lại tài sản"],
    "chung-thuc-tu-choi-di-san": ["từ chối thừa kế", "không nhận thừa kế", "từ chối nhận di sản", "nhường thừa kế"],
    "chung-thuc-phan-chia-di-san": [
        "chia thừa kế",
        "chia tài sản",
        "chia đất thừa kế",
        "khai nhận di sản",
        "phân chia di sản",
        "nhận thừa kế",
    ],
    "ban-sao-tu-so-goc": ["cấp bản sao", "bản sao văn bằng", "bản sao từ sổ gốc", "sổ gốc", "cấp lại bằng tốt nghiệp"],
    "thuong-tru": [
        "hộ khẩu",
        "nhập hộ khẩu",
        "nhập khẩu",
        "chuyển khẩu",
        "chuyển hộ khẩu",
        "cắt khẩu",
        "sổ hộ khẩu",
        "làm hộ khẩu",
        "thường trú",
        "đăng ký thường trú",
        "đăng ký nơi ở",
        "nhập khẩu vợ",
        "nhập khẩu chồng",
    ],
    "tam-tru": [
        "tạm trú",
        "đăng ký tạm trú",
        "thuê nhà",
        "thuê trọ",
        "ở trọ",
        "phòng trọ",
        "công nhân ở trọ",
        "sổ tạm trú",
        "gia hạn tạm trú",
        "KT3",
    ],
    "tach-ho": ["tách hộ", "tách hộ khẩu", "tách khẩu", "tách sổ", "ra ở riêng"],
    "tam-vang": ["tạm vắng", "đi vắng", "khai báo vắng mặt", "đi làm ăn xa", "vắng nhà lâu ngày"],
    "luu-tru": ["lưu trú", "khách ngủ qua đêm", "khách ở lại", "nhà nghỉ", "khách sạn", "người thân đến chơi"],
    "xac-nhan-cu-tru": [
        "giấy xác nhận cư trú",
        "xác nhận cư trú",
        "CT07",
        "xác nhận hộ khẩu",
        "xác nhận nơi ở",
        "xác nhận thường trú",
        "giấy xác nhận nơi cư trú",
        "thay sổ hộ khẩu",
    ],
    "nuoi-con-nuoi": [
        "con nuôi",
        "nhận con nuôi",
        "xin con nuôi",
        "đăng ký con nuôi",
        "giấy nhận con nuôi",
        "cha mẹ nuôi",
        "adoption",
    ],
    "cong-nhan-hoa-giai-vien": ["hòa giải viên", "tổ hòa giải", "bầu hòa giải viên"],
    "boi-thuong-nha-nuoc": ["đòi bồi thường", "bồi thường", "oan sai", "cán bộ làm sai", "bồi thường nhà nước"],
    "hoa-giai-dat-dai": [
        "tranh chấp đất",
        "tranh chấp đất đai",
        "tranh chấp ranh giới",
        "lấn đất",
        "hàng xóm lấn đất",
        "kiện đất",
        "mâu thuẫn hàng xóm",
        "hòa giải đất đai",
    ],
    "chuyen-doi-cay-trong": [
        "chuyển đất lúa",
        "chuyển đổi đất lúa",
        "trồng cây khác trên đất lúa",
        "đào ao",
        "nuôi cá trên đất lúa",
        "trồng cây ăn quả",
    ],
    "khuyen-nong": ["khuyến nông", "kế hoạch khuyến nông", "mô hình nông nghiệp"],
    "tham-van-dtm": ["đánh giá tác động môi trường", "ĐTM", "tham vấn môi trường", "ô nhiễm môi trường"],
    "ho-ngheo": [
        "hộ nghèo",
        "cận nghèo",
        "hộ cận nghèo",
        "sổ hộ nghèo",
        "xét hộ nghèo",
        "xin vào hộ nghèo",
        "giấy chứng nhận hộ nghèo",
    ],
    "ho-thoat-ngheo": ["thoát nghèo", "hộ thoát nghèo", "ra khỏi hộ nghèo", "thoát cận nghèo"],
    "tro-cap-xa-hoi": [
        "trợ cấp hàng tháng",
        "trợ cấp xã hội",
        "bảo trợ xã hội",
        "người già neo đơn",
        "người cao tuổi",
        "trẻ mồ côi",
        "mẹ đơn thân nuôi con",
        "trợ cấp người khuyết tật",
        "tiền trợ cấp",
        "người đơn thân nuôi con nhỏ",
    ],
    "mai-tang-btxh": ["mai táng phí", "tiền mai táng", "hỗ trợ mai táng", "chi phí mai táng", "tang lễ", "chôn cất"],
    "huu-tri-xa-hoi": [
        "trợ cấp hưu trí xã hội",
        "hưu trí xã hội",
        "lương hưu",
        "trợ cấp người cao tuổi",
        "tiền người cao tuổi",
        "người trên 75 tuổi",
        "75 tuổi",
        "tiền người già",
    ],
    "giay-xac-nhan-khuyet-tat": [
        "khuyết tật",
        "người khuyết tật",
        "giám định khuyết tật",
        "giấy khuyết tật",
        "xác nhận khuyết tật",
        "giấy xác nhận khuyết tật",
        "mức độ khuyết tật",
        "tàn tật",
    ],
    "tho-cung-liet-si": [
        "thờ cúng liệt sĩ",
        "liệt sĩ",
        "thương binh liệt sĩ",
        "trợ cấp thờ cúng",
        "gia đình liệt sĩ",
        "người có công",
    ],
    "tham-vieng-mo-liet-si": ["thăm mộ liệt sĩ", "thăm viếng mộ", "mộ liệt sĩ", "đi thăm mộ", "tiền thăm mộ liệt sĩ"],
    "thanh-lap-ho-kinh-doanh": [
        "mở cửa hàng",
        "mở quán",
        "mở quán ăn",
        "mở tiệm",
        "mở tạp hóa",
        "buôn bán",
        "giấy phép kinh doanh",
        "đăng ký kinh doanh",
        "hộ kinh doanh",
        "thành lập hộ kinh doanh",
        "bán hàng",
        "đăng ký hộ kinh doanh cá thể",
    ],
    "thay-doi-ho-kinh-doanh": [
        "đổi tên cửa hàng",
        "đổi địa chỉ kinh doanh",
        "đổi chủ hộ kinh doanh",
        "thay đổi giấy phép kinh doanh",
        "thêm ngành nghề",
        "thay đổi ngành nghề",
    ],
    "tam-ngung-ho-kinh-doanh": [
        "tạm nghỉ kinh doanh",
        "tạm ngừng kinh doanh",
        "tạm ngưng kinh doanh",
        "tạm đóng cửa hàng",
        "mở lại cửa hàng",
    ],
    "cham-dut-ho-kinh-doanh": [
        "đóng cửa hàng",
        "nghỉ kinh doanh",
        "nghỉ bán",
        "trả giấy phép kinh doanh",
        "chấm dứt kinh doanh",
        "giải thể hộ kinh doanh",
    ],
    "to-hop-tac": ["tổ hợp tác", "lập tổ hợp tác", "hợp tác xã", "nhóm sản xuất"],
    "hoat-dong-tin-nguong": ["đình", "miếu", "lễ cúng", "cúng đình", "tín ngưỡng", "hoạt động tín ngưỡng"],
    "sinh-hoat-ton-giao-tap-trung": ["nhóm tôn giáo", "điểm nhóm", "sinh hoạt tôn giáo", "nhóm cầu nguyện"],
    "thong-bao-le-hoi": ["lễ hội", "tổ chức lễ hội", "hội làng", "thông báo lễ hội"],
    "giay-khen-nhiem-vu": ["giấy khen", "khen thưởng", "tặng giấy khen"],
    "nhom-tre-doc-lap": [
        "mở nhà trẻ",
        "mở lớp mầm non",
        "nhóm trẻ",
        "nhóm trẻ tư thục",
        "trông trẻ",
        "giữ trẻ",
        "mầm non",
        "lớp mẫu giáo",
    ],
    "khieu-nai-lan-dau": ["khiếu nại", "đơn khiếu nại", "làm đơn khiếu nại", "không đồng ý với quyết định"],
    "to-cao": ["tố cáo", "đơn tố cáo", "tố giác cán bộ", "báo tham nhũng"],
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
