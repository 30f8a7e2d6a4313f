"""The server's keys that followed the pinned one, as this device learned them."""

import msgspec

from agent.paths import Paths, write_private
from agent.shipping.transport import Answer
from wire.errors import MessageInvalid
from wire.messages import decode_message
from wire.server_keys import Handover, KeyRing, PublishedKeys

KEYS_PATH = "/.well-known/veritype-keys"


def read_handovers(paths: Paths) -> tuple[Handover, ...]:
    """What was learned; a file that does not read is none, and is learned anew when needed."""
    try:
        return msgspec.json.decode(paths.server_keys.read_bytes(), type=tuple[Handover, ...])
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return ()


def keep_handovers(paths: Paths, handovers: tuple[Handover, ...]) -> None:
    """Remember what was learned; each handover carries its own proof."""
    write_private(paths.server_keys, msgspec.json.encode(handovers))


def followed(ring: KeyRing, answer: Answer) -> KeyRing:
    """The ring with what the server's published page adds; the same ring if that is nothing."""
    if not answer.ok:
        return ring
    try:
        published = decode_message(answer.body, PublishedKeys)
    except MessageInvalid:
        return ring
    longer = KeyRing(ring.pinned, (*ring.handovers, *published.handovers))
    return longer if len(longer.keys) > len(ring.keys) else ring
