"""Checks that a webhook comes from the server: the Standard Webhooks scheme.

HMAC-SHA256 over the message's id, its time and its body, under the endpoint's secret. While a
secret is replaced both sign, so that nothing is lost in between.
"""

import base64
import binascii
import hmac
import time
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256

import msgspec

from veritype_client.errors import SignatureInvalid

TOLERANCE_S = 300.0
"""A message of longer ago may be somebody else's who kept it."""
_PREFIX = "whsec_"
_VERSION = "v1,"


class Event(msgspec.Struct, frozen=True):
    """What happened, by kind and ids alone. The same `id` comes again when it is sent again."""

    id: str
    number: int
    kind: str
    at: datetime
    subject: str


_EVENT = msgspec.json.Decoder(Event)


def verify(
    body: bytes, headers: Mapping[str, str], secret: str, now_s: float | None = None
) -> Event:
    """The event in a webhook that this secret signed.

    Args:
        body: as it came, to the byte.
        headers: of the request; however their names are written.
        secret: of the endpoint, `whsec_...`.
        now_s: seconds since 1970; None: now.

    Raises:
        SignatureInvalid: it was not signed by this secret, or more than five minutes ago.
    """
    fields = {name.lower(): value for name, value in headers.items()}
    try:
        message, at = fields["webhook-id"], fields["webhook-timestamp"]
        key = base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
        age_s = (time.time() if now_s is None else now_s) - int(at)
    except (KeyError, ValueError, binascii.Error) as error:
        raise SignatureInvalid("this is no webhook, or the secret is none") from error
    if abs(age_s) > TOLERANCE_S:
        raise SignatureInvalid("this webhook is too old, or a clock is wrong")
    signed = hmac.digest(key, f"{message}.{at}.".encode() + body, sha256)
    expected = _VERSION + base64.b64encode(signed).decode()
    given = fields.get("webhook-signature", "").split(" ")
    if not any(hmac.compare_digest(each.encode(), expected.encode()) for each in given):
        raise SignatureInvalid("this webhook was not signed by this secret")
    try:
        return _EVENT.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise SignatureInvalid("this webhook is not one that this client knows") from error
