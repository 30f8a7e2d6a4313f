"""One session in which secrets are typed and copied at every moment, and all it left behind."""

import contextlib
import random
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from server.compaction.reading import stored_batches
from server.installation import open_installation
from server.privacy.sealed import owner_of
from server.records import EVERYBODY
from tests.live.accessible_window import gtk_window
from tests.live.desktop import Window
from tests.live.leaks import Place, batch_places, file_places
from tests.live.processes import descendants, wait_for
from tests.live.proxy import RecordingProxy
from tests.live.server_process import Server
from tests.live.trainer import PROJECT, Trainer
from tests.live.typist import click
from wire.batch import Batch, decode, open_envelope
from wire.messages import BATCH_CONTENT_TYPE

NOTES_TITLE, PASSWORD_TITLE = "Shopping list", "Password required"
FORM_TITLE = "Evaluation task 8, sign in"
_REST_S = 0.8
"""Longer than a password field is taken to have had the focus before its program says so."""
_BOTTOM_LEFT, _BOTTOM_RIGHT = "400x70+20+705", "400x70+660+705"
_SETTLE_S = 15.0
_SESSIONS_MAX = 100
SHARED_FOLDERS = (Path("/tmp"), Path("/var/tmp"), Path("/dev/shm"))
LARGEST_SHARED_FILE = 1_000_000
OTHER_TESTS = "pytest-of-"
"""Folders of tests that run at the same time; what this test's own hold is searched by name."""


@dataclass(slots=True)
class Story:
    """What was typed and copied where, and what was found afterwards."""

    typed: dict[str, str] = field(default_factory=dict)
    copied: dict[str, str] = field(default_factory=dict)
    connected: dict[str, set[int]] = field(default_factory=dict)
    """Agent processes that were connected to the X server, at moments by name."""
    paused_s: tuple[float, float] = (0.0, 0.0)
    """Wall clock of the pause and of the resume."""
    started_s: float = 0.0
    places: list[Place] = field(default_factory=list)
    batches: list[Batch] = field(default_factory=list)
    keycodes: dict[str, list[int]] = field(default_factory=dict)


class Secrets:
    """Random texts that exist nowhere else."""

    def __init__(self, seed: int) -> None:
        self._rng = random.Random(seed)

    def to_type(self) -> str:
        """Eighteen letters that no word holds."""
        return "".join(self._rng.choices("qwzxvkjhpfgbtdnmrs", k=18))

    def to_copy(self) -> str:
        """Letters in both cases, digits, a space, signs and an accent."""
        return f"{self.to_type()} Zé%{self._rng.randrange(10**9):09d}+{self.to_type().upper()}"


def live_through(
    trainer: Trainer, server: Server, proxy: RecordingProxy, bus: Mapping[str, str], seed: int
) -> Story:
    """Type and copy before, in, outside, in the pause and after; then gather what is left."""
    secrets = Secrets(seed)
    story = Story(started_s=time.time())
    notes = trainer.screen.open_window(NOTES_TITLE, _BOTTOM_LEFT)
    prompt = trainer.screen.open_window(PASSWORD_TITLE, _BOTTOM_RIGHT, password=True)

    _type(trainer, story, "before clock-in", secrets.to_type(), trainer.task)
    _note_connections(trainer, story, "before clock-in")
    trainer.agent.clock_in(PROJECT)
    _type(trainer, story, "in the task", secrets.to_type(), trainer.task)
    _note_connections(trainer, story, "recording")
    _copy(trainer, story, "outside, pasted in the task", secrets.to_copy(), notes)
    trainer.paste_into_task(story.copied["outside, pasted in the task"])
    _copy(trainer, story, "outside, never pasted", secrets.to_copy(), notes)
    _type(trainer, story, "outside", secrets.to_type(), notes)
    _type_password(trainer, story, secrets.to_type(), prompt)
    with gtk_window(trainer.screen, bus, FORM_TITLE) as form:
        _sign_in(trainer, story, secrets, form)
    trainer.go_to(trainer.task)
    wait_for("batches on their way", lambda: len(_sealed(proxy)) > 2)
    story.places += list(_on_disk(trainer, server, story.started_s))

    _pause(trainer, story, secrets, notes)
    trainer.go_to(trainer.task)
    trainer.agent.clock_out()
    _note_connections(trainer, story, "after clock-out")
    _type(trainer, story, "after clock-out", secrets.to_type(), trainer.task)
    server.assessment_of(trainer.name)
    story.batches = [decode(open_envelope(sealed)) for sealed in _sealed(proxy)]
    story.places += list(_on_disk(trainer, server, story.started_s))
    story.places += list(_on_the_wire(proxy))
    return story


def _pause(trainer: Trainer, story: Story, secrets: Secrets, notes: Window) -> None:
    began = time.time()
    trainer.agent.run("clock", "pause")
    _note_connections(trainer, story, "paused")
    _type(trainer, story, "paused", secrets.to_type(), trainer.task)
    _copy(trainer, story, "copied while paused", secrets.to_copy(), notes)
    trainer.agent.run("clock", "resume")
    story.paused_s = (began, time.time())


