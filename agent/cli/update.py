"""A newer agent from the server."""

import json
from pathlib import Path

import click

from agent import AGENT_VERSION
from agent.face.client import transport_for
from agent.identity import load_identity
from agent.paths import open_paths
from agent.settings import read_settings
from agent.updates import fetch, offered
from wire.messages import Release
from wire.versions import is_older

_INSTALL = {
    ".deb": "sudo apt-get install ./{file}",
    ".whl": "pip install --upgrade ./{file}",
}
_UNPACK = "unpack {file} over the old one, or follow what your project says"


@click.command()
@click.option("--check", is_flag=True, help="Only say whether there is a newer one.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def update(*, check: bool, as_json: bool) -> None:
    """Fetch a newer agent from the server, checked, into the current folder.

    It is taken only if it carries the signature of the server this device was enrolled at, and has
    the size and the fingerprint that were signed. Nothing is installed: the command that does it
    is printed, and it is yours to run.
    """
    identity, settings = load_identity(open_paths()), read_settings()
    transport = transport_for(identity, settings)
    release = offered(transport, identity.ring)
    newer = release is not None and is_older(AGENT_VERSION, release.version)
    saved = None
    if release is not None and newer and not check:
        saved = fetch(transport, release, Path.cwd())
    if as_json:
        click.echo(json.dumps(_fields(release, saved, newer=newer)))
    elif release is None or not newer:
        click.echo(f"This is agent {AGENT_VERSION}; the server offers nothing newer.")
    elif saved is None:
        size_mb = release.size_bytes / 1e6
        click.echo(
            f"Agent {release.version} is there ({release.file}, {size_mb:.1f} MB); this is"
            f" {AGENT_VERSION}. `veritype update` fetches it."
        )
    else:
        command = _INSTALL.get(saved.suffix, _UNPACK).format(file=saved.name)
        click.echo(
            f"Agent {release.version} is saved as {saved}; signature and fingerprint hold.\n"
            f"Clock out, then install it: {command}"
        )


def _fields(release: Release | None, saved: Path | None, *, newer: bool) -> dict[str, object]:
    return {
        "version": AGENT_VERSION,
        "offered": release.version if release else None,
        "newer": newer,
        "file": str(saved) if saved else None,
        "sha256": release.sha256.hex() if release else None,
    }
