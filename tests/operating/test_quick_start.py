"""`docs/quick-start.md`, followed to the letter; only port, key and the prompt are filled in."""

import os
import re
import selectors
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "quick-start.md").read_text()
BLOCKS = re.findall(r"```(sh|python)\n(.*?)```", PAGE, re.DOTALL)
DEMO_S = 300.0


@contextmanager
def demo(command: str) -> Iterator[str]:
    """What the demo said until its key was there."""
    process = subprocess.Popen(
        shlex.split(command),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    assert process.stdout
    try:
        yield _until(process, b"Ctrl-C")
    finally:
        os.killpg(process.pid, signal.SIGINT)
        process.communicate(timeout=300)


def _until(process: "subprocess.Popen[bytes]", sign: bytes) -> str:
    assert process.stdout
    said, end_s = b"", time.monotonic() + DEMO_S
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while sign not in said:
            assert selector.select(end_s - time.monotonic()), f"it said: {said!r}"
            part = os.read(process.stdout.fileno(), 65_536)
            assert part, f"it ended: {said!r}"
            said += part
    return said.decode()


def free_port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


def links_sign_in(said: str) -> None:
    """One click each, and both sides at once: the cookies of one do not end the other's."""
    links = dict(re.findall(r"(http://\S+:\d+/(auditor|trainer|administrator))", said))
    assert len(links) == 3
    with httpx.Client(verify=False, follow_redirects=True, timeout=60) as browser:  # noqa: S501
        opened = {name: browser.get(link) for link, name in links.items()}
        assert "Otto Brandt" in opened["auditor"].text
        assert opened["auditor"].url.path == "/reviews"
        assert "Bruno Keller" in opened["trainer"].text
        assert opened["trainer"].url.path == "/me"
        assert opened["trainer"].url.host != opened["auditor"].url.host
        assert "Administrator" in opened["administrator"].text
        elsewhere = next(iter(links)).replace("127.0.0.1", "0.0.0.0")  # noqa: S104 - refused
        assert browser.get(f"{next(iter(links))}x").status_code == 404
        assert browser.get(elsewhere).status_code == 404


def test_ten_lines_lead_to_a_verified_attestation(tmp_path: Path) -> None:
    lines = [line for _, block in BLOCKS for line in block.splitlines()]
    assert len(lines) == 10
    (_, start), (_, install), (_, program) = BLOCKS
    port = free_port()
    with demo(start.strip().replace("8765", port)) as said:
        key = re.search(r"vtp_[\w-]+", said)
        assert key
        links_sign_in(said)
        installing, prompt = install.splitlines()
        assert prompt == ".venv/bin/python"
        pip = shlex.split(installing)
        assert pip[0] == ".venv/bin/pip"
        # Into a folder of the test's own, and without asking the network.
        to = ["--target", str(tmp_path), "--no-deps", "--no-build-isolation", "--quiet"]
        subprocess.run([sys.executable, "-m", "pip", *pip[1:], *to], cwd=ROOT, check=True)
        program = program.replace("8765", port).replace("vtp_...", key[0])
        done = subprocess.run(
            [sys.executable, "-c", program],
            env=os.environ | {"PYTHONPATH": str(tmp_path)},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("cannot determine {'answer': 'cannot determine'"), done.stdout
