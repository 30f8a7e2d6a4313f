"""Trouble on the desktop and on the way to the server: a sentence, and nothing lost."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.live.agent_process import Agent
from tests.live.material import composed
from tests.live.processes import environment, wait_for
from tests.live.proxy import Mood, RecordingProxy, recording_proxy
from tests.live.server_process import Server, listening_url, running_server, serve
from tests.live.trainer import POLICY, PROJECT, Trainer, trainer_at_desk

NO_DESKTOP: dict[str, tuple[dict[str, str], str]] = {
    "no display": ({}, "display"),
    "unreachable display": ({"DISPLAY": ":7654"}, "display"),
}
TROUBLES = [mood for mood in Mood if mood is not Mood.WELL]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running_server(tmp_path_factory.mktemp("server")) as running:
        running.operator.add_project(PROJECT, POLICY)
        yield running


@pytest.fixture(scope="module")
def proxy(server: Server) -> Iterator[RecordingProxy]:
    with recording_proxy(server.port) as between:
        yield between


@pytest.fixture(scope="module")
def trainer(
    server: Server, proxy: RecordingProxy, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Trainer]:
    code = server.operator.add_trainer("patient")
    folder = tmp_path_factory.mktemp("patient")
    with trainer_at_desk("patient", folder, proxy.url, code) as at_desk:
        yield at_desk


@pytest.mark.parametrize("desktop", NO_DESKTOP)
def test_without_an_x_display_clock_in_fails_with_a_sentence(
    server: Server, tmp_path: Path, desktop: str
) -> None:
    variables, word = NO_DESKTOP[desktop]
    agent = Agent(tmp_path / "agent", environment(None, **variables))
    agent.run("enrol", server.url, server.operator.add_trainer(desktop))
    try:
        done = agent.attempt("clock", "in", "--project", PROJECT, "--accept-policy", "1")
        said = done.output + done.errors
        assert done.status != 0, said
        assert word in said.lower(), said
        assert "Traceback" not in said, said
        assert len(said.splitlines()) == 1, said
        wait_for("no agent left running", lambda: not agent.processes())
    finally:
        agent.stop()
    people = [
        session["person"]["name"] for session in server.get("/v1/sessions").json()["sessions"]
    ]
    assert desktop not in people


@pytest.mark.parametrize("mood", TROUBLES)
def test_while_the_server_is_in_trouble_batches_are_kept_and_then_delivered(
    trainer: Trainer, server: Server, proxy: RecordingProxy, mood: Mood, seed: int
) -> None:
    trainer.agent.clock_in(PROJECT)
    trainer.go_to(trainer.task)
    trainer.type(composed(seed, 3.0))
    wait_for("the spool empty", lambda: waiting(trainer) == 0, explain=trainer.agent.status)

    proxy.become(mood)
    trainer.type(composed(seed, 5.0))
    wait_for("a batch kept", lambda: waiting(trainer) > 0, explain=trainer.agent.status)
    wait_for("the trouble told", lambda: trouble(trainer), explain=trainer.agent.status)

    proxy.become(Mood.WELL)
    wait_for("all delivered", lambda: waiting(trainer) == 0, explain=trainer.agent.status)
    wait_for("no trouble told", lambda: not trouble(trainer), explain=trainer.agent.status)
    trainer.agent.clock_out()
    server.assessment_of(trainer.name)
    assert_nothing_lost(server, trainer)


def test_a_server_killed_in_the_middle_of_a_session_gets_all_of_it_when_it_is_back(
    tmp_path: Path, seed: int
) -> None:
    with running_server(tmp_path / "server") as server:
        server.operator.add_project(PROJECT, POLICY)
        code = server.operator.add_trainer("steady")
        with trainer_at_desk("steady", tmp_path, server.url, code) as trainer:
            trainer.agent.clock_in(PROJECT)
            trainer.go_to(trainer.task)
            trainer.type(composed(seed, 5.0))
            server.process.stop(signal.SIGKILL)
            trainer.type(composed(seed, 5.0))
            wait_for("the trouble told", lambda: trouble(trainer), explain=trainer.agent.status)
            back = serve(server.operator, server.port)
            try:
                assert listening_url(back) == server.url
                trainer.agent.clock_out()
                server.assessment_of(trainer.name)
                assert_nothing_lost(server, trainer)
            finally:
                back.stop()


def waiting(trainer: Trainer) -> int:
    """How many batches the agent holds that nobody acknowledged."""
    return int(trainer.agent.status()["spool"]["batches_waiting"])


def trouble(trainer: Trainer) -> str:
    """What the agent says is wrong with the way to the server."""
    return str(trainer.agent.status()["server_error"])


def assert_nothing_lost(server: Server, trainer: Trainer) -> None:
    session = server.session_of(trainer.name)
    assert session["state"] == "scored", session
    assert session["lost_stretches"] == [], session
    assert session["lost_events"] == {}, session
    assert session["quarantined_batches"] == 0, session
