"""Guides one person through control sessions on their own agent, one after the other.

    python -m deploy.controls.collect --project controls --out made.csv

Each session is made in one known way: composed, pasted from a page, or retyped from it. The ways
come in an order drawn for each person, so that tiredness does not look like copying. What was made
is noted in a file, which whoever runs the server gives to `veritype-server labels mark`.
"""

import argparse
import csv
import json
import random
import subprocess
import sys
import threading
import webbrowser
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

PAGE = Path(__file__).parent / "page"
CONSENT = """\
What you take part in
  You make up to three short sessions with Veritype recording, as in paid work: it records when keys
  go down and up and which kind of key they are, where inserted text came from, and which window is
  in front. It does not record what you type.
What it is for
  The sessions show whether reviewers and the detector judge rightly, and set the threshold below
  which nobody's work is flagged. They are marked as made on purpose; nobody is judged by them.
What you can do
  You may stop at any time (Ctrl-C), and ask to have your sessions deleted at any time later.
"""
WAYS = {
    "genuine": "Compose: answer the question on the page in your own words.",
    "pasted": "Paste: copy the text of the source page, and paste it into the task's field.",
    "retyped": "Retype: type the text of the source page into the task's field, as it stands.",
}


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        """Say nothing: the terminal is for the person."""


def main(arguments: Sequence[str]) -> int:
    """Make the sessions; the exit status is 1 if the person did not agree or the agent failed."""
    options = _options(arguments)
    print(CONSENT)
    if input("Type 'yes' if you agree: ").strip().lower() != "yes":
        print("Nothing was recorded.")
        return 1
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(PAGE)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        for number, way in enumerate(_order(options.ways), 1):
            print(f"\nSession {number} of {len(options.ways)}. {WAYS[way]}")
            session = _made(way, options, f"http://127.0.0.1:{server.server_address[1]}")
            _note(options, session, way)
    except (subprocess.CalledProcessError, KeyboardInterrupt) as stopped:
        print(f"\nStopped: {stopped or 'as you wished'}. What was made before is in {options.out}.")
        return 1
    finally:
        server.shutdown()
    print(f"\nThank you. {options.out} says what was made; send it to whoever asked you.")
    return 0


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m deploy.controls.collect", description=__doc__)
    parser.add_argument("--project", required=True, help="the project for control sessions")
    parser.add_argument("--out", type=Path, default=Path("made.csv"), help="default: made.csv")
    parser.add_argument("--ways", nargs="+", choices=list(WAYS), default=list(WAYS))
    parser.add_argument("--minutes", type=int, default=15, help="for each session, as a guide")
    parser.add_argument("--language", default="", help="that you write in, such as it or en")
    parser.add_argument(
        "--input", default="", help="how you type: keyboard, ime, dictation, or another word"
    )
    return parser.parse_args(arguments)


def _order(ways: Sequence[str]) -> list[str]:
    return random.SystemRandom().sample(list(ways), len(ways))


def _made(way: str, options: argparse.Namespace, address: str) -> str:
    """One session from clock-in to clock-out; its id."""
    input("Press Enter to clock in. ")
    _veritype("clock", "in", "--project", options.project)
    try:
        session = str(json.loads(_veritype("clock", "status", "--json"))["session"])
        if way != "genuine":
            webbrowser.open(f"{address}/source.html")
        webbrowser.open(f"{address}/task.html?way={way}&minutes={options.minutes}")
        print(f"If no page opens: {address}/task.html?way={way} (and {address}/source.html)")
        input("Press Enter when you are done: you are clocked out then. ")
    finally:
        _veritype("clock", "out", "--wait", "60")
    return session


def _veritype(*arguments: str) -> str:
    """Run a command of the agent; what it printed. Rules are agreed to on the terminal."""
    asks = arguments[:2] == ("clock", "in")
    done = subprocess.run(
        ["veritype", *arguments],
        check=True,
        text=True,
        stdout=None if asks else subprocess.PIPE,
    )
    return done.stdout or ""


def _note(options: argparse.Namespace, session: str, way: str) -> None:
    out: Path = options.out
    fresh = not out.exists()
    with out.open("a", newline="", encoding="utf-8") as file:
        lines = csv.writer(file)
        if fresh:
            lines.writerow(("session", "truth", "made_on", "language", "input"))
        day = datetime.now(UTC).date().isoformat()
        lines.writerow((session, way, day, options.language, options.input))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
