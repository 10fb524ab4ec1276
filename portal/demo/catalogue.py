"""What publishers have written about the demonstration's procedures: questions, a notice, new rules, one replaced."""

from datetime import date, datetime, time, timedelta

from accounts.models import User
from common.clock import local_day
from common.values.working_time import at
from offices.models import Role
from procedures.finding import indexing
from procedures.models import Procedure, ProcedureStep, ProcedureVersion, Sector, TimeUnit, VersionStatus
from procedures.versions import changing, drafting, publishing

from .town import SINCE

BIRTH, MARRIAGE, DEATH, CERTIFIED, RESIDENCE, STAY = (
    "1.001193",
    "1.000894",
    "1.000656",
    "2.000815",
    "1.010041",
    "1.004194",
)
REPLACED = "XA-9001"
ASKED = ("question", "answer", "question_en", "answer_en")
FAQ = {
    BIRTH: (
        (
            "Con tôi sinh đã hơn 60 ngày, còn làm được không?",
            "Được. Quá 60 ngày là đăng ký quá hạn: thủ tục không đổi, có thể phải nộp lệ phí theo quy định của tỉnh.",
            "My child was born more than 60 days ago. Can I still register?",
            "Yes. After 60 days it is late: the procedure is the same, and the fee of the province may be due.",
        ),
        (
            "Tôi tạm trú ở xã, có phải về quê làm khai sinh cho con không?",
            "Không. Bạn đăng ký ở xã nơi cha hoặc mẹ cư trú, thường trú hay tạm trú đều được.",
            "I only have temporary residence here. Must I go home to register my child?",
            "No. You register in the commune where either parent lives, with permanent or temporary residence.",
        ),
        (
            "Giấy chứng sinh bị mất thì làm thế nào?",
            "Xin bệnh viện cấp lại. Nếu không được thì nộp văn bản của người làm chứng hoặc giấy cam đoan.",
            "What if the birth notification is lost?",
            "Ask the hospital for a new one. If there is none, hand in a witness statement or a sworn statement.",
        ),
    ),
    MARRIAGE: (
        (
            "Một người đi nộp thay được không?",
            "Nộp hồ sơ thì một người nộp được. Khi nhận Giấy chứng nhận kết hôn, cả hai phải cùng có mặt để ký.",
            "Can one of us file alone?",
            "One of you may file. To get the marriage certificate both must be there together to sign.",
        ),
        (
            "Có phải xin giấy xác nhận độc thân trước không?",
            "Chỉ khi bạn cư trú ở xã khác và hệ thống không tra được tình trạng hôn nhân của bạn.",
            "Must I first get a certificate of marital status?",
            "Only if you live in another commune and your marital status cannot be found in the system.",
        ),
    ),
    CERTIFIED: (
        (
            "Bản sao chứng thực dùng được bao lâu?",
            "Luật không quy định thời hạn; nơi nhận có thể yêu cầu bản mới.",
            "How long is a certified copy valid?",
            "The law sets no limit; whoever receives it may ask for a new one.",
        ),
    ),
}
PUBLISHERS = ("cong-bo@example.com", "cong-bo-2@example.com")
NEW_RULE = "Không phải nộp giấy tờ chứng minh chỗ ở hợp pháp khi tra được trên hệ thống."
NOTICE = (
    "Khi đăng ký khai tử, bạn có thể xin luôn hỗ trợ chi phí mai táng tại quầy; cán bộ hướng dẫn cả hai việc một lần."
)


def dress(now: datetime) -> None:
    """Write what the screens of the catalogue show; call once everything else of the demonstration is there."""
    for code, questions in FAQ.items():
        faq = [dict(zip(ASKED, texts, strict=True)) for texts in questions]
        Procedure.objects.filter(code=code).update(faq=faq)
    Procedure.objects.filter(code=DEATH).update(notice=NOTICE)
    day = local_day(now)
    announce_new_rules(day, now)
    replace_old_confirmation(day, now)
    indexing.refresh_search_text(day)


def announce_new_rules(day: date, now: datetime) -> None:
    """Let one publisher write and another publish what applies to a temporary stay from the first of January on."""
    author, second = (User.objects.get(email=email) for email in PUBLISHERS)
    draft = drafting.draft_from(Procedure.objects.get(code=STAY), author, now)
    changing.edit(draft, draft.revision, author, now, note=NEW_RULE, effective_from=date(day.year + 1, 1, 1))
    draft.refresh_from_db()
    publishing.send_to_review(draft, draft.revision, author, now, note="Bỏ giấy tờ mà hệ thống đã có.")
    draft.refresh_from_db()
    publishing.publish(draft, second, now, revision=draft.revision)


def replace_old_confirmation(day: date, now: datetime) -> None:
    """Make a procedure that was retired in favour of another one, as its page shows it afterwards."""
    procedure = Procedure.objects.create(
        code=REPLACED, sector=Sector.objects.get(code="cu-tru"), synonyms=["giấy xác nhận hộ khẩu"]
    )
    version = ProcedureVersion.objects.create(
        procedure=procedure,
        number=1,
        status=VersionStatus.DRAFT,
        name="Xác nhận nơi thường trú bằng Sổ hộ khẩu giấy",
        name_en="Confirmation of residence by the paper household book",
        level=1,
        audience=["citizen"],
        channels=["direct"],
        processing_unit=TimeUnit.SAME_DAY,
        outcome="Giấy xác nhận nơi thường trú",
        legal_bases=["Luật Cư trú số 68/2020/QH14 ngày 13/11/2020"],
        effective_from=SINCE,
    )
    ProcedureStep.objects.bulk_create(
        [
            ProcedureStep(version=version, n=1, text="Mang Sổ hộ khẩu đến Bộ phận Một cửa"),
            ProcedureStep(version=version, n=2, role=Role.CLERK, text="Đối chiếu Sổ hộ khẩu và xác nhận", allotted=1),
        ]
    )
    publishing.publish_with_portal(version, now)
    last = max(SINCE, day - timedelta(days=60))
    ProcedureVersion.objects.filter(pk=version.pk).update(
        status=VersionStatus.RETIRED,
        effective_until=last,
        retired_at=at(last, time(9)),
        retirement_reason="Sổ hộ khẩu giấy không còn giá trị sử dụng; thông tin cư trú được tra trên hệ thống.",
        successor=Procedure.objects.get(code=RESIDENCE),
    )
