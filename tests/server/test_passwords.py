"""The cost of a guess: what the server ships with, not what the other tests use."""

import importlib.util

from argon2 import extract_parameters
from argon2.low_level import Type

from server.signin import passwords


def test_a_password_is_hashed_as_slowly_as_owasp_asks() -> None:
    spec = importlib.util.find_spec("server.signin.passwords")
    assert spec is not None
    assert spec.loader is not None
    shipped = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(shipped)
    stored = shipped.hash_password("correct horse battery")
    used = extract_parameters(stored)
    assert used.type is Type.ID
    assert used.memory_cost >= 19 * 1024
    assert used.time_cost >= 2
    assert passwords.password_holds(stored, "correct horse battery")
    assert not passwords.password_holds(stored, "correct horse batterie")
