"""A session's page in a real browser: zoom and panel, replay, keys, what fails, who sees what."""

import statistics
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, ViewportSize, expect

from detector.alignment.rebuild import ALPHABET, rebuild
from detector.tables import keystrokes
from server.records import Role
from tests.browser import seeds
from tests.browser.pages import OpenPage, Seeded, Watched
from tests.browser.test_every_page import fits_everybody
from tests.server.house import PASSWORD
from wire import events
from wire.codes import KeyFlag
from wire.keys import KeyClass

pytestmark = pytest.mark.browser
MINUTES = 14
STORY = seeds.pasted(MINUTES)
"""What the seeded server was sent of this session."""
NO_TEXT = {KeyClass.SHIFT, KeyClass.MODIFIER, KeyClass.CAPSLOCK}
COUNT_FRAMES = """
window.drawn = 0;
const clear = CanvasRenderingContext2D.prototype.clearRect;
CanvasRenderingContext2D.prototype.clearRect = function (...box) {
  if (this.canvas.id === "replay-shape") window.drawn++;
  return clear.apply(this, box);
};
"""


def of(kind: type[events.Event]) -> list[Any]:
    found = [event for event in STORY.happened if type(event) is kind]
    return sorted(found, key=lambda event: event.t_us)


def opened(open_page: OpenPage, seeded: Seeded, login: str = "admin", **how: Any) -> Watched:
    watched = open_page(**how)
    watched.sign_in(login)
    watched.open_session(seeded.sessions["pasted"])
    return watched


def in_view(page: Page) -> tuple[int, int]:
    start, end = (page.locator("#chart").get_attribute("data-view") or "").split("-")
    return int(start), int(end)


def said_of(page: Page) -> str:
    expect(page.locator("#stretch")).not_to_have_attribute("aria-busy", "true")
    return page.locator("#stretch-body").inner_text()


