"""Try a real installation: production settings on PostgreSQL and Redis, behind the nginx template that is shipped.

``python .ci/try_serving.py DATABASE_URL REDIS_URL`` (a fresh database; the address of a role that may make roles).
Keys and a certificate are made for this run. ``manage.py prepare`` makes the tables and the role that works with
rows; gunicorn starts with that role, nginx in front, and requests go through both as a browser's do: every kind of
answer, its headers, files sent by nginx, limits of size, signing in. Afterwards no log may hold a token, an
ID number or a traceback. Prints what is wrong and ends with 1 when there is anything.
"""

import base64
import http.client
import os
import re
import secrets
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode, urlsplit

ROOT = Path(__file__).resolve().parent.parent
HOST = "dichvucong.example.vn"
ROLE = "mot_cua_serving"
STORED = "/stored/"
# Texts that arrive in addresses and must not stand in any log.
TOKENS = ("tokenofaninvitation0123456789abcdef", "tokenofapasswordreset")
NUMBER = "075199000011"
HEADERS = {
    "strict-transport-security": "max-age=31536000",
    "content-security-policy": "default-src 'none'",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=()",
}
# What a file that is the same for everybody carries, too.
EVERYWHERE = ("strict-transport-security", "x-content-type-options", "referrer-policy", "cross-origin-opener-policy")
# What the template says for the containers -> what it is here; each has to stand in it.
PLACES = {
    r"listen 80;": "listen 127.0.0.1:{http};",
    r"listen 443 ssl": "listen 127.0.0.1:{https} ssl",
    r" *listen \[::\]:\d+[^;]*;\n": "",
    r"/etc/nginx/tls": "{folder}/tls",
    r"http://web:8000": "http://127.0.0.1:{web}",
    r"/srv/portal/files/": "{folder}/var/files/",
}
# Since nginx 1.25.1 a directive of its own.
HTTP2_ON = (1, 25, 1)
WORLD = """
import django; django.setup()
from allauth.account.models import EmailAddress
from tests.access.world import World
world = World()
for user in (world.citizen, world.commune.clerk):
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
print(world.version.procedure.code, world.draft.ref, world.submitted.ref, world.submitted.papers.first().ref)
"""


@dataclass(frozen=True)
class Answer:
    """What came back through the proxy."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode(errors="replace")


class Browser:
    """Asks through nginx as the site's own host, trusts the certificate of this run and keeps cookies."""

    def __init__(self, ports: dict[str, int], certificate: Path) -> None:
        self.ports = ports
        self.context = ssl.create_default_context(cafile=str(certificate))
        self.cookies: dict[str, str] = {}
        self.seen: list[tuple[str, Answer]] = []

    def ask(self, method: str, path: str, body: bytes | None = None, host: str = HOST, **headers: str) -> Answer:
        """Send one request over TLS."""
        connection = http.client.HTTPSConnection(host, self.ports["https"], context=self.context, timeout=40)
        raw = socket.create_connection(("127.0.0.1", self.ports["https"]), timeout=40)
        connection.sock = self.context.wrap_socket(raw, server_hostname=HOST)
        sent = {"Host": host, "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())} | headers
        try:
            connection.request(method, path, body, {name: value for name, value in sent.items() if value})
            response = connection.getresponse()
            for cookie in response.headers.get_all("Set-Cookie", []):
                self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(cookie).items()}
            named = {name.lower(): value for name, value in response.getheaders()}
            answer = Answer(response.status, named, response.read())
        finally:
            connection.close()
        self.seen.append((f"{method} {path}", answer))
        return answer

    def get(self, path: str) -> Answer:
        """Ask for a page."""
        return self.ask("GET", path)

    def post(self, path: str, page: str, **fields: str) -> Answer:
        """Send a form that stands on ``page``."""
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', self.get(page).text)
        body = urlencode({"csrfmiddlewaretoken": token[1] if token else "", **fields}).encode()
        kind = "application/x-www-form-urlencoded"
        return self.ask("POST", path, body, **{"Content-Type": kind, "Referer": f"https://{HOST}{page}"})

    def upload(self, path: str, page: str, size: int) -> Answer:
        """Send a file of so many bytes from ``page``."""
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', self.get(page).text)
        mark = secrets.token_hex(8)
        part = f'--{mark}\r\nContent-Disposition: form-data; name="'
        head = f'{part}csrfmiddlewaretoken"\r\n\r\n{token[1] if token else ""}\r\n{part}file"; filename="a.pdf"\r\n\r\n'
        body = head.encode() + b"%PDF-1.7".ljust(size) + f"\r\n--{mark}--\r\n".encode()
        kind = f"multipart/form-data; boundary={mark}"
        return self.ask("POST", path, body, **{"Content-Type": kind, "Referer": f"https://{HOST}{page}"})


