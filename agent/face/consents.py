"""Which projects' rules this person accepted on this device, and when that was withdrawn.

One file per project beside the accepted documents of `agent.face.consent`. It also gives the
projects their names when no server is asked.
"""

from pathlib import Path

import msgspec

from agent.errors import ConsentMissing
from agent.face.consent import consent_file, has_consent, store_consent
from agent.paths import Paths, write_private
from wire.changes import growth
from wire.decoding import decoder_of
from wire.messages import ProjectOffer
from wire.policy import Policy, parse_policy


class Given(msgspec.Struct, frozen=True):
    """The last consent to one project's rules."""

    project: bytes
    name: str
    version: int
    digest: bytes
    accepted_us: int
    """Wall clock of this device."""
    withdrawn_us: int | None = None
    """None: in force."""
    covers_version: int = 0
    """A later version that it covers, since nothing more is recorded there; 0: none is known."""
    covers_digest: bytes = b""


def give(paths: Paths, offer: ProjectOffer, at_us: int) -> Given:
    """Remember that this project's policy was accepted."""
    digest = store_consent(paths, offer.policy)
    given = Given(offer.project, offer.name, offer.policy.version, digest, at_us)
    _write(paths, given)
    return given


def all_given(paths: Paths) -> list[Given]:
    """Every project's last consent, by the project's name."""
    found = [_read(path) for path in sorted(paths.consents.glob("project-*.json"))]
    return sorted((each for each in found if each is not None), key=lambda each: each.name.lower())


def given_to(paths: Paths, name: str) -> Given:
    """The consent in force of the project of this name; without a name, the only one.

    Raises:
        ConsentMissing: none fits, or several do; the text lists them.
    """
    in_force = [each for each in all_given(paths) if each.withdrawn_us is None]
    fitting = [each for each in in_force if not name or each.name.lower() == name.lower()]
    if len(fitting) == 1:
        return fitting[0]
    names = ", ".join(each.name for each in in_force) or "none"
    if name or not in_force:
        raise ConsentMissing(f"There is no consent of that project in force. In force: {names}.")
    raise ConsentMissing(f"Say which project with --project. In force: {names}.")


def withdraw(paths: Paths, given: Given, at_us: int) -> Given:
    """Nothing is recorded under it any more, on this device, from now on.

    The document is kept under another name unless another project was accepted with the same one.
    """
    gone = msgspec.structs.replace(given, withdrawn_us=at_us)
    _write(paths, gone)
    in_force = [each for each in all_given(paths) if each.withdrawn_us is None]
    others = {digest for each in in_force for digest in (each.digest, each.covers_digest)}
    for digest in {given.digest, given.covers_digest} - others - {b""}:
        file = consent_file(paths, digest)
        if file.exists():
            file.replace(file.with_suffix(".withdrawn"))
    return gone


def is_withdrawn(paths: Paths, project: bytes) -> bool:
    """Whether the last thing said about this project was to withdraw."""
    given = _read(_file(paths, project))
    return given is not None and given.withdrawn_us is not None


def check_not_withdrawn(paths: Paths, project: bytes) -> None:
    """Check before anything listens, whoever asked for it.

    Raises:
        ConsentMissing: consent to this project's rules was withdrawn.
    """
    if is_withdrawn(paths, project):
        raise ConsentMissing("You withdrew your consent to this project's rules.")


def holds(paths: Paths, offer: ProjectOffer) -> bool:
    """Whether device and server both know that this policy is accepted or covered."""
    if not has_consent(paths, offer.policy) or is_withdrawn(paths, offer.project):
        return False
    if offer.consented_version == offer.policy.version:
        return True
    given = _read(_file(paths, offer.project))
    told = given is not None and given.covers_digest == offer.policy.digest()
    return told and can_be_carried(paths, offer)


def accepted_before(paths: Paths, project: bytes) -> Policy | None:
    """The rules of this project that were accepted on this device and are not withdrawn."""
    given = _read(_file(paths, project))
    if given is None or given.withdrawn_us is not None:
        return None
    try:
        return document_of(paths, given)
    except ConsentMissing:
        return None


def can_be_carried(paths: Paths, offer: ProjectOffer) -> bool:
    """Whether what was accepted here covers these rules, by the server's word and by our own.

    The document that the person accepted is compared, never one that it covered in between.
    """
    old = accepted_before(paths, offer.project)
    if old is None or not offer.covered or offer.consented_version != old.version:
        return False
    return not growth(old, offer.policy)


def carry(paths: Paths, offer: ProjectOffer) -> None:
    """Remember that the consent given covers these rules; the trainer was told what changed.

    Raises:
        ConsentMissing: it does not.
    """
    given = _read(_file(paths, offer.project))
    if given is None or not can_be_carried(paths, offer):
        raise ConsentMissing("These rules need a consent of their own.")
    digest = store_consent(paths, offer.policy)
    covers = {"covers_version": offer.policy.version, "covers_digest": digest}
    _write(paths, msgspec.structs.replace(given, **covers))


def document_of(paths: Paths, given: Given) -> Policy:
    """The policy that was accepted, in force or withdrawn.

    Raises:
        ConsentMissing: its file is gone or was changed.
    """
    file = consent_file(paths, given.digest)
    for path in (file, file.with_suffix(".withdrawn")):
        if path.exists():
            policy = parse_policy(path.read_bytes())
            if policy.digest() == given.digest:
                return policy
    raise ConsentMissing("The accepted rules are no longer on this device as they were accepted.")


def name_of(paths: Paths, project: bytes) -> str:
    """The project's name if this device knows it; else its id in hex."""
    given = _read(_file(paths, project))
    return given.name if given else project.hex()


def _file(paths: Paths, project: bytes) -> Path:
    return paths.consents / f"project-{project.hex()}.json"


def _write(paths: Paths, given: Given) -> None:
    write_private(_file(paths, given.project), msgspec.json.encode(given))


def _read(path: Path) -> Given | None:
    try:
        return decoder_of(Given).decode(path.read_bytes())
    except (OSError, msgspec.DecodeError):
        return None
