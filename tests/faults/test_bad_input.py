"""Bad input everywhere: every URL with what no honest browser sends, from somebody who may open it.

Nothing may answer 500; what is refused answers with a page of the portal that
says what to do. Lists of values turn from address to address: each address gets
some of them, each kind of box, part or page all.
"""

import re
import unicodedata
from itertools import cycle
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.client import encode_multipart
from django.urls import reverse

from tests.access.test_matrix import rows, undone, who_may
from tests.access.world import World
from tests.faults import answers

PERSONAS = ("anonymous", "citizen", "clerk", "specialist", "leader", "publisher", "administrator")
URLENCODED = "application/x-www-form-urlencoded"
FIELD = re.compile(r'<(?:input|select|textarea|button)\b[^>]*\bname="([^"]+)"')
HUGE = "9" * 40
NFD = unicodedata.normalize("NFD", "Nguyễn Thị Đào")
# Values that reach the forms: readable, and wrong for nearly every field.
ODD = (
    "",
    "abc",
    "-1",
    HUGE,
    "nan",
    "٣²",
    NFD,
    "\"'><script>alert(1)</script>",
    "{{ 7|add:7 }}{% now %}%s%n",
    "=cmd|' /C calc'!A0",
    "a\r\nBcc: thief@example.com",
    "99/99/9999",
    "9999-12-31T23:59:59",
    "0001-01-01T00:00",
    '[{"a": 1}]',
    "😀" * 200,
    "\u202e\u200b\ufeff",
    "x" * 19_999,
)
# Parts of an address that name nothing.
STRANGE_PARTS = (HUGE, "-1", "x" * 3000, NFD, "%ED%A0%80", "a%00b", "..%2f..", "٣", "%0d%0aX-A:b")
STRANGE_QUERIES = (
    "after=x&before=x&q=x&page=-1&view=x&sort=x&back=x&next=//evil.example&pdf",
    f"after=~&before=~~&page={HUGE}&sort=--due&search=1&field=%27&channel=9&deadline=x&level={HUGE}",
    f"after={HUGE}~{HUGE}&before=9999-99-99T00:00:00Z~1&view=mine&search=1&sort=-closed&level=-1",
    "after=0001-01-01T00:00:00%2B23:59~1&q=%25_%5C%27%22&view=all",
    "after=9999-12-31T23:59:59-23:59~1&view=all&sort=due&audience=x&agency=x",
    "q[]=1&q[]=2&after=1&after=2&field=a&field=b",
    "&".join(f"k{n}=1" for n in range(1001)),
    "q=%00",
    "q=%ED%A0%80",
    "q=%ff",
)


# Pages that read their query.
LISTS = (
    "procedures:find", "track:find", "applicant:dossiers", "desk:list", "desk:search", "leader:home",
    "manage:procedures", "manage:people", "manage:log", "manage:alerts", "manage:units", "manage:notices",
    "articles:notices", "feedback:give", "feedback:list", "feedback:published", "leader:indicator", "leader:late",
    "leader:ratings", "rating:ratings", "statistics:figures", "statistics:indicators",
)  # fmt: skip


def addresses(world: World, persona: str) -> dict[str, list[object]]:
    """Return the URL names of which a persona is the first who may open them, with arguments that lead somewhere."""
    found: dict[str, list[object]] = {}
    for name, _method, arguments, expected in rows(world):
        if who_may(expected) == persona:
            found.setdefault(name, arguments)
    return found


# Called by other houses' programs, which are answered in their own words.
MACHINES = ("/pay/vnpay/ipn/", "/pay/vnpost/webhook/")


class Attacker:
    """A persona's browser that keeps a list of answers nobody may get."""

    def __init__(self, world: World, persona: str) -> None:
        self.persona = persona
        self.faults: list[str] = []
        self.client = Client(raise_request_exception=False, HTTP_ORIGIN="http://testserver")
        if world.people[persona] is not None:
            self.client.force_login(world.people[persona])

    def send(self, method: str, address: str, **options: Any) -> str:
        """Send a request, judge the answer, take back what it wrote; return the page."""
        with undone():
            response = self.client.generic(method, address, **options)
            status = response.status_code
            content = answers.read(response)
            page = "" if response.streaming else content.decode(errors="replace")
        what = f"{self.persona} {method} {address[:120]} {str(options.get('data', ''))[:80]}"
        if status >= 500 and not (status == 503 and address.startswith("/readyz")):
            error = getattr(response, "exc_info", None)
            self.faults.append(f"{what} → {status} {error[1]!r}" if error else f"{what} → {status}")
        elif status >= 400 and method != "HEAD" and 'id="main"' not in page and not address.startswith(MACHINES):
            self.faults.append(f"{what} → {status} without a page of ours")
        elif "UNDEFINED(" in page:
            self.faults.append(f"{what} → a page with an undefined variable")
        elif "<script>alert" in page:
            self.faults.append(f"{what} → what was typed runs as a script")
        return page


