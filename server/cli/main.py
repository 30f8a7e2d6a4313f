"""`veritype-server`: make a data folder, run the server, add people, projects and keys."""

import importlib

import click

from server.cli.audit import audit
from server.cli.backups import backup, restore
from server.cli.config import config
from server.cli.controls import control
from server.cli.devices import device
from server.cli.folder import doctor, init
from server.cli.keys import key
from server.cli.legal_holds import legal_hold
from server.cli.migrating import migrate
from server.cli.organisations import organisation
from server.cli.people import pair, user
from server.cli.person import person
from server.cli.projects import project
from server.cli.purging import purge
from server.cli.releases import release
from server.cli.server_keys import keys
from server.cli.sessions import session
from server.cli.teams import team
from server.cli.webhooks import webhook

_SCORING = "server.cli.scoring"
_RUNNING = "server.cli.running"
_LATE = {
    "promise": _SCORING,
    "rescore": _SCORING,
    "labels": "server.cli.labels",
    "oidc": "server.cli.identities",
    "serve": _RUNNING,
    "worker": _RUNNING,
}
"""Commands that need scikit-learn, the web framework or sign-in elsewhere: read only when they are
asked for, since all others would pay for them at their start, some with seconds and 150 MB."""


class _Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *_LATE})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _LATE:
            return super().get_command(ctx, cmd_name)
        found: click.Command = getattr(importlib.import_module(_LATE[cmd_name]), cmd_name)
        return found


@click.group(cls=_Commands)
@click.version_option(package_name="veritype", prog_name="veritype-server")
def main() -> None:
    """The Veritype server."""


for command in (
    init,
    migrate,
    backup,
    restore,
    purge,
    audit,
    legal_hold,
    person,
    organisation,
    user,
    team,
    project,
    release,
    session,
    control,
    pair,
    device,
    key,
    keys,
    webhook,
    config,
    doctor,
):
    main.add_command(command)


if __name__ == "__main__":
    main()
