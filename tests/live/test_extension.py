"""A trainer writes in a web page: real agent, real server, a real Chromium with the extension."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pytest
from msgspec import structs

from tests.browser_extension.driving import CHROMIUM, CHROMIUM_FLAGS, allowed_copy
from tests.browser_extension.pages import serving
from tests.live.leaks import Place, file_places, forms, search
from tests.live.processes import start, wait_for
from tests.live.proxy import RecordingProxy, recording_proxy
from tests.live.secrecy import Secrets
from tests.live.server_process import Server, running_server
from tests.live.trainer import POLICY, PROJECT, Trainer, trainer_at_desk
from tests.live.typist import click
from wire.batch import Batch, decode, open_envelope
from wire.codes import EditFlag, EditHow, KeyFlag, SourceName, SourceState
from wire.events import Event, Health, Keystroke, PageEdit, PageFocus, TextSubmitted
from wire.keys import KeyClass
from wire.messages import BATCH_CONTENT_TYPE
from wire.policy import Region, SiteRule
from wire.textclass import classes_of, unpack_classes

E = TypeVar("E", bound=Event)

TITLE = "Evaluation task 9"
PAGE = f"""<!doctype html><meta charset="utf-8"><title>{TITLE}</title>
<style>
  textarea, input, button {{ position: fixed; left: 0; width: 100%; box-sizing: border-box }}
  textarea {{ top: 0; height: 45% }} input {{ top: 45%; height: 30% }}
  button {{ top: 80%; height: 20% }}
</style>
<textarea id="answer" autofocus spellcheck="false"></textarea>
<input type="password" aria-label="Password">
<button data-veritype-submit="#answer">Send</button>
"""
LEFT, TOP, SIDE = 40, 40, 600
_BROWSER_S = 60.0


@dataclass(frozen=True, slots=True)
class Told:
    """What the server was told, and where a secret could lie."""

    answer: str
    password: str
    batches: list[Batch]
    objects: list[bytes]
    places: list[Place]

    def events(self, kind: type[E]) -> list[E]:
        """Every event of a kind."""
        return [event for batch in self.batches for event in batch.body.events(kind)]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory, seed: int) -> Iterator[Told]:
    """One session, lived through once."""
    folder = tmp_path_factory.mktemp("extension")
    site = folder / "site"
    site.mkdir()
    (site / "task.html").write_text(PAGE)
    with (
        serving(site) as address,
        running_server(folder / "server") as server,
        recording_proxy(server.port) as proxy,
    ):
        sites = (SiteRule(f"{address}/task.html", (Region("Answer", "#answer"),)),)
        server.operator.add_project(PROJECT, structs.replace(POLICY, sites=sites, screenshots=None))
        code = server.operator.add_trainer("webby")
        with trainer_at_desk("webby", folder, proxy.url, code, seed=seed) as trainer:
            trainer.agent.run("browser", "install", "--browser", "chromium")
            with browsing(trainer, f"{address}/task.html", folder):
                yield write_and_send(trainer, server, proxy, seed)


@contextmanager
def browsing(trainer: Trainer, address: str, folder: Path) -> Iterator[None]:
    """The trainer's browser, with the page in a window of its own."""
    assert CHROMIUM is not None
    command = [
        CHROMIUM,
        *CHROMIUM_FLAGS,
        "--password-store=basic",
        f"--user-data-dir={trainer.agent.folder / '.config' / 'chromium'}",
        f"--load-extension={allowed_copy(folder / 'extension')}",
        f"--window-position={LEFT},{TOP}",
        f"--window-size={SIDE},{SIDE}",
        f"--app={address}",
    ]
    environment = trainer.screen.environment(HOME=str(trainer.agent.folder))
    browser = start(command, folder / "chromium.log", environment)
    try:
        wait_for("the page", lambda: trainer.screen.title_in_front() == TITLE, _BROWSER_S)
        yield
    finally:
        browser.stop()


def write_and_send(trainer: Trainer, server: Server, proxy: RecordingProxy, seed: int) -> Told:
    """Write an answer, type a password beside it, send the answer, clock out."""
    # Others than those of `test_nothing_leaks.py`, which may be searched for at the same time.
    secrets = Secrets(seed + 1)
    answer, password = secrets.to_type(), secrets.to_type()
    trainer.agent.clock_in(PROJECT)
    wait_for("the extension", lambda: _extension(trainer) == "running", _BROWSER_S)
    wait_for("the page watched", lambda: told_of(proxy, PageFocus), _BROWSER_S)
    for share, text in ((0.3, answer), (0.65, password), (0.92, "")):
        click(trainer.hands, (LEFT + SIDE // 2, round(TOP + SIDE * share)))
        trainer.read(1.0)
        trainer.write(text)
    wait_for("the answer sent", lambda: told_of(proxy, TextSubmitted), _BROWSER_S)
    trainer.agent.clock_out()
    server.assessment_of(trainer.name)
    objects = [each.body for each in proxy.requests() if each.line.startswith("PUT")]
    places = [*_kept(trainer.agent.folder), *file_places(server.operator.folder)]
    for number, exchange in enumerate(proxy.exchanges):
        places.append(Place(f"connection {number}", bytes(exchange.sent)))
    return Told(answer, password, batches_in(proxy), objects, places)


def batches_in(proxy: RecordingProxy) -> list[Batch]:
    """All that was sent so far."""
    kind = BATCH_CONTENT_TYPE.encode()
    sealed = [each.body for each in proxy.requests() if kind in each.head and each.body]
    return [decode(open_envelope(each)) for each in sealed]


def told_of(proxy: RecordingProxy, kind: type[Event]) -> bool:
    """Whether an event of a kind is on its way."""
    return any(batch.body.events(kind) for batch in batches_in(proxy))


def _kept(folder: Path) -> Iterator[Place]:
    """The agent's files and what the browser keeps for extensions; pages' own things are theirs."""
    profile = folder / ".config" / "chromium"
    for entry in folder.iterdir():
        if entry != profile.parent:
            yield from file_places(entry)
    for path in profile.rglob("*"):
        if path.is_file() and "extension" in str(path.relative_to(profile)).lower():
            yield from file_places(path)


def _extension(trainer: Trainer) -> str:
    sources = trainer.agent.status()["sources"]
    return next((each["state"] for each in sources if each["name"] == "extension"), "")


def test_the_page_tells_what_was_typed_and_nothing_more(told: Told) -> None:
    edits = told.events(PageEdit)
    assert {(edit.how, edit.region) for edit in edits} == {(EditHow.TYPED, 1)}
    assert sum(edit.inserted_chars for edit in edits) == len(told.answer)
    assert {edit.flags for edit in edits} == {EditFlag.TRUSTED | EditFlag.AT_END}
    states = [each.state for each in told.events(Health) if each.source == SourceName.EXTENSION]
    assert SourceState.RUNNING in states


def test_the_answers_classes_are_with_the_server(told: Told) -> None:
    (submitted,) = told.events(TextSubmitted)
    assert (submitted.length_chars, submitted.region) == (len(told.answer), 1)
    assert [unpack_classes(each) for each in told.objects] == [classes_of(told.answer)]


def test_keys_typed_into_the_pages_password_field_are_recorded_by_no_source(told: Told) -> None:
    letters = [
        stroke
        for stroke in told.events(Keystroke)
        if stroke.key_class == KeyClass.LETTER and not stroke.flags & KeyFlag.CHORD
    ]
    assert len(letters) == len(told.answer)


def test_neither_text_is_anywhere(told: Told) -> None:
    assert not search(told.places, forms(told.answer))
    assert not search(told.places, forms(told.password))
