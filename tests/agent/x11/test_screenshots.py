"""Pictures on a real display whose windows change under the camera."""

import pytest
from PIL import Image

from agent.clock import monotonic_us
from agent.observations import Observation, PictureTaken
from agent.picture import Box
from agent.sources import pictures
from agent.sources.x11_screenshots import X11Screenshots
from tests.agent.conftest import POLICY
from tests.agent.x11.conftest import Desktop
from wire.codes import ScreenshotOutcome
from wire.policy import Screenshots

pytestmark = pytest.mark.live


@pytest.mark.parametrize(
    ("opened", "outcomes"),
    [(1, [ScreenshotOutcome.TAKEN]), (9, [ScreenshotOutcome.FAILED])],
)
def test_a_window_that_opens_while_the_picture_is_taken_is_not_in_it(
    desktop: Desktop,
    monkeypatch: pytest.MonkeyPatch,
    opened: int,
    outcomes: list[ScreenshotOutcome],
) -> None:
    seen: list[Observation] = []
    left = list(range(opened))
    whole = pictures.grab

    def grab(area: Box) -> Image.Image:
        if left:
            desktop.window(f"task {left.pop()}")
        return whole(area)

    monkeypatch.setattr(pictures, "grab", grab)

    rules = Screenshots(interval_s=5)
    source = X11Screenshots(POLICY, rules, draw=lambda: 0.0)
    desktop.window("a task")
    source.start(seen.append)
    for _ in range(2):
        source.pump(monotonic_us())
    source.stop()
    assert [each.outcome for each in seen if isinstance(each, PictureTaken)] == outcomes
