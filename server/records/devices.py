"""Devices, which belong to trainers."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Device:
    """An enrolled device, by its token."""

    organisation: int
    id: bytes
    person: bytes
    public_key: bytes
    person_removed_us: int | None = None
    revoked_us: int | None = None
    """Since when nothing is taken from it."""


@dataclass(frozen=True, slots=True)
class NewDevice:
    """What enrolment stores of a device."""

    id: bytes
    public_key: bytes
    token_hash: bytes
    platform: str
    agent_version: str
    observes: bytes | None = None
    """JSON of `wire.messages.Observes`; None: it did not say."""


@dataclass(frozen=True, slots=True)
class KnownKey:
    """A device's key was offered again, by a code of this person."""

    organisation: int
    person: bytes
    known_organisation: int
    known_device: bytes


@dataclass(frozen=True, slots=True)
class DeviceLine:
    """A device in a list."""

    id: bytes
    person: bytes
    person_name: str
    platform: str
    agent_version: str
    enrolled_us: int
    revoked_us: int | None
    seen_us: int | None
    """When a session was opened or a batch came last; to the hour."""
    observes: bytes | None
