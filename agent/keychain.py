"""The system's keyring: where the device's key and token lie, if this desktop has one.

`keyring` speaks to the Secret Service (GNOME, KDE), to the Windows Credential Locker and to the
macOS Keychain. It is imported only when a secret is read or written: it costs some memory and a
tenth of a second, and the identity is read once in a process's life.
"""

import logging
import os
import sys
from types import ModuleType

import msgspec

from wire.decoding import decoder_of

log = logging.getLogger(__name__)

SERVICE = "veritype"
_RECOMMENDED = 1
"""`keyring` calls a backend from this priority on recommended; below are files and stand-ins."""


class Secrets(msgspec.Struct, frozen=True):
    """What must not lie open: it signs and sends as this device."""

    token: str
    key: bytes

    def __repr__(self) -> str:
        """Shows nothing."""
        return "Secrets(not shown)"


def keyring_name() -> str:
    """The name of the usable keyring on this desktop; empty if there is none."""
    keyring = _usable()
    return type(keyring.get_keyring()).__module__.rpartition(".")[2] if keyring else ""


def keep(name: str, secrets: Secrets) -> bool:
    """Put secrets into the keyring and read them back; False if that did not work."""
    keyring = _usable()
    if keyring is None:
        return False
    text = msgspec.json.encode(secrets).decode()
    try:
        keyring.set_password(SERVICE, name, text)
        if keyring.get_password(SERVICE, name) == text:
            return True
    except Exception as error:  # noqa: BLE001 - each backend raises errors of its own
        log.warning("the keyring took nothing: %s", type(error).__name__)
    forget(name)  # they go into the file now, and are never in both
    return False


def fetch(name: str) -> Secrets | None:
    """The secrets under this name; None if the keyring does not give them."""
    keyring = _usable()
    if keyring is None:
        return None
    try:
        text = keyring.get_password(SERVICE, name)
        return decoder_of(Secrets).decode(text) if text else None
    except Exception as error:  # noqa: BLE001 - each backend raises errors of its own
        log.warning("the keyring gave nothing: %s", type(error).__name__)
        return None


def forget(name: str) -> bool:
    """Delete the secrets under this name; False if the keyring still may have them."""
    keyring = _usable()
    if keyring is None:
        return False
    try:
        if keyring.get_password(SERVICE, name) is not None:
            keyring.delete_password(SERVICE, name)
        return keyring.get_password(SERVICE, name) is None
    except Exception as error:  # noqa: BLE001 - each backend raises errors of its own
        log.warning("the keyring deleted nothing: %s", type(error).__name__)
        return False


def _usable() -> ModuleType | None:
    if sys.platform == "linux" and "DBUS_SESSION_BUS_ADDRESS" not in os.environ:
        return None  # no bus, no Secret Service: nothing worth importing
    try:
        import keyring  # noqa: PLC0415 - an optional backend of the platform

        return keyring if keyring.get_keyring().priority >= _RECOMMENDED else None
    except Exception as error:  # noqa: BLE001 - each backend raises errors of its own
        log.warning("no keyring: %s", type(error).__name__)
        return None
