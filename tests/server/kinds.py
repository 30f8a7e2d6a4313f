"""What the fixtures of this folder are, for those who ask for them."""

from collections.abc import Callable
from typing import Protocol

import httpx

from server.records import Person
from tests.server.device import Device
from tests.server.house import PASSWORD
from wire import events
from wire.problems import Problem, ProblemCode

ProblemOf = Callable[[httpx.Response], Problem]
Typing = Callable[[int, int], list[events.Keystroke]]
Platform = Callable[[str], httpx.Response]


class NewDevice(Protocol):
    """Enrols a device of a person, the trainer's unless another is named."""

    def __call__(self, person: Person | None = None) -> Device: ...


class Refused(Protocol):
    """Checks that an answer is this refusal and that nothing was stored."""

    def __call__(
        self, answer: httpx.Response, code: ProblemCode, status: int, stored: int = 0
    ) -> Problem: ...


class SignedIn(httpx.Client):
    """A browser, reduced to its cookies, and what it was told when it signed in."""

    last: httpx.Response


class SignIn(Protocol):
    """Tries to sign in; the answer is the client's `last`."""

    def __call__(self, login: str, password: str = PASSWORD) -> SignedIn: ...
