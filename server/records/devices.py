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
    """Since when its person is no longer in the organisation."""


@dataclass(frozen=True, slots=True)
class NewDevice:
    """What enrolment stores of a device."""

    id: bytes
    public_key: bytes
    token_hash: bytes
    platform: str
    agent_version: str
