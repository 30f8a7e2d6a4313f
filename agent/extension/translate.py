"""From the extension's messages to observations. Pure but for the numbers it gives to fields."""

from agent.extension.messages import Edited, Focused, Jumped, PageMessage, Secret, Submitted
from agent.extension.times import machine_us
from agent.observations import (
    CaretJumped,
    Observation,
    PageEdited,
    PageFocused,
    SecretField,
    TextSubmittedSeen,
)
from wire.codes import SourceName
from wire.textclass import pack_classes

_FIELD_MAX = 0xFFFF


class FieldNumbers:
    """Numbers a session's text fields as first seen, over all browsers and pages."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[int, int], int] = {}

    def of(self, connection: int, field: int) -> int:
        """The session's number of a browser's field; those past the last number share it."""
        new = min(len(self._numbers) + 1, _FIELD_MAX)
        return self._numbers.setdefault((connection, field), new)


class Translator:
    """Reads one session's messages; `regions` is how many regions its policy names."""

    def __init__(self, regions: int) -> None:
        self._regions = regions
        self._fields = FieldNumbers()

    def observation(
        self, message: PageMessage, connection: int, wall_us: int, monotonic_us: int
    ) -> Observation:
        """What a message says, on the machine's monotonic clock."""
        at_us = machine_us(message.at, wall_us, monotonic_us)
        match message:
            case Edited():
                return self._edited(at_us, message, connection)
            case Focused():
                return PageFocused(at_us, self._region(message.region))
            case Jumped():
                field = self._fields.of(connection, message.field)
                return CaretJumped(at_us, field, message.distance, message.flags)
            case Submitted():
                return self._submitted(at_us, message, connection)
            case Secret():
                return SecretField(at_us, bool(message.on), SourceName.EXTENSION)

    def _edited(self, at_us: int, message: Edited, connection: int) -> PageEdited:
        return PageEdited(
            at_us,
            message.duration,
            message.how,
            message.inserted,
            message.deleted,
            message.flags,
            self._fields.of(connection, message.field),
            self._region(message.region),
        )

    def _submitted(self, at_us: int, message: Submitted, connection: int) -> TextSubmittedSeen:
        return TextSubmittedSeen(
            at_us,
            self._fields.of(connection, message.field),
            self._region(message.region),
            message.length,
            pack_classes(message.classes) if message.classes else b"",
        )

    def _region(self, region: int) -> int:
        return region if region <= self._regions else 0
