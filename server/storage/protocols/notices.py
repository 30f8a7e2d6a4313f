"""What services ask of storage: what people are told, and their mail."""

from collections.abc import Sequence
from typing import Protocol

from server.records.notices import ConfirmationDue, MailAddress, MailDue, Mailing, Notice


class Notices(Protocol):
    """What the people of one organisation are told."""

    def notices(self, person: bytes, before_row: int | None, limit: int) -> Sequence[Notice]:
        """A person's notices, the newest first."""

    def unread(self, person: bytes) -> int:
        """How many of them were not seen."""

    def note_read(self, person: bytes, up_to_row: int, now_us: int) -> None:
        """The person saw these and all before."""

    def mail_address(self, person: bytes) -> MailAddress | None:
        """Where a person's mail goes."""

    def ask_mail_address(self, person: bytes, address: str, now_us: int) -> None:
        """Note an address; it counts when its owner has confirmed it."""

    def forget_mail_address(self, person: bytes) -> None:
        """Send this person no mail."""

    def set_mail_token(self, person: bytes, token_hash: bytes, expires_us: int) -> bool:
        """What confirms the address that was asked for; False: none waits for it."""

    def confirm_mail_address(self, person: bytes, token_hash: bytes, now_us: int) -> bool:
        """Use the token up: the address counts from now on."""


class Mails(Protocol):
    """Mail of all organisations that waits to be sent."""

    def claim_mail(self, now_us: int, until_us: int) -> MailDue | None:
        """Take the notice whose mail waits longest."""

    def note_mail(self, mail: MailDue, state: Mailing, due_us: int) -> None:
        """How an attempt ended; dropped if it is no longer the newest."""

    def claim_confirmation(self, now_us: int, until_us: int) -> ConfirmationDue | None:
        """Take the address whose confirmation waits longest."""

    def note_confirmation(self, asked: ConfirmationDue, state: Mailing, due_us: int) -> None:
        """How an attempt ended; dropped if it is no longer the newest."""
