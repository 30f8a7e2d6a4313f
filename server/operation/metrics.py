"""`/metrics` in Prometheus' text form: read from plain counts and the database at each scrape.

No personal data and no label without bounds: routes are templates, codes and statuses are ours.
"""

import hmac
import time
from collections.abc import Callable, Iterator
from itertools import accumulate

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from server.clock import now_us
from server.figures import CommitFigures, Histogram, IngestFigures, PageFigures
from server.records.operation import Backlog

_SECOND_US = 1_000_000


class Figures(Collector):
    """All that this process counts, and the state of the store."""

    def __init__(
        self,
        ingest: IngestFigures,
        commits: CommitFigures,
        pages: PageFigures,
        gauges: Callable[[], dict[str, float]],
        backlog: Callable[[], Backlog],
        about: dict[str, str],
    ) -> None:
        """`gauges`: by name without the prefix, what is read from this process at each scrape."""
        self._ingest = ingest
        self._commits = commits
        self._pages = pages
        self._gauges = gauges
        self._backlog = backlog
        self._about = about
        self._storage_errors = 0

    def collect(self) -> Iterator[Metric]:
        """See `prometheus_client.registry.Collector`."""
        yield InfoMetricFamily("veritype", "Versions of this process.", self._about)
        yield from self._of_ingest()
        yield from self._of_commits()
        yield from self._of_pages()
        for name, value in self._gauges().items():
            yield _gauge(name, _GAUGES[name], value)
        yield from self._of_store()

    def _of_ingest(self) -> Iterator[Metric]:
        ingest = self._ingest
        requests = CounterMetricFamily(
            "veritype_ingest_requests", "Answers of the ingest route.", labels=["status"]
        )
        for status, count in ingest.statuses.copy().items():
            requests.add_metric([str(status)], count)
        yield requests
        refusals = CounterMetricFamily(
            "veritype_ingest_refusals", "Refused batches by the problem's code.", labels=["code"]
        )
        for code, count in ingest.refusals.copy().items():
            refusals.add_metric([code], count)
        yield refusals
        yield CounterMetricFamily("veritype_ingest_bytes", "Bytes of batches.", ingest.bytes)
        yield _histogram("ingest_seconds", "Time to an answer.", ingest.latency_s)

    def _of_commits(self) -> Iterator[Metric]:
        commits = self._commits
        yield _histogram("commit_group_size", "Batches of one commit.", commits.groups)
        yield _histogram("commit_seconds", "Time of one synced commit.", commits.commit_s)
        yield CounterMetricFamily(
            "veritype_commit_failures", "Groups that the store refused.", commits.failed
        )

    def _of_pages(self) -> Iterator[Metric]:
        requests = CounterMetricFamily(
            "veritype_requests",
            "Answers of all other routes.",
            labels=["method", "route", "status"],
        )
        for (method, route, status), count in self._pages.by_route.copy().items():
            requests.add_metric([method, route, str(status)], count)
        yield requests
        latency = HistogramMetricFamily(
            "veritype_request_seconds", "Time to an answer.", labels=["route"]
        )
        for route, found in self._pages.latency_s.copy().items():
            latency.add_metric([route], _buckets(found), found.total)
        yield latency

    def _of_store(self) -> Iterator[Metric]:
        began = time.perf_counter()
        try:
            found = self._backlog()
        except Exception:  # noqa: BLE001 - a database that is down must not hide the other figures
            self._storage_errors += 1
            found = None
        yield CounterMetricFamily(
            "veritype_storage_errors", "Scrapes that could not ask it.", self._storage_errors
        )
        if found is None:
            return
        yield _gauge("storage_ask_seconds", "How long it took.", time.perf_counter() - began)
        oldest_us = found.oldest_due_us
        late_us = max(0, now_us() - oldest_us) if oldest_us is not None else 0
        yield _gauge("scoring_jobs_waiting", "Sessions that wait for a score.", found.waiting)
        yield _gauge("scoring_oldest_job_seconds", "How long the first waits.", late_us / 1e6)
        yield _gauge("scoring_jobs_failed", "Sessions that could not be scored.", found.failed)
        yield CounterMetricFamily(
            "veritype_assessments", "Assessments stored, by all scorers.", found.assessments
        )
        yield _gauge("decisions_lately", "Sessions decided in five minutes.", found.decided_lately)
        yield _gauge(
            "decision_delay_max_seconds",
            "The longest of them from the end of its session.",
            found.decision_delay_max_s,
        )
        untold_us = found.untold_since_us
        news_us = max(0, now_us() - untold_us) if untold_us is not None else 0
        for name, value in (
            ("errands_oldest_seconds", news_us / 1e6),
            ("webhook_deliveries_waiting", found.deliveries_waiting),
            ("webhook_deliveries_parked", found.deliveries_parked),
            ("webhooks_paused", found.webhooks_paused),
            ("notices_mail_given_up", found.mail_given_up),
        ):
            yield _gauge(name, _TOLD[name], value)


_TOLD = {
    "errands_oldest_seconds": "How long the first of what happened waits to be told to anybody.",
    "webhook_deliveries_waiting": "Deliveries of webhooks that were not taken yet.",
    "webhook_deliveries_parked": "Deliveries that were tried for three days in vain.",
    "webhooks_paused": "Webhooks to which nothing is sent, since they failed for days.",
    "notices_mail_given_up": "Notices of which no mail could be sent.",
}
_GAUGES = {
    "ingest_queue_depth": "Batches that wait for a commit.",
    "ingest_heads_remembered": "Sessions whose head this process remembers.",
    "scorers_running": "Scorer processes of this server.",
    "scorer_restarts": "Scorers that ended by themselves since the start.",
    "errands_running": "Processes of this server that run errands.",
    "errand_restarts": "Of those, how many ended by themselves since the start.",
    "stopping": "1 while the server ends.",
}


class MetricsPage:
    """The text, for whoever may see it."""

    def __init__(self, figures: Figures, token: str) -> None:
        self._registry = CollectorRegistry(auto_describe=False)
        self._registry.register(figures)
        self._token = token

    def may_see(self, authorization: str) -> bool:
        """Without a token everybody who can reach the address."""
        due = f"Bearer {self._token}"
        return not self._token or hmac.compare_digest(due.encode(), authorization.encode())

    def text(self) -> bytes:
        """All metrics."""
        return generate_latest(self._registry)


def _gauge(name: str, about: str, value: float) -> Metric:
    return GaugeMetricFamily(f"veritype_{name}", about, value)


def _histogram(name: str, about: str, found: Histogram) -> Metric:
    return HistogramMetricFamily(
        f"veritype_{name}", about, buckets=_buckets(found), sum_value=found.total
    )


def _buckets(found: Histogram) -> list[tuple[str, float]]:
    """Prometheus counts everything up to each bound."""
    bounds = [*(str(bound) for bound in found.bounds), "+Inf"]
    return list(zip(bounds, map(float, accumulate(found.counts)), strict=True))