def field_names(attacker: Attacker, world: World) -> list[str]:
    """Return the names of every field on a persona's pages."""
    names: set[str] = set()
    for name, arguments in addresses(world, attacker.persona).items():
        names.update(FIELD.findall(attacker.send("GET", reverse(name, args=arguments))))
    return sorted(names - {"csrfmiddlewaretoken", "question_token", "resume"})


def forms_of(world: World, persona: str) -> list[str]:
    """Return the addresses that take forms and of which a persona is the first who may send them."""
    found = {
        reverse(name, args=arguments)
        for name, method, arguments, expected in rows(world)
        if who_may(expected) == persona and (method == "post" or name.startswith("account"))
    }
    assert found
    return sorted(found)


@pytest.mark.sqlite
@pytest.mark.parametrize("persona", PERSONAS)
def test_every_method_on_every_address(world, persona):
    attacker = Attacker(world, persona)
    for name, arguments in addresses(world, persona).items():
        for method in ("POST", "PUT", "DELETE", "OPTIONS", "QUERY"):
            attacker.send(method, reverse(name, args=arguments))
    assert not attacker.faults, "\n".join(attacker.faults)


@pytest.mark.sqlite
def test_every_method_on_every_address_from_a_stranger(world):
    attacker = Attacker(world, "anonymous")
    for persona in PERSONAS[1:]:
        for name, arguments in addresses(world, persona).items():
            for method in ("POST", "PUT", "HEAD", "QUERY"):
                attacker.send(method, reverse(name, args=arguments))
    assert not attacker.faults, "\n".join(attacker.faults)


@pytest.mark.parametrize("persona", PERSONAS)
def test_readable_nonsense_in_every_field_of_every_form(world, persona):
    attacker = Attacker(world, persona)
    names = field_names(attacker, world)
    for n, address in enumerate(forms_of(world, persona)):
        for first in range(n, n + len(ODD), 5):
            typed = [(name, ODD[(first + place) % len(ODD)]) for place, name in enumerate(names)]
            attacker.send("POST", address, data=urlencode(typed).encode(), content_type=URLENCODED)
    assert not attacker.faults, "\n".join(attacker.faults)


@pytest.mark.sqlite
@pytest.mark.parametrize("persona", PERSONAS)
def test_fields_of_the_wrong_shape(world, persona):
    attacker = Attacker(world, persona)
    names = field_names(attacker, world)
    file = {name: SimpleUploadedFile("a.pdf", b"%PDF-1.4\n") for name in names[:2]}
    text = dict.fromkeys([*names, "file", "upload", "document"], "a text where a file belongs")
    boundary = "xyzxyz"
    multipart = f"multipart/form-data; boundary={boundary}"
    bodies = [
        (encode_multipart(boundary, file), multipart),
        (encode_multipart(boundary, text), multipart),
        (encode_multipart(boundary, {"file": SimpleUploadedFile("a\0b.pdf", b"%PDF-")}), multipart),
        (encode_multipart(boundary, {"file": SimpleUploadedFile("x" * 5000 + ".pdf", b"%PDF-")}), multipart),
        (encode_multipart(boundary, {f"f{n}": SimpleUploadedFile("a.pdf", b"x") for n in range(5)}), multipart),
        (b"--xyzxyz\r\nContent-Disposition: form-data\r\n\r\nno name", multipart),
        (b'--xyzxyz\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\ncut', multipart),
        (
            b'--xyzxyz\r\nContent-Disposition: form-data; name="a"\r\nContent-Transfer-Encoding: base64\r\n\r\n=!=\r\n'
            b"--xyzxyz--\r\n",
            multipart,
        ),
        (b"x", "multipart/form-data"),
        (b"x", "multipart/form-data; boundary="),
        (b'{"revision": [1, 2]}', "application/json"),
        (b"<a/>", "text/xml"),
        (b"revision=1", "application/x-www-form-urlencoded; charset=utf-16"),
        (b"revision=1", "text/plain; charset=hex"),
        (b"revision=" + b"%ED%A0%80", URLENCODED),
        (b"revision=%00", URLENCODED),
        (b"%00=1", URLENCODED),
        (b"note=" + b"x" * 1_000_000, URLENCODED),
        (b"&".join(b"f%d=1" % n for n in range(1001)), URLENCODED),
        (b"&".join(f"{name}={n}".encode() for n in range(3) for name in names), URLENCODED),
        (b"&".join(f"{name}[]=1&{name}.x=1&{name}-0-a=1".encode() for name in names[:200]), URLENCODED),
        (b"=&&;=;&", URLENCODED),
    ]
    for n, address in enumerate(forms_of(world, persona)):
        for body, content_type in bodies[n % 4 :: 4]:
            attacker.send("POST", address, data=body, content_type=content_type)
    assert not attacker.faults, "\n".join(attacker.faults)


