"""Receipts as a file that anybody can check, and what checking them says.

A receipt is the server's signature under one batch's digest and its time of arrival. The file
needs nothing but the server's public key; `docs/receipts.md` has the format and a short program
that checks it without Veritype.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from agent.errors import ReceiptsUnreadable
from agent.face.consents import name_of
from agent.identity import Enrolled
from agent.paths import Paths
from agent.spool.reading import ReceiptRow, SessionSeen, SpoolReader
from wire.batch import open_envelope
from wire.chain import ChainHead
from wire.decoding import decoder_of
from wire.errors import SignatureInvalid, WireError
from wire.messages import Acknowledgement
from wire.receipts import FORMAT, ReceiptFile, ReceiptLine, SessionReceipts
from wire.server_keys import KeyRing

_FILE_MAX_BYTES = 1 << 30
_NO_BATCH = ChainHead().digest.hex()


@dataclass(slots=True)
class Checked:
    """What checking one session's receipts said."""

    session: str
    project_name: str
    receipts: int
    wrong: list[str] = field(default_factory=list)
    """What does not hold, in sentences."""
    notes: list[str] = field(default_factory=list)
    """What is worth knowing and is no fault."""


def receipt_file(
    reader: SpoolReader, paths: Paths, enrolled: Enrolled, session: str = ""
) -> ReceiptFile:
    """The receipts on this device; of one session if the beginning of its id is given.

    Raises:
        ReceiptsUnreadable: there is no session of that id.
    """
    seen = [each for each in reader.sessions() if each.session.hex().startswith(session.lower())]
    if session and not seen:
        raise ReceiptsUnreadable("There is no session on this device whose id begins like that.")
    return ReceiptFile(
        FORMAT,
        enrolled.server,
        enrolled.server_key.raw.hex(),
        enrolled.device.hex(),
        tuple(_session(each, reader.receipts(each.session), paths) for each in seen),
        enrolled.ring.handovers,
    )


def read_receipt_file(path: Path) -> ReceiptFile:
    """Read a receipt file.

    Raises:
        ReceiptsUnreadable: it is none.
    """
    try:
        if path.stat().st_size > _FILE_MAX_BYTES:
            raise ReceiptsUnreadable(f"{path.name} is too large to be a receipt file.")
        found = decoder_of(ReceiptFile).decode(path.read_bytes())
    except (OSError, msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ReceiptsUnreadable(f"{path.name} does not read as a receipt file.") from error
    if found.format != FORMAT:
        raise ReceiptsUnreadable(f"{path.name} is of another format than {FORMAT!r}.")
    return found


def check(session: SessionReceipts, ring: KeyRing) -> Checked:
    """Check signatures, numbers and the chain of digests."""
    checked = Checked(session.session, session.project_name, len(session.receipts))
    expected, before = 0, _NO_BATCH
    for line in session.receipts:
        if line.sequence > expected:
            checked.wrong.append(f"{_batches(expected, line.sequence)} no receipt.")
        elif line.sequence < expected:
            checked.wrong.append(f"Batch {line.sequence} is listed out of its order.")
        elif line.previous not in (None, before):
            checked.wrong.append(f"Batch {line.sequence} does not continue the batch before it.")
        if not _signed(session, line, ring):
            checked.wrong.append(
                f"The receipt of batch {line.sequence} was not signed by this server's key."
            )
        expected, before = line.sequence + 1, line.digest
    waiting = session.batches_sealed - expected
    if waiting > 0:
        checked.notes.append(f"{waiting} of its batches had not been acknowledged yet.")
    elif not session.closed:
        checked.notes.append("It was not ended yet.")
    return checked


def check_waiting(checked: Checked, seen: SessionSeen, reader: SpoolReader) -> None:
    """On this device, the batches that wait must continue the receipts, up to the last sealed."""
    receipts = reader.receipts(seen.session)
    last = receipts[-1].receipt if receipts else None
    expected, before = (last.sequence + 1, last.digest) if last else (0, ChainHead().digest)
    for row in reader.batches(seen.session, aside=False):
        if row.sequence > expected:
            checked.wrong.append(f"{_batches(expected, row.sequence)} been lost on this device.")
        elif not row.holds():
            checked.wrong.append(f"Batch {row.sequence} was changed on this device.")
        elif _previous(row.sealed) != before:
            checked.wrong.append(f"Batch {row.sequence} does not continue the batch before it.")
        expected, before = row.sequence + 1, row.digest
    if not seen.stuck and (expected - 1, before) != (seen.head_sequence, seen.head_digest):
        checked.wrong.append("The last batch that was sealed is not here and has no receipt.")
    aside = len(reader.batches(seen.session, aside=True))
    if aside:
        checked.notes.append(f"{aside} batches lie aside: the server did not take them.")


def _session(seen: SessionSeen, receipts: Sequence[ReceiptRow], paths: Paths) -> SessionReceipts:
    return SessionReceipts(
        seen.session.hex(),
        seen.project.hex(),
        name_of(paths, seen.project),
        seen.head_sequence + 1,
        seen.closed,
        tuple(
            ReceiptLine(
                row.receipt.sequence,
                row.receipt.digest.hex(),
                row.previous.hex() if row.previous is not None else None,
                row.receipt.received_us,
                row.receipt.server_key_id.hex(),
                row.receipt.signature.hex(),
            )
            for row in receipts
        ),
    )


def _signed(session: SessionReceipts, line: ReceiptLine, ring: KeyRing) -> bool:
    try:
        receipt = Acknowledgement(
            session=bytes.fromhex(session.session),
            sequence=line.sequence,
            digest=bytes.fromhex(line.digest),
            received_us=line.received_us,
            nonce=b"",
            policy_version=0,
            server_key_id=bytes.fromhex(line.server_key_id),
            signature=bytes.fromhex(line.signature),
        )
        receipt.verify_by(ring)
    except (SignatureInvalid, ValueError, OverflowError):
        return False
    return True


def _previous(sealed: bytes) -> bytes | None:
    try:
        return open_envelope(sealed).header.previous
    except WireError:
        return None


def _batches(first: int, after: int) -> str:
    return f"Batch {first} has" if after == first + 1 else f"Batches {first} to {after - 1} have"
