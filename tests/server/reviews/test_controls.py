"""Control sessions are marked by the operator."""

from click.testing import CliRunner

from server.cli.main import main
from tests.server.house import House
from tests.server.reviews.conftest import SessionOf
from tests.server.storages import ON_SQLITE

pytestmark = ON_SQLITE


def run(house: House, *arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["control", *arguments, "--data", str(house.path)])
    return result.exit_code, result.output


def test_a_session_is_marked_once_and_noted(house: House, session_of: SessionOf) -> None:
    session = session_of(house.trainer).id.hex()
    lines = house.rows("audit_log")
    assert run(house, "mark", session, "--truth", "pasted")[0] == 0
    assert house.rows("audit_log") == lines + 1
    code, said = run(house, "mark", session, "--truth", "genuine")
    assert (code, "is a control already" in said) == (1, True)
    assert "no such session" in run(house, "mark", "0" * 32, "--truth", "genuine")[1]
    assert run(house, "mark", "nope", "--truth", "genuine")[0] == 1
    assert house.own.control_sessions()[0].truth.value == "pasted"


def test_how_many_are_mixed_in_is_set(house: House) -> None:
    assert run(house, "share", "0.25")[0] == 0
    assert house.own.review_settings().control_share == 0.25
    assert "from 0 to 1" in run(house, "share", "1.5")[1]