def test_a_stretch_is_shown_with_ten_seconds_either_side_and_said_in_words(
    open_page: OpenPage, seeded: Seeded
) -> None:
    page = opened(open_page, seeded).page
    button = page.get_by_role("button", name="Show").first
    start, end = (int(button.get_attribute(f"data-{name}") or "") for name in ("from", "to"))
    button.click()
    expect(page.get_by_role("heading", name="This stretch")).to_be_focused()
    text = said_of(page)
    assert in_view(page) == (start - 10_000, end + 10_000)
    (paste,) = (e for e in of(events.Insertion) if start <= e.t_us // 1000 <= end)
    (copy,) = (e for e in of(events.Clipboard) if e.tag == paste.tag)
    row = page.get_by_test_id("stretch-inserted").locator("tbody tr")
    cells = row.locator("td").all_inner_texts()
    assert cells[:4] == [clock(paste.t_us), f"{paste.length_chars:,}", "Pasted", "Assistant"]
    assert copy.source == 2
    written = [e for e in of(events.Keystroke) if e.key_class not in NO_TEXT]
    before = sum(start * 1000 - 10_000_000 <= e.t_us < start * 1000 for e in written)
    assert f"In the ten seconds before: {before} keys." in text
    rest = page.get_by_test_id("stretch-compared").locator("tbody tr").first.locator("td").nth(1)
    gaps = [b.t_us - a.t_us for a, b in pairwise(written)]
    assert rest.inner_text() == f"{round(statistics.median(gaps) / 1000)} ms"


def test_what_is_in_view_is_said_in_the_numbers_of_its_events(
    open_page: OpenPage, seeded: Seeded
) -> None:
    page = opened(open_page, seeded).page
    page.keyboard.press("+")
    page.keyboard.press("+")
    page.keyboard.press("[")
    page.keyboard.press("v")
    text = said_of(page)
    start, end = in_view(page)
    assert end - start == pytest.approx(MINUTES * 60_000 / 4, abs=2)
    inside = [
        e
        for e in of(events.Keystroke)
        if start * 1000 <= e.t_us < (end + 1) * 1000 and e.key_class not in NO_TEXT
    ]
    gaps = [b.t_us - a.t_us for a, b in pairwise(inside)]
    erased = sum(e.key_class in (KeyClass.BACKSPACE, KeyClass.DELETE) for e in inside)
    assert f"{len(inside)} keys were pressed." in text
    assert f"are no longer than {round(statistics.median(gaps) / 1000)} ms." in text
    assert f"{erased} keys took text away." in text


def moves() -> Iterator[int]:
    """When the cursor went to a place that was not recorded: insertions, and another window."""
    yield from (e.t_us for e in of(events.Insertion))
    window, focus = None, of(events.Focus)
    for key in of(events.Keystroke):
        behind = [e for e in focus if e.t_us <= key.t_us][-1]
        if window not in (None, behind.window):
            yield behind.t_us
        window = behind.window


def shape_by_the_server() -> Counter[str]:
    """How many of each class the text has at the end, as the detector rebuilds it."""
    rows = [(t_us, 0, KeyClass.CLICK) for t_us in moves()]
    rows += [(e.t_us, 1, e.key_class) for e in of(events.Keystroke) if not e.flags & KeyFlag.CHORD]
    rows.sort(key=lambda row: row[:2])
    codes = rebuild(keystrokes([t for t, _, _ in rows], [kind for _, _, kind in rows])).codes
    return Counter(ALPHABET[code] for code in codes.tolist() if code < len(ALPHABET))


def test_the_replay_ends_with_the_text_that_the_server_rebuilds(
    open_page: OpenPage, seeded: Seeded
) -> None:
    page = opened(open_page, seeded).page
    page.get_by_label("Speed").select_option("200")
    page.get_by_role("button", name="Play", exact=True).click()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    expect(page.locator("#replay-time")).to_have_text(clock(MINUTES * 60_000_000), timeout=60_000)
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    shape, inserted = shape_by_the_server(), of(events.Insertion)
    said = page.locator("#replay-said").inner_text()
    assert (
        f"the text has {shape['a']:,} letters, {shape['0']} digits, {shape['.']} punctuation "
        f"marks, {shape[' ']} spaces and {shape[chr(10)]} line breaks."
    ) in said
    total = sum(e.length_chars for e in inserted)
    assert f"{len(inserted)} insertions of {total:,} characters in all." in said
    assert page.locator("#replay-picture").get_attribute("src")
    drawn = "c => new Set(c.getContext('2d').getImageData(0, 0, c.width, c.height).data).size"
    assert page.locator("#replay-shape").evaluate(drawn) > 5
    page.locator("#replay-seek").fill(str(4 * 60_000))
    expect(page.locator("#replay-said")).to_contain_text("At 0:04:00 the text has")
    expect(page.locator("#replay-window")).to_have_text("Window in front: Task")
    expect(page.locator("#replay-said")).to_contain_text("1 insertion of")


def test_every_control_is_reached_by_its_key(open_page: OpenPage, seeded: Seeded) -> None:
    page = opened(open_page, seeded).page
    press = page.keyboard.press
    press("?")
    expect(page.get_by_role("dialog", name="Keys of this page")).to_be_visible()
    press("n")
    press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert page.locator("#stretch").is_hidden(), "no key but its own works behind the list"
    press("n")
    first = in_view(page)
    press("n")
    second = in_view(page)
    press("p")
    assert in_view(page) == first != second
    press("w")
    assert in_view(page) == (0, MINUTES * 60_000)
    press("ArrowRight")
    time = page.locator("#replay-time").inner_text()
    press("}")
    press("ArrowLeft")
    assert seconds(page.locator("#replay-time").inner_text()) == seconds(time) + 55
    press("b")
    expect(page.locator("#replay-time")).to_have_text("0:00:00")
    press(">")
    assert page.get_by_label("Speed").input_value() == "60"
    press("<")
    assert page.get_by_label("Speed").input_value() == "20"
    press("i")
    expect(page.get_by_label("Skip what is idle")).not_to_be_checked()
    press("r")
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    press("r")
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    press("t")
    expect(page.locator("#chart-tables")).to_contain_text("Keys that delete")
    press("?")
    page.get_by_label("Switch these keys off").check()
    press("Escape")
    press("w")
    press("n")
    assert in_view(page) != second


def test_a_click_on_the_lanes_moves_the_replay_and_on_an_insertion_shows_it(
    open_page: OpenPage, seeded: Seeded
) -> None:
    page = opened(open_page, seeded).page
    box = page.locator("#chart").bounding_box()
    assert box is not None
    left, right = 64, 30
    wide = box["width"] - left - right
    (paste, *_) = of(events.Insertion)
    share = paste.t_us / (MINUTES * seeds.MINUTE_US)
    lane_top = 26 + 14 + 22 + 22 + 84 + 34 + 132 + 6 * 32
    page.locator("#chart").click(position={"x": left + share * wide, "y": lane_top + 74})
    said_of(page)
    expect(page.get_by_test_id("stretch-inserted")).to_contain_text(f"{paste.length_chars:,}")
    page.get_by_role("button", name="Whole session").click()
    page.locator("#chart").click(position={"x": left + wide / 2, "y": lane_top - 60})
    assert abs(seconds(page.locator("#replay-time").inner_text()) - MINUTES * 30) <= 2


def test_fingers_zoom_and_move_the_lanes_and_still_scroll_the_page(
    browser: Browser, seeded: Seeded
) -> None:
    size: ViewportSize = {"width": 390, "height": 844}
    context = browser.new_context(viewport=size, has_touch=True, is_mobile=True)
    watched = Watched(context.new_page(), seeded.address)
    watched.watch()
    watched.sign_in("admin")
    watched.open_session(seeded.sessions["pasted"])
    page, wire = watched.page, context.new_cdp_session(watched.page)
    page.locator("#chart").evaluate("chart => chart.scrollIntoView()")

    def swipe(*fingers: tuple[int, int, int, int]) -> None:
        """Each finger from where to where."""
        for step in range(9):
            points = [
                {"id": n, "x": x + (to_x - x) * step / 8, "y": y + (to_y - y) * step / 8}
                for n, (x, y, to_x, to_y) in enumerate(fingers)
            ]
            kind = "touchMove" if step else "touchStart"
            wire.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
            page.wait_for_timeout(20)
        wire.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        page.wait_for_timeout(100)

    swipe((150, 200, 80, 200), (220, 200, 290, 200))
    start, end = in_view(page)
    assert 0 < start < end < MINUTES * 60_000
    swipe((250, 200, 150, 200))
    assert in_view(page)[0] > start
    view, scrolled = in_view(page), page.evaluate("scrollY")
    swipe((250, 400, 250, 250))
    assert page.evaluate("scrollY") > scrolled
    assert in_view(page) == view
    context.close()
    assert watched.wrong == []


def test_many_keys_are_drawn_as_a_density_and_each_alone_when_close(
    open_page: OpenPage, seeded: Seeded
) -> None:
    asked: list[str] = []

    def with_density(route: Route) -> None:
        answer = route.fetch()
        data = answer.json()
        counts = [n % 3 for n in range(48 * len(data["typing"]))]
        density = {"bins": 48, "least_ms": 10, "most_ms": 100_000, "counts": counts}
        route.fulfill(response=answer, json=data | {"density": density, "intervals": []})

    watched = open_page()
    watched.sign_in("admin")
    page = watched.page
    page.route("**/timeline.json", with_density)
    page.on("request", lambda request: asked.append(request.url))
    watched.open_session(seeded.sessions["pasted"])
    assert not any(url.endswith("replay.bin") for url in asked), "nobody asked for single keys"
    with page.expect_response("**/replay.bin"):
        page.keyboard.press("n")
    page.keyboard.press("w")
    page.wait_for_timeout(400)


def test_with_reduced_motion_the_replay_changes_once_a_second(
    open_page: OpenPage, seeded: Seeded
) -> None:
    watched = open_page()
    watched.page.emulate_media(reduced_motion="reduce")
    watched.page.add_init_script(COUNT_FRAMES)
    watched.sign_in("admin")
    watched.open_session(seeded.sessions["pasted"])
    page = watched.page
    page.keyboard.press("r")
    page.wait_for_selector("#replay-card[data-ready=true]")
    before = page.evaluate("window.drawn")
    page.wait_for_timeout(2_500)
    assert 1 <= page.evaluate("window.drawn") - before <= 4
    page.keyboard.press("r")


@pytest.mark.parametrize(
    ("path", "act", "place", "text"),
    [
        ("timeline.json", None, "#chart-text", "could not be loaded"),
        ("stretch?*", "v", "#stretch-body", "could not be loaded"),
        ("replay.bin", "r", "#replay-said", "Press Play to try again"),
    ],
)
def test_what_cannot_be_loaded_is_said(
    open_page: OpenPage, seeded: Seeded, path: str, act: str | None, place: str, text: str
) -> None:
    watched = open_page()
    watched.sign_in("admin")
    watched.page.route(f"**/{path}", lambda route: route.fulfill(status=503))
    if act is None:
        watched.page.goto(f"{watched.address}/sessions/{seeded.sessions['pasted']}")
    else:
        watched.open_session(seeded.sessions["pasted"])
        watched.page.keyboard.press(act)
    expect(watched.page.locator(place)).to_contain_text(text)
    assert all("503" in line for line in watched.wrong)
    watched.wrong.clear()


def everything(watched: Watched, session: str) -> dict[str, object]:
    """Each field of what a page is given and shows."""
    page = watched.page
    page.keyboard.press("n")
    stretch = said_of(page)
    page.locator("#replay-seek").fill("300000")
    expect(page.locator("#replay-said")).to_contain_text("At 0:05:00")
    page.keyboard.press("t")
    get: Callable[[str], Any] = page.context.request.get
    at = f"{watched.address}/sessions/{session}"
    fields: dict[str, object] = dict(get(f"{at}/timeline.json").json())
    fields |= {"replay.bin": get(f"{at}/replay.bin").body(), "stretch said": stretch}
    sections = page.locator("main section").all()
    return fields | {f"section {n}": one.inner_text() for n, one in enumerate(sections)}


def test_trainer_and_auditor_see_the_same_field_by_field(
    open_page: OpenPage, seeded: Seeded
) -> None:
    session = seeded.sessions["pasted"]
    mine, theirs = (
        everything(opened(open_page, seeded, login), session) for login in ("ada", "admin")
    )
    assert mine.keys() == theirs.keys()
    assert {name for name in mine if mine[name] != theirs[name]} == set()


def test_the_session_page_fits_everybody_with_everything_open(
    open_page: OpenPage, seeded: Seeded
) -> None:
    for width, scheme in ((1280, "light"), (390, "dark")):
        size = {"width": width, "height": 844}
        watched = opened(open_page, seeded, viewport=size, color_scheme=scheme)
        everything(watched, seeded.sessions["pasted"])
        fits_everybody(watched, f"session-{width}-{scheme}")


def test_a_blind_reviewer_has_the_same_tools_from_the_evidence_alone(
    open_page: OpenPage, seeded: Seeded
) -> None:
    seeded.house.administration.add_person("Olga", Role.AUDITOR, "olga", PASSWORD)
    watched = open_page()
    watched.sign_in("olga")
    page = watched.page
    page.goto(f"{watched.address}/reviews")
    page.get_by_role("button", name="Take the next one").click()
    page.wait_for_selector("#chart[data-ready=true]", timeout=60_000)
    page.keyboard.press("v")
    assert "keys were pressed" in said_of(page)
    expect(page.get_by_test_id("stretch-own")).to_have_count(0)
    expect(page.get_by_test_id("stretch-counter")).to_have_count(0)
    page.keyboard.press("r")
    page.wait_for_selector("#replay-card[data-ready=true]")
    page.keyboard.press("r")
    expect(page.locator("#replay-said")).to_contain_text("the text has")
    for name in ("Ada", "Okafor", "robability"):
        expect(page.locator("main")).not_to_contain_text(name)


def clock(t_us: int) -> str:
    seconds = t_us // 1_000_000
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def seconds(text: str) -> int:
    hours, minutes, rest = map(int, text.split(":"))
    return hours * 3600 + minutes * 60 + rest
