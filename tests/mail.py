"""A mail server and a webhook on this machine, for tests of notices: real sockets, real protocols.

What is here: both servers. What is not: tests.
"""

import asyncio
import email
import email.policy
import json
import threading
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


class _AnyPort(Controller):
    """A controller that takes port 0: the one of the library then knocks at port 0 to see whether it runs."""

    def _trigger_server(self) -> None:
        assert isinstance(self.server, asyncio.Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call] # the library's own has no types


class MailServer:
    """An SMTP server on a free port; `mails` are those it took."""

    def __init__(self, *, refuses: bool = False) -> None:
        self.mails: list[EmailMessage] = []
        self.refuses = refuses
        self._controller = _AnyPort(self, hostname="127.0.0.1", port=0)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 # aiosmtpd's name
        """Take a mail, or refuse it as a full mailbox does."""
        if self.refuses:
            return "452 mailbox full"
        content = envelope.content
        assert isinstance(content, bytes)
        mail = email.message_from_bytes(content, policy=email.policy.default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        return "250 taken"

    def __enter__(self) -> "MailServer":
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop()

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._controller.port)

    def address(self, user: str = "") -> str:
        """As SAFER_NOTICES has it."""
        return f"mailto://{user}127.0.0.1:{self.port}?from=pack@board.example&to=officer@council.example"


class Webhook:
    """An HTTP server on a free port that takes posted JSON; `status` is what it answers."""

    def __init__(self, status: int = 200) -> None:
        self.posts: list[dict[str, str]] = []
        self.status = status
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if hook.status == 200:
                    hook.posts.append(json.loads(body))
                self.send_response(hook.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Keep quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self._server.server_port

    def __enter__(self) -> "Webhook":
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _tb: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def address(self, user: str = "", path: str = "hook") -> str:
        """As SAFER_NOTICES has it."""
        return f"json://{user}127.0.0.1:{self.port}/{path}"
