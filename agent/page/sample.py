"""The typing sample: agreed to by a text of its own, kept here, sent, and taken back.

Everything works without it. The page's script reduces each key to its class and times as it is
pressed; what was typed stays in the browser's text field and is thrown away with it.
"""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass

import msgspec

from agent.errors import ControlFailed
from agent.identity import expect_ok
from agent.paths import Paths, check_private, write_private
from agent.shipping.transport import JSON, Transport
from wire.baseline import TypingSample
from wire.decoding import decoder_of
from wire.messages import encode_message

ROUTE = "/agent/v1/baseline"
CONSENT_VERSION = 2
CONSENT_TEXT = """\
This is your choice, and apart from any project's rules. Everything works without it.

You copy a short text and then write a few sentences of your own. Kept of it: when each key went
down and came up, and which KIND of key it was (letter, space, delete ...). Never which letter, and
never the text.

What for: people type differently. With a sample of yours, an assessment can tell what is usual for
you from what is unusual for people in general. Assessments of your sessions use it from then on,
and each says so. It can move a score in either direction, within bounds. It is never used to
recognise you or anybody, and no two people's samples are compared.

Where: on this computer, in a file that only you can read, and on the platform's server, encrypted
with a key of yours that the server keeps; it is shown to nobody.

You can delete it here at any time, on this computer and on the server, without giving a reason."""
COPY_TEXT = (
    "On a clear morning the harbour is quiet. Two boats come back before seven, and the gulls "
    "follow them in. By nine the market has opened: 14 stalls, most of them with fish, one with "
    "bread and coffee."
)
WRITE_ABOUT = (
    "Tell how you get from your home to a place that you like, as you would tell a friend."
)


class SampleState(msgspec.Struct, frozen=True):
    """What the page shows about it."""

    consent: str
    consent_version: int
    copy_text: str
    write_about: str
    made_us: int | None
    """None: there is no sample."""
    keys: int
    sent: bool


class _Kept(msgspec.Struct, frozen=True):
    sample: TypingSample
    sent: bool


@dataclass(frozen=True, slots=True)
class Samples:
    """The sample of this device's person."""

    paths: Paths
    transport: Callable[[], Transport]

    def state(self) -> SampleState:
        """Whether there is one, and the words around it."""
        kept = self._read()
        keys = 0
        if kept is not None:
            keys = len(kept.sample.copied.gap_us) + len(kept.sample.composed.gap_us)
        return SampleState(
            CONSENT_TEXT,
            CONSENT_VERSION,
            COPY_TEXT,
            WRITE_ABOUT,
            kept.sample.made_us if kept is not None else None,
            keys,
            kept is not None and kept.sent,
        )

    def keep(self, sample: TypingSample) -> None:
        """Keep a new sample here, and send it.

        Raises:
            ControlFailed: another text was agreed to than the one in force.
            AgentError: the server did not take it; it is kept, and `send` tries again.
        """
        if sample.consent_version != CONSENT_VERSION:
            raise ControlFailed("The text about the sample has changed: load the page again.")
        self._write(_Kept(sample, sent=False))
        self.send()

    def send(self) -> None:
        """Send what is kept.

        Raises:
            AgentError: the server did not take it; it is kept.
        """
        kept = self._read()
        if kept is None:
            raise ControlFailed("There is no sample to send.")
        with closing(self.transport()) as transport:
            expect_ok(transport.put(ROUTE, encode_message(kept.sample), JSON))
        self._write(_Kept(kept.sample, sent=True))

    def delete(self) -> None:
        """Delete it, on the server first: what is gone here could not be deleted there any more.

        Raises:
            AgentError: the server could not be told; nothing was deleted.
        """
        with closing(self.transport()) as transport:
            expect_ok(transport.delete(ROUTE))
        self.paths.typing_sample.unlink(missing_ok=True)

    def _read(self) -> _Kept | None:
        try:
            check_private(self.paths.typing_sample)
            return decoder_of(_Kept).decode(self.paths.typing_sample.read_bytes())
        except (OSError, msgspec.DecodeError):
            return None

    def _write(self, kept: _Kept) -> None:
        write_private(self.paths.typing_sample, msgspec.json.encode(kept))
