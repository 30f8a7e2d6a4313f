"""What `deploy/server/` says fits the program: commands, settings, ports, the sandbox."""

import importlib
import re
import shlex
from pathlib import Path
from typing import Any

import click
import pytest

from server.cli.main import main
from server.operation.settings import known_settings

FOLDER = Path(__file__).parents[2] / "deploy" / "server"
UNITS = sorted(FOLDER.glob("*.service"))
SANDBOX = (
    "NoNewPrivileges=yes",
    "ProtectSystem=strict",
    "ProtectHome=yes",
    "PrivateTmp=yes",
    "PrivateDevices=yes",
    "CapabilityBoundingSet=",
    "RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX",
    "UMask=0077",
    "User=veritype",
)
STOP_MAX_S = 5 + 25
"""The compose file's `stop_delay_s`, and what a stop takes at most after it."""


def parses(words: list[str]) -> None:
    """Whether the program takes this command with these options; nothing is run."""
    command = main.get_command(click.Context(main), words[0])
    assert command is not None, words
    command.make_context(words[0], [*words[1:], "--data", "/nowhere"])


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_units_start_commands_that_exist_in_a_sandbox(unit: Path) -> None:
    lines = unit.read_text().splitlines()
    (started,) = [line for line in lines if line.startswith("ExecStart=")]
    program, *words = shlex.split(started.removeprefix("ExecStart="))
    assert program == "/opt/veritype/bin/veritype-server"
    parses(words)
    assert [line for line in SANDBOX if line not in lines] == []
    stops = [int(line.split("=")[1]) for line in lines if line.startswith("TimeoutStopSec=")]
    assert "Type=oneshot" in lines or stops[0] > STOP_MAX_S


def test_each_timer_has_its_unit() -> None:
    timers = sorted(path.stem for path in FOLDER.glob("*.timer"))
    assert timers == ["veritype-backup", "veritype-purge"]
    assert all((FOLDER / f"{name}.service").exists() for name in timers)


def test_compose_file_runs_commands_and_settings_that_exist() -> None:
    compose: dict[str, Any] = importlib.import_module("yaml").safe_load(
        (FOLDER / "compose.yaml").read_text()
    )
    services = compose["services"]
    assert set(services) == {"server", "worker", "database", "store", "proxy"}
    known = {setting.variable for setting in known_settings()}
    for name in ("server", "worker"):
        parses(services[name]["command"])
        assert set(services[name]["environment"]) <= known
        assert services[name]["stop_grace_period"] == "60s"
    volumes = {
        each.split(":")[0] for service in services.values() for each in service.get("volumes", ())
    }
    assert {each for each in volumes if not each.startswith(".")} <= set(compose["volumes"])
    assert all("ports" not in services[name] for name in services if name != "proxy")


def test_image_starts_the_program_by_its_name() -> None:
    lines = (FOLDER / "Dockerfile").read_text()
    assert 'ENTRYPOINT ["veritype-server"]' in lines
    words = re.findall(r"^CMD \[(.*)\]$", lines, re.MULTILINE)
    parses([word.strip(' "') for word in words[0].split(",")])
    assert "USER veritype" in lines
