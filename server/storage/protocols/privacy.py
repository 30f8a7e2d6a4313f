"""What services ask of storage: wrapped keys, and what is sealed under them."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from server.records import OrganisationKey, PersonKey, Place, SignedDocument, ToReseal
from server.records.privacy import Held, LegalHold


class SealingKeys(Protocol):
    """The keys of one organisation and of its people, all wrapped."""

    def organisation_keys(self) -> Sequence[OrganisationKey]:
        """Those that there are, the newest first."""

    def add_organisation_key(self, wrapped: bytes, newest: int, now_us: int) -> OrganisationKey:
        """Add one behind the newest that the caller knew (0: none); or what came in between."""

    def rewrap_organisation_key(self, row: int, before: bytes, after: bytes) -> bool:
        """Store the same key wrapped anew; False if it was wrapped anew in between."""

    def forget_organisation_key(self, row: int) -> bool:
        """Destroy one that is not the newest; False while it wraps somebody's."""

    def person_keys(self, person: bytes) -> Sequence[PersonKey]:
        """A person's keys, the newest first."""

    def add_person_key(
        self, person: bytes, organisation_key: int, wrapped: bytes, newest: int, now_us: int
    ) -> PersonKey | None:
        """Add one behind the newest that the caller knew (0: none); or what came in between.

        None, and nothing changed, if the organisation's key is not its newest any more.
        """

    def person_keys_under(self, organisation_key: int, limit: int) -> Sequence[PersonKey]:
        """Keys of people that a key of the organisation wraps."""

    def rewrap_person_keys(self, organisation_key: int, wrapped: Mapping[int, bytes]) -> None:
        """Store keys of people, by their rows, wrapped by another key of the organisation."""

    def forget_person_key(self, row: int) -> bool:
        """Destroy one that is not its person's newest; False while something is sealed under it."""


class Sealed(Protocol):
    """What is stored of one organisation's sessions, sealed or not yet."""

    def unsealed(self, limit: int) -> Sequence[ToReseal]:
        """Stored bytes that an older version did not seal."""

    def sealed_under(self, person_key: int, limit: int) -> Sequence[ToReseal]:
        """Stored bytes that are sealed under a key of a person."""

    def move_sealed(self, moved: ToReseal, places: Sequence[Place]) -> bool:
        """Note that bytes lie, sealed, at other places; whether they were still at the old ones.

        Raises:
            KeyReplaced: the key they were sealed under is gone.
        """

    def plain_in_use(self, digest: bytes) -> bool:
        """Whether anything still names these bytes as they are, not sealed."""


class Holds(Protocol):
    """Legal holds of one organisation."""

    def add_legal_hold(self, hold: LegalHold) -> int:
        """Place one; its row. Its own row is not read."""

    def lift_legal_hold(self, row: int, lifted_by: str, now_us: int) -> bool:
        """End one; False if it is not there or was ended."""

    def legal_holds(self) -> Sequence[LegalHold]:
        """All that there ever were, the newest first."""

    def held(self, now_us: int) -> Held:
        """What is under one that is in force."""


class Proofs(Protocol):
    """What was done to one organisation's data, and what is due each day."""

    def add_purge_record(self, at_us: int, document: bytes, signature: bytes) -> None:
        """Store a signed record."""

    def purge_records(self, limit: int) -> Sequence[SignedDocument]:
        """The newest records, the newest first."""

    def claim_daily(self, kind: str, day: int, now_us: int) -> bool:
        """Take a day's work for an hour; False if it is done or somebody has it."""

    def finish_daily(self, kind: str, day: int) -> None:
        """Note that a day's work is done."""