def settings(folder: Path, database: str, redis: str, web: int) -> dict[str, str]:
    """Return the environment of an installation, with keys of its own."""
    secret = {name: secrets.token_urlsafe(48) for name in ("SECRET_KEY", "INDEX_KEY", "HISTORY_KEYS")}
    return {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "portal.settings.production",
        "PYTHONDONTWRITEBYTECODE": "1",
        "FIELD_KEYS": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        "ALLOWED_HOSTS": HOST,
        "SITE_URL": f"https://{HOST}",
        "SITE_NAME": "xã Ví Dụ",
        "SITE_AGENCY": "Ủy ban nhân dân xã Ví Dụ",
        "SITE_RESPONSIBLE": "Chánh Văn phòng",
        "SITE_ADDRESS": "Trung tâm xã Ví Dụ",
        "SITE_PHONE": "0251 3000 009",
        "SITE_EMAIL": "mot-cua@example.vn",
        "EMAIL_URL": "smtp://127.0.0.1:1",
        "DEFAULT_FROM_EMAIL": "mot-cua@example.vn",
        "DATABASE_URL": database,
        "REDIS_URL": redis,
        "TRUSTED_PROXY_COUNT": "1",
        "X_ACCEL_PREFIX": STORED,
        "VAR_DIR": str(folder / "var"),
        "PORT": str(web),
        **secret,
    }


def free_ports() -> dict[str, int]:
    """Return three ports that nobody listens on."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _name in range(3)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return dict(zip(("http", "https", "web"), (each.getsockname()[1] for each in sockets), strict=True))


def configuration(template: str, folder: Path, ports: dict[str, int], version: tuple[int, ...]) -> str:
    """Return nginx's whole configuration around the shipped template; raises ValueError when its places changed."""
    site = template.replace("${SITE_HOST}", HOST)
    for place, here in PLACES.items():
        site, count = re.subn(place, here.format(folder=folder, **ports), site)
        if not count:
            raise ValueError(f"The template no longer has {place!r}")
    if version < HTTP2_ON:
        site = site.replace("http2 on;", "")
    if "/var/log/nginx" in site:
        site = site.replace("/var/log/nginx", str(folder))
    temporary = "\n".join(
        f"    {name}_temp_path {folder}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    return f"""daemon off; user root; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{}}
http {{
    include /etc/nginx/mime.types;
    log_format main '$remote_addr - $remote_user [$time_local] "$request" $status "$http_referer" "$http_user_agent"';
    access_log {folder}/access.log main;
{temporary}
{site}
}}
"""


def nginx_version() -> tuple[int, ...]:
    """Return the version of the nginx of this machine."""
    said = subprocess.run(["nginx", "-v"], capture_output=True, text=True, check=True).stderr
    return tuple(map(int, re.findall(r"(\d+)\.(\d+)\.(\d+)", said)[0]))


def certificate(folder: Path) -> Path:
    """Make a certificate of the site's host that signs itself."""
    (folder / "tls").mkdir()
    names = ["-subj", f"/CN={HOST}", "-addext", f"subjectAltName=DNS:{HOST}"]
    files = ["-keyout", str(folder / "tls/privkey.pem"), "-out", str(folder / "tls/fullchain.pem")]
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *names, *files]
    subprocess.run(command, check=True, capture_output=True)
    return folder / "tls/fullchain.pem"


