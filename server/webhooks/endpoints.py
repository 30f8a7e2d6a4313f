"""What a platform, and the operator, may do with an organisation's endpoints."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field

from server.clock import now_us
from server.errors import Refusal, not_found
from server.language import N_
from server.operation.config import Settings
from server.records.announcements import Happened
from server.records.webhooks import DeliveryLine, Endpoint
from server.services.asking import Asker
from server.services.sealing import WebhookSeal
from server.storage.protocols import OrganisationStore, Store
from server.webhooks.signing import new_secret
from server.webhooks.targets import Resolved, TargetRefused, TargetRules, addresses_of, networks_of
from wire.problems import ProblemCode

ENDPOINTS_MAX = 50
REPLAY_MAX = 10_000
TOLD = frozenset(Happened) - {Happened.WEBHOOK_TEST}
"""What an endpoint may ask for; a test is sent to it without."""
BOTH_VALID_US = 24 * 3_600_000_000
"""So long the secret before signs too."""
_ID_BYTES = 16


@dataclass(frozen=True, slots=True)
class NewSecret:
    """An endpoint, and the secret that is shown this once."""

    endpoint: Endpoint
    secret: str = field(repr=False)


class Webhooks:
    """Adds, changes and removes endpoints; replays what happened."""

    def __init__(
        self,
        store: Store,
        secret: bytes,
        rules: TargetRules,
        resolved: Resolved = addresses_of,
    ) -> None:
        self._store = store
        self._seal = WebhookSeal(secret)
        self._rules = rules
        self._resolved = resolved

    def listed(self, asker: Asker, after_row: int, limit: int) -> Sequence[Endpoint]:
        """Endpoints in the order in which they were added."""
        return self._own(asker).endpoints(after_row, limit)

    def endpoint(self, asker: Asker, endpoint_hex: str) -> Endpoint:
        """One endpoint; raises `Refusal` (404)."""
        found = self._own(asker).endpoint(_id(endpoint_hex))
        if found is None:
            raise not_found()
        return found

    def add(self, asker: Asker, url: str, kinds: frozenset[Happened]) -> NewSecret:
        """Add an endpoint; its secret is in this answer and nowhere else."""
        own = self._own(asker)
        self._check(url, kinds)
        if len(own.endpoints(0, ENDPOINTS_MAX)) >= ENDPOINTS_MAX:
            detail = N_("There are %(most)s endpoints already; remove one first.")
            most = {"most": ENDPOINTS_MAX}
            raise Refusal(ProblemCode.CONFLICT, 409, detail, values=most)
        endpoint, secret = secrets.token_bytes(_ID_BYTES), new_secret()
        sealed = self._seal.seal(asker.organisation, endpoint, secret.encode())
        own.add_endpoint(endpoint, url, kinds, sealed, now_us())
        own.audit(asker.name, "webhook.added", endpoint.hex())
        return NewSecret(self.endpoint(asker, endpoint.hex()), secret)

    def change(
        self,
        asker: Asker,
        endpoint_hex: str,
        url: str | None,
        kinds: frozenset[Happened] | None,
        paused: bool | None,
    ) -> Endpoint:
        """Change what is given, and leave the rest."""
        found = self.endpoint(asker, endpoint_hex)
        new_url, new_kinds = url or found.url, found.kinds if kinds is None else kinds
        if url is not None or kinds is not None:
            self._check(new_url, new_kinds)
        pause = found.paused_us is not None if paused is None else paused
        own = self._own(asker)
        if not own.change_endpoint(found.id, new_url, new_kinds, pause, now_us()):
            raise not_found()
        own.audit(asker.name, "webhook.changed", endpoint_hex)
        return self.endpoint(asker, endpoint_hex)

    def remove(self, asker: Asker, endpoint_hex: str) -> None:
        """Remove it with its log."""
        own = self._own(asker)
        if not own.remove_endpoint(_id(endpoint_hex)):
            raise not_found()
        own.audit(asker.name, "webhook.removed", endpoint_hex)

    def new_secret(self, asker: Asker, endpoint_hex: str) -> NewSecret:
        """Another secret; for a day the one before signs too."""
        found, secret = self.endpoint(asker, endpoint_hex), new_secret()
        sealed = self._seal.seal(asker.organisation, found.id, secret.encode())
        own = self._own(asker)
        if not own.set_endpoint_secret(found.id, sealed, now_us() + BOTH_VALID_US):
            raise not_found()
        own.audit(asker.name, "webhook.secret-changed", endpoint_hex)
        return NewSecret(self.endpoint(asker, endpoint_hex), secret)

    def test(self, asker: Asker, endpoint_hex: str) -> int:
        """Send something there, and nowhere else; its number."""
        number = self._own(asker).test_endpoint(_id(endpoint_hex), now_us())
        if number is None:
            raise not_found()
        return number

    def replay(self, asker: Asker, endpoint_hex: str, first: int, last: int) -> int:
        """Send a range of numbers again; how many of its kinds there are."""
        if last < first or last - first >= REPLAY_MAX:
            detail = N_("A range of 1 to %(most)s numbers is expected.")
            most = {"most": REPLAY_MAX}
            raise Refusal(ProblemCode.INVALID_REQUEST, 400, detail, values=most)
        found, own = self.endpoint(asker, endpoint_hex), self._own(asker)
        count = own.replay(found.id, first, last, now_us())
        own.audit(asker.name, "webhook.replayed", endpoint_hex)
        return count

    def deliveries(
        self, asker: Asker, endpoint_hex: str, before_row: int | None, limit: int
    ) -> Sequence[DeliveryLine]:
        """Its log, the newest first."""
        found = self.endpoint(asker, endpoint_hex)
        return self._own(asker).deliveries(found.id, before_row, limit)

    def delivery(self, asker: Asker, endpoint_hex: str, number: int) -> DeliveryLine:
        """How one announcement was delivered there; raises `Refusal` (404)."""
        found = self._own(asker).delivery(_id(endpoint_hex), number)
        if found is None:
            raise not_found()
        return found

    def _check(self, url: str, kinds: frozenset[Happened]) -> None:
        """Refuse what could never be sent; what a name leads to is judged at each delivery too."""
        if not kinds or not kinds <= TOLD:
            detail = N_("At least one kind is expected, and none but those that are listed.")
            raise Refusal(ProblemCode.INVALID_REQUEST, 400, detail)
        try:
            target = self._rules.target(url)
            found = self._resolved(target.host, target.port)
            if found:
                self._rules.judge(found)
        except TargetRefused as error:
            detail = N_("Nothing is sent there: %(why)s.")
            why = {"why": str(error)}
            raise Refusal(ProblemCode.TARGET_REFUSED, 400, detail, values=why) from error

    def _own(self, asker: Asker) -> OrganisationStore:
        return self._store.of(asker.organisation)


def rules_of(settings: Settings) -> TargetRules:
    """What the settings allow."""
    return TargetRules(settings.webhook_plain_http, networks_of(settings.webhook_networks))


def _id(text: str) -> bytes:
    try:
        found = bytes.fromhex(text)
    except ValueError as error:
        raise not_found() from error
    if len(found) != _ID_BYTES or found.hex() != text:
        raise not_found()
    return found
