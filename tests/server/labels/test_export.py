"""Labelled sessions leave under pseudonyms, and the detector learns from what left."""

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from detector.doors.labels import LABELS_FILE, SESSIONS_FILE, read_labelled
from detector.errors import BadCorpusError
from detector.training.examples import Kind
from server.cli.main import main
from server.records import Truth
from server.storage.tables import audit_log
from tests.server.device import Chain
from tests.server.house import House
from tests.server.kinds import Typing


def export(house: House, out: Path) -> Result:
    arguments = ["labels", "export", "--out", str(out), "--data", str(house.path), "--json"]
    return CliRunner().invoke(main, arguments)


def row_of(house: House, chain: Chain) -> int:
    entry = house.own.session(chain.session)
    assert entry is not None
    return entry.row


def test_controls_are_written_and_read_again(
    house: House, chain: Chain, typing: Typing, tmp_path: Path
) -> None:
    chain.send(typing(0, 150))
    chain.send(typing(30_000_000, 100), final=True)
    house.own.mark_control(row_of(house, chain), Truth.RETYPED, "person:1", 5)
    done = export(house, tmp_path / "labels")
    assert done.exit_code == 0, done.output
    assert json.loads(done.output)["sessions"] == 1

    (session,) = read_labelled(tmp_path / "labels")
    assert (session.kind, session.weight) == (Kind.TRANSCRIPTION, 1.0)
    assert len(session.keystrokes) == 250
    with (tmp_path / "labels" / LABELS_FILE).open(newline="") as file:
        (line,) = csv.DictReader(file)
    assert (line["label"], line["source"], line["may_evaluate"]) == ("retyped", "control", "yes")
    written = b"".join(path.read_bytes() for path in (tmp_path / "labels").iterdir())
    for name in (house.trainer.name, house.trainer.id.hex(), chain.session.hex()):
        assert name.encode() not in written
    with house.database.reading.connect() as connection:
        actions = connection.execute(select(audit_log.c.action)).scalars().all()
    assert "labels.exported" in actions


def test_two_exports_name_the_same_person_differently(
    house: House, chain: Chain, typing: Typing, tmp_path: Path
) -> None:
    chain.send(typing(0, 150), final=True)
    house.own.mark_control(row_of(house, chain), Truth.GENUINE, "person:1", 5)
    writers = set()
    for name in ("one", "two"):
        assert export(house, tmp_path / name).exit_code == 0
        (session,) = read_labelled(tmp_path / name)
        assert session.kind is Kind.COMPOSITION
        writers.add(session.writer)
    assert len(writers) == 2
    again = export(house, tmp_path / "one")
    assert again.exit_code == 1
    assert "is there already" in again.output


def test_no_label_is_said(house: House, tmp_path: Path) -> None:
    done = export(house, tmp_path / "labels")
    assert done.exit_code == 1
    assert "no session has a label yet" in done.output
    assert not (tmp_path / "labels").exists()


def test_what_does_not_go_together_is_refused(
    house: House, chain: Chain, typing: Typing, tmp_path: Path
) -> None:
    chain.send(typing(0, 150), final=True)
    house.own.mark_control(row_of(house, chain), Truth.GENUINE, "person:1", 5)
    assert export(house, tmp_path / "labels").exit_code == 0
    labels = tmp_path / "labels" / LABELS_FILE
    said = labels.read_text()
    labels.write_text(said.splitlines()[0] + "\n")
    with pytest.raises(BadCorpusError, match="does not name"):
        list(read_labelled(tmp_path / "labels"))
    labels.write_text(said.replace(",weight,", ",heavy,"))
    with pytest.raises(BadCorpusError, match="lacks"):
        list(read_labelled(tmp_path / "labels"))
    labels.unlink()
    with pytest.raises(BadCorpusError, match="export the labels again"):
        list(read_labelled(tmp_path / "labels"))
    assert (tmp_path / "labels" / SESSIONS_FILE).exists()
