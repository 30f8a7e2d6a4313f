"""What a trainer writes about the own work: notes, and time added by hand. Pure."""

from dataclasses import dataclass

from agent.errors import NoteRefused
from wire import limits
from wire.codes import ManualReason, ObjectKind
from wire.events import Attachment, ManualTime
from wire.objects import digest_parts, object_digest

_PLAIN_CONTROLS = "\n\t"
_DAY_US = 24 * 3600 * 1_000_000


@dataclass(frozen=True, slots=True)
class Note:
    """A note as it is stored and sent: plain text, named by its digest."""

    data: bytes
    digest: bytes

    def attachment(self, t_us: int) -> Attachment:
        """The event that names it."""
        return Attachment(t_us, ObjectKind.NOTE, 0, *digest_parts(self.digest))


def note_of(text: str) -> Note:
    """A note from what was written.

    Raises:
        NoteRefused: it is empty, too long, or holds what is no text.
    """
    text = text.replace("\r\n", "\n").strip()
    if not text:
        raise NoteRefused("The note is empty: write a few words.")
    if len(text) > limits.NOTE_MAX_CHARS:
        raise NoteRefused(
            f"The note has {len(text)} characters; write at most {limits.NOTE_MAX_CHARS}."
        )
    if not all(letter.isprintable() or letter in _PLAIN_CONTROLS for letter in text):
        raise NoteRefused("The note holds control characters: write plain text.")
    data = text.encode()
    return Note(data, object_digest(data))


def manual_time(t_us: int, start_us: int, end_us: int, reason: ManualReason) -> ManualTime:
    """Time added by hand at session time `t_us`, for work from `start_us` to `end_us`.

    Raises:
        NoteRefused: the stretch is empty, lies ahead, or began too long ago.
    """
    if end_us <= start_us:
        raise NoteRefused("The time ends before it begins: check --from and --to.")
    if end_us > t_us:
        raise NoteRefused("That time has not come yet: add it when it is over.")
    if start_us < -_DAY_US:
        raise NoteRefused("That began more than a day before you clocked in: ask the project.")
    return ManualTime(t_us, start_us, (end_us - start_us) // 1_000_000, reason)
