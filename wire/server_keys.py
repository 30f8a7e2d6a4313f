"""The server's keys over time: each new one is signed by the one before it, and signs it back.

A device pins the key it was given when it was enrolled. From there it follows the handovers, so
nobody who lacks the private key of a server's key that the device trusts can name another one.
Bytes are lower-case hex: the same document stands on the published page, in receipt files and on
the device's disk.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Annotated

import msgspec
from msgspec import Meta

from wire.errors import SignatureInvalid
from wire.header import U62
from wire.signing import SigningKey, VerifyKey

HANDOVER_DOMAIN = b"veritype server key v1"
HANDOVERS_MAX = 1_000
"""More than one rotation a week for 19 years; what is beyond is not read."""
SLACK_US = 3600 * 1_000_000
"""So long after its end a key's receipts are still taken: nodes switch within seconds."""

Hex32 = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]
Hex64 = Annotated[str, Meta(pattern=r"^[0-9a-f]{128}\Z")]


class Handover(msgspec.Struct, frozen=True):
    """From one key of a server to the next, signed by both."""

    previous: Hex32
    key: Hex32
    from_us: U62
    """From this moment of the server's clock the new key signs."""
    by_previous: Hex64
    by_key: Hex64

    def signed_bytes(self) -> bytes:
        """What both signatures cover: the two keys and the moment."""
        keys = bytes.fromhex(self.previous) + bytes.fromhex(self.key)
        return keys + self.from_us.to_bytes(8, "little")

    def holds(self) -> bool:
        """Whether both keys signed it."""
        signed = self.signed_bytes()
        try:
            for key, signature in ((self.previous, self.by_previous), (self.key, self.by_key)):
                VerifyKey(bytes.fromhex(key)).verify(
                    HANDOVER_DOMAIN, signed, bytes.fromhex(signature)
                )
        except SignatureInvalid:
            return False
        return True


class PublishedKeys(msgspec.Struct, frozen=True):
    """What a device reads of `/.well-known/veritype-keys`."""

    handovers: tuple[Handover, ...] = ()


def hand_over(previous: SigningKey, key: SigningKey, from_us: int) -> Handover:
    """Name the next key."""
    draft = Handover(
        previous.verify_key.raw.hex(), key.verify_key.raw.hex(), from_us, "0" * 128, "0" * 128
    )
    signed = draft.signed_bytes()
    return msgspec.structs.replace(
        draft,
        by_previous=previous.sign(HANDOVER_DOMAIN, signed).hex(),
        by_key=key.sign(HANDOVER_DOMAIN, signed).hex(),
    )


@dataclass(frozen=True, slots=True)
class KnownKey:
    """A key that is trusted, and the time for which it signs."""

    key: VerifyKey
    from_us: int | None = None
    until_us: int | None = None


class KeyRing:
    """The keys that follow from one that is trusted. Immutable."""

    def __init__(self, pinned: VerifyKey, handovers: Iterable[Handover] = ()) -> None:
        """Follow handovers from the pinned key, both ways.

        Those that do not hold, lead nowhere, or name a second successor or predecessor of a key
        are left out; of two that disagree the one that stands first counts, so what is known
        already goes before what is new.
        """
        self.pinned = pinned
        self.handovers: tuple[Handover, ...] = ()
        self._keys = {pinned.raw.hex(): KnownKey(pinned)}
        left = [each for each in list(handovers)[:HANDOVERS_MAX] if each.previous != each.key]
        while usable := next((each for each in left if self._leads_on(each)), None):
            left.remove(usable)
            if usable.holds():
                self._take(usable)

    def key(self, key_id: bytes) -> KnownKey | None:
        """The trusted key of this id."""
        return next((each for each in self._keys.values() if each.key.key_id == key_id), None)

    @property
    def keys(self) -> Mapping[str, KnownKey]:
        """All trusted keys, by their hex."""
        return self._keys

    def check_at(
        self, key_id: bytes, domain: bytes, message: bytes, signature: bytes, at_us: int
    ) -> None:
        """Check a signature of the server, made at a time at which its key was in use.

        Raises:
            SignatureInvalid: it does not hold, the key is not known, or was out of use by then.
        """
        known = self.key(key_id)
        if known is None:
            raise SignatureInvalid("signed with a key that is not known")
        known.key.verify(domain, message, signature)
        if known.until_us is not None and at_us > known.until_us + SLACK_US:
            raise SignatureInvalid("signed with a key that was out of use by then")

    def _leads_on(self, handover: Handover) -> bool:
        """Whether exactly one of its ends is known, and that end is free."""
        previous, key = self._keys.get(handover.previous), self._keys.get(handover.key)
        if previous is not None and key is None:
            return previous.until_us is None
        return previous is None and key is not None and key.from_us is None

    def _take(self, handover: Handover) -> None:
        previous, key = handover.previous, handover.key
        before = self._keys.get(previous) or KnownKey(VerifyKey(bytes.fromhex(previous)))
        after = self._keys.get(key) or KnownKey(VerifyKey(bytes.fromhex(key)))
        self._keys[previous] = replace(before, until_us=handover.from_us)
        self._keys[key] = replace(after, from_us=handover.from_us)
        self.handovers += (handover,)
