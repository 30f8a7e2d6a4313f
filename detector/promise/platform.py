"""All that is promised to one platform: per session, per person and quarter, until it drifts."""

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from detector.errors import BadPromiseError
from detector.promise.basis import Basis, Rests
from detector.promise.drift import Drift, Reference
from detector.promise.person import PersonBudget
from detector.promise.sessions import Extra, Promise, Promised, ValidFor

PROMISE_FORMAT = 1
WITHDRAWN = "The promise is withdrawn: the sessions differ from those it rests on"


@dataclass(frozen=True, slots=True)
class PlatformPromise:
    """What a platform was promised, to keep as JSON and to assess by.

    Attributes:
        session: the promise per session (or per writer).
        person: the one per person and quarter, if one was made.
        reference: what the calibration sessions looked like, to notice when sessions no longer do;
            for each monitored figure its sorted values, one a writer, joined to nobody.
        withdrawn: what moved, once the drift alarm has fired; empty before.
    """

    session: Promise
    person: PersonBudget | None = None
    reference: Reference = field(default_factory=dict, repr=False)
    withdrawn: str = ""

    @property
    def threshold(self) -> float:
        """Return the score strictly above which a session may be flagged under both promises."""
        return max(self.session.threshold, self.person.threshold if self.person else 0.0)

    @property
    def sentence(self) -> str:
        """Say everything that is promised."""
        quarter = "Nothing is promised about a person's quarter as a whole."
        said = f"{self.session.sentence} {self.person.sentence if self.person else quarter}"
        return f"{said} Population: {self.session.valid_for.population}."

    def after(self, drift: Drift) -> "PlatformPromise":
        """Return the promise as it stands after a look at newer sessions: once gone, it is gone."""
        if self.withdrawn or not drift.fired:
            return self
        return replace(self, withdrawn=drift.words)

    def basis(self, model_version: str, features_version: str, used: Iterable[Extra] = ()) -> Basis:
        """Return what an assessment made this way rests on."""
        valid = self.session.valid_for
        if self.withdrawn:
            sentence = f"{WITHDRAWN}, most of all in {self.withdrawn}."
            return Basis(Rests.WITHDRAWN, sentence, self.threshold)
        if (valid.model_version, valid.features_version) != (model_version, features_version):
            sentence = (
                f"The platform's promise was made for model {valid.model_version} and does not "
                f"hold for model {model_version}: it has to be made again."
            )
            return Basis(Rests.NONE, sentence)
        unknown = [extra.words for extra in used if extra not in valid.extras]
        if unknown:
            said = " and ".join(unknown)
            sentence = (
                f"The platform's promise was made without {said} and does not hold for a session "
                "judged by them."
            )
            return Basis(Rests.NONE, sentence)
        return Basis(
            Rests.PLATFORM,
            self.sentence,
            self.threshold,
            self.session.rate,
            self.session.confidence,
        )

    def to_json(self) -> dict[str, Any]:
        """Return the promise as plain values."""
        return {
            "veritype_promise": PROMISE_FORMAT,
            "session": {**asdict(self.session), "kind": str(self.session.kind)},
            "person": asdict(self.person) if self.person else None,
            "reference": {
                name: [None if math.isinf(v) else v for v in values]
                for name, values in self.reference.items()
            },
            "withdrawn": self.withdrawn,
            "sentence": self.sentence,
        }


def promise_from_json(text: str) -> PlatformPromise:
    """Read a promise back.

    Raises:
        BadPromiseError: the text is no promise of this version, or a value cannot be.
    """
    try:
        plain = json.loads(text)
    except ValueError as error:
        raise BadPromiseError(f"the promise is not JSON: {error}") from error
    if not isinstance(plain, dict) or plain.get("veritype_promise") != PROMISE_FORMAT:
        raise BadPromiseError(
            f"the file is no promise of format {PROMISE_FORMAT}: make it with "
            "'python -m detector promise'"
        )
    try:
        return _from_plain(plain)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadPromiseError(f"the promise lacks a part or has a wrong value: {error}") from error


def _from_plain(plain: Mapping[str, Any]) -> PlatformPromise:
    session = dict(plain["session"])
    session |= {"kind": Promised(session["kind"]), "valid_for": _valid_for(session["valid_for"])}
    person = plain["person"]
    made = PlatformPromise(
        session=Promise(**session),
        person=PersonBudget(**{**person, "valid_for": _valid_for(person["valid_for"])})
        if person
        else None,
        reference={
            str(name): tuple(-math.inf if v is None else float(v) for v in values)
            for name, values in plain["reference"].items()
        },
        withdrawn=str(plain["withdrawn"]),
    )
    _check(made)
    return made


def _valid_for(plain: Mapping[str, Any]) -> ValidFor:
    return ValidFor(**{**plain, "extras": tuple(Extra(extra) for extra in plain["extras"])})


def _check(made: PlatformPromise) -> None:
    for part in (made.session, made.person):
        if part is None:
            continue
        for name in ("rate", "confidence", "threshold"):
            value = getattr(part, name)
            if not isinstance(value, float | int) or not 0.0 <= value <= 1.0:
                raise ValueError(f"{name} must lie between 0 and 1, not {value!r}")
    if made.person and (made.person.blocks < 1 or made.person.block_sessions < 1):
        raise ValueError("a quarter must hold at least one block of one session")
    if any(list(values) != sorted(values) for values in made.reference.values()):
        raise ValueError("the values of the reference must be sorted")
