"""Methods of storage for the platform's lists and for idempotency keys."""

from collections.abc import Callable, Mapping

from server.records.idempotency import KeptAnswer
from server.storage.protocols import OrganisationStore

_ANSWER = KeptAnswer("/", 200, b"sealed")

CASES: Mapping[str, Callable[[OrganisationStore, object], object]] = {
    "begin_once": lambda s, _: s.begin_once(bytes(32), bytes(32), 1, 2),
    "forget_once": lambda s, _: s.forget_once(bytes(32)),
    "keep_answer": lambda s, _: s.keep_answer(bytes(32), _ANSWER),
    "people_after": lambda s, _: s.people_after(None, 10),
}
