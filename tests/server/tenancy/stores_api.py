"""Methods of storage for the platform's lists and for idempotency keys."""

from collections.abc import Callable, Mapping
from typing import Protocol

from server.records import SessionEntry
from server.records.idempotency import KeptAnswer
from server.records.listing import SessionFilter
from server.storage.protocols import OrganisationStore

_ANSWER = KeptAnswer("/", 200, b"sealed")


class Named(Protocol):
    """What can be named of the first organisation."""

    @property
    def person(self) -> bytes:
        """Its trainer."""

    @property
    def device(self) -> bytes:
        """Their device."""

    @property
    def entry(self) -> SessionEntry:
        """A session of theirs."""

    @property
    def project(self) -> bytes:
        """The project."""


def _sessions(store: OrganisationStore, named: Named) -> object:
    narrow = SessionFilter(named.person, named.project)
    found = [store.sessions_after(each, None, 10) for each in (SessionFilter(), narrow)]
    return [line for page in found for line in page]


CASES: Mapping[str, Callable[[OrganisationStore, Named], object]] = {
    "current_assessments": lambda s, x: s.current_assessments([x.entry.row]),
    "begin_once": lambda s, _: s.begin_once(bytes(32), bytes(32), 1, 2),
    "forget_once": lambda s, _: s.forget_once(bytes(32)),
    "keep_answer": lambda s, _: s.keep_answer(bytes(32), _ANSWER),
    "people_after": lambda s, _: s.people_after(None, 10),
    "device": lambda s, x: s.device(x.device),
    "devices_after": lambda s, x: [
        *s.devices_after(None, None, 10),
        *s.devices_after(x.person, None, 10),
    ],
    "lines_of": lambda s, x: s.lines_of([x.entry.row]),
    "projects_after": lambda s, _: s.projects_after(None, 10),
    "sessions_after": _sessions,
}