def _type(trainer: Trainer, story: Story, when: str, secret: str, window: Window) -> None:
    trainer.go_to(window)
    trainer.write(secret)
    wait_for(f"{when}: typed", lambda: secret in window.text())
    story.typed[when] = secret
    story.keycodes[when] = [trainer.hands.keycode(ord(letter)) for letter in secret]


def _type_password(trainer: Trainer, story: Story, secret: str, prompt: Window) -> None:
    click(trainer.hands, prompt.place("entry").at(0.5, 0.5))
    wait_for("the password prompt focused", prompt.focused)
    trainer.write(secret)
    wait_for("the password typed", lambda: prompt.ask("password") == secret)
    story.typed["a password"] = secret
    story.keycodes["a password"] = [trainer.hands.keycode(ord(letter)) for letter in secret]


def _sign_in(trainer: Trainer, story: Story, secrets: Secrets, form: Window) -> None:
    """A task window's own form: a line that is recorded, and a password that is not."""
    fields = {"line": "beside a password field", "password": "a password field of a task"}
    for widget, when in fields.items():
        secret = secrets.to_type()
        form.ask("focus", widget=widget)
        trainer.write(secret)
        wait_for(f"{when}: typed", lambda widget=widget, secret=secret: form.ask(widget) == secret)  # type: ignore[misc]
        time.sleep(_REST_S)
        story.typed[when] = secret
        story.keycodes[when] = [trainer.hands.keycode(ord(letter)) for letter in secret]


def _copy(trainer: Trainer, story: Story, when: str, secret: str, window: Window) -> None:
    window.ask("clear")
    window.ask("fill", text=secret)
    trainer.copy_all_of(window)
    wait_for(f"{when}: on the clipboard", lambda: window.ask("clipboard") == secret)
    story.copied[when] = secret


def _note_connections(trainer: Trainer, story: Story, when: str) -> None:
    """Who of the agent is connected to the display; off the clock, once it settled."""
    found: set[int] = set()

    def nobody() -> bool:
        nonlocal found
        found = set(trainer.agent.processes()) & trainer.screen.client_processes()
        return not found

    if when == "recording":
        nobody()
    else:
        with contextlib.suppress(AssertionError):
            wait_for("no agent on the display", nobody, _SETTLE_S)
    story.connected[when] = found


def _sealed(proxy: RecordingProxy) -> list[bytes]:
    kind = BATCH_CONTENT_TYPE.encode()
    return [r.body for r in proxy.requests() if kind in r.head and r.line.startswith("POST")]


def _on_the_wire(proxy: RecordingProxy) -> Iterator[Place]:
    for number, exchange in enumerate(proxy.exchanges):
        yield Place(f"connection {number}, sent", bytes(exchange.sent))
        yield Place(f"connection {number}, received", bytes(exchange.received))
    for number, sealed in enumerate(_sealed(proxy)):
        yield from batch_places(f"batch {number}", sealed)


def _on_disk(trainer: Trainer, server: Server, since_s: float) -> Iterator[Place]:
    """Files of both, those they have open, and new ones in the folders that all may write to."""
    yield from file_places(trainer.agent.folder)
    yield from file_places(server.operator.folder)
    yield from _unsealed(server)
    served = (server.process.pid, *descendants(server.process.pid))
    for pid in (*trainer.agent.processes(), *served):
        yield from _open_files(pid)
    for entry in (entry for folder in SHARED_FOLDERS for entry in folder.iterdir()):
        if not entry.name.startswith(OTHER_TESTS):
            yield from file_places(entry, since_s, LARGEST_SHARED_FILE, databases=False)


def _unsealed(server: Server) -> Iterator[Place]:
    """What the server keeps sealed: uploads, and the batches of sessions that left the log."""
    installation = open_installation(server.operator.data)
    store, objects = installation.store, installation.objects
    organisation = store.first_organisation()
    own = store.of(organisation)
    for line in own.lines(EVERYBODY, _SESSIONS_MAX, None):
        for entry in own.objects_of(line.row):
            data = objects.get(owner_of(line, organisation), entry.digest, entry.place)
            yield Place(f"object {entry.digest.hex()}, unsealed", data)
        for batch in stored_batches(own, objects, organisation, line.row):
            yield from batch_places(f"batch {batch.sequence}, unsealed", batch.sealed)
    store.close()


def _open_files(pid: int) -> Iterator[Place]:
    with contextlib.suppress(OSError):
        for descriptor in Path(f"/proc/{pid}/fd").iterdir():
            with contextlib.suppress(OSError):
                if descriptor.is_file():
                    yield Place(f"process {pid}, open file", descriptor.read_bytes())
        yield Place(f"process {pid}, arguments", Path(f"/proc/{pid}/cmdline").read_bytes())
