"""Webhooks: where the organisation is told what happens, and what was sent there.

`veritype_client.webhooks` checks what comes in.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Literal

import msgspec

from veritype_client.resources.asking import Asking, Kind, Tagged, id_in_path
from veritype_client.transport import decoded


class Webhook(Tagged, frozen=True):
    """An endpoint. `failures` counts attempts in vain since the last that was taken."""

    id: str
    url: str
    kinds: list[str]
    created_at: datetime
    paused_at: datetime | None
    paused_because: str | None
    failures: int
    failing_since: datetime | None


class WebhookSecret(msgspec.Struct, frozen=True):
    """A secret, told once. Until `previous_valid_until` the one before signs too."""

    id: str
    secret: str
    previous_valid_until: datetime | None

    def __repr__(self) -> str:
        """Without the secret: logs are read by more people than may sign."""
        return f"WebhookSecret(id={self.id!r}, secret=...)"


class Attempt(msgspec.Struct, frozen=True):
    """One attempt to deliver; `error` says why it failed, `answer` what was answered at first."""

    number: int
    at: datetime
    duration_ms: int
    status: int | None
    error: str | None
    answer: str


class Delivery(msgspec.Struct, frozen=True):
    """One thing that happened, on its way to one endpoint.

    `number` is the organisation's own count of what happened, `id` what `Event.id` is on arrival.
    """

    id: str
    number: int
    kind: str
    subject: str
    at: datetime
    state: Literal["waiting", "delivered", "parked"]
    next_attempt_at: datetime | None
    attempts: list[Attempt]


class _Test(msgspec.Struct, frozen=True):
    number: int


class _Queued(msgspec.Struct, frozen=True):
    queued: int


_WEBHOOK, _SECRET, _DELIVERY = Kind(Webhook), Kind(WebhookSecret), Kind(Delivery)
_TEST, _QUEUED = Kind(_Test), Kind(_Queued)


class Webhooks(Asking):
    """Endpoints and their deliveries; all of it needs the scope `webhooks:write`."""

    def webhooks(self) -> Iterator[Webhook]:
        """Endpoints, in the order in which they were added."""
        return self._all(_WEBHOOK, "/v1/webhooks", "webhooks")

    def webhook(self, webhook: str) -> Webhook:
        """One endpoint."""
        return self._get_tagged(_WEBHOOK, _path(webhook))

    def add_webhook(
        self, url: str, kinds: Iterable[str], *, key: str | None = None
    ) -> WebhookSecret:
        """Add an endpoint. Its secret is in this answer and nowhere else.

        Args:
            url: public, `https`.
            kinds: of things that are told there, such as `submission.answered`.
            key: an idempotency key of your own, to go on after your own program was cut off.
        """
        return self._post(_SECRET, "/v1/webhooks", {"url": url, "kinds": list(kinds)}, key=key)

    def change_webhook(
        self,
        webhook: str,
        *,
        url: str | None = None,
        kinds: Iterable[str] | None = None,
        paused: bool | None = None,
        seen: str | None = None,
    ) -> Webhook:
        """Change what is given; once it goes on after a pause, what waits is sent at once.

        What happens during a pause is not kept for it: `replay_webhook` sends it. `seen` is the
        `Webhook.etag` of what you saw; `Changed` if it is not that any more.
        """
        wanted = {"url": url, "kinds": None if kinds is None else list(kinds), "paused": paused}
        said = {name: value for name, value in wanted.items() if value is not None}
        answer = self._transport.ask("PATCH", _path(webhook), body=said, seen=seen)
        found: Webhook = decoded(_WEBHOOK.one, answer.body)
        return found

    def remove_webhook(self, webhook: str) -> None:
        """Remove an endpoint with what waits for it and its log; `NotFound` if it is gone."""
        self._transport.ask("DELETE", _path(webhook))

    def replace_webhook_secret(self, webhook: str, *, key: str | None = None) -> WebhookSecret:
        """Another secret, told in this answer alone. For a day the one before signs too."""
        return self._post(_SECRET, f"{_path(webhook)}/secret", key=key)

    def test_webhook(self, webhook: str) -> int:
        """Have a `webhook.test` sent there; the number under which its delivery is logged."""
        return self._post(_TEST, f"{_path(webhook)}/test").number

    def replay_webhook(self, webhook: str, first: int, last: int) -> int:
        """Have what happened sent again, by number, under the same ids; how much is due now."""
        body = {"first": first, "last": last}
        return self._post(_QUEUED, f"{_path(webhook)}/replay", body).queued

    def deliveries(self, webhook: str) -> Iterator[Delivery]:
        """What was sent to an endpoint or waits for it, newest first; kept for 30 days."""
        return self._all(_DELIVERY, f"{_path(webhook)}/deliveries", "deliveries")

    def delivery(self, webhook: str, number: int) -> Delivery:
        """One delivery, by the organisation's number of what happened."""
        return self._get(_DELIVERY, f"{_path(webhook)}/deliveries/{number:d}")


def _path(webhook: str) -> str:
    return f"/v1/webhooks/{id_in_path(webhook)}"
