"""What services ask of storage: who is it?"""

from collections.abc import Mapping, Sequence
from typing import Protocol

from server.records import (
    AtWork,
    Device,
    KnownKey,
    NewAdministrator,
    NewDevice,
    Organisation,
    Person,
    PlatformKey,
)


class Doors(Protocol):
    """Who is it? Look-ups by a credential; the answer carries the organisation."""

    def device(self, token_hash: bytes) -> Device | None:
        """The device with this token."""

    def devices(self, token_hashes: Sequence[bytes]) -> Mapping[bytes, Device]:
        """The devices with these tokens, as far as there are any."""

    def refused_since(self, moment_us: int) -> Sequence[bytes]:
        """Token hashes of devices revoked, or whose person was removed, since a moment."""

    def at_work(self, since_us: int, limit: int) -> Sequence[AtWork]:
        """Open sessions among the `limit` that were opened last, no earlier than a moment."""

    def platform(self, key_hash: bytes, now_us: int) -> PlatformKey | None:
        """This platform key, unless it was revoked; that it was used is noted to the hour."""

    def sign_in(self, login: str) -> tuple[Person, str] | None:
        """The person of this login, and the password's argon2id hash."""

    def login_in_use(self, login: str) -> bool:
        """Whether somebody of the installation signs in by this name."""

    def enrol(self, code_hash: bytes, device: NewDevice, now_us: int) -> Person | KnownKey | None:
        """Use a pairing code up and store the device, as one; None if the code does not hold.

        A key that a device has, or had, is stored for no other: then nothing is used up.
        """

    def first_organisation(self) -> int:
        """The organisation that `init` made."""

    def organisations(self) -> Sequence[Organisation]:
        """All organisations of the installation, the first one first."""

    def found(self, organisation: str, admin: NewAdministrator, now_us: int) -> Person | None:
        """Make the first organisation with its administrator; None if there is one.

        Raises:
            NameTaken: another one does so at the same moment; nothing of this one is there.
        """

    def add_organisation(self, name: str, now_us: int) -> int:
        """Make an organisation; raises `NameTaken`."""
