"""The platform API as methods: what a key with the right scopes may ask."""

from types import TracebackType
from typing import Self

from veritype_client.resources.devices import Devices
from veritype_client.resources.hours import Hours
from veritype_client.resources.people import People
from veritype_client.resources.projects import Projects
from veritype_client.resources.reviews import Reviews
from veritype_client.resources.sessions import Sessions
from veritype_client.resources.submissions import Submissions
from veritype_client.resources.timesheets import Timesheets
from veritype_client.resources.webhooks import Webhooks
from veritype_client.transport import TIMEOUT_S, TRIES, Transport


class Platform(
    People, Projects, Devices, Sessions, Submissions, Reviews, Timesheets, Hours, Webhooks
):
    """A Veritype server, asked by a platform key. One may be shared by threads that only read.

    Every method raises `Refused` for what the server refuses and `Unreachable` when no answer
    comes. What is safe to send again was then sent again, `tries` times in all. Lists and exports
    are asked for when their first item is wanted.
    """

    def __init__(
        self, base_url: str, key: str, *, timeout_s: float = TIMEOUT_S, tries: int = TRIES
    ) -> None:
        super().__init__(Transport(base_url, key, timeout_s, tries))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the connections."""
        self._transport.close()
