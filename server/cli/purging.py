"""Ending what is kept no longer."""

from pathlib import Path

import click

from server.cli.options import data_option, examples, json_option, opened, plainly, say
from server.cli.progress import Progress
from server.clock import now_us
from server.operation.key_files import out_of_use
from server.operation.upkeep_lock import upkeep
from server.privacy.purging import Purge


@click.command(
    epilog=examples(
        "purge --dry-run --data /var/lib/veritype",
        "purge --data /var/lib/veritype --json",
    )
)
@click.option("--dry-run", is_flag=True, help="Only say what would be removed.")
@data_option
@json_option
@plainly
def purge(dry_run: bool, folder: Path, as_json: bool) -> None:
    """Remove what is kept no longer: by each session's policy, and what expired a week ago.

    Screenshots, class sequences of keys and of submitted texts, titles, notes and whole evidence,
    days after the last decision; codes, invitations and attempts; secrets that were replaced.
    """
    installation, progress, now = opened(folder), Progress(), now_us()
    with upkeep(folder):
        run = Purge(
            installation.store,
            installation.objects,
            installation.keys,
            now,
            progress,
            dry_run=dry_run,
        ).run()
        secrets = out_of_use(installation.folder.keys, now)
        for path in secrets if not dry_run else ():
            path.unlink()
    progress.close()
    removed = {**run, **({"secrets": len(secrets)} if secrets else {})}
    verb = "would be removed" if dry_run else "removed"
    lines = [f"{count} {kind.replace('_', ' ')} {verb}" for kind, count in removed.items()]
    fields: dict[str, object] = {"dry_run": dry_run, "removed": removed}
    say(fields, "\n".join(lines) or "nothing is due", as_json)
