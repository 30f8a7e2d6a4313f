"""The running server: health, readiness, metrics, logs, and a stop that loses nothing."""

import json
import re
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from server.clock import now_us
from server.figures import Histogram, IngestFigures
from tests.server.device import Chain, Device
from tests.server.house import PASSWORD, House, browsing
from tests.server.operation.processes import (
    LONG_S,
    Running,
    metrics_of,
    running,
    start_worker,
    until,
)
from tests.server.webhooks.happening import happen
from wire.batch import Envelope

TOKEN = "a-token-of-the-monitoring"
CLIENTS = 8


def enrolled(house: House, client: httpx.Client) -> Device:
    device = Device(client)
    assert device.enrol(house.administration.pair(house.trainer.name)).status_code == 200
    return device


def ready(server: Running) -> httpx.Response:
    return httpx.get(server.metrics.replace("/metrics", "/readyz"), timeout=LONG_S)


def journey(house: House, server: Running) -> tuple[Device, Chain]:
    """A session from enrolment to its end, a refused batch, and somebody at the console."""
    with browsing(server.address) as client:
        device = enrolled(house, client)
        chain = device.clock_in()
        for _ in range(3):
            chain.send()
        assert device.post(b"nonsense").status_code == 400
        assert client.get(f"/v1/sessions/{chain.session.hex()}").status_code == 401
        page = client.get("/login").text
        found = re.search(r'name="csrf" value="([^"]+)"', page)
        assert found
        form = {"login": "ada", "password": "wrong " + PASSWORD, "csrf": found[1]}
        client.post("/login", data=form)
        client.get("/nobody/knows/ada@example.org", params={"q": "private"})
        chain.send(final=True)
    return device, chain


def test_a_whole_journey_is_logged_and_counted_without_a_trace_of_anybody(house: House) -> None:
    with running(house.path, VERITYPE_METRICS_TOKEN=TOKEN) as server:
        device, chain = journey(house, server)
        assert httpx.get(server.metrics, timeout=LONG_S).status_code == 401
        until(lambda: metrics_of(server, TOKEN)["veritype_assessments_total"] >= 1)
        metrics = httpx.get(
            server.metrics, headers={"authorization": f"Bearer {TOKEN}"}, timeout=LONG_S
        ).text
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(60) == 0
        log = server.log.read_text()
    lines = [json.loads(line) for line in log.splitlines()]
    requests = [line for line in lines if line["event"] == "request"]
    assert {"method", "route", "status", "duration_ms", "request"} <= set(requests[0])
    assert "/agent/v1/batches" not in log, "batches are not logged one by one"
    (batches,) = [line for line in lines if line["event"] == "batches"]
    assert (batches["batches"], batches["refused"]) == (4, 1)
    secrets = (device.enrolled.token, PASSWORD, TOKEN)
    ids = (chain.session.hex(), device.enrolled.device.hex(), house.trainer.id.hex())
    people = ("Ada", "Otto", "ada", "@example.org", "127.0.0.1", "private", "Demo")
    for what in (*secrets, *ids):
        assert what not in log
        assert what not in metrics
    for what in people:
        assert f'"{what}' not in log
        assert what not in "".join(line.get("route", "") for line in requests)
        assert what not in metrics


def test_metrics_say_what_happened(house: House) -> None:
    with running(house.path) as server:
        journey(house, server)
        until(lambda: metrics_of(server)["veritype_decisions_lately"] >= 1)
        found = metrics_of(server)
    assert found['veritype_ingest_requests_total{status="200"}'] == 4
    assert found['veritype_ingest_refusals_total{code="malformed"}'] == 1
    assert found["veritype_ingest_bytes_total"] > 400
    assert found["veritype_ingest_seconds_count"] == 5
    assert found['veritype_ingest_seconds_bucket{le="+Inf"}'] == 5
    assert found["veritype_commit_group_size_sum"] == 4
    assert found["veritype_commit_failures_total"] == 0
    assert found["veritype_scorers_running"] == 1
    assert found["veritype_scoring_jobs_waiting"] == 0
    assert found["veritype_webhook_deliveries_waiting"] == 0
    assert found["veritype_notices_mail_given_up"] == 0
    assert 0 <= found["veritype_decision_delay_max_seconds"] < 30
    enrolments = [name for name in found if 'route="/agent/v1/enrolments",status="200"' in name]
    assert [found[name] for name in enrolments] == [1]
    assert any(name.startswith("veritype_info{") and "schema=" in name for name in found)


