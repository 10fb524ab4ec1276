"""The files of a container installation say the same as the program they start."""

import re
import shlex
from pathlib import Path

import pytest
import yaml
from django.urls import reverse

from common.heartbeat import QUEUES
from portal.settings.payments import MEANINGS

ROOT = Path(__file__).resolve().parent.parent
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES = COMPOSE["services"]
OURS = ("prepare", "web", "worker", "mail", "money", "beat")
FLAGS = ("--quiet", "--without-gossip", "--without-mingle", "--without-heartbeat")


def procfile() -> dict[str, list[str]]:
    """Return the words of each process that `make run` starts."""
    lines = (ROOT / "Procfile").read_text(encoding="utf-8").splitlines()
    return {name: shlex.split(command) for name, command in (line.split(": ", 1) for line in lines)}


def without_options(words: list[str]) -> list[str]:
    """Return a command without its options and their values: what runs, not how."""
    kept: list[str] = []
    for word, before in zip(words, ["", *words], strict=False):
        is_value = before.startswith("--") and before not in FLAGS
        if not word.startswith("--") and not is_value:
            kept.append(word)
    return kept


def known_variables() -> set[str]:
    """Return every environment variable that the program reads."""
    sources = [*(ROOT / "portal" / "settings").glob("*.py"), ROOT / "deploy" / "gunicorn.py", ROOT / "manage.py"]
    text = "\n".join(path.read_text(encoding="utf-8") for path in sources)
    return set(MEANINGS) | set(re.findall(r"""(?:env(?:\.\w+)?|environ\.get|setdefault)\(\s*"([A-Z_]+)\"""", text))


def test_services_are_the_whole_installation():
    assert set(SERVICES) == {*OURS, "database", "redis", "proxy"}


@pytest.mark.parametrize("name", ["web", "worker", "mail", "money", "beat"])
def test_commands_start_the_processes_of_make_run(name):
    # On one machine the worker of mail serves money too.
    made = procfile()["mail" if name == "money" else name]
    assert without_options(SERVICES[name]["command"]) == without_options(made)


def test_the_simulator_belongs_to_a_demonstration_alone():
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8") + (ROOT / "Procfile").read_text(encoding="utf-8")
    assert "simulator" not in text.lower()
    assert "simulator" in (ROOT / "deploy" / "simulator.procfile").read_text(encoding="utf-8")


def test_the_clock_runs_once_in_both_places():
    assert set(procfile()) == {"web", "worker", "mail", "beat"}
    for commands in (procfile(), {name: SERVICES[name]["command"] for name in OURS[1:]}):
        assert [name for name, words in commands.items() if "beat" in words or "--beat" in words] == ["beat"]
    assert "deploy" not in SERVICES["beat"]


def queues(words: list[str]) -> set[str]:
    """Return the queues that a worker's command serves."""
    return set(words[words.index("--queues") + 1].split(",")) if "--queues" in words else set()


