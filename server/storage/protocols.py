"""What services ask of storage.

An `OrganisationStore` is bound to one organisation when it is made: none of its methods can name
another. `Doors` holds the few look-ups that come before the organisation is known.
"""

from collections.abc import Sequence
from typing import Protocol

from server.records import (
    Append,
    Device,
    Job,
    LateBlanking,
    NewDevice,
    NewSession,
    Person,
    Project,
    Role,
    SessionEntry,
    SessionLine,
    StoredAssessment,
    StoredBatch,
    StoredObject,
)
from wire.chain import ChainHead
from wire.policy import Policy


class Doors(Protocol):
    """Who is it? Look-ups by a credential; the answer carries the organisation."""

    def device(self, token_hash: bytes) -> Device | None:
        """The device with this token."""

    def platform(self, key_hash: bytes) -> int | None:
        """The organisation of this platform key."""

    def sign_in(self, login: str) -> tuple[Person, str] | None:
        """The person of this login, and the password's argon2id hash."""

    def enrol(self, code_hash: bytes, device: NewDevice, now_us: int) -> Person | None:
        """Use a pairing code up and store the device, as one; None if the code does not hold."""

    def first_organisation(self) -> int:
        """The organisation that `init` made."""

    def add_organisation(self, name: str, now_us: int) -> int:
        """Make an organisation."""


class Directory(Protocol):
    """People, projects, policies, consents and keys of one organisation."""

    def person(self, person: bytes) -> Person | None:
        """A person."""

    def people(self) -> Sequence[Person]:
        """Everybody, by name."""

    def add_person(
        self, name: str, role: Role, login: str | None, password_hash: str | None
    ) -> Person:
        """Add somebody; raises `NameTaken` when the name or the login is in use."""

    def projects(self) -> Sequence[Project]:
        """All projects, each with the policy in force."""

    def project(self, project: bytes) -> Project | None:
        """A project with the policy in force."""

    def policy(self, project: bytes, version: int) -> Policy | None:
        """One version of a project's policy."""

    def add_project(self, name: str, policy: Policy) -> Project:
        """Add a project; raises `NameTaken`."""

    def add_policy(self, project: bytes, policy: Policy) -> None:
        """Add the next version of a project's policy; raises `NameTaken`."""

    def add_pairing_code(self, code_hash: bytes, person: bytes, expires_us: int) -> None:
        """Store a code that enrols one device for this person."""

    def add_platform_key(self, name: str, key_hash: bytes) -> None:
        """Store a platform key; raises `NameTaken`."""

    def consented_version(self, person: bytes, project: bytes) -> int:
        """The policy version this person accepted last and has not withdrawn since; 0: none."""

    def add_consent(self, person: bytes, project: bytes, policy: Policy, now_us: int) -> int:
        """Store a consent once; the moment it was given first since any withdrawal."""

    def withdraw_consent(self, person: bytes, project: bytes, now_us: int) -> int:
        """Store that no policy of this project is accepted any more; when that was."""

    def typing_sample(self, person: bytes) -> bytes | None:
        """The person's typing sample as it was stored: sealed."""

    def put_typing_sample(self, person: bytes, message: bytes, now_us: int) -> bool:
        """Store the person's sealed typing sample; whether there was none before."""

    def delete_typing_sample(self, person: bytes) -> bool:
        """Delete the person's typing sample, its bytes too; whether there was one."""

    def audit(self, actor: str, action: str, subject: str) -> None:
        """Add a line to the append-only log."""


class Evidence(Protocol):
    """Sessions of one organisation with what belongs to them."""

    def add_session(self, session: NewSession) -> SessionEntry | None:
        """Store a session, or find the same one; None if the id is another session's."""

    def session(self, session: bytes) -> SessionEntry | None:
        """A session by its id."""

    def session_numbered(self, row: int) -> SessionEntry | None:
        """A session by storage's number."""

    def head(self, session_row: int) -> ChainHead:
        """The last accepted batch."""

    def batch(self, session_row: int, sequence: int) -> StoredBatch | None:
        """One stored batch."""

    def batches(self, session_row: int) -> Sequence[StoredBatch]:
        """All batches of a session, in order."""

    def quarantine(self, batch_row: int, reason: str) -> None:
        """Mark a batch whose body does not decode; its bytes stay."""

    def add_object(self, session_row: int, entry: StoredObject) -> bool:
        """List an object whose bytes are stored; whether it is new."""

    def total_objects(self, session_row: int) -> tuple[int, int]:
        """How many objects a session has, and their bytes."""

    def stored_digests(self, session_row: int) -> frozenset[bytes]:
        """Every object of a session, by its digest."""

    def object(self, session_row: int, digest: bytes) -> StoredObject | None:
        """An object of a session."""

    def add_late_blanking(
        self, session_row: int, blanking: LateBlanking, message: bytes, now_us: int
    ) -> bool:
        """Store the trainer's signed word that a picture was blanked; whether it is new."""

    def late_blankings(self, session_row: int) -> Sequence[LateBlanking]:
        """What was blanked after the session was over, in order."""

    def lines(
        self, person: bytes | None, limit: int, before_row: int | None
    ) -> Sequence[SessionLine]:
        """Sessions, newest first; of one person, if one is given."""

    def line(self, session: bytes) -> SessionLine | None:
        """One session's line."""

    def assessment(self, session_row: int) -> StoredAssessment | None:
        """The newest assessment."""

    def finish_job(self, session_row: int, facts: bytes, assessment: StoredAssessment) -> None:
        """Store facts and assessment and end the job, as one."""


class OrganisationStore(Directory, Evidence, Protocol):
    """Everything of one organisation."""


class Jobs(Protocol):
    """Closed sessions that wait for their score, of all organisations."""

    def release(self, worker: str) -> None:
        """Give back what this worker had claimed before it died, the attempt with it."""

    def claim(self, worker: str, now_us: int) -> Job | None:
        """Take the oldest waiting job."""

    def fail(self, job: Job, reason: str, now_us: int) -> None:
        """Note a failure; the job is tried again later."""


class Store(Doors, Jobs, Protocol):
    """A whole store."""

    def of(self, organisation: int) -> OrganisationStore:
        """The part of one organisation."""

    def migrate(self) -> None:
        """Bring the schema to this version."""

    def check(self) -> Sequence[str]:
        """What is wrong with the store; empty when nothing is."""

    def close(self) -> None:
        """Let go of all connections."""


class BatchWriter(Protocol):
    """The one door by which batches get in."""

    async def append(self, append: Append) -> bool:
        """Commit a batch and sync it; False, and nothing stored, if the head has moved.

        Raises `Refusal` when too much is waiting or the disk refuses.
        """

    def close(self) -> None:
        """Write what is waiting and stop."""


class ObjectStore(Protocol):
    """Bytes by their digest, apart for each organisation."""

    def put(self, organisation: int, digest: bytes, data: bytes) -> None:
        """Store bytes durably; storing the same twice changes nothing."""

    def get(self, organisation: int, digest: bytes) -> bytes:
        """The bytes; raises `PictureMissing`."""
