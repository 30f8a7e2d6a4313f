"""Checking a refusal."""

import httpx

from tests.server.kinds import ProblemOf
from wire.problems import Problem, ProblemCode


def refusal(problem: ProblemOf, answer: httpx.Response, code: ProblemCode, status: int) -> Problem:
    found = problem(answer)
    assert (found.code, found.status) == (code, status)
    return found
