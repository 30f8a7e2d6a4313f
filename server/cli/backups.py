"""Backing up, and starting again from a backup."""

from pathlib import Path

import click

from server.cli.options import data_option, examples, json_option, opened, plainly, say
from server.cli.progress import Progress
from server.clock import iso_utc
from server.installation import restore_database, restore_objects
from server.operation.backup import back_up
from server.operation.restore import check, restore_files
from server.operation.upkeep_lock import upkeep


@click.command(
    epilog=examples(
        "backup --to /srv/backups --data /var/lib/veritype",
        "backup --to /mnt/stick --data /var/lib/veritype --json",
    )
)
@click.option(
    "--to",
    "into",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder in which the backup gets a folder of its own.",
)
@data_option
@json_option
@plainly
def backup(into: Path, folder: Path, as_json: bool) -> None:
    """Back up a running installation: database, objects, secrets, settings.

    Every batch that was acknowledged before it began is in it. It holds the server's secrets and
    people's evidence in the clear: encrypt what leaves the machine (docs/operating.md shows how).
    """
    installation, progress = opened(folder), Progress()
    try:
        with upkeep(folder):
            path, manifest = back_up(
                installation.folder,
                installation.store,
                installation.objects.stored,
                into,
                progress,
            )
    finally:
        progress.close()
    size_bytes = sum(entry.size_bytes for entry in manifest.files)
    fields: dict[str, object] = {
        "backup": str(path),
        "files": len(manifest.files),
        "bytes": size_bytes,
        "missing": list(manifest.missing),
    }
    text = f"{path}: {len(manifest.files)} files, {size_bytes / 1e6:.1f} MB; it is not encrypted"
    if manifest.missing:
        text += f"\n{len(manifest.missing)} objects were not in the store; its manifest names them"
    say(fields, text, as_json)


@click.command(
    epilog=examples(
        "restore /srv/backups/veritype-20261201T031500Z --data /var/lib/veritype",
        "restore /srv/backups/veritype-20261201T031500Z --check",
    )
)
@click.argument("backup", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--data",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    envvar="VERITYPE_DATA",
    help="The data folder to make (or VERITYPE_DATA); there must be nothing in it.",
)
@click.option("--check", "only_check", is_flag=True, help="Only check the backup; write nothing.")
@json_option
@plainly
def restore(backup: Path, folder: Path | None, only_check: bool, as_json: bool) -> None:
    """Make a data folder of BACKUP, after checking every file of it.

    Batches that were acknowledged after the backup began are gone: the devices that had sent them
    go on with their next batch, and the gap is shown as lost.
    """
    progress = Progress()
    if only_check:
        manifest = check(backup, progress)
        say({"whole": True}, f"the backup of {iso_utc(manifest.made_us)} is whole", as_json)
        return
    if folder is None:
        raise click.UsageError("Missing option '--data' (or VERITYPE_DATA).")
    manifest = restore_files(backup, folder, progress)
    restore_objects(folder, progress)
    restore_database(folder, manifest)
    progress.close()
    made = iso_utc(manifest.made_us)
    fields: dict[str, object] = {"data": str(folder), "made": made, "files": len(manifest.files)}
    say(fields, f"{folder} is as it was at {made}; start the server on it", as_json)
