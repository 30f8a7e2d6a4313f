"""Sends mail by the server that the settings name."""

import smtplib
import ssl
from email.message import EmailMessage
from email.utils import formatdate, make_msgid

from server.operation.config import Settings

_TIMEOUT_S = 15
_PERMANENT = 500


class MailRefused(Exception):  # noqa: N818 - the house's word
    """The server will never take this mail; trying again is in vain."""


class Postman:
    """One connection for each mail: notices are few."""

    def __init__(self, settings: Settings, trust: ssl.SSLContext | None = None) -> None:
        """`trust`: whose certificates are taken; the system's if left out."""
        self._settings = settings
        self._trust = trust or ssl.create_default_context()

    @property
    def sends(self) -> bool:
        """Whether there is a mail server at all."""
        return bool(self._settings.smtp_host)

    def link(self, path: str) -> str:
        """Where browsers find a page of the console."""
        return self._settings.public_url.rstrip("/") + path

    def send(self, to: str, subject: str, text: str) -> None:
        """Send one mail.

        Raises:
            MailRefused: the server refuses it for good.
            OSError: it cannot be reached, or not now (`smtplib.SMTPException` is one).
        """
        message = EmailMessage()
        message["From"] = self._settings.smtp_from
        message["To"] = to
        message["Subject"] = subject
        message["Date"] = formatdate()
        message["Message-ID"] = make_msgid(domain=self._settings.smtp_from.partition("@")[2])
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(text)
        with self._connected() as server:
            if self._settings.smtp_user:
                server.login(self._settings.smtp_user, self._settings.smtp_password)
            try:
                server.send_message(message)
            except smtplib.SMTPRecipientsRefused as error:
                if all(code >= _PERMANENT for code, _ in error.recipients.values()):
                    raise MailRefused from None
                raise
            except smtplib.SMTPResponseException as error:
                if error.smtp_code >= _PERMANENT:
                    raise MailRefused from None
                raise

    def _connected(self) -> smtplib.SMTP:
        host, port = self._settings.smtp_host, self._settings.smtp_port
        if self._settings.smtp_security == "tls":
            return smtplib.SMTP_SSL(host, port, timeout=_TIMEOUT_S, context=self._trust)
        server = smtplib.SMTP(host, port, timeout=_TIMEOUT_S)
        if self._settings.smtp_security == "starttls":
            try:
                server.starttls(context=self._trust)
            except BaseException:
                server.close()
                raise
        return server
