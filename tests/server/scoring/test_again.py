"""Scored again: old assessments stay, the newest is current, and both people see why."""

import json
import re
import threading
from pathlib import Path

import httpx
import numpy as np
import pytest
from click.testing import CliRunner

from detector.model import load_model
from detector.promise import PlatformPromise, ValidFor, promise
from server.cli.main import main
from tests.server.device import Chain
from tests.server.house import PASSWORD, House, browsing
from tests.server.kinds import NewDevice, Typing
from tests.server.scoring.conftest import MakeWorker, Plain


def run(house: House, *arguments: str) -> dict[str, object]:
    found = CliRunner().invoke(main, [*arguments, "--data", str(house.path), "--json"])
    assert found.exit_code == 0, found.output
    return dict(json.loads(found.output))


def refused(house: House, *arguments: str) -> str:
    found = CliRunner().invoke(main, [*arguments, "--data", str(house.path)])
    assert found.exit_code == 1
    return found.output


def assessment(house: House, client: httpx.Client, chain: Chain) -> dict[str, object]:
    answer = client.get(
        f"/v1/sessions/{chain.session.hex()}/assessment",
        headers={"authorization": f"Bearer {house.platform_key}"},
    )
    return dict(answer.json()) | {"status": answer.status_code}


def page(address: str, login: str, chain: Chain) -> str:
    with browsing(address) as client:
        found = re.search(r'name="csrf" value="([^"]+)"', client.get("/login").text)
        assert found is not None
        client.post("/login", data={"csrf": found[1], "login": login, "password": PASSWORD})
        return client.get(f"/sessions/{chain.session.hex()}").text


def test_rescored_session_keeps_what_was_said_first(
    chain: Chain, house: House, client: httpx.Client, address: str, make_worker: MakeWorker
) -> None:
    chain.send(final=True)
    assert make_worker().do_next()
    assert run(house, "rescore", "--session", chain.session.hex()) == {"queued": 1}
    assert run(house, "rescore", "--session", chain.session.hex()) == {"queued": 0}
    assert assessment(house, client, chain)["model_version"] == "m1", "until the next is made"
    assert make_worker(version="m2").do_next()
    found = assessment(house, client, chain)
    earlier = found["earlier"]
    assert isinstance(earlier, list)
    assert (found["model_version"], found["why"]) == ("m2", "asked")
    assert [(one["model_version"], one["why"]) for one in earlier] == [("m1", "closed")]
    for login in ("ada", "admin"):
        shown = page(address, login, chain)
        assert "Published" in shown
        assert "the platform&#39;s operator asked for it" in shown


def test_same_result_is_not_stored_twice(
    chain: Chain, house: House, make_worker: MakeWorker
) -> None:
    chain.send(final=True)
    worker = make_worker()
    assert worker.do_next()
    run(house, "rescore", "--project", "Demo")
    assert worker.do_next()
    assert house.rows("assessments") == 1


def test_what_another_model_judged_is_found_and_goes_last(
    new_device: NewDevice, house: House, make_worker: MakeWorker
) -> None:
    device, shipped = new_device(), load_model().version
    old, current, closed = (device.clock_in() for _ in range(3))
    for chain, version in ((old, "older"), (current, shipped)):
        chain.send(final=True)
        assert make_worker(version=version).do_next()
    assert run(house, "rescore", "--older-than-model") == {"queued": 1}
    closed.send(final=True)
    worker = make_worker(version=shipped)
    assert worker.do_next()
    assert [len(house.own.assessments(row)) for row in (1, 2, 3)] == [1, 1, 1]
    assert worker.do_next()
    assert [len(house.own.assessments(row)) for row in (1, 2, 3)] == [2, 1, 1]
    assert house.own.assessments(1)[-1].why == "newer-model"


def test_what_cannot_be_rescored_is_said(chain: Chain, house: House) -> None:
    assert "say which" in refused(house, "rescore")
    assert "alone" in refused(house, "rescore", "--session", "00", "--older-than-model")
    for name in ("zz", "z" * 32, chain.session.hex()):
        assert "no scored session" in refused(house, "rescore", "--session", name)
    assert "no project" in refused(house, "rescore", "--project", "None")


@pytest.fixture
def promised() -> PlatformPromise:
    rng = np.random.default_rng(3)
    model = load_model()
    valid = ValidFor(model.version, "3", population="test platform")
    writers = [f"w{n}" for n in range(200)]
    return PlatformPromise(promise(rng.uniform(0, 0.5, 200), writers, valid_for=valid))


def test_promise_is_applied_to_what_is_scored_from_then_on(
    new_device: NewDevice,
    house: House,
    make_worker: MakeWorker,
    promised: PlatformPromise,
    tmp_path: Path,
) -> None:
    device, assessor = new_device(), Plain("m1")
    worker = make_worker(assessor=assessor)
    file = tmp_path / "promise.json"
    file.write_text(json.dumps(promised.to_json()))
    for _ in range(2):
        device.clock_in().send(final=True)
        assert worker.do_next()
        said = run(house, "promise", "set", str(file))["promise"]
    assert assessor.promises == [None, promised]
    assert said == promised.sentence
    file.write_text("{}")
    assert "no promise" in refused(house, "promise", "set", str(file))


def test_both_people_see_it_from_the_same_moment(
    chain: Chain, typing: Typing, house: House, address: str, make_worker: MakeWorker
) -> None:
    """Both views are polled while the session is scored: neither is ever ahead."""
    chain.send(typing(0, 60), final=True)
    trainer, boss = "ada", "admin"
    store = house.installation.store
    seen: list[tuple[bool, bool, bool]] = []
    scored = threading.Event()

    def poll() -> None:
        last = False
        while not last:
            last = scored.is_set()
            first = _published(house)
            views = tuple("Model" in page(address, who, chain) for who in (trainer, boss))
            seen.append((first, views[0], views[1]))

    watching = threading.Thread(target=poll)
    watching.start()
    assert make_worker().do_next()
    scored.set()
    watching.join(60)
    assert seen[-1] == (True, True, True)
    assert store.waiting(1 << 62).jobs == 0
    for before, one, other in seen:
        # What was published before a page was asked for is on it, whoever asks.
        assert (one and other) or not before


def _published(house: House) -> bool:
    return bool(house.own.assessments(1))
