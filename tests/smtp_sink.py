"""A mail server for tests: speaks enough SMTP, keeps every mail, refuses on demand."""

import socketserver
import threading
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any


class _Session(socketserver.StreamRequestHandler):
    server: "SmtpSink"

    def reply(self, text: str) -> None:
        self.wfile.write(text.encode() + b"\r\n")

    def handle(self) -> None:
        self.reply("220 sink")
        while line := self.rfile.readline():
            verb = line[:4].upper()
            if verb == b"QUIT":
                self.reply("221 bye")
                return
            if verb == b"RCPT" and self.server.refuse_recipients:
                self.reply(self.server.refuse_recipients)
            elif verb == b"RCPT" and b"<nobody@" in line:
                self.reply("550 5.1.1 no such user")
            elif verb == b"DATA":
                self.reply("354 go on")
                self.take()
            else:
                self.reply("250 ok")

    def take(self) -> None:
        content = b""
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            content += line[1:] if line.startswith(b"..") else line
        self.server.keep(content)
        self.reply("250 kept")


class SmtpSink(socketserver.ThreadingTCPServer):
    """Listens on a free local port while the ``with`` block lasts.

    ``delay`` seconds pass before a mail is confirmed; from ``limit`` mails on
    none is confirmed until :meth:`let` raises it. ``refuse_recipients`` is an
    SMTP reply given to every RCPT; 'nobody' is never known.
    """

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Session)
        self.port: int = self.server_address[1]
        self.refuse_recipients = ""
        self.delay = 0.0
        self.limit = 10**9
        self.connections = 0
        self._raw: list[bytes] = []
        self._lock = threading.Lock()
        self._arrived = threading.Condition(self._lock)

    def __enter__(self) -> "SmtpSink":
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *args: object) -> None:
        self.shutdown()
        self.server_close()

    def process_request(self, request: Any, client_address: Any) -> None:
        self.connections += 1
        super().process_request(request, client_address)

    def keep(self, content: bytes) -> None:
        """Keep one mail and tell who waits for it."""
        if self.delay:
            threading.Event().wait(self.delay)
        with self._arrived:
            self._arrived.wait_for(lambda: len(self._raw) < self.limit)
            self._raw.append(content)
            self._arrived.notify_all()

    def let(self, limit: int) -> None:
        """Confirm mails until so many have come."""
        with self._arrived:
            self.limit = limit
            self._arrived.notify_all()

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that was killed in the middle is no news."""

    def wait_for(self, count: int, timeout: float) -> bool:
        """Wait until at least ``count`` mails have come."""
        with self._arrived:
            return self._arrived.wait_for(lambda: len(self._raw) >= count, timeout)

    @property
    def mails(self) -> list[EmailMessage]:
        """What has come so far, in order."""
        with self._lock:
            return [message_from_bytes(raw, policy=policy.default) for raw in self._raw]
