"""Every error the server raises on purpose.

`ServerError` is the root and its text is fit to be shown. `Refusal` is an answer to a client:
it becomes one RFC 9457 problem, whose detail never repeats what was sent.
"""

from collections.abc import Mapping

from server.language import N_, _, translated
from wire.problems import Problem, ProblemCode, problem


class ServerError(Exception):
    """Root of the tree; the text is one sentence that says what to do.

    It is English, as machines and logs have it. With values it is a format string, so that a page
    can say it in another language.
    """

    def __init__(self, message: str = "", /, **values: object) -> None:
        super().__init__(message % values if values else message)
        self.message, self.values = message, values

    @property
    def spoken(self) -> str:
        """The text in the language of who reads it."""
        if self.values:
            return _(self.message, **self.values)
        return translated(self.message)

    @property
    def sentence(self) -> str:
        """What was wrong, as a sentence of its own."""
        said = self.spoken
        return f"{said[:1].upper()}{said[1:]}."


class ConfigInvalid(ServerError):  # noqa: N818 - the house's word for a rejected document
    """A setting is unknown or out of its bounds."""


class DataFolderUnusable(ServerError):  # noqa: N818
    """The data folder is missing, damaged, or was made by another version."""


class NameTaken(ServerError):  # noqa: N818
    """A name that must be unique is in use."""


class NotKnown(ServerError):  # noqa: N818
    """Nobody and nothing of that name."""


class PolicyMovedOn(ServerError):  # noqa: N818
    """Somebody else put another version of a policy in force in the meantime."""


class PictureMissing(ServerError):  # noqa: N818
    """An object is listed but its bytes are not in the store."""


class UpkeepBusy(ServerError):  # noqa: N818
    """A backup, a restore or a purge has this data folder."""


class KeyReplaced(ServerError):  # noqa: N818
    """What was sealed meanwhile is under a key that is gone; it is sealed anew."""


class KeyUnusable(ServerError):  # noqa: N818
    """A key cannot be unwrapped: the folder of secrets is not the one that wrapped it."""


class BlockUnreadable(ServerError):  # noqa: N818
    """A compacted session's columns were made by another version, or are damaged."""


class OriginalDamaged(ServerError):  # noqa: N818
    """A compacted session's batches are not those that were stored."""

    def __init__(self, what: str) -> None:
        super().__init__(
            f"the sealed batches of a compacted session cannot be read ({what}); "
            "restore the objects from a backup"
        )


class LogDamaged(OriginalDamaged):
    """A batch in the log is not what was stored there."""

    def __init__(self, session: bytes, sequence: int, what: str) -> None:
        ServerError.__init__(
            self,
            f"batch {sequence} of session {session.hex()} cannot be read from the log ({what}); "
            "restore the database from a backup",
        )


class ProviderTrouble(ServerError):  # noqa: N818
    """An organisation's own sign-in does not answer, or not as it must."""


class IdentityRefused(ServerError):  # noqa: N818
    """An organisation's own sign-in vouches for nobody who may come in."""


class StorageAway(ServerError):  # noqa: N818
    """The database or the object store does not answer; nothing was stored."""


class Refusal(ServerError):  # noqa: N818
    """A request is answered with a problem, and nothing of it is kept."""

    def __init__(
        self,
        code: ProblemCode,
        status: int,
        detail: str,
        *,
        expected_sequence: int | None = None,
        retry_after_s: int | None = None,
        values: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(detail, **(values or {}))
        self.problem: Problem = problem(code, status, str(self), expected_sequence)
        self.retry_after_s = retry_after_s


def not_found(detail: str = N_("There is nothing here that you may see.")) -> Refusal:
    """The same answer for what is not there and for what is somebody else's."""
    return Refusal(ProblemCode.NOT_FOUND, 404, detail)


def too_often(retry_after_s: int) -> Refusal:
    """The client tries too often."""
    return Refusal(
        ProblemCode.OVERLOADED, 429, N_("Too many attempts; wait."), retry_after_s=retry_after_s
    )


def overloaded(retry_after_s: int) -> Refusal:
    """The server cannot take more now; nothing was stored."""
    return Refusal(
        ProblemCode.OVERLOADED,
        503,
        N_("The server is busy; send this again later."),
        retry_after_s=retry_after_s,
    )
