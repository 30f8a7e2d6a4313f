"""Devices, which belong to trainers."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Device:
    """An enrolled device, by its token."""

    organisation: int
    id: bytes
    person: bytes
    public_key: bytes


@dataclass(frozen=True, slots=True)
class NewDevice:
    """What enrolment stores of a device."""

    id: bytes
    public_key: bytes
    token_hash: bytes
    platform: str
    agent_version: str
