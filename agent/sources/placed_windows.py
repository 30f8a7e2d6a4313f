"""A scene from a system's list of windows: which of them a picture may show. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from agent.picture import Box, Layer
from agent.redact import category_of
from agent.sources.pictures import Scene
from agent.sources.polled_focus import Front
from wire.codes import Category
from wire.policy import Policy


@dataclass(frozen=True, slots=True)
class Placed:
    """A window on the screen. Its title ends in its category."""

    box: Box
    title: str
    program: str
    process: int

    def __repr__(self) -> str:
        return f"Placed({self.box}, title not shown)"


def scene_of(
    policy: Policy, screen: Box, windows: Sequence[Placed], front: Front | None, *, whole: bool
) -> Scene:
    """What a picture may show; `windows` go from the highest to the lowest.

    A window without a title (a menu, a tooltip) is shown only if it belongs to the program of a
    task window. `whole`: all but private windows may be shown.
    """
    categories = [
        category_of(policy, each.title, each.program) if each.title else None for each in windows
    ]
    tasks = {
        each.process
        for each, category in zip(windows, categories, strict=True)
        if category is Category.TASK
    }
    layers = [Layer(screen, shown=True)] if whole else []
    for each, category in reversed(list(zip(windows, categories, strict=True))):
        if whole:
            shown = category is not Category.PRIVATE
        else:
            shown = category is Category.TASK or (category is None and each.process in tasks)
        layers.append(Layer(each.box, shown))
    ahead = category_of(policy, front.title, front.program) if front else Category.UNKNOWN
    return Scene(ahead, screen, layers)
