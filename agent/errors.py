"""Every error the agent raises on purpose. Each text is one sentence a trainer can act on.

`AgentError` is the root: the command line prints its text and ends with exit code 1.
"""


class AgentError(Exception):
    """Something expected went wrong; the text says what, and what to do."""


class NotEnrolled(AgentError):  # noqa: N818 - the field's word, as in wire.errors
    """This device has no identity yet."""


class StateUnsafe(AgentError):  # noqa: N818
    """The state folder or a file in it is not this user's alone."""


class KeyringClosed(AgentError):  # noqa: N818
    """The system's keyring holds this device's secrets and does not give them."""


class AlreadyRunning(AgentError):  # noqa: N818
    """Another agent process holds the lock."""


class AgentNotRunning(AgentError):  # noqa: N818
    """No agent process answers."""


class ControlFailed(AgentError):  # noqa: N818
    """The agent process answered, and could not do what was asked."""


class ConsentMissing(AgentError):  # noqa: N818
    """The policy version in force was not accepted."""


class NoteRefused(AgentError):  # noqa: N818
    """A note, or time added by hand, that cannot be taken as it is."""


class ReceiptsUnreadable(AgentError):  # noqa: N818
    """What should be receipts is none, or is not there."""


class ReceiptsDoNotHold(AgentError):  # noqa: N818
    """A signature or a chain of receipts does not hold; what was printed says which."""


class AttestationUnreadable(AgentError):  # noqa: N818
    """What should be an attestation, its keys or its text cannot be read."""


class AttestationDoesNotHold(AgentError):  # noqa: N818
    """An attestation was not signed by those keys, or is about something else."""


class ExportRefused(AgentError):  # noqa: N818
    """The folder cannot take an export."""


class NotSentYet(AgentError):  # noqa: N818
    """Something would be lost that was not sent yet, or the trainer said no."""


class DisplayUnavailable(AgentError):  # noqa: N818
    """There is no display that input can be recorded on."""


class SourceUnavailable(AgentError):  # noqa: N818
    """This desktop lacks what one source needs."""


class CaptureBroken(AgentError):  # noqa: N818
    """The process that captures said something that does not read, or ended."""


class BrowserUnsupported(AgentError):  # noqa: N818
    """A browser cannot be joined to the agent here."""


class InsecureServer(AgentError):  # noqa: N818
    """Plain http to another machine, or an address that is none."""


class ServerUnreachable(AgentError):  # noqa: N818
    """No usable answer came from the server."""


class AgentTooOld(AgentError):  # noqa: N818
    """The server asks for a later agent; the text says which and why."""


class AutostartFailed(AgentError):  # noqa: N818
    """The system's folder of what starts at log-in cannot be changed."""


class UpdateRefused(AgentError):  # noqa: N818
    """What was offered as an update is not taken; the text says why."""


class ServerRefused(AgentError):  # noqa: N818
    """The server answered, and said no."""


class SpoolRefused(AgentError):  # noqa: N818
    """The spool could not take something; `reason` says which loss this is."""

    def __init__(self, reason: int, text: str) -> None:
        super().__init__(text)
        self.reason = reason
        """`wire.codes.LossReason`."""


class SpoolDamaged(AgentError):  # noqa: N818
    """The spool file does not read as one."""
