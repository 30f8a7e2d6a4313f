"""Settings are checked at start, each with a sentence that helps and shows no secret."""

import json
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

from server.cli.main import main
from server.errors import ConfigInvalid
from server.operation.config import Settings
from server.operation.settings import (
    configured,
    example,
    is_loopback,
    known_settings,
    load_settings,
)

ROOT = Path(__file__).parents[3]
SECRET = "a-token-that-nobody-may-see"


def refusal(folder: Path, text: str = "", **environment: str) -> str:
    (folder / "server.toml").write_text(text)
    with pytest.raises(ConfigInvalid) as refused:
        load_settings(folder, environment)
    return str(refused.value)


def test_without_a_file_everything_is_at_its_default(tmp_path: Path) -> None:
    found = configured(tmp_path, {})
    assert found.settings == Settings()
    assert set(found.origins.values()) == {"default"}


def test_environment_wins_over_the_file_and_both_are_named(tmp_path: Path) -> None:
    (tmp_path / "server.toml").write_text("sign_in_hours = 3\nstop_delay_s = 9")
    found = configured(tmp_path, {"VERITYPE_SIGN_IN_HOURS": "5"})
    assert (found.settings.sign_in_hours, found.settings.stop_delay_s) == (5, 9)
    assert found.origins["sign_in_hours"] == "VERITYPE_SIGN_IN_HOURS"
    assert found.origins["stop_delay_s"] == "server.toml"


def test_wrong_value_names_setting_place_and_bounds(tmp_path: Path) -> None:
    said = refusal(tmp_path, "sign_in_hours = 400")
    assert said == "sign_in_hours (from server.toml): a whole number from 1 to 168 is expected"
    said = refusal(tmp_path, VERITYPE_LOG_LEVEL="loud")
    assert said == "log_level (from VERITYPE_LOG_LEVEL): debug, info, warning or error is expected"
    assert "true or false is expected" in refusal(tmp_path, "cookie_secure = 'maybe'")


def test_unknown_name_is_refused_with_the_nearest(tmp_path: Path) -> None:
    assert "'sign_in_hours' was meant?" in refusal(tmp_path, "signin_hours = 4")
    assert "see docs/server.md" in refusal(tmp_path, "zzz = 4")
    assert "VERITYPE_SIGN_IN_HOURS was meant?" in refusal(tmp_path, VERITYPE_SIGNIN_HOURS="4")


def test_variables_of_the_agent_are_nobody_elses_business(tmp_path: Path) -> None:
    environment = {"VERITYPE_HOME": "/x", "VERITYPE_DATA": "/y", "VERITYPE_LIVE_SEED": "1"}
    assert load_settings(tmp_path, environment) == Settings()


def test_file_that_is_not_toml_is_named_by_place_only(tmp_path: Path) -> None:
    said = refusal(tmp_path, f'metrics_token = "{SECRET}')
    assert said.startswith("server.toml is not TOML: look at ")
    assert SECRET not in said


def test_secret_is_never_shown(tmp_path: Path) -> None:
    (tmp_path / "server.toml").write_text(f'metrics_token = "{SECRET}"')
    for form in ([], ["--json"]):
        shown = CliRunner().invoke(main, ["config", "show", "--data", str(tmp_path), *form])
        assert shown.exit_code == 0
        assert SECRET not in shown.output
        assert "(set, not shown)" in shown.output
    assert SECRET not in refusal(tmp_path, f'metrics_token = ["{SECRET}"]')
    (tmp_path / "server.toml").unlink()
    assert SECRET not in repr(configured(tmp_path, {"VERITYPE_METRICS_TOKEN": SECRET}))


def test_show_says_where_each_value_comes_from(tmp_path: Path) -> None:
    (tmp_path / "server.toml").write_text("sign_in_hours = 3")
    result = CliRunner().invoke(main, ["config", "show", "--data", str(tmp_path), "--json"])
    shown = json.loads(result.output)
    assert shown["sign_in_hours"] == {"value": 3, "from": "server.toml"}
    assert set(shown) == set(Settings.__struct_fields__)


def test_metrics_that_others_can_reach_need_a_token(tmp_path: Path) -> None:
    assert "metrics_token" in refusal(tmp_path, 'metrics_bind = "0.0.0.0:8766"')
    assert "metrics_bind" in refusal(tmp_path, 'metrics_bind = "999.0.0.1:8766"')
    (tmp_path / "server.toml").write_text('metrics_bind = "0.0.0.0:8766"')
    assert load_settings(tmp_path, {"VERITYPE_METRICS_TOKEN": SECRET}).metrics_bind
    assert is_loopback("[::1]:1")
    assert not is_loopback("nonsense:1")


def test_the_example_file_is_up_to_date_and_true_when_its_comments_are_taken_away() -> None:
    assert (ROOT / "deploy" / "server.toml").read_text() == example()
    assert tomllib.loads(example()) == {}
    lines = [line.removeprefix("#") for line in example().splitlines() if line[:2] != "# "]
    values = tomllib.loads("\n".join(lines))
    assert values == {setting.name: setting.default for setting in known_settings()}
    result = CliRunner().invoke(main, ["config", "example"])
    assert result.output == example()


def test_every_setting_says_what_it_is_for() -> None:
    assert [setting.name for setting in known_settings() if not setting.description] == []
