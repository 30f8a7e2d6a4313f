"""Every error that reading or checking wire data can raise.

`WireError` is the root: any byte string either decodes or raises one of these.
"""


class WireError(Exception):
    """Something on the wire is not what this version accepts. The text says what to do."""


class MalformedBatch(WireError):  # noqa: N818 - the field's word, not a generic error name
    """The bytes are not a batch: bad magic, wrong lengths, a header out of its bounds."""


class UnsupportedVersion(WireError):  # noqa: N818
    """The batch was sealed by a format version that this reader cannot read."""


class LimitExceeded(WireError):  # noqa: N818
    """A size, a count or a decompression ratio is over the limit in `wire.limits`."""


class BodyUndecodable(WireError):  # noqa: N818
    """Header, digest and signature hold, but the body does not decode: lost coverage."""


class DigestMismatch(WireError):  # noqa: N818
    """The digest that came with the bytes is not the digest of the bytes."""


class SignatureInvalid(WireError):  # noqa: N818
    """The signature was not made by the device's key over this digest."""


class ChainBroken(WireError):  # noqa: N818
    """The batch does not follow the session's last accepted batch."""


class AlreadyAccepted(ChainBroken):
    """The very same batch was accepted before; answering again with its receipt is right."""


class PolicyInvalid(WireError):  # noqa: N818
    """A policy document does not hold to the schema."""


class MessageInvalid(WireError):  # noqa: N818
    """A JSON message does not hold to its type."""


class MessageTooNew(MessageInvalid):
    """A JSON message says something that only a later version of its type has."""
