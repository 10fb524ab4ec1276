"""Run the simulator: ``python -m simulator prepare``, then ``python -m simulator serve``.

``prepare`` brings its database up to date, makes the key that signs the carrier's webhooks where there is none yet, and
prints the environment that portal and simulator share, a line each: SIMULATOR_PORT (the first free one above PORT),
SIMULATOR_URL and VNPOST_WEBHOOK_KEY.
"""

import os
import socket
import sys
from socketserver import ThreadingMixIn
from urllib.parse import urlsplit
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

os.environ["DJANGO_SETTINGS_MODULE"] = "simulator.settings"

import django

ADDRESS = os.environ.get("BIND_ADDRESS", "127.0.0.1")


class Server(ThreadingMixIn, WSGIServer):
    """One process with a thread for each request: the portal answers a message while it asks something itself."""

    daemon_threads = True


class Quiet(WSGIRequestHandler):
    """Writes no line for each request: addresses of payments are signed."""

    def log_message(self, format: str, *args: object) -> None:
        pass


def prepare() -> dict[str, str]:
    """Make database and key ready; return what the environment must hold."""
    django.setup()

    from django.conf import settings
    from django.core.management import call_command

    from simulator import post

    settings.VAR_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
    call_command("migrate", interactive=False, verbosity=0)
    port = os.environ.get("SIMULATOR_PORT") or str(free_port(int(os.environ.get("PORT", "8000")) + 1))
    return {
        "SIMULATOR_PORT": port,
        "SIMULATOR_URL": f"http://{urlsplit(settings.SITE_URL).hostname}:{port}",
        "VNPOST_WEBHOOK_KEY": post.public_text(),
    }


def free_port(first: int) -> int:
    """Return the first port from one on where nobody listens."""
    for port in range(first, 65536):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((ADDRESS, port))
                probe.listen(1)
            except OSError:
                continue
            return port
    raise OSError("no free port")


def serve() -> None:
    """Answer requests until a signal comes."""
    from simulator.wsgi import application

    make_server(ADDRESS, int(os.environ["SIMULATOR_PORT"]), application, Server, Quiet).serve_forever()


if __name__ == "__main__":
    if sys.argv[1:] == ["prepare"]:
        print("\n".join(f"{name}={value}" for name, value in prepare().items()))
    elif sys.argv[1:] == ["serve"]:
        serve()
    else:
        sys.exit(__doc__)
