"""Where an organisation is told what happens."""

from pathlib import Path

import click

from server.cli.options import data_option, json_option, opened, organisation_option, plainly, say
from server.records import Happened
from server.records.webhooks import Endpoint
from server.services.administration import Administration
from server.services.asking import Asker
from server.services.people import operator
from server.webhooks.endpoints import ENDPOINTS_MAX, TOLD, Webhooks, rules_of


@click.group()
def webhook() -> None:
    """Addresses at which an organisation is told what happens."""


@webhook.command("add")
@click.argument("url")
@data_option
@organisation_option
@json_option
@click.option(
    "--kind",
    "kinds",
    multiple=True,
    type=click.Choice([each.value for each in sorted(TOLD)]),
    help="What is told there; may be given several times; everything if left out.",
)
@plainly
def webhook_add(
    url: str, folder: Path, organisation: str | None, as_json: bool, kinds: tuple[str, ...]
) -> None:
    """Add an address and print the secret that signs what is sent there, once."""
    webhooks, asker = _webhooks(folder, organisation)
    made = webhooks.add(asker, url, frozenset(Happened(each) for each in kinds) or TOLD)
    fields: dict[str, object] = {"id": made.endpoint.id.hex(), "secret": made.secret}
    say(fields, f"{made.endpoint.id.hex()}: {made.secret} (shown once)", as_json)


@webhook.command("list")
@data_option
@organisation_option
@json_option
@plainly
def webhook_list(folder: Path, organisation: str | None, as_json: bool) -> None:
    """List addresses: what is told there, and whether they are paused or failing."""
    webhooks, asker = _webhooks(folder, organisation)
    found = webhooks.listed(asker, 0, ENDPOINTS_MAX)
    text = "\n".join(_line(each) for each in found) or "no webhooks"
    say({"webhooks": [_fields(each) for each in found]}, text, as_json)


@webhook.command("remove")
@click.argument("webhook_id")
@data_option
@organisation_option
@json_option
@plainly
def webhook_remove(webhook_id: str, folder: Path, organisation: str | None, as_json: bool) -> None:
    """Remove an address with what waits for it and its log."""
    webhooks, asker = _webhooks(folder, organisation)
    webhooks.remove(asker, webhook_id)
    say({"id": webhook_id, "removed": True}, f"{webhook_id} is removed", as_json)


@webhook.command("test")
@click.argument("webhook_id")
@data_option
@organisation_option
@json_option
@plainly
def webhook_test(webhook_id: str, folder: Path, organisation: str | None, as_json: bool) -> None:
    """Have a test sent there by the running server; its log says how it went."""
    webhooks, asker = _webhooks(folder, organisation)
    number = webhooks.test(asker, webhook_id)
    said = f"number {number} is due; a running server sends it and logs how it went"
    say({"id": webhook_id, "number": number}, said, as_json)


def _webhooks(folder: Path, organisation: str | None) -> tuple[Webhooks, Asker]:
    installation = opened(folder)
    named = Administration(installation.store, installation.settings, organisation).organisation
    rules = rules_of(installation.settings)
    secret = installation.keys.sign_in_secret
    return Webhooks(installation.store, secret, rules), operator(named.id)


def _fields(found: Endpoint) -> dict[str, object]:
    return {
        "id": found.id.hex(),
        "url": found.url,
        "kinds": sorted(found.kinds),
        "paused": found.paused_why,
        "failures": found.failures,
    }


def _line(found: Endpoint) -> str:
    state = f"paused ({found.paused_why})" if found.paused_why else f"{found.failures} failures"
    return f"{found.id.hex()} {found.url}: {state}; {', '.join(sorted(found.kinds))}"
