"""A program that owns a selection and tells what it is asked for and what is fetched."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Thread

_PROGRAM = """
import sys, time
from Xlib import X, Xatom, display
from Xlib.protocol import event
text, mark, pieces, name = sys.argv[1].encode(), sys.argv[2], int(sys.argv[3]), sys.argv[4]
slow_s, only_to = float(sys.argv[5]), int(sys.argv[6])
d = display.Display()
d.set_error_handler(lambda *_: None)
w = d.screen().root.create_window(0, 0, 1, 1, 0, X.CopyFromParent)
selection, targets, utf8, incr = map(d.intern_atom, (name, "TARGETS", "UTF8_STRING", "INCR"))
w.set_selection_owner(selection, X.CurrentTime)
d.sync()
print("owned", flush=True)
left, texts = [], set()
while True:
    e = d.next_event()
    if e.type == X.SelectionRequest:
        print("asked " + d.get_atom_name(e.target), flush=True)
        asker, where = e.requestor, e.property
        if only_to and asker.id != only_to:
            continue
        time.sleep(slow_s)
        slow_s = 0
        asker.change_attributes(event_mask=X.PropertyChangeMask)
        texts.discard(asker.id)
        if e.target == targets:
            offered = [utf8] + ([d.intern_atom(mark)] if mark else [])
            asker.change_property(where, Xatom.ATOM, 32, offered)
        elif pieces:
            asker.change_property(where, incr, 32, [len(text)])
            step = -(-len(text) // pieces)
            left = [text[at:at + step] for at in range(0, len(text), step)] + [b""]
            texts.add(asker.id)
        else:
            asker.change_property(where, utf8, 8, text)
            texts.add(asker.id)
        asker.send_event(event.SelectionNotify(time=e.time, requestor=asker,
            selection=e.selection, target=e.target, property=where))
        d.flush()
    elif e.type == X.PropertyNotify and e.state == X.PropertyDelete and e.window.id in texts:
        if left:
            e.window.change_property(e.atom, utf8, 8, left.pop(0))
            d.flush()
        else:
            print("fetched", flush=True)
"""


@dataclass
class Owner:
    """What an owner has told so far, a line for each thing."""

    lines: list[str] = field(default_factory=list)

    def asked(self) -> list[str]:
        """Targets it was asked for, in order."""
        return [line.removeprefix("asked ") for line in self.lines if line.startswith("asked ")]

    def fetched(self) -> int:
        """How often the text was taken out of the X server, to its end."""
        return self.lines.count("fetched")


@contextmanager
def owning(
    text: str,
    mark: str = "",
    pieces: int = 0,
    selection: str = "CLIPBOARD",
    slow_s: float = 0,
    only_to: int = 0,
) -> Iterator[Owner]:
    """A program that owns a selection while the block runs.

    `mark` is offered as a further target, as password managers do; with `pieces` the text is
    handed over in so many. The first answer takes `slow_s`; with `only_to` no window but this one
    gets any.
    """
    owner = Owner()
    numbers = (str(pieces), selection, str(slow_s), str(only_to))
    program = subprocess.Popen(
        [sys.executable, "-c", _PROGRAM, text, mark, *numbers],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert program.stdout is not None
    assert program.stdout.readline() == "owned\n"
    output = program.stdout
    listening = Thread(target=lambda: owner.lines.extend(line.strip() for line in output))
    listening.start()
    try:
        yield owner
    finally:
        program.kill()
        program.wait()
        listening.join(10)
        output.close()
