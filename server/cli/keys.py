"""Keys by which platforms ask."""

from pathlib import Path

import click

from server.cli.options import (
    administration,
    data_option,
    json_option,
    organisation_option,
    plainly,
    say,
)
from server.clock import iso_utc
from server.records import PlatformKey, Scope


@click.group()
def key() -> None:
    """Platform API keys."""


@key.command("add")
@click.argument("name")
@data_option
@organisation_option
@json_option
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    type=click.Choice([scope.value for scope in Scope]),
    required=True,
    help="What the key may do; may be given several times.",
)
@plainly
def key_add(
    name: str, folder: Path, organisation: str | None, as_json: bool, scopes: tuple[str, ...]
) -> None:
    """Print a new platform key; it is shown once."""
    allowed = frozenset(Scope(scope) for scope in scopes)
    made = administration(folder, organisation).add_platform_key(name, allowed)
    fields: dict[str, object] = {"name": name, "key": made, "scopes": sorted(allowed)}
    say(fields, f"{made} (shown once)", as_json)


@key.command("list")
@data_option
@organisation_option
@json_option
@plainly
def key_list(folder: Path, organisation: str | None, as_json: bool) -> None:
    """List keys: what they may do, when they were made and last used."""
    keys = administration(folder, organisation).platform_keys()
    text = "\n".join(_line(each) for each in keys) or "no keys"
    say({"keys": [_fields(each) for each in keys]}, text, as_json)


@key.command("revoke")
@click.argument("name")
@data_option
@organisation_option
@json_option
@plainly
def key_revoke(name: str, folder: Path, organisation: str | None, as_json: bool) -> None:
    """Revoke a key; its next call is refused."""
    administration(folder, organisation).revoke_platform_key(name)
    say({"name": name, "revoked": True}, f"{name} is revoked", as_json)


def _fields(key: PlatformKey) -> dict[str, object]:
    return {
        "name": key.name,
        "scopes": sorted(key.scopes),
        "created_at": _when(key.created_us),
        "used_at": _when(key.used_us),
        "revoked_at": _when(key.revoked_us),
    }


def _line(key: PlatformKey) -> str:
    used = f"last used in the hour from {_when(key.used_us)}" if key.used_us else "not used"
    state = f"revoked {_when(key.revoked_us)}" if key.revoked_us else used
    return f"{key.name}: {', '.join(sorted(key.scopes))}; {state}"


def _when(at_us: int | None) -> str | None:
    return None if at_us is None else iso_utc(at_us)