@pytest.mark.parametrize("persona", PERSONAS)
def test_addresses_that_name_nothing(world, persona):
    attacker = Attacker(world, persona)
    read, sent = cycle(STRANGE_PARTS), cycle(STRANGE_PARTS)
    for name, arguments in addresses(world, persona).items():
        address = reverse(name, args=arguments)
        for argument in arguments:
            for method, parts in (("GET", read), ("GET", read), ("POST", sent)):
                attacker.send(method, address.replace(f"/{argument}/", f"/{next(parts)}/", 1))
    assert not attacker.faults, "\n".join(attacker.faults)


@pytest.mark.parametrize("persona", PERSONAS)
def test_queries_that_mean_nothing(world, persona):
    attacker = Attacker(world, persona)
    for n, (name, arguments) in enumerate(addresses(world, persona).items()):
        address = reverse(name, args=arguments)
        for query in STRANGE_QUERIES if name in LISTS else STRANGE_QUERIES[n % 5 :: 5]:
            attacker.send("GET", f"{address}?{query}")
        attacker.send("POST", f"{address}?{STRANGE_QUERIES[n % len(STRANGE_QUERIES)]}")
    assert not attacker.faults, "\n".join(attacker.faults)


HEADERS = (
    {"HTTP_ORIGIN": "http://["},
    {"HTTP_ORIGIN": "", "HTTP_REFERER": "http://[bad"},
    {"HTTP_HOST": "evil.example"},
    {"HTTP_HOST": "a b\r\n"},
    {"CONTENT_TYPE": "text/plain; charset=hex"},
    {"CONTENT_TYPE": "text/plain; charset=punycode"},
    {"HTTP_X_FORWARDED_FOR": "'; drop, \x00"},
    {"HTTP_IF_NONE_MATCH": '"\xff'},
    {"HTTP_IF_MODIFIED_SINCE": "99 Foo 99999"},
    {"HTTP_ACCEPT_LANGUAGE": "x" * 5000},
    {"HTTP_RANGE": "bytes=-1,9999999999999999999999-"},
    {"HTTP_COOKIE": 'sessionid="\\000\\000\\000\\000\\000\\000\\000\\000\\000"; text=x; contrast="\\000"'},
    {"HTTP_COOKIE": 'messages="[[\\042x"; csrftoken=\\; django_language=xx; sessionid=' + "x" * 4000},
    {"HTTP_COOKIE": "=;;;=a; sessionid"},
    {"CONTENT_LENGTH": "-5"},
    {"CONTENT_LENGTH": "abc"},
    {"HTTP_X_AUTOSAVE": "\xff"},
)


@pytest.mark.sqlite
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_headers_that_no_browser_sends(world, method):
    attacker = Attacker(world, "anonymous")
    for address in (
        "/",
        "/procedures/",
        "/accounts/login/",
        "/track/",
        "/language/",
        "/display/",
        "/my/dossiers/",
    ):
        for headers in HEADERS:
            attacker.send(method, address, data=b"a=b", **headers)
    assert not attacker.faults, "\n".join(attacker.faults)


def test_an_address_that_only_takes_forms_explains_itself(world, client):
    client.force_login(world.citizen)
    answer = client.get(reverse("applicant:submit", args=[world.draft.ref]))
    page = answer.content.decode()
    assert answer.status_code == 405 and answer["Allow"] == "POST"
    assert "Không mở trực tiếp được địa chỉ này" in page and "<h1>" in page


@pytest.mark.parametrize(
    ("persona", "segment", "which", "typed"),
    [
        ("citizen", "withdraw", "submitted", {"reason": f"Đổi ý vì {NFD}", "revision": "abc"}),
        ("clerk", "refuse", "submitted", {"reason": "Thiếu thẩm quyền", "rule": "", "revision": HUGE}),
        ("clerk", "receive", "submitted", {"originals": "khong-co", "revision": ""}),
        ("specialist", "propose", "processing", {"text": "Đồng ý cấp", "is_granted": "x", "revision": "abc"}),
        ("leader", "extend", "processing", {"reason": "Chờ xác minh", "day": "99/99/9999", "revision": "0"}),
        ("leader", "send-back", "proposed", {"reason": "Sai căn cứ", "revision": "7" * 30}),
    ],
)
def test_what_was_typed_stands_on_the_page_again(world, client, persona, segment, which, typed):
    client.force_login(world.people[persona])
    dossier = getattr(world, which)
    home = f"/my/dossiers/{dossier.ref}/" if persona == "citizen" else f"/desk/dossiers/{dossier.code}/"
    answer = client.post(f"{home}{segment}/", typed)
    page = unicodedata.normalize("NFC", answer.content.decode())
    assert answer.status_code in (409, 422)
    assert unicodedata.normalize("NFC", typed.get("reason") or typed.get("text") or "<h1>") in page
    before = dossier.status, dossier.revision
    dossier.refresh_from_db()
    assert (dossier.status, dossier.revision) == before
