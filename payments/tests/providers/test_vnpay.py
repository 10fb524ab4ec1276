"""VNPAY's signatures and messages against known answers."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest

from payments.providers import vnpay
from payments.providers.base import Answer, NotGenuine, Outcome, RefundOutcome, Unreachable

from .vectors import of

SECRET = "SIM_SECRET_0001"
QUERIES = [row for row in of("vnpay") if "params" in row and "field_order" not in row]
MESSAGES = [row for row in of("vnpay") if "field_order" in row]


def gateway(secret: str = SECRET, terminal: str = "SIMTMN01") -> vnpay.Vnpay:
    return vnpay.Vnpay(
        "vnpay",
        "VNPAY",
        base_url="https://gateway.example",
        terminal=terminal,
        secrets_=(secret,),
        return_url="https://portal.example.vn/pay/vnpay/return",
    )


def named(rows: list[Any]) -> list[Any]:
    return [pytest.param(row, id=row["id"]) for row in rows]


@pytest.mark.parametrize("row", named(QUERIES))
def test_a_query_is_signed_as_known(row: Any) -> None:
    encode = vnpay.quote if "pct20" in row["id"] else vnpay.quote_plus
    assert vnpay.signed_text(row["params"], encode) == row["hash_data"]
    assert vnpay.sign(row["secret"], row["hash_data"]) == row["expected"]


@pytest.mark.parametrize("row", named([row for row in of("vnpay") if "params" not in row]))
def test_a_decoded_query_is_written_the_same_again(row: Any) -> None:
    params = dict(parse_qsl(row["hash_data"], keep_blank_values=True))
    assert vnpay.signed_text(params) == row["hash_data"]
    if row["secret"]:
        assert vnpay.sign(row["secret"], row["hash_data"]) == row["expected"]


@pytest.mark.parametrize("row", named(MESSAGES))
def test_a_message_is_signed_in_its_fixed_order(row: Any) -> None:
    order = [name.removeprefix("vnp_") for name in row["field_order"].split("|")]
    known = {
        "sim-querydr-req": vnpay.QUERY_REQUEST,
        "sim-querydr-resp": vnpay.QUERY_REPLY,
        "sim-refund-req": vnpay.REFUND_REQUEST,
    }
    assert order == known[row["id"]]
    assert vnpay.joined(row["params"], order) == row["hash_data"]
    assert vnpay.sign(row["secret"], row["hash_data"]) == row["expected"]


def test_the_address_to_pay_at_is_the_known_one() -> None:
    row = next(row for row in QUERIES if row["id"] == "sim-pay")
    attempt: Any = SimpleNamespace(
        ref="PA7K3M9Q2X",
        amount_vnd=20_000,
        begun_at=datetime(2026, 1, 5, 2, 0, tzinfo=UTC),
        expires_at=datetime(2026, 1, 5, 2, 15, tzinfo=UTC),
        sent={},
    )
    attempt.sent = gateway().prepare(attempt, "203.0.113.7", "vi")
    assert attempt.sent == row["params"]
    url = urlsplit(gateway().initiate(attempt).url)
    assert (url.netloc, url.path) == ("gateway.example", "/paymentv2/vpcpay.html")
    assert parse_qs(url.query)["vnp_SecureHash"] == [row["expected"]]
    assert gateway().initiate(attempt) == gateway().initiate(attempt)


@pytest.mark.parametrize(
    ("name", "outcome", "amount"),
    [
        ("sim-ipn-ok", Outcome.SUCCEEDED, 20_000),
        ("sim-ipn-badamount", Outcome.SUCCEEDED, 1_000),
        ("sim-ipn-cancel", Outcome.CANCELLED, 20_000),
        ("sim-ipn-fraud", Outcome.REVIEW, 20_000),
    ],
)
def test_what_a_notification_says(name: str, outcome: Outcome, amount: int) -> None:
    row = next(row for row in QUERIES if row["id"] == name)
    notice = gateway().parse_notification({**row["params"], "vnp_SecureHash": row["expected"]})
    assert notice.state is not None
    assert (notice.ref, notice.state.outcome, notice.state.amount_vnd) == ("PA7K3M9Q2X", outcome, amount)
    assert not notice.state.is_asked
    assert "vnp_SecureHash" not in notice.payload


@pytest.mark.parametrize("row", named(of("vnpay", "negative")))
def test_what_is_not_genuine_is_refused(row: Any) -> None:
    params = dict(parse_qsl(row["query"], keep_blank_values=True))
    with pytest.raises(NotGenuine):
        gateway(row["secret"]).parse_notification(params)


def test_a_space_may_be_signed_as_percent_20() -> None:
    row = next(row for row in QUERIES if row["id"] == "vnp-ipn-pct20")
    with pytest.raises(NotGenuine, match="merchant"):
        gateway(row["secret"]).parse_notification({**row["params"], "vnp_SecureHash": row["expected"]})


def test_a_former_key_still_counts_and_capitals_do_not_matter() -> None:
    row = next(row for row in QUERIES if row["id"] == "sim-ipn-ok")
    both = vnpay.Vnpay("vnpay", "VNPAY", terminal="SIMTMN01", secrets_=("NEW", SECRET))
    assert both.parse_notification({**row["params"], "vnp_SecureHash": row["expected"].upper()}).ref == "PA7K3M9Q2X"


@pytest.mark.parametrize("answer", list(Answer))
def test_every_answer_has_the_gateways_words(answer: Answer) -> None:
    assert gateway().acknowledge(answer).status_code == 200


class TestAsking:
    @pytest.fixture
    def attempt(self) -> Any:
        return SimpleNamespace(
            ref="PA7K3M9Q2X", amount_vnd=20_000, provider_ref="90000001", sent={"vnp_CreateDate": "20260105090000"}
        )

    @pytest.fixture
    def reply(self, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
        """What the gateway answers; signed unless it says otherwise."""
        row = next(row for row in MESSAGES if row["id"] == "sim-querydr-resp")
        answer = {**row["params"], "vnp_SecureHash": row["expected"]}
        monkeypatch.setattr(vnpay, "post_json", lambda url, request: answer)
        return answer

    def resign(self, reply: dict[str, Any]) -> None:
        reply["vnp_SecureHash"] = vnpay.sign(SECRET, vnpay.joined(reply, vnpay.QUERY_REPLY))

    def test_a_paid_attempt_is_told_as_asked(self, attempt: Any, reply: dict[str, Any]) -> None:
        state = gateway().query(attempt, datetime(2026, 1, 5, 2, 20, tzinfo=UTC))
        assert (state.outcome, state.amount_vnd, state.provider_ref) == (Outcome.SUCCEEDED, 20_000, "90000001")
        assert state.is_asked
        assert state.paid_at == datetime(2026, 1, 5, 2, 3, 12, tzinfo=UTC)

    def test_an_answer_without_signature_is_none(self, attempt: Any, reply: dict[str, Any]) -> None:
        del reply["vnp_SecureHash"]
        with pytest.raises(NotGenuine):
            gateway().query(attempt, datetime(2026, 1, 5, 2, 20, tzinfo=UTC))

    def test_what_the_gateway_never_heard_of(self, attempt: Any, reply: dict[str, Any]) -> None:
        reply["vnp_ResponseCode"] = "91"
        self.resign(reply)
        assert gateway().query(attempt, datetime(2026, 1, 5, 2, 20, tzinfo=UTC)).outcome == Outcome.UNKNOWN_THERE

    def test_an_answer_about_another_attempt_is_none(self, attempt: Any, reply: dict[str, Any]) -> None:
        reply["vnp_TxnRef"] = "OTHER"
        self.resign(reply)
        with pytest.raises(Unreachable):
            gateway().query(attempt, datetime(2026, 1, 5, 2, 20, tzinfo=UTC))

    @pytest.mark.parametrize(
        ("kind", "status", "outcome"),
        [
            ("03", "05", RefundOutcome.PROCESSING),
            ("02", "00", RefundOutcome.SUCCEEDED),
            ("02", "09", RefundOutcome.FAILED),
            ("01", "00", RefundOutcome.UNKNOWN),
        ],
    )
    def test_where_a_repayment_stands(
        self, attempt: Any, reply: dict[str, Any], kind: str, status: str, outcome: RefundOutcome
    ) -> None:
        reply |= {"vnp_TransactionType": kind, "vnp_TransactionStatus": status}
        self.resign(reply)
        refund: Any = SimpleNamespace(attempt=attempt, request_id="a" * 32)
        assert gateway().query_refund(refund, datetime(2026, 1, 6, 2, 20, tzinfo=UTC)).outcome == outcome
