"""How often controls are mixed in is the operator's to set."""

from click.testing import CliRunner

from server.cli.main import main
from tests.server.house import House
from tests.server.storages import ON_SQLITE

pytestmark = ON_SQLITE


def run(house: House, *arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["control", *arguments, "--data", str(house.path)])
    return result.exit_code, result.output


def test_how_many_are_mixed_in_is_set_and_noted(house: House) -> None:
    lines = house.rows("audit_log")
    assert run(house, "share", "0.25")[0] == 0
    assert house.rows("audit_log") == lines + 1
    assert house.own.review_settings().control_share == 0.25
    code, said = run(house, "share", "1.5")
    assert (code, "from 0 to 1" in said) == (1, True)