def test_readiness_has_a_reason_for_each_check(house: House) -> None:
    with running(house.path, "--scorers", "0") as server:
        assert httpx.get(f"{server.address}/healthz", timeout=LONG_S).json() == {"status": "ok"}
        answer = httpx.get(f"{server.address}/readyz", timeout=LONG_S)
        assert answer.status_code == 200
        assert answer.json()["ready"] is True
        assert set(answer.json()["checks"]) == {"database", "schema", "objects", "process"}
        house.change("ALTER TABLE organisations RENAME TO gone")
        until(lambda: ready(server).status_code == 503)
        assert "cannot be reached" in ready(server).json()["checks"]["database"]


class Poster:
    """Posts one batch after the other until the server is gone."""

    def __init__(self, chain: Chain, address: str) -> None:
        self.chain = chain
        self.address = address
        self.acknowledged: list[Envelope] = []
        self.closes = 0

    def run(self) -> None:
        with browsing(self.address) as client:
            self.chain.device = Device(client, self.chain.device.key, self.chain.device.enrolment)
            try:
                while True:
                    envelope = self.chain.seal()
                    answer = self.chain.device.post(envelope.sealed)
                    self.chain.accept(envelope, answer)
                    self.acknowledged.append(envelope)
                    self.closes += answer.headers.get("connection") == "close"
            except httpx.TransportError:
                return


def test_stop_answers_what_is_on_its_way_and_loses_nothing(house: House) -> None:
    with running(house.path, "--scorers", "0", VERITYPE_STOP_DELAY_S="1") as server:
        with browsing(server.address) as client:
            device = enrolled(house, client)
            posters = [Poster(device.clock_in(), server.address) for _ in range(CLIENTS)]
        with ThreadPoolExecutor(CLIENTS) as pool:
            posting = [pool.submit(poster.run) for poster in posters]
            until(lambda: all(len(poster.acknowledged) > 3 for poster in posters))
            began_s = time.monotonic()
            server.process.send_signal(signal.SIGTERM)
            until(lambda: ready(server).status_code == 503)
            assert "stopping" in ready(server).json()["checks"]["process"]
            assert server.process.wait(60) == 0
            assert time.monotonic() - began_s < 1 + 25
            assert [future.exception() for future in posting] == [None] * CLIENTS
    for poster in posters:
        assert poster.closes > 0, "clients are asked to connect anew"
        entry = house.own.session(poster.chain.session)
        assert entry is not None
        # What was stored was answered too: a connection that the end met was not read any more.
        stored = [batch.digest for batch in house.own.batches(entry.row)]
        assert stored == [envelope.digest for envelope in poster.acknowledged]


def test_second_signal_ends_at_once(house: House) -> None:
    with running(house.path, "--scorers", "0", VERITYPE_STOP_DELAY_S="300") as server:
        server.process.send_signal(signal.SIGTERM)
        until(lambda: ready(server).status_code == 503)
        assert server.process.poll() is None
        server.process.send_signal(signal.SIGTERM)
        server.process.wait(20)


@pytest.mark.parametrize("count", [0, 2])
def test_so_many_scorers_run_and_end_with_the_server(house: House, count: int) -> None:
    with running(house.path, "--scorers", str(count)) as server:
        until(lambda: metrics_of(server)["veritype_scorers_running"] == count)
        until(lambda: metrics_of(server)["veritype_errands_running"] == bool(count))
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(60) == 0


def test_the_hot_route_pays_little_for_its_counts() -> None:
    """Under three microseconds a batch, the best of several rounds on a shared machine."""
    figures, histogram, rounds = IngestFigures(), Histogram((0.1, 0.5, 1.0)), 20_000
    best_s = float("inf")
    for _ in range(7):
        began_s = time.perf_counter()
        for _ in range(rounds):
            figures.answered(200, 0.004)
            figures.bytes += 1_400
        best_s = min(best_s, time.perf_counter() - began_s)
    assert best_s / rounds < 3e-6
    histogram.add(0.5)
    histogram.add(7.0)
    assert histogram.counts == [0, 1, 0, 1]


def test_data_folder_without_scorers_needs_a_worker(house: House, tmp_path: Path) -> None:
    """`worker` does what `serve --scorers 0` leaves: scores, and errands."""
    happen(house, at_us=now_us() - 700_000_000)
    with running(house.path, "--scorers", "0") as server:
        assert "runs neither scorers nor errands" in server.log.read_text()
        assert ready(server).status_code == 200
        journey(house, server)
        assert metrics_of(server)["veritype_errands_oldest_seconds"] > 600
        assert metrics_of(server)["veritype_scoring_jobs_waiting"] == 1
        worker = tmp_path / "worker.log"
        with worker.open("w") as log:
            process = start_worker(house.path, log)
        try:
            until(lambda: metrics_of(server)["veritype_scoring_jobs_waiting"] == 0)
            until(lambda: metrics_of(server)["veritype_errands_oldest_seconds"] < 600)
            process.send_signal(signal.SIGTERM)
            assert process.wait(60) == 0
        finally:
            process.kill()
            process.wait()
