"""VNPost's webhooks and item numbers against known answers."""

import json
from types import SimpleNamespace
from typing import Any

import pytest

from payments.models import ParcelStatus
from payments.providers import vnpost
from payments.providers.base import Answer, NotGenuine, Outcome, Unreachable
from payments.providers.carrier import NOTED, ParcelState
from payments.providers.http import Refusing

from .vectors import VECTORS, of

KEY = VECTORS["myvnpost"]["public_key_der_b64"]
HOOKS = {row["id"]: row["payload"] for row in of("myvnpost")}


def post(**more: Any) -> vnpost.VnPost:
    options: dict[str, Any] = {"base_url": "https://post.example", "customer": "T", "webhook_key": KEY} | more
    return vnpost.VnPost("vnpost", "VNPost", **options)


@pytest.mark.parametrize("row", [pytest.param(row, id=row["code"]) for row in of("s10")])
def test_a_known_item_number_is_checked(row: Any) -> None:
    assert vnpost.s10_fits(row["code"]) is row["valid"]


@pytest.mark.parametrize("code", ["", "EF043571075V", "EF04357107５VN", "1F043571075VN", "EF043571075VNN"])
def test_what_is_no_item_number_does_not_pass(code: str) -> None:
    assert not vnpost.s10_fits(code)


def test_every_vector_is_tried() -> None:
    assert set(HOOKS) == {"vnp-hook-ok", "vnp-hook-status-tampered"}


def test_a_signed_webhook_is_a_hint() -> None:
    notice = post().parse_notification({}, json.dumps(HOOKS["vnp-hook-ok"]).encode())
    assert (notice.ref, notice.state) == ("EF043571075VN", None)
    assert notice.payload["items"] == ["EF043571075VN"]
    assert "signature" not in json.dumps(notice.payload)


def test_a_changed_status_is_not_genuine() -> None:
    with pytest.raises(NotGenuine):
        post().parse_notification({}, json.dumps(HOOKS["vnp-hook-status-tampered"]).encode())


def test_a_changed_amount_is_not_signed_and_not_kept() -> None:
    body = json.loads(json.dumps(HOOKS["vnp-hook-ok"]))
    body["data"][0]["codAmount"] = 1
    body["data"].append({"itemCode": "EA000000014VN", "status": "14", "codAmount": 9})
    notice = post().parse_notification({}, json.dumps(body).encode())
    assert notice.payload["items"] == ["EF043571075VN", "EA000000014VN"]
    assert "codAmount" not in json.dumps(notice.payload)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b'{"data": []}',
        b'{"data": [{}], "sendDate": "x", "signature": "eA=="}',
        b'{"data": [{"itemCode": "A", "status": "1"}], "sendDate": "x", "signature": "\xc3\xa9"}',
        b'{"data": [{"itemCode": "A", "status": "1"}], "sendDate": "x"}',
        b"[" * 5000,
        b"\xff\xfe",
    ],
)
def test_what_is_no_webhook_is_refused(body: bytes) -> None:
    with pytest.raises(NotGenuine):
        post().parse_notification({}, body)


@pytest.mark.parametrize("key", ["", "x", "AAAA"])
def test_without_a_key_nothing_is_genuine(key: str) -> None:
    with pytest.raises(NotGenuine):
        post(webhook_key=key).parse_notification({}, json.dumps(HOOKS["vnp-hook-ok"]).encode())


@pytest.mark.parametrize(("answer", "status"), [(Answer.TAKEN, 200), (Answer.NOT_GENUINE, 401), (Answer.ERROR, 500)])
def test_every_answer_has_a_status(answer: Answer, status: int) -> None:
    assert post().acknowledge(answer).status_code == status


