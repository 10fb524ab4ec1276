"""What browsers refused to load is counted, and nothing else of a report is believed."""

import json

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db
OLD = {
    "csp-report": {
        "effective-directive": "script-src-elem",
        "blocked-uri": "https://evil.example/a.js?q=Nguyen",
        "document-uri": "http://testserver/procedures/?q=nguyen+van+an",
    }
}
NEW = [
    {
        "type": "csp-violation",
        "body": {"effectiveDirective": "style-src", "blockedURL": "inline", "documentURL": "http://testserver/"},
    }
]


def send(content, kind="application/csp-report", **extra):
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    return Client(enforce_csrf_checks=True).post("/csp-report/", body, content_type=kind, **extra)


def noted(caplog):
    return [record.getMessage() for record in caplog.records if record.name == "security"]


def test_both_formats_are_counted_for_the_day(caplog):
    for content, kind in (
        (OLD, "application/csp-report"),
        (NEW, "application/reports+json"),
        (OLD, "application/json"),
    ):
        assert send(content, kind).status_code == 204
    assert noted(caplog) == [
        "csp_violated directive=script-src blocked=https://evil.example page=/procedures/ today=1",
        "csp_violated directive=style-src blocked=inline page=/ today=1",
        "csp_violated directive=script-src blocked=https://evil.example page=/procedures/ today=2",
    ]


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff", b"[" * 5000, b"null", b"[1, null]", b'{"csp-report": 1}', b" " * 9000 + json.dumps(OLD).encode()],
)
def test_what_is_no_report_counts_for_nothing(content, caplog):
    assert send(content).status_code == 204
    assert noted(caplog) == []


def test_a_form_is_no_report(caplog):
    assert Client().post("/csp-report/", OLD["csp-report"]).status_code == 204
    assert send(OLD, kind="application/x-www-form-urlencoded").status_code == 204
    assert noted(caplog) == []


def test_odd_values_are_not_repeated(caplog):
    odd = {"effective-directive": "x y\nz", "blocked-uri": "data:Nguyễn Văn An", "document-uri": "http://[bad"}
    assert send({"csp-report": odd}).status_code == 204
    assert noted(caplog) == ["csp_violated directive=other blocked=- page= today=1"]


def test_reports_of_one_address_are_limited(settings, caplog):
    settings.LIMITS = settings.LIMITS | {"csp_ip": (2, 3600)}
    assert [send(OLD).status_code for _n in range(4)] == [204] * 4
    assert len(noted(caplog)) == 2


def test_pages_name_the_address_of_reports(client):
    assert "report-uri /csp-report/" in client.get("/")["Content-Security-Policy"]
