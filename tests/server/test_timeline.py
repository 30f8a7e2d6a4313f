"""Where an insertion on the timeline came from: what the detector says, and nothing else."""

from server.console.timeline import insertions_of
from tests.server.test_facts import opened
from wire.codes import Category, ClipboardAction, InsertionHow, InsertionSeenBy
from wire.events import MISSING_U32, Clipboard, Insertion

S_US = 1_000_000


def test_a_pasted_text_names_where_it_was_copied_even_if_nobody_could_read_it() -> None:
    copied, assistant = ClipboardAction.COPY, Category.ASSISTANT
    pasted = (InsertionHow.PASTE, InsertionSeenBy.CHORD)
    events = [
        Clipboard(1 * S_US, copied, 90, 1, 7, Category.REFERENCE, 1),
        Insertion(2 * S_US, *pasted, 90, 1, 7, 2),
        Clipboard(3 * S_US, copied, MISSING_U32, MISSING_U32, 0, assistant, 3),
        Insertion(4 * S_US, *pasted, MISSING_U32, MISSING_U32, 0, 2),
        Insertion(5 * S_US, InsertionHow.DROP, InsertionSeenBy.SELECTION, 40, 1, 0, 2),
    ]
    found = list(insertions_of(opened((0, 10, events)).batches))
    assert [each["source"] for each in found] == ["reference", "assistant", "unknown"]
    assert [each["length_chars"] for each in found] == [90, None, 40]
