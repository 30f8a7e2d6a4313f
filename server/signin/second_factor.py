"""Second factors: codes from an authenticator app (TOTP, RFC 6238), and recovery codes.

A code works once. Secrets lie sealed, recovery codes as a keyed hash; both need the server's key.
"""

import hashlib
import hmac
import secrets
import time
from dataclasses import dataclass, field
from enum import StrEnum

import pyotp

from server.clock import now_us
from server.records import NEEDS_SECOND_FACTOR, Person
from server.services.sealing import FactorSeal
from server.signin.gate import Gate
from server.storage.protocols import OrganisationStore, Store

_STEP_S = 30
_ISSUER = "Veritype"
_RECOVERY_CODES = 10
_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
_HALF_CHARS = 6
_CODE_MAX_CHARS = 40


class Need(StrEnum):
    """What is missing after the password."""

    NOTHING = "nothing"
    CODE = "code"
    ENROLMENT = "enrolment"


@dataclass(frozen=True, slots=True)
class Offer:
    """A secret to put into an app, as text and as the address that a QR code holds."""

    secret: str = field(repr=False)
    address: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Code:
    """How a code was taken."""

    holds: bool
    wait_s: int = 0
    recovery_codes: tuple[str, ...] = field(default=(), repr=False)


class SecondFactors:
    """Enrols and checks them."""

    def __init__(self, store: Store, gate: Gate, secret: bytes) -> None:
        self._store = store
        self._gate = gate
        self._secret = secret
        self._seal = FactorSeal(secret)

    def need(self, person: Person) -> Need:
        """What this person must show after the password."""
        if self.enrolled(person):
            return Need.CODE
        required = self._of(person).second_factor_required()
        needs = person.role in NEEDS_SECOND_FACTOR and required
        return Need.ENROLMENT if needs else Need.NOTHING

    def enrolled(self, person: Person) -> bool:
        """Whether the person has a factor that holds."""
        factor = self._of(person).second_factor(person.id)
        return factor is not None and factor.confirmed_us is not None

    def codes_left(self, person: Person) -> int:
        """How many recovery codes are left."""
        return self._of(person).recovery_codes_left(person.id)

    def offer(self, person: Person) -> Offer | None:
        """The secret that waits for its first code, the same until then; None: one holds."""
        store = self._of(person)
        factor = store.second_factor(person.id)
        secret = self._opened(person, factor.sealed) if factor else None
        if factor is not None and factor.confirmed_us is not None:
            return None
        if secret is None:
            secret = pyotp.random_base32()
            sealed = self._seal.seal(person.organisation, person.id, secret.encode())
            if not store.begin_second_factor(person.id, sealed):
                return None
        name = person.login or person.name
        return Offer(secret, pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=_ISSUER))

    def confirm(self, person: Person, code: str, client: str) -> Code:
        """Take the first code; the recovery codes are in this answer and nowhere else."""
        wait_s = self._gate.wait_s(_name(person), client)
        if wait_s:
            return Code(holds=False, wait_s=wait_s)
        store = self._of(person)
        factor = store.second_factor(person.id)
        step = self._step(person, factor.sealed, code) if factor else None
        if step is None:
            return Code(holds=False)
        codes = tuple(_new_recovery_code() for _ in range(_RECOVERY_CODES))
        hashes = [self._hash(person, each) for each in codes]
        if not store.confirm_second_factor(person.id, step, hashes, now_us()):
            return Code(holds=False)
        self._gate.let_in(_name(person), client)
        store.audit(f"person:{person.id.hex()}", "second-factor.added", person.id.hex())
        return Code(holds=True, recovery_codes=codes)

    def check(self, person: Person, code: str, client: str) -> Code:
        """Whether this is a code of the person's that was not used; it is used up."""
        wait_s = self._gate.wait_s(_name(person), client)
        if wait_s:
            return Code(holds=False, wait_s=wait_s)
        if not self._use_up(person, code):
            return Code(holds=False)
        self._gate.let_in(_name(person), client)
        return Code(holds=True)

    def _use_up(self, person: Person, code: str) -> bool:
        store = self._of(person)
        factor = store.second_factor(person.id)
        if factor is None or factor.confirmed_us is None or len(code) > _CODE_MAX_CHARS:
            return False
        step = self._step(person, factor.sealed, code)
        if step is not None:
            return store.use_step(person.id, step)
        used = store.use_recovery_code(person.id, self._hash(person, code), now_us())
        if used:
            store.audit(f"person:{person.id.hex()}", "recovery-code.used", person.id.hex())
        return used

    def _step(self, person: Person, sealed: bytes, code: str) -> int | None:
        """The time step that the code is of: this one, the one before or the one after."""
        secret = self._opened(person, sealed)
        typed = "".join(code.split()).encode()
        if secret is None:
            return None
        totp, now = pyotp.TOTP(secret), int(time.time()) // _STEP_S
        steps = (now - 1, now, now + 1)
        right = [step for step in steps if hmac.compare_digest(_code(totp, step), typed)]
        return right[-1] if right else None

    def _opened(self, person: Person, sealed: bytes) -> str | None:
        secret = self._seal.open(person.organisation, person.id, sealed)
        return secret.decode() if secret is not None else None

    def _hash(self, person: Person, code: str) -> bytes:
        kept = "".join(char for char in code.lower() if char.isalnum())
        return hmac.digest(self._secret, b"recovery:" + person.id + kept.encode(), hashlib.sha256)

    def _of(self, person: Person) -> OrganisationStore:
        return self._store.of(person.organisation)


def _code(totp: pyotp.TOTP, step: int) -> bytes:
    return totp.generate_otp(step).encode()


def _name(person: Person) -> str:
    return f"factor:{person.id.hex()}"


def _new_recovery_code() -> str:
    chars = [secrets.choice(_ALPHABET) for _ in range(2 * _HALF_CHARS)]
    return "".join(chars[:_HALF_CHARS]) + "-" + "".join(chars[_HALF_CHARS:])