@contextmanager
def running(command: list[str], environment: dict[str, str], log: Path, port: int) -> Iterator[None]:
    """Run a server until the block ends; it listens when the block begins."""
    with log.open("w") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=output)
        try:
            for _n in range(300):
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", port)) == 0:
                        break
                if process.poll() is not None:
                    raise RuntimeError(f"{command[0]} ended: {log.read_text()}")
                time.sleep(0.1)
            yield
        finally:
            process.terminate()
            process.wait(timeout=30)


def requests(browser: Browser, world: list[str]) -> Iterator[tuple[str, bool]]:
    """Ask for everything once; yield (what is expected, whether it is so)."""
    procedure, draft, submitted, paper = world
    home = browser.get("/")
    yield "the home page answers", home.status == 200 and "<h1" in home.text
    yield "the health page answers", browser.get("/healthz").text == "ok\n"
    yield "the inner health page is not served", browser.get("/readyz").status == 404
    static = sorted(set(re.findall(r'"(/static/[^"]+\.(?:css|js))"', home.text)))
    for path in static:
        answer = browser.get(path)
        lasting = "immutable" in answer.headers.get("cache-control", "")
        yield f"{path} is served and kept for ever", answer.status == 200 and lasting and bool(answer.body)
    yield "the home page has a stylesheet", any(path.endswith(".css") for path in static)
    yield "a procedure is found", procedure in browser.get(f"/procedures/{procedure}/").text
    yield "an unknown page is missing", browser.get("/nothing/").status == 404
    yield "a member's page asks for signing in", browser.get("/my/dossiers/").status == 302
    for path in (f"/accounts/invitation/{TOKENS[0]}/", f"/accounts/reset/1-{TOKENS[1]}/"):
        yield f"{path} answers", browser.get(path).status < 500
    yield "a strange host gets nothing", is_shut(browser)
    yield from signing_in(browser, draft)
    stored = browser.get(f"/my/dossiers/{submitted}/papers/{paper}/file/")
    yield "nginx sends a stored file", stored.status == 200 and stored.body.startswith(b"%PDF")
    private = stored.headers.get("cache-control") == "private, no-store"
    yield "a stored file is private", private and "sandbox" in stored.headers.get("content-security-policy", "")
    yield "the inner place of files is shut", browser.get(STORED).status == 404
    yield "the desk is shut for citizens", browser.get("/desk/").status == 403


def is_shut(browser: Browser) -> bool:
    """Tell whether nginx hangs up on a host that is not the site's."""
    try:
        browser.ask("GET", "/", host="evil.example")
    except http.client.RemoteDisconnected:
        return True
    # nginx chooses the server by the name in TLS first: then the portal refuses the host.
    return browser.seen[-1][1].status in (400, 421)


def signing_in(browser: Browser, draft: str) -> Iterator[tuple[str, bool]]:
    """Sign in once with a wrong and once with the right password, then send files that are too large."""
    login, papers = "/accounts/login/", f"/my/dossiers/{draft}/papers/"
    page = browser.get(login)
    yield "the sign-in page answers and is not kept", "no-store" in page.headers.get("cache-control", "")
    wrong = browser.post(login, login, login=NUMBER, password="sai-mat-khau")
    yield "a wrong password shows the form again", wrong.status == 200 and "__Host-session" not in browser.cookies
    right = browser.post(login, login, login="an@example.com", password="mat-khau-thu-2026")
    yield "the right password signs in", right.status == 302 and "__Host-session" in browser.cookies
    cookie = right.headers.get("set-cookie", "")
    yield "the session's cookie is kept from scripts and plain HTTP", "Secure" in cookie and "HttpOnly" in cookie
    yield "the draft's papers are shown", browser.get(papers).status == 200
    upload = f"{papers}chung-sinh/upload/"
    yield "the portal refuses 11 MB in words", refused_in_words(browser.upload(upload, papers, 11 * 1024**2))
    yield "the proxy refuses 13 MB", browser.upload(upload, papers, 13 * 1024**2).status == 413


def refused_in_words(answer: Answer) -> bool:
    """Tell whether a page says that a file is too large."""
    # A number and its unit are held together.
    return 400 <= answer.status < 500 and "10\N{NO-BREAK SPACE}MB" in answer.text