def documented() -> list[list[str]]:
    """Return the commands that the README gives for an installation without containers."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    return [shlex.split(line, comments=True) for line in readme.splitlines() if line.startswith("    celery ")]


def test_every_queue_is_served_in_every_installation_and_mail_and_money_wait_for_no_pdf():
    compose = [SERVICES[name]["command"] for name in ("worker", "mail", "money", "beat")]
    apart = [{"mail"}, {"money"}, {"celery", "pdf"}]
    for commands, expected in (
        (list(procfile().values()), [{"mail", "money"}, {"celery", "pdf"}]),
        (compose, apart),
        (documented(), apart),
    ):
        served = [queues(words) for words in commands if "worker" in words]
        assert sorted(map(sorted, served)) == sorted(map(sorted, expected))
        assert set().union(*served) == set(QUEUES)
        assert len([words for words in commands if "beat" in words]) == 1


def test_image_starts_the_web_process():
    command = re.search(r"^CMD (\[.*\])$", (ROOT / "Dockerfile").read_text(encoding="utf-8"), re.M)
    assert command
    assert yaml.safe_load(command[1]) == SERVICES["web"]["command"]


@pytest.mark.parametrize("name", OURS)
def test_environment_is_known_to_the_settings(name):
    unknown = set(SERVICES[name]["environment"]) - known_variables()
    assert not unknown


def test_environment_covers_what_production_requires():
    from tests.test_settings import GOOD

    given = SERVICES["web"]["environment"]
    assert set(GOOD) <= set(given)
    assert given["DJANGO_SETTINGS_MODULE"] == "portal.settings.production"


def test_no_secret_has_a_default():
    for name in ("SECRET_KEY", "FIELD_KEYS", "INDEX_KEY", "HISTORY_KEYS", "EMAIL_URL"):
        assert SERVICES["web"]["environment"][name].startswith("${" + name + ":?")
    assert "${POSTGRES_PASSWORD:?" in SERVICES["prepare"]["environment"]["DATABASE_URL"]


@pytest.mark.parametrize("name", ["web", "worker", "beat"])
def test_only_prepare_speaks_to_the_database_as_the_owner_of_the_tables(name):
    """What serves pages cannot change tables or rewrite the history, and does not know who can."""
    assert "POSTGRES_PASSWORD" not in str(SERVICES[name]["environment"])
    prepare = SERVICES["prepare"]["environment"]
    role = prepare["APP_DATABASE_ROLE"]
    assert SERVICES[name]["environment"]["DATABASE_URL"] == (
        f"postgres://{role}:{prepare['APP_DATABASE_PASSWORD']}@database:5432/portal"
    )
    owner = SERVICES["database"]["environment"]["POSTGRES_USER"]
    assert prepare["DATABASE_URL"].startswith(f"postgres://{owner}:")
    assert owner != role


def test_example_env_names_every_variable_asked_for():
    asked = set(re.findall(r"\$\{([A-Z_]+)", (ROOT / "docker-compose.yml").read_text(encoding="utf-8")))
    given = set(re.findall(r"^([A-Z_]+)=", (ROOT / "deploy" / "example.env").read_text(encoding="utf-8"), re.M))
    assert asked == given


@pytest.mark.parametrize("name", ["web", "database", "redis", "proxy"])
def test_services_others_wait_for_have_a_health_check(name):
    assert SERVICES[name]["healthcheck"]["test"][0] == "CMD"


def test_everything_waits_for_prepared_tables():
    for name in OURS[1:]:
        assert SERVICES[name]["depends_on"]["prepare"] == {"condition": "service_completed_successfully"}


@pytest.mark.parametrize("name", OURS)
def test_files_and_rows_outlive_the_containers(name):
    assert SERVICES[name]["volumes"] == ["data:/data"]
    assert SERVICES[name]["environment"]["VAR_DIR"] == "/data"
    assert {"data", "database", "redis"} == set(COMPOSE["volumes"])


def test_only_the_proxy_is_reached_from_outside():
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["proxy"]
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    assert [name for name, service in SERVICES.items() if "outside" in service["networks"]] == [
        "mail",
        "money",
        "proxy",
    ]


def test_files_named_by_the_containers_exist():
    mounted = [volume.split(":")[0] for service in SERVICES.values() for volume in service.get("volumes", [])]
    for path in [path for path in mounted if path.startswith("./")]:
        assert (ROOT / path).is_file()
    for service in OURS:
        for word in SERVICES[service]["command"]:
            if word.endswith(".py"):
                assert (ROOT / word).is_file()
    probe = SERVICES["web"]["healthcheck"]["test"]
    assert (ROOT / probe[2]).is_file()
    assert probe[3] == "/healthz"


def test_proxy_gives_what_protects_a_stored_file_again():
    """Of an answer that leaves a file to it (X-Accel-Redirect) nginx keeps a handful of headers."""
    from tests.faults.test_headers import FIXED

    proxy = (ROOT / "deploy" / "nginx.conf.template").read_text(encoding="utf-8")
    stored = proxy[proxy.index("location /stored/") :]
    stored = stored[: stored.index("}")]
    assert "internal;" in stored
    for name in (*FIXED, "Content-Security-Policy", "Permissions-Policy", "Strict-Transport-Security"):
        assert f"add_header {name} $upstream_http_{name.lower().replace('-', '_')} always;" in stored


def test_image_holds_no_secrets_and_no_data():
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    assert {".git", ".env", "var", ".venv", "deploy/tls"} <= set(ignored)


def test_the_folder_of_the_certificates_is_no_part_of_the_repository():
    given = (ROOT / "deploy" / "example.env").read_text(encoding="utf-8")
    assert "TLS_FOLDER=./deploy/tls" in given
    assert "/deploy/tls/" in (ROOT / ".gitignore").read_text(encoding="utf-8").split()


def test_image_and_installer_bring_the_same_libraries():
    pango = {"libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0"}
    for name in ("Dockerfile", "deploy/install.sh", ".ci/run"):
        assert pango <= set((ROOT / name).read_text(encoding="utf-8").split()), name


def test_proxy_passes_on_what_the_settings_believe():
    proxy = (ROOT / "deploy" / "nginx.conf.template").read_text(encoding="utf-8")
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in proxy
    assert "proxy_set_header X-Forwarded-Proto https;" in proxy
    assert "proxy_set_header Host $host;" in proxy
    assert "proxy_set_header X-Request-ID $request_id;" in proxy
    assert SERVICES["web"]["environment"]["TRUSTED_PROXY_COUNT"] == "1"
    limit = re.search(r"client_max_body_size (\d+)m;", proxy)
    assert limit and int(limit[1]) > 10


def test_proxy_writes_no_secret_link_and_no_query_into_its_logs():
    proxy = (ROOT / "deploy" / "nginx.conf.template").read_text(encoding="utf-8")
    servers = proxy.split("\nserver {")[1:]
    assert len(servers) == 3
    for server in servers:
        logs = dict(re.findall(r"^\s+(access_log|error_log) ([^;]+);", server, re.M))
        # An error of a lower level quotes the request as it came.
        assert logs["error_log"].endswith(" crit")
        assert logs["access_log"] == "off" or logs["access_log"].endswith(" portal")
    written = re.search(r"log_format portal [^']*'([^']*)'", proxy)
    assert written
    assert not {"$request", "$request_uri", "$args", "$http_referer", "$uri"} & set(written[1].split())
    hidden = re.search(r"^\s+~(\^\S+) \"\$\{secret_page\}\(hidden\)\";", proxy, re.M)
    assert hidden
    pattern = re.compile(hidden[1].replace("(?<", "(?P<"))
    for path in (
        reverse("account_reset_password_from_key", kwargs={"uidb36": "1", "key": "abc-def"}),
        reverse("accounts:invitation", args=["eyJ1IjoxfQ:1u:x"]),
    ):
        assert pattern.match(path)
    assert not pattern.match("/procedures/")
