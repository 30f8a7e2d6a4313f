"""Real sessions: a display, an agent process, a server process, and what the API says of them.

The sessions run at once, each on its own display with its own agent, against one server. Each is
played once; the tests ask it different things.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.live import sessions
from tests.live.devices import Route
from tests.live.material import ESSAYS
from tests.live.server_process import Server, running_server
from tests.live.sessions import Kept, Script, clock_in_s
from tests.live.trainer import POLICY, PROJECT

# A robot's even rhythm is what one of these tests is about: beside other tests it was uneven.
pytestmark = pytest.mark.alone
INSERTION = "insertion"
PASTED, MACHINE, INJECTED = "pasted_from_assistant", "synthetic_rhythm", "injected_input"
PASTE_TOLERANCE_S = 2.0
LONGEST_PASTE_SPAN_S = 30.0
LATEST_MS = 20.0
"""A fifth of the shortest hold that people have; `test_typist.py` says how well hands can do."""


@dataclass(frozen=True, slots=True)
class Case:
    """What makes a script from a seed, and by which route its keys arrive."""

    scripted: Callable[[int], Script]
    route: Route = Route.HARDWARE


CASES: dict[str, Case] = {
    "composed": Case(sessions.compose),
    "composed-remapper": Case(sessions.compose_through_a_remapper, Route.XTEST),
    "pasted": Case(sessions.paste_everything),
    "robot-injected": Case(sessions.let_a_robot_type, Route.XTEST),
    "robot-hardware": Case(sessions.let_a_robot_type),
    "mixed": Case(sessions.compose_and_paste_a_paragraph),
}
if ESSAYS.exists():
    CASES["essay"] = Case(sessions.replay_an_essay)
GENUINE = [name for name in CASES if name.startswith(("composed", "essay"))]
ROBOTS = [name for name in CASES if name.startswith("robot")]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running_server(tmp_path_factory.mktemp("server")) as running:
        running.operator.add_project(PROJECT, POLICY)
        yield running


@pytest.fixture(scope="module")
def played(
    request: pytest.FixtureRequest,
    server: Server,
    tmp_path_factory: pytest.TempPathFactory,
    seed: int,
) -> Iterator[Mapping[str, "Future[Kept]"]]:
    """Every session that a selected test asks about, under way; ask for its result."""
    asked = {asked_about(item) for item in request.session.items}
    cases = {name: case for name, case in CASES.items() if name in asked}
    seeds = {name: seed + 1000 * number for number, name in enumerate(CASES)}
    scripts = {name: case.scripted(seeds[name]) for name, case in cases.items()}
    with ThreadPoolExecutor(max(len(cases), 1)) as pool:
        yield {
            name: pool.submit(
                sessions.run_session,
                scripts[name],
                name,
                server,
                tmp_path_factory.mktemp(name),
                seeds[name],
                case.route,
            )
            for name, case in cases.items()
        }


@pytest.fixture
def kept(request: pytest.FixtureRequest, played: Mapping[str, "Future[Kept]"]) -> Kept:
    """The session that the test names."""
    return played[request.param].result()


@pytest.mark.parametrize("kept", GENUINE, indirect=True)
def test_composed_work_is_not_flagged(kept: Kept) -> None:
    assert not kept.assessment["flagged"], told(kept)
    assert not kept.assessment["abstained_because"], told(kept)
    assert kept.assessment["coverage"] > 0.9, told(kept)


@pytest.mark.parametrize("kept", ["pasted"], indirect=True)
def test_a_pasted_answer_is_flagged_for_the_insertion(kept: Kept) -> None:
    assert kept.assessment["flagged"], told(kept)
    assert kept.assessment["main_reason"] == PASTED, told(kept)


@pytest.mark.parametrize("kept", ROBOTS, indirect=True)
def test_a_typing_robot_is_flagged_for_synthetic_input(kept: Kept) -> None:
    assert kept.assessment["flagged"], told(kept)
    assert kept.assessment["main_reason"] == MACHINE, told(kept)


@pytest.mark.parametrize("kept", CASES, indirect=True)
def test_injected_keys_are_told_unless_a_remapper_was_declared(
    kept: Kept, request: pytest.FixtureRequest
) -> None:
    told_so = INJECTED in {reason["code"] for reason in kept.assessment["reasons"]}
    assert told_so == (asked_about(request.node) == "robot-injected"), told(kept)


@pytest.mark.parametrize("kept", ["mixed"], indirect=True)
def test_one_pasted_paragraph_is_flagged_and_pointed_at(kept: Kept) -> None:
    assert kept.assessment["flagged"], told(kept)
    at_ms = (kept.pasted_s - clock_in_s(kept.session)) * 1000.0
    slack_ms = PASTE_TOLERANCE_S * 1000.0
    covering = [
        span
        for span in kept.assessment["spans"]
        if span["kind"] == INSERTION
        and span["start_ms"] - slack_ms <= at_ms <= span["end_ms"] + slack_ms
        and span["end_ms"] - span["start_ms"] <= LONGEST_PASTE_SPAN_S * 1000.0
    ]
    assert covering, f"paste at {at_ms:.0f} ms; {told(kept)}"


@pytest.mark.parametrize("kept", CASES, indirect=True)
def test_a_session_is_closed_complete_and_counted(kept: Kept) -> None:
    assert kept.session["state"] == "scored", told(kept)
    assert kept.session["quarantined_batches"] == 0, told(kept)
    assert kept.session["lost_stretches"] == [], told(kept)
    assert kept.session["lost_events"] == {}, told(kept)


@pytest.mark.parametrize("kept", CASES, indirect=True)
def test_the_hands_kept_time(kept: Kept) -> None:
    assert kept.late_ms < LATEST_MS


def asked_about(item: pytest.Item) -> str | None:
    """The session that a selected test asks about."""
    call = getattr(item, "callspec", None)
    return str(call.params.get("kept")) if call else None


def told(kept: Kept) -> str:
    """The API's answers, for whoever reads a failure."""
    return json.dumps({"assessment": kept.assessment, "session": kept.session}, indent=1)


def test_no_session_but_these_was_stored(
    server: Server, played: Mapping[str, "Future[Kept]"], tmp_path: Path
) -> None:
    for future in played.values():
        future.exception()
    names = [session["person"]["name"] for session in server.get("/v1/sessions").json()["sessions"]]
    assert sorted(names) == sorted(played)
