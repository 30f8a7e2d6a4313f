"""What everybody may read: the server's public keys."""

from typing import Any

from fastapi import APIRouter
from pydantic.dataclasses import dataclass

from server.clock import iso_utc
from server.operation.keys import ServerKeys
from wire.attestation import json_schema as attestation_schema
from wire.policy import json_schema
from wire.server_keys import KnownKey


@dataclass(frozen=True, slots=True)
class KeyOut:
    """A public key: Ed25519, in hex. Null: from the beginning, and until another follows."""

    key_id: str
    algorithm: str
    public_key: str
    valid_from: str | None
    valid_until: str | None


@dataclass(frozen=True, slots=True)
class HandoverOut:
    """From one key to the next, signed by both (`wire.server_keys.Handover`)."""

    previous: str
    key: str
    from_us: int
    by_previous: str
    by_key: str


@dataclass(frozen=True, slots=True)
class KeysOut:
    """All keys that sign or signed receipts and attestations, and how one followed the other."""

    keys: list[KeyOut]
    handovers: list[HandoverOut]


def published_router(keys: ServerKeys) -> APIRouter:
    """The public routes."""
    router = APIRouter()

    @router.get("/.well-known/veritype-keys")
    def published() -> KeysOut:
        """Keys to check receipts with, offline."""
        ring = keys.ring
        ordered = sorted(ring.keys.values(), key=lambda each: each.from_us or 0)
        return KeysOut(
            [_key_out(each) for each in ordered],
            [
                HandoverOut(each.previous, each.key, each.from_us, each.by_previous, each.by_key)
                for each in ring.handovers
            ],
        )

    @router.get("/.well-known/veritype-policy-schema")
    def policy_schema() -> dict[str, Any]:
        """The JSON Schema of a project's policy."""
        return json_schema()

    @router.get("/.well-known/veritype-attestation-schema")
    def schema_of_attestations() -> dict[str, Any]:
        """The JSON Schema of the statement in an attestation."""
        return attestation_schema()

    return router


def _key_out(known: KnownKey) -> KeyOut:
    return KeyOut(
        known.key.key_id.hex(),
        "Ed25519",
        known.key.raw.hex(),
        iso_utc(known.from_us) if known.from_us is not None else None,
        iso_utc(known.until_us) if known.until_us is not None else None,
    )
