"""Pairing this device, and taking it out of use."""

import click

from agent.cli.asking import is_clocked_in
from agent.cli.uninstall import not_sent, stop_agent
from agent.errors import NotSentYet, ServerRefused
from agent.face import client
from agent.face.wording import plain
from agent.identity import enrol as enrol_device
from agent.identity import expect_ok, forget_secrets, load_identity, store_identity, where_kept
from agent.paths import open_paths
from agent.settings import read_settings
from agent.shipping.transport import Transport, check_server
from agent.startup import only_instance
from wire.messages import Revocation, encode_message
from wire.problems import ProblemCode


@click.command()
@click.argument("url")
@click.argument("code")
def enrol(url: str, code: str) -> None:
    """Pair this device with the server at URL, using the pairing CODE you were given."""
    paths, settings = open_paths(), read_settings()
    server = check_server(url)
    transport = Transport(server, "", settings.connect_timeout_s, settings.read_timeout_s)
    if not is_clocked_in(paths):
        # It may still wait for an hour to ask a server that refuses this device.
        stop_agent(paths)
    with only_instance(paths):
        identity = enrol_device(server, code, transport)
        store_identity(paths, identity)
    click.echo(f"This device is enrolled for {plain(identity.person_name)} at {server}.")
    click.echo(f"Its key was made here and lies {where_kept(paths)}.")


@click.command()
@click.option("--discard", is_flag=True, help="Even if something was not sent.")
def unpair(*, discard: bool) -> None:
    """Take this device out of use: the server takes nothing from it any more.

    Its key and token are deleted here. Receipts stay, and so does what was not sent, which the
    server then no longer takes: without --discard it stops there.
    """
    paths, settings = open_paths(), read_settings()
    identity = load_identity(paths)
    waiting = not_sent(client.status_of(paths, settings, identity.server))
    for sentence in waiting:
        click.echo(sentence)
    if waiting and not discard:
        raise NotSentYet("Nothing was changed. Send it first, or give --discard.")
    stop_agent(paths)
    transport = client.transport_for(identity, settings)
    answer = transport.post("/agent/v1/revocations", encode_message(Revocation(identity.device)))
    problem = answer.problem()
    if problem is None or problem.code is not ProblemCode.DEVICE_REVOKED:
        expect_ok(answer)
    with only_instance(paths):
        if not forget_secrets(paths):
            raise ServerRefused(
                "The server takes nothing from this device any more, but the system's keyring did"
                " not answer: delete the entry 'veritype' there yourself."
            )
    click.echo("This device is out of use. `veritype enrol` pairs it anew, with a new code.")
