"""The schema: brought to this version, in steps that a running server bears."""

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from server.cli.options import data_option, examples, json_option, opened, plainly, say


@click.command(
    epilog=examples(
        "migrate --check --data /var/lib/veritype",
        "migrate --data /var/lib/veritype",
        "migrate --contract --data /var/lib/veritype",
    )
)
@click.option("--check", is_flag=True, help="Only say what is due; ends with 1 if anything is.")
@click.option(
    "--contract",
    is_flag=True,
    help="Also take away what only older versions need: when none of them runs any more.",
)
@data_option
@json_option
@plainly
def migrate(folder: Path, check: bool, contract: bool, as_json: bool) -> None:
    """Bring the schema to this version, while servers of the version before go on.

    Run it with the new version before any server of it is started; run it with --contract when no
    server of an older version is left.
    """
    store = opened(folder).store
    expand, rest = store.pending()
    if check:
        fields: dict[str, object] = {"due": list(expand), "contract": list(rest)}
        say(fields, _due(expand, rest), as_json)
        if expand:
            sys.exit(1)
        return
    taken = store.migrate(contract=contract)
    left = [] if contract else list(rest)
    text = f"{len(taken)} steps taken" if taken else "the schema was up to date"
    if left:
        text += f"; {len(left)} wait for --contract"
    say({"taken": list(taken), "contract": left}, text, as_json)


def _due(expand: Sequence[str], rest: Sequence[str]) -> str:
    if not expand and not rest:
        return "nothing is due"
    parts = [f"due: {', '.join(expand)}"] if expand else []
    parts += [f"due with --contract: {', '.join(rest)}"] if rest else []
    return "\n".join(parts)
