"""The whole path in one command: `python -m samples.demo [--once] [--port N]`.

Sends the sample sessions through the real agent's recorder, spool and shipper to a server on its
embedded default in a new folder, at the times at which they happened, prints their scores, and
stays up until Ctrl-C so that an auditor's queue, and the same work as its trainer sees it, can be
looked at.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
import requests

from agent.errors import AgentError
from samples.doors import Door, doors
from samples.house import AUDITOR, TRAINER, House, PastFailed, furnish, live_through, speak_up
from samples.recorded import Sample, load_samples
from samples.send import NotDelivered, Sent
from server.errors import ServerError

SERVER = (sys.executable, "-m", "server.cli.main")
READY = "veritype-server listening on "
SCORED_WITHIN_S = 60.0
_FIRST_TASK = 4701
BANDS = {
    "consistent": ("consistent", "green"),
    "review": ("review", "yellow"),
    "strong": ("strong", "red"),
    "cannot_determine": ("cannot determine", "cyan"),
}


class DemoFailed(RuntimeError):  # noqa: N818
    """Something of the demo did not work; the text says what."""


@click.command()
@click.option("--once", is_flag=True, help="End when the table is printed.")
@click.option("--port", default=0, type=click.IntRange(0, 65535), help="0 takes a free one.")
def main(once: bool, port: int) -> None:
    """Show real sessions recorded, shipped, scored and flagged."""
    # A shell starts what runs behind it with Ctrl-C ignored; and its data is to go in any case.
    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, signal.default_int_handler)
    folder = Path(tempfile.mkdtemp(prefix="veritype-demo-"))
    try:
        _run(folder, port, once=once)
    except (DemoFailed, PastFailed, AgentError, NotDelivered, ServerError) as error:
        click.echo(f"demo: {error}", err=True)
        sys.exit(1)
    except KeyboardInterrupt:
        click.echo("\nThe server is stopped; the demo's data is deleted.")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(folder: Path, port: int, *, once: bool) -> None:
    samples = load_samples()
    with _Progress() as progress:
        progress("making a data folder, people and a project")
        data = folder / "server"
        house = furnish(data, samples)
        progress("starting a server of the days before")
        sent = live_through(house, data, samples, folder, progress)
        speak_up(data)
        progress("starting the server")
        with _serving(data, port) as url:
            progress("asking about submitted texts, as the platform does")
            _ask(url, house.platform_key, sent)
            scored = _scored(url, house.platform_key, len(samples))
            progress.done()
            _show(scored)
            click.echo()
            with doors(url, _doors_of(house)) as port_of_doors:
                _say_where(url, port_of_doors, house)
                if not once:
                    click.echo("Ctrl-C stops the server and deletes the demo's data.")
                    while True:
                        time.sleep(3600)


def _doors_of(house: House) -> dict[str, Door]:
    return {
        "/auditor": Door("otto", house.password, "/reviews"),
        "/second-auditor": Door("ines", house.password, "/reviews"),
        "/trainer": Door("bruno", house.password, "/me"),
        "/administrator": Door(house.admin, house.password, "/sessions"),
    }


def _say_where(url: str, port: int, house: House) -> None:
    click.echo("Each of these links signs you in:")
    for said, host, path in (
        (f"The queue, as the auditor {AUDITOR}", "127.0.0.1", "/auditor"),
        (f"The other side, as the trainer {TRAINER}", "localhost", "/trainer"),
        ("A second auditor: what costs a trainer takes two", "127.0.0.1", "/second-auditor"),
        ("Everything, as the administrator", "127.0.0.1", "/administrator"),
    ):
        click.echo(f"  {said + ':':<50} http://{host}:{port}{path}")
    click.echo(f"By hand:      {url}/login   {house.admin}   password: {house.password}")
    click.echo(f"Platform key: {house.platform_key}   docs/quick-start.md says what for")


def _ask(url: str, platform_key: str, sent: list[tuple[Sample, Sent]]) -> None:
    """Hand in the texts of the sessions as a platform does: as classes, so that none is sent."""
    with requests.Session() as http:
        http.headers["Authorization"] = f"Bearer {platform_key}"
        for number, (sample, one) in enumerate(sent):
            for classes in sample.texts:
                body = {
                    "identifier": f"task-{_FIRST_TASK + number}",
                    "sessions": [{"session": one.session.hex()}],
                    "classes": classes,
                }
                http.post(f"{url}/v1/submissions", json=body, timeout=60).raise_for_status()


class _Progress:
    """One line that says what is going on; plain lines where there is no terminal."""

    def __enter__(self) -> "_Progress":
        self._began_s = time.monotonic()
        return self

    def __call__(self, what: str) -> None:
        line = f"[{time.monotonic() - self._began_s:4.0f} s] {what} ..."
        if sys.stderr.isatty():
            click.echo(f"\r\033[K{line}", nl=False, err=True)
        else:
            click.echo(line, err=True)

    def done(self) -> None:
        """Clear the line."""
        if sys.stderr.isatty():
            click.echo("\r\033[K", nl=False, err=True)

    def __exit__(self, *exception: object) -> None:
        if any(exception):
            self.done()


@contextmanager
def _serving(data: Path, port: int) -> Iterator[str]:
    log = data / "server.log"
    with log.open("wb") as errors:
        process = subprocess.Popen(
            [*SERVER, "serve", "--data", str(data), "--port", str(port)],
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            env=os.environ | {"OMP_NUM_THREADS": "1"},
        )
    try:
        line = process.stdout.readline() if process.stdout else ""
        if not line.startswith(READY):
            raise DemoFailed(f"the server did not start: {log.read_text().strip()}")
        yield line.removeprefix(READY).strip()
    finally:
        process.terminate()
        process.wait(20)


def _scored(url: str, platform_key: str, count: int) -> list[dict[str, Any]]:
    """Sessions with their assessments, oldest first."""
    with requests.Session() as http:
        http.headers["Authorization"] = f"Bearer {platform_key}"
        deadline_s = time.monotonic() + SCORED_WITHIN_S
        while True:
            answer = http.get(f"{url}/v1/sessions", timeout=10)
            answer.raise_for_status()
            sessions = answer.json()["sessions"]
            if len([each for each in sessions if each["state"] == "scored"]) >= count:
                break
            if time.monotonic() > deadline_s:
                raise DemoFailed("not every session was scored in time")
            time.sleep(0.2)
        for session in sessions:
            found = http.get(f"{url}/v1/sessions/{session['id']}/assessment", timeout=10)
            found.raise_for_status()
            session["assessment"] = found.json()
    return sorted(sessions, key=lambda session: str(session["started_at"]))


def _show(sessions: list[dict[str, Any]]) -> None:
    rows = [("session", "person", "hours", "band", "main reason")]
    colours = [""]
    for session in sessions:
        band, colour = BANDS[session["assessment"]["band"]]
        hours = f"{session['worked_s'] / 3600:.2f}"
        reason = _main_reason(session["assessment"])
        rows.append((session["id"][:8], session["person"]["name"], hours, band, reason))
        colours.append(colour)
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    for row, colour in zip(rows, colours, strict=True):
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        cells[3] = click.style(cells[3], fg=colour or None, bold=not colour)
        click.echo("  ".join(cells).rstrip())


def _main_reason(assessment: dict[str, Any]) -> str:
    """The main reason in words; why nothing can be said, if so."""
    told = assessment["abstained_because"] or next(iter(assessment["reasons"]), None)
    return str(told["text"]) if told else ""


if __name__ == "__main__":
    main()
