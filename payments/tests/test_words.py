"""One word of English, two things: each of them has its own Vietnamese."""

from django.utils import translation
from django.utils.translation import pgettext

from payments.models import AttemptStatus, ChargeStatus, ParcelStatus


def test_a_payment_and_a_parcel_are_on_their_way_in_other_words() -> None:
    with translation.override("vi"):
        assert str(AttemptStatus.PENDING.label) == "Đang chờ kết quả"
        assert str(ParcelStatus.TRAVELLING.label) == "Đang vận chuyển"


def test_a_waived_charge_is_no_sum() -> None:
    with translation.override("vi"):
        assert str(ChargeStatus.WAIVED.label) == "Đã cho miễn"
        assert pgettext("sum", "Waived") == "Số cho miễn"
