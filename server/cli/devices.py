"""Devices that are enrolled."""

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
from server.records import DeviceLine
from server.services.observing import observed_in_words


@click.group()
def device() -> None:
    """Devices that are enrolled."""


@device.command("list")
@data_option
@organisation_option
@json_option
@click.option("--person", help="Of this person alone.")
@plainly
def device_list(folder: Path, organisation: str | None, as_json: bool, person: str | None) -> None:
    """List devices: whose, since when, last seen (to the hour), what they can observe."""
    found = administration(folder, organisation).devices(person)
    fields = [_fields(each) for each in found]
    say({"devices": fields}, "\n".join(map(_line, found)) or "no device is enrolled", as_json)


@device.command("revoke")
@click.argument("device_id", metavar="ID")
@data_option
@organisation_option
@json_option
@plainly
def device_revoke(device_id: str, folder: Path, organisation: str | None, as_json: bool) -> None:
    """Take nothing from a device any more: at once, and from batches within a minute.

    What it had not sent stays on it and is not taken. The person can enrol it anew.
    """
    administration(folder, organisation).revoke_device(device_id)
    say({"id": device_id, "revoked": True}, f"device {device_id} was revoked", as_json)


def _fields(line: DeviceLine) -> dict[str, object]:
    return {
        "id": line.id.hex(),
        "person": line.person_name,
        "platform": line.platform,
        "agent_version": line.agent_version,
        "enrolled_at": iso_utc(line.enrolled_us),
        "seen_at": iso_utc(line.seen_us) if line.seen_us is not None else None,
        "revoked_at": iso_utc(line.revoked_us) if line.revoked_us is not None else None,
        "observes": list(observed_in_words(line.observes)),
    }


def _line(line: DeviceLine) -> str:
    seen = f"last seen {iso_utc(line.seen_us)[:13]}h" if line.seen_us is not None else "never seen"
    state = "revoked" if line.revoked_us is not None else seen
    return f"{line.id.hex()}  {line.person_name}  {line.platform}  {line.agent_version}  {state}"
