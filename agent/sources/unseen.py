"""A source that this desktop cannot offer: it is listed as missing, with the reason."""

from agent.errors import SourceUnavailable
from agent.sources.protocol import Emit
from wire.codes import SourceName, SourceState


class Unseen:
    """Never starts."""

    def __init__(self, name: SourceName, why: str) -> None:
        """`why` is a sentence for the trainer."""
        self.name = name
        self._why = why

    def start(self, _emit: Emit) -> None:
        """Refuse; see `Source.start`.

        Raises:
            SourceUnavailable: always.
        """
        raise SourceUnavailable(self._why)

    def stop(self) -> None:
        """Nothing was begun."""

    def fileno(self) -> int | None:
        """Nothing to wait on."""
        return None

    def pump(self, _now_us: int) -> int | None:
        """Nothing comes."""
        return None

    def check(self) -> SourceState:
        """It is missing on this desktop."""
        return SourceState.MISSING
