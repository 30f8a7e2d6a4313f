"""The trainer's own page served by a real agent that records a real display."""

import os
import signal
from typing import Any

import pytest
from msgspec.structs import replace

from tests.agent.conftest import PlatformServer
from tests.agent.page.client import Client, client_of
from tests.agent.x11.conftest import Desktop, wait_for
from tests.agent.x11.trainer import Trainer
from wire.codes import ScreenshotFlag
from wire.events import Blanking
from wire.policy import Screenshots

pytestmark = pytest.mark.live
BANNER_S = 5.0


@pytest.fixture
def page(desktop: Desktop, trainer: Trainer, platform: PlatformServer) -> Client:
    """Clocked in under rules with frequent screenshots, with the page open."""
    platform.policy = replace(platform.policy, screenshots=Screenshots(interval_s=5))
    desktop.window("task one")
    trainer.do("clock", "in", "--accept-policy", "3")
    client = client_of(trainer.do("page", "--no-open").strip())
    assert client.enter().status == 200
    return client


def now(page: Client) -> dict[str, Any]:
    """What the page is told; nothing while the agent is too busy to answer it."""
    answer = page.ask("GET", "/now?after=0")
    assert answer.status in (200, 409), answer.body
    return dict(answer.json())


def state(page: Client) -> str:
    """The state; `silent` when the agent does not answer, which is a red banner too."""
    status = now(page).get("status")
    return str(status["state"]) if status else "silent"


def pictures(page: Client) -> list[int]:
    return [picture["number"] for picture in now(page).get("pictures", [])]


def kinds(page: Client) -> set[str]:
    live = now(page).get("live")
    return {event["kind"] for event in live["events"]} if live else set()


def test_typing_is_seen_live_and_pictures_are_blanked_before_and_after_clock_out(
    desktop: Desktop, trainer: Trainer, platform: PlatformServer, page: Client
) -> None:
    desktop.keys("type", "--delay", "20", "hello there")
    wait_for(lambda: "Keystroke" in kinds(page))
    wait_for(lambda: len(pictures(page)) == 1)
    # Two pictures of the same screen, to the last bit, are one object.
    desktop.window("another task")
    wait_for(lambda: len(pictures(page)) >= 2)
    first, second = pictures(page)[:2]
    assert page.ask("GET", f"/pictures/{first}").body[8:12] == b"WEBP"
    assert f"{first}  taken" in trainer.do("blank")
    trainer.do("blank", str(first))
    assert page.do(do="clock-out").status == 200
    wait_for(lambda: state(page) == "off")
    assert page.do(do="blank", number=second, regions=[[0, 0, 40, 40]]).status == 200
    wait_for(lambda: len(platform.blankings) == 1)
    (batches,) = platform.batches.values()
    told = [event for batch in batches for event in batch.body.events(Blanking)]
    assert [any((event.kept_0, event.kept_3)) for event in told] == [False]
    assert any(platform.blankings[0].kept)
    assert trainer.agent_pid() is not None, "an open page keeps the agent there"
    page.do(do="release", number=second)
    wait_for(lambda: platform.blankings[0].kept.hex() in platform.objects)
    assert len(platform.objects) == 1


def coarse(page: Client) -> bool:
    live = now(page).get("live")
    events = live["events"] if live else []
    shots = [event["flags"] for event in events if event["kind"] == "Screenshot"]
    return any(flags & ScreenshotFlag.PIXELATED for flags in shots)


@pytest.mark.alone
def test_coarse_pictures_by_choice_and_a_dead_display_told_within_five_seconds(
    desktop: Desktop, trainer: Trainer, page: Client
) -> None:
    trainer.do("pictures", "pixelate", "on")
    assert [page.do(do=name).status for name in ("pause", "resume")] == [200, 200]
    wait_for(lambda: coarse(page))
    assert state(page) == "recording"
    os.kill(desktop.server_pid, signal.SIGSTOP)
    try:
        wait_for(lambda: state(page) in ("broken", "silent"), BANNER_S)
    finally:
        os.kill(desktop.server_pid, signal.SIGCONT)