def every_answer(browser: Browser) -> Iterator[str]:
    """Yield what is wrong with any answer: server errors, missing headers, names of versions."""
    for asked, answer in browser.seen:
        if answer.status >= 500:
            yield f"{asked}: {answer.status}"
        if re.search(r"\d", answer.headers.get("server", "")):
            yield f"{asked}: Server {answer.headers['server']}"
        # nginx's own pages (the file too large, the shut health page) run no script and hold nothing.
        if answer.headers.get("content-type") == "text/html":
            continue
        for name, value in HEADERS.items():
            said = answer.headers.get(name, "")
            is_whole = name in EVERYWHERE or not asked.startswith("GET /static/")
            if is_whole and value not in said and "sandbox" not in said:
                yield f"{asked}: {name} is {said!r}"


def plain_http(port: int) -> str | None:
    """Return where plain HTTP sends a browser."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", "/procedures/?q=a", headers={"Host": HOST})
    answer = connection.getresponse()
    connection.close()
    return answer.getheader("Location") if answer.status == 301 else None


def ready(port: int) -> int:
    """Return what the inner health page answers to whoever asks the web process itself."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", "/readyz", headers={"Host": HOST})
    status = connection.getresponse().status
    connection.close()
    return status


def in_logs(folder: Path) -> Iterator[str]:
    """Yield what must not stand in a log."""
    for log in sorted(folder.glob("*.log")):
        text = log.read_text(errors="replace")
        for secret in (*TOKENS, NUMBER, "mat-khau-thu-2026", "Traceback"):
            if secret in text:
                line = next(line for line in text.splitlines() if secret in line)
                yield f"{log.name} holds {secret!r}: {line[:200]}"
    logs = [folder / name for name in ("access.log", "proxy.log")]
    if not any(log.exists() and "GET /" in log.read_text() for log in logs):
        yield "the proxy logs nothing"


def manage(environment: dict[str, str], *words: str) -> str:
    """Run Python in the installation; returns what it prints."""
    command = [sys.executable, *words]
    return subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True).stdout


def main(database: str, redis: str) -> int:
    """Install, start, ask, stop, read the logs, and say what is wrong."""
    folder, ports = Path(tempfile.mkdtemp(prefix="mot-cua-serving-")), free_ports()
    password = secrets.token_hex(16)
    owner = settings(folder, database, redis, ports["web"])
    place = urlsplit(database)
    address = f"{ROLE}:{password}@{place.hostname}:{place.port or 5432}"
    app = owner | {"DATABASE_URL": place._replace(netloc=address).geturl(), "WEB_CONCURRENCY": "1"}
    try:
        manage(owner | {"APP_DATABASE_ROLE": ROLE, "APP_DATABASE_PASSWORD": password}, "manage.py", "prepare")
        world = manage(owner, "-c", WORLD).split()
        manage(app, "manage.py", "check", "--deploy", "--fail-level", "WARNING")
        browser = Browser(ports, certificate(folder))
        template = (ROOT / "deploy/nginx.conf.template").read_text()
        (folder / "nginx.conf").write_text(configuration(template, folder, ports, nginx_version()))
        web = [str(Path(sys.executable).with_name("gunicorn")), "--config", "deploy/gunicorn.py", "portal.wsgi"]
        proxy = ["nginx", "-e", str(folder / "error.log"), "-c", str(folder / "nginx.conf")]
        with (
            running(web, app, folder / "web.log", ports["web"]),
            running(proxy, app, folder / "proxy.log", ports["https"]),
        ):
            faults = [what for what, is_so in requests(browser, world) if not is_so]
            if plain_http(ports["http"]) != f"https://{HOST}/procedures/?q=a":
                faults.append("plain HTTP does not lead to TLS")
            if ready(ports["web"]) != 200:
                faults.append("the web process does not say that it is ready")
        faults += [*every_answer(browser), *in_logs(folder)]
    finally:
        shutil.rmtree(folder)
    print("\n".join(faults) if faults else f"{len(browser.seen)} requests answered as they should behind nginx.")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
