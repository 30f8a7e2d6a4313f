from pathlib import Path

import pytest

from wire.events import EVENT_TYPES
from wire.privacy import BEGIN, END, main, rewritten, table
from wire.schema import schema_of

ROOT = Path(__file__).parents[2]


def test_the_table_lists_every_field_of_every_event() -> None:
    rows = table().splitlines()[2:]
    assert len(rows) == sum(len(schema_of(kind)) for kind in EVENT_TYPES)


def test_the_privacy_document_is_what_the_events_declare() -> None:
    assert main([str(ROOT / "PRIVACY.md"), "--check"]) == 0
    assert main([str(ROOT / "docs" / "privacy" / "processing-record.md"), "--check"]) == 0


def test_a_table_that_does_not_end_is_an_error() -> None:
    with pytest.raises(ValueError, match="ends"):
        rewritten(f"{BEGIN}\n")


def test_an_outdated_document_is_found_and_rewritten(tmp_path: Path) -> None:
    document = tmp_path / "PRIVACY.md"
    document.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n")
    assert main([str(document), "--check"]) == 1
    assert main([str(document)]) == 0
    assert main([str(document), "--check"]) == 0
    assert document.read_text().startswith("before\n")
    assert document.read_text().endswith("\nafter\n")


def test_a_document_without_marks_is_an_error() -> None:
    with pytest.raises(ValueError, match="marks"):
        rewritten("no table here")


def test_the_table_is_printed_without_a_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    assert capsys.readouterr().out == table() + "\n"
