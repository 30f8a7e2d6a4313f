"""`veritype-server`: make a data folder, run the server, add people, projects and keys."""

import click

from server.cli.backups import backup, restore
from server.cli.config import config
from server.cli.devices import device
from server.cli.folder import doctor, init
from server.cli.identities import oidc
from server.cli.keys import key
from server.cli.migrating import migrate
from server.cli.organisations import organisation
from server.cli.people import pair, user
from server.cli.projects import project
from server.cli.purging import purge
from server.cli.releases import release
from server.cli.running import serve, worker
from server.cli.scoring import promise, rescore
from server.cli.server_keys import keys
from server.cli.sessions import session
from server.cli.teams import team


@click.group()
def main() -> None:
    """The Veritype server."""


for command in (
    init,
    serve,
    worker,
    migrate,
    backup,
    restore,
    purge,
    organisation,
    user,
    team,
    oidc,
    project,
    release,
    session,
    rescore,
    promise,
    pair,
    device,
    key,
    keys,
    config,
    doctor,
):
    main.add_command(command)


if __name__ == "__main__":
    main()