def test_every_code_means_a_state_of_a_parcel() -> None:
    assert set(vnpost.CODES.values()) <= {*ParcelStatus.values, NOTED}
    assert [post().meaning(code) for code in ("14", "19", "20", "23", "50")] == [
        "delivered", "returned", None, None, None,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        ("1", Outcome.PENDING),
        ("12", Outcome.PENDING),
        ("14", Outcome.SUCCEEDED),
        ("15", Outcome.PENDING),
        ("16", Outcome.FAILED),
        ("19", Outcome.FAILED),
        ("20", Outcome.PENDING),
        ("21", Outcome.SUCCEEDED),
        ("22", Outcome.FAILED),
        ("28", Outcome.PENDING),
        ("999", Outcome.PENDING),
    ],
)
def test_what_a_code_says_about_the_money(code: str, outcome: Outcome) -> None:
    state = post().money("REF", ParcelState("P1", "EA000000014VN", code, 20_000))
    assert (state.outcome, state.amount_vnd, state.is_asked) == (outcome, 20_000, True)


class TestAsking:
    """What the carrier answers, well or not."""

    parcel: Any = SimpleNamespace(order_code="P1", item_code="EA000000014VN", cod_vnd=0)
    answers: dict[str, Any]

    @pytest.fixture(autouse=True)
    def speak(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.answers = {
            "getOrder": {"saleOrderCode": "P1", "itemCode": "EA000000014VN", "status": 12, "codAmount": "20000"},
            "GetStatusHistoryOrder": {"events": [{"status": 6, "time": "2026-03-23T09:00:00", "place": "BC"}]},
            "CreateOrder": {"itemCode": "EA000000014VN"},
            "ServicesCharge": {"totalFee": "23000"},
            "GetAccessToken": {"token": "t"},
        }
        self.refusals: list[int] = []

        def answer(url: str, *_data: Any) -> dict[str, Any]:
            name = url.rpartition("/")[2].partition("?")[0]
            if name != "GetAccessToken" and self.refusals:
                raise Refusing(self.refusals.pop())
            found: dict[str, Any] = self.answers[name]
            return found

        monkeypatch.setattr(vnpost, "post_json", answer)
        monkeypatch.setattr(vnpost, "get_json", answer)

    def test_a_parcel_is_read(self) -> None:
        state = post().read(self.parcel)
        assert (state.code, state.cod_vnd, state.events[0].code) == ("12", 20_000, "6")
        assert state.events[0].occurred_at.isoformat() == "2026-03-23T02:00:00+00:00"

    @pytest.mark.parametrize(
        "change",
        [
            {"getOrder": {"saleOrderCode": "P2", "status": 1}},
            {"getOrder": {"saleOrderCode": "P1"}},
            {"getOrder": {"saleOrderCode": "P1", "status": 1, "codAmount": "many"}},
            {"getOrder": {"saleOrderCode": "P1", "status": 1, "codAmount": -1}},
            {"GetStatusHistoryOrder": {"events": [{"status": 6, "time": "yesterday"}]}},
            {"GetStatusHistoryOrder": {"events": [{"time": "2026-03-23T09:00:00"}]}},
            {"GetStatusHistoryOrder": {"events": 5}},
        ],
    )
    def test_what_cannot_be_understood_says_nothing(self, change: dict[str, Any]) -> None:
        self.answers |= change
        with pytest.raises(Unreachable):
            post().read(self.parcel)

    @pytest.mark.parametrize("reply", [{}, {"itemCode": ""}, {"itemCode": "E" * 21}])
    def test_an_order_without_a_number_is_none(self, reply: dict[str, Any]) -> None:
        self.answers["CreateOrder"] = reply
        with pytest.raises(Unreachable):
            post().order(self.parcel, {"name": "A"}, {"name": "B"})

    def test_a_token_that_is_no_longer_taken_is_renewed_once(self) -> None:
        self.refusals = [401]
        assert post().read(self.parcel).code == "12"
        self.refusals = [401, 401]
        with pytest.raises(Refusing):
            post().read(self.parcel)

    def test_postage_is_a_whole_amount(self) -> None:
        assert post().postage({}, {}, 0) == 23_000
        self.answers["ServicesCharge"] = {}
        with pytest.raises(Unreachable):
            post().postage({}, {}, 0)


def test_the_look_up_page_names_the_item() -> None:
    assert post(tracking="https://p.example/?c={code}").tracking_link("EA 1") == "https://p.example/?c=EA%201"
    assert post().tracking_link("EA000000014VN") == ""
    assert post(tracking="https://p.example/?c={code}").tracking_link("") == ""
