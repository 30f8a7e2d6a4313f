"""The queue as a list: cases, each session by its card, and nothing by which it is told apart."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from server.compaction.reading import opened_session
from server.errors import ServerError, not_found
from server.privacy.sealed import SealedObjects
from server.records import Offered, StoredCard, Wanted
from server.reviews.card import Card, card_of
from server.reviews.reviewing import seat_of
from server.scoring.facts import SessionFacts
from server.services.asking import Asker
from server.storage.protocols import OrganisationStore, Store
from wire.decoding import decoder_of
from wire.policy import AllowedUse, Policy

_log = logging.getLogger(__name__)
PAGE = 20
_PAGES_MAX = 500
_PROJECTS_MAX = 500
_MADE_AT_ONCE = 10
"""So many cards a page works out that were not made with the score; the next page does more."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One session in the queue. Never a score, a band, a person, a day or a project's name."""

    review: bytes
    card: Card | None
    """None: nothing of it is left, or it is worked out the next time."""
    facts: SessionFacts | None
    policy: Policy | None
    began_us: int


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the list."""

    cases: Sequence[Sequence[Listed]]
    more: bool


@dataclass(frozen=True, slots=True)
class Rules:
    """Projects that share their rules: a reviewer is told these, and not which project it is."""

    policy: Policy
    projects: tuple[bytes, ...]


class Listing:
    """Lists what somebody may take."""

    def __init__(self, store: Store, objects: SealedObjects) -> None:
        self._store = store
        self._objects = objects

    def page(self, asker: Asker, wanted: Wanted, now_us: int, number: int) -> Page:
        """A page of cases, the first one numbered 0."""
        store = self._reviewed(asker)
        skip = min(max(number, 0), _PAGES_MAX) * PAGE
        seat = seat_of(asker, asker.person or b"")
        cases = store.cases(seat, wanted, now_us, PAGE + 1, skip)
        left = _MADE_AT_ONCE
        policies: dict[tuple[bytes, int], Policy | None] = {}
        shown: list[list[Listed]] = []
        for case in cases[:PAGE]:
            rows = []
            for each in case:
                key = (each.project, each.policy_version)
                if key not in policies:
                    policies[key] = store.policy(*key)
                made = each.card is None and each.facts is not None and left > 0
                left -= made
                card = self._made(store, asker, each, policies[key]) if made else _card(each)
                rows.append(_listed(each, card, policies[key]))
            shown.append(rows)
        return Page(shown, len(cases) > PAGE)

    def card(self, asker: Asker, session_row: int) -> Card | None:
        """The card of one session, for its review's page."""
        stored = self._store.of(asker.organisation).card(session_row)
        return decoder_of(Card).decode(stored) if stored is not None else None

    def rules(self, asker: Asker) -> Sequence[Rules]:
        """What projects ask of people, those that share a sentence together."""
        found: dict[bytes, list[bytes]] = {}
        policies: dict[bytes, Policy] = {}
        for project in self._reviewed(asker).projects_after(None, _PROJECTS_MAX):
            key = msgspec.json.encode(project.policy.allowed)
            found.setdefault(key, []).append(project.id)
            policies.setdefault(key, project.policy)
        return [Rules(policies[key], tuple(projects)) for key, projects in found.items()]

    def _made(
        self, store: OrganisationStore, asker: Asker, each: Offered, policy: Policy | None
    ) -> Card | None:
        """Of a session that was scored before cards were made; None if it cannot be read."""
        try:
            opened = opened_session(store, self._objects, asker.organisation, each.session_row)
        except ServerError as error:
            _log.warning("a card cannot be made", extra={"why": type(error).__name__})
            return None
        card = card_of(opened, policy.allowed if policy else AllowedUse())
        stored = StoredCard(msgspec.json.encode(card), card.kinds)
        store.put_card(each.session_row, stored)
        return card

    def _reviewed(self, asker: Asker) -> OrganisationStore:
        if asker.person is None or not asker.reviews:
            raise not_found()
        return self._store.of(asker.organisation)


def _card(each: Offered) -> Card | None:
    return decoder_of(Card).decode(each.card) if each.card is not None else None


def _listed(each: Offered, card: Card | None, policy: Policy | None) -> Listed:
    facts = decoder_of(SessionFacts).decode(each.facts) if each.facts else None
    return Listed(each.id, card, facts, policy, each.began_us)
