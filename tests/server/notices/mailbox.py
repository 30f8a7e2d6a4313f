"""A real mail server on a real socket, with a certificate of its own."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from tests.server.webhooks.test_posting import certificate

USER, PASSWORD = "veritype", "a password of the mail server"


@dataclass
class Mailbox:
    """Keeps what comes in, or refuses it by `refusal`."""

    port: int = 0
    chain: Path = Path()
    refusal: str = ""
    received: list[EmailMessage] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if self.refusal:
            return self.refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        made = BytesParser(policy=default).parsebytes(envelope.content)
        assert isinstance(made, EmailMessage)
        self.received.append(made)
        return "250 OK"

    @property
    def trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.chain))


class _OnAnyPort(Controller):
    """On a port that was free; its start wants to know the port ahead, to try whether it is up."""

    @property
    def found_port(self) -> int:
        listening: Any = self.server
        return int(listening.sockets[0].getsockname()[1])

    def _trigger_server(self) -> None:
        with socket.create_connection(("127.0.0.1", self.found_port), 10) as tried:
            if self.ssl_context is None:
                tried.recv(100)
                return
            anybody = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            anybody.check_hostname, anybody.verify_mode = False, ssl.CERT_NONE
            with anybody.wrap_socket(tried) as greeted:
                greeted.recv(100)


def _known(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
    good = isinstance(data, LoginPassword) and data == LoginPassword(
        USER.encode(), PASSWORD.encode()
    )
    return AuthResult(success=good)


@contextmanager
def mail_server(
    folder: Path, *, from_the_start: bool = False, name: str = "localhost"
) -> Iterator[Mailbox]:
    """Takes mail after a password alone, and by TLS: from the start, or after STARTTLS.

    `name`: whom its certificate is for.
    """
    chain, key = certificate(folder, name)
    theirs = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    theirs.load_cert_chain(chain, key)
    box = Mailbox(chain=chain)
    controller = _OnAnyPort(
        box,
        hostname="127.0.0.1",
        port=0,
        server_hostname="localhost",
        ssl_context=theirs if from_the_start else None,
        tls_context=None if from_the_start else theirs,
        require_starttls=not from_the_start,
        # It does not see by itself that the connection was TLS before the first word.
        auth_require_tls=not from_the_start,
        auth_required=True,
        authenticator=_known,
    )
    controller.start()
    box.port = controller.found_port
    try:
        yield box
    finally:
        controller.stop()
