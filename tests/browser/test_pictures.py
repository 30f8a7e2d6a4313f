"""The console's pictures: each page can be taken as the documentation shows it.

With VERITYPE_PICTURES=1 in the environment the pictures are kept in `docs/images`.
"""

import os
import random
from pathlib import Path
from typing import Literal

import msgspec
import pytest
from PIL import Image
from playwright.sync_api import expect

from server.clock import now_us
from server.overview.days import DAY_US, EPOCH, ControlCount, DayFigures
from tests.browser.pages import OpenPage, Seeded, Watched

pytestmark = pytest.mark.browser
_DOCS = Path(__file__).parents[2] / "docs" / "images"
_MAX_BYTES = 250_000
_SHAPE = "section:has(> #shape)"
_REASONS = "section:has(> #reasons)"
_TIMELINE = "#legend"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    kept = _DOCS if os.environ.get("VERITYPE_PICTURES") == "1" else tmp_path
    kept.mkdir(parents=True, exist_ok=True)
    return kept


def take(watched: Watched, path: Path, down_to: str | None = None) -> None:
    """The window, or the page from its top to the end of an element."""
    page = watched.page
    page.evaluate("document.fonts.ready")
    size = page.viewport_size
    assert size is not None
    height = float(size["height"])
    if down_to is not None:
        box = page.locator(down_to).bounding_box()
        assert box is not None
        height = box["y"] + box["height"]
    page.screenshot(
        path=path,
        full_page=True,
        clip={"x": 0, "y": 0, "width": size["width"], "height": height},
        animations="disabled",
        caret="hide",
    )
    with Image.open(path) as picture:
        assert abs(picture.height - height) <= 1
        # A page has few colours: a palette is a third of the size and looks the same.
        small = picture.convert("RGB").quantize(256, dither=Image.Dither.NONE)
    small.save(path, optimize=True)
    assert path.stat().st_size < _MAX_BYTES


def test_sign_in_page(seeded: Seeded, open_page: OpenPage, folder: Path) -> None:
    watched = open_page(viewport={"width": 1280, "height": 720})
    watched.page.goto(f"{seeded.address}/login")
    take(watched, folder / "login.png")


def test_list_of_sessions(open_page: OpenPage, folder: Path) -> None:
    watched = open_page(viewport={"width": 1280, "height": 720})
    watched.sign_in("admin")
    watched.page.goto(f"{watched.address}/sessions")
    take(watched, folder / "sessions.png")


@pytest.mark.parametrize(
    ("name", "width", "down_to", "scheme"),
    [
        ("session", 1280, _TIMELINE, "light"),
        ("session-dark", 1280, _TIMELINE, "dark"),
        ("session-phone", 390, _REASONS, "light"),
    ],
)
def test_pasted_session(
    seeded: Seeded,
    open_page: OpenPage,
    folder: Path,
    name: str,
    width: int,
    down_to: str,
    scheme: Literal["light", "dark"],
) -> None:
    watched = open_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    watched.sign_in("admin")
    watched.open_session(seeded.sessions["pasted"])
    watched.page.locator("#strip").scroll_into_view_if_needed()
    shots = watched.page.locator("#strip li:not([hidden]) img").all()
    for shot in shots:
        expect(shot).to_have_js_property("naturalWidth", 640)
    watched.page.evaluate("scrollTo(0, 0)")
    watched.page.mouse.move(0, 0)
    take(watched, folder / f"{name}.png", down_to)


@pytest.mark.parametrize(
    ("name", "width", "scheme"),
    [("text", 1280, "light"), ("text-dark", 1280, "dark"), ("text-phone", 390, "light")],
)
def test_submitted_text(
    seeded: Seeded,
    open_page: OpenPage,
    folder: Path,
    name: str,
    width: int,
    scheme: Literal["light", "dark"],
) -> None:
    watched = open_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    watched.sign_in("ada")
    watched.page.goto(f"{seeded.address}/sessions/{seeded.sessions['pasted']}/texts/1")
    take(watched, folder / f"{name}.png", _SHAPE)


def test_report(seeded: Seeded, open_page: OpenPage, folder: Path) -> None:
    watched = open_page(viewport={"width": 900, "height": 900})
    watched.sign_in("ada")
    watched.page.goto(f"{seeded.address}/sessions/{seeded.sessions['pasted']}/report")
    take(watched, folder / "report.png", "section:has(> .chart)")


def test_overlay(seeded: Seeded, open_page: OpenPage, folder: Path) -> None:
    watched = open_page(viewport={"width": 900, "height": 480})
    watched.page.goto(f"{seeded.address}/static/overlay/example.html")
    take(watched, folder / "overlay.png")


def test_overview_of_an_organisation(seeded: Seeded, open_page: OpenPage, folder: Path) -> None:
    draw, today = random.Random(5), now_us() // DAY_US + EPOCH
    for back in range(2, 28):
        worked = 0 if back % 7 in (3, 4) else draw.randint(20, 60)
        flagged = sum(draw.random() < 0.02 for _ in range(worked))
        bands = {
            "strong": flagged,
            "consistent": worked - flagged,
            "cannot_determine": worked // 12,
        }
        made = ControlCount("Linux", "it", "keyboard", 3, int(back == 9))
        day = DayFigures(
            worked_s=worked * 9_000,
            bands=bands,
            pairs=((0, 0, 1.0, 2), (0, 1, 1 / 0.3, int(back % 5 == 0))),
            took_min=tuple(draw.randint(700, 9_000) for _ in range(flagged + 1)),
            cleared_flags=flagged // 2,
            random_kept=2,
            genuine_unflagged=60.0,
            controls=(made,),
        )
        seeded.house.own.put_day_figures(today - back, msgspec.json.encode(day), now_us())
    watched = open_page(viewport={"width": 1280, "height": 900})
    watched.sign_in("admin")
    watched.page.wait_for_selector("body[data-drawn=true]")
    take(watched, folder / "overview.png", ".tiles")


def test_what_a_policy_would_change(seeded: Seeded, open_page: OpenPage, folder: Path) -> None:
    watched = open_page(viewport={"width": 1280, "height": 900})
    watched.sign_in("admin")
    page = watched.page
    page.goto(f"{watched.address}/projects/{seeded.house.own.projects()[0].id.hex()}")
    page.get_by_label("Seconds without input that count as idle").fill("120")
    page.get_by_label("Least probability for a flag").fill("0.97")
    page.get_by_label("Least probability for “strong").fill("0.995")
    page.get_by_role("button", name="See what would change", exact=True).click()
    take(watched, folder / "policy.png", "section:has(> #preview)")
