"""What everybody may read: the server's public keys, and whether it is up."""

from dataclasses import dataclass

from fastapi import APIRouter

from wire.signing import VerifyKey


@dataclass(frozen=True, slots=True)
class KeyOut:
    """A public key: Ed25519, in hex."""

    key_id: str
    algorithm: str
    public_key: str


@dataclass(frozen=True, slots=True)
class KeysOut:
    """All keys that sign receipts."""

    keys: list[KeyOut]


def published_router(key: VerifyKey) -> APIRouter:
    """The public routes."""
    router = APIRouter()

    @router.get("/.well-known/veritype-keys")
    def keys() -> KeysOut:
        """Keys to check receipts with, offline."""
        return KeysOut([KeyOut(key.key_id.hex(), "Ed25519", key.raw.hex())])

    @router.get("/healthz", include_in_schema=False)
    def health() -> dict[str, str]:
        """The process answers."""
        return {"status": "ok"}

    return router
