"""Where an organisation's people sign in by OpenID Connect."""

from pathlib import Path
from typing import TextIO

import click

from server.cli.options import data_option, json_option, opened, organisation_option, plainly, say
from server.errors import NotKnown
from server.services.administration import Administration
from server.signin.openid import OpenId
from server.storage.protocols import OrganisationStore


@click.group()
def oidc() -> None:
    """Sign-in at an organisation's own provider (OpenID Connect)."""


@oidc.command("set")
@click.argument("issuer")
@data_option
@organisation_option
@json_option
@click.option("--client-id", required=True, help="What the provider calls this server.")
@click.option(
    "--client-secret-file",
    "secret",
    type=click.File(),
    required=True,
    help="A file with the client's secret; - reads standard input.",
)
@plainly
def oidc_set(
    issuer: str,
    folder: Path,
    organisation: str | None,
    as_json: bool,
    client_id: str,
    secret: TextIO,
) -> None:
    """Sign people in at ISSUER too, after a look at what it publishes."""
    installation = opened(folder)
    named = Administration(installation.store, installation.settings, organisation).organisation
    openid = OpenId(installation.store, installation.keys.sign_in_secret)
    openid.set_provider(named.id, issuer, client_id, secret.read().strip())
    callback = (installation.settings.public_url or "") + "/login/openid/callback"
    fields: dict[str, object] = {"issuer": issuer, "client_id": client_id, "callback": callback}
    say(fields, f"{named.name} signs in at {issuer}; register {callback} there", as_json)


@oidc.command("show")
@data_option
@organisation_option
@json_option
@plainly
def oidc_show(folder: Path, organisation: str | None, as_json: bool) -> None:
    """Show the provider, without the secret."""
    found = _own(folder, organisation).identity_provider()
    if found is None:
        raise NotKnown("no provider is set; see 'veritype-server oidc set'")
    fields: dict[str, object] = {"issuer": found.issuer, "client_id": found.client_id}
    say(fields, f"{found.issuer}, as {found.client_id}", as_json)


@oidc.command("remove")
@data_option
@organisation_option
@json_option
@plainly
def oidc_remove(folder: Path, organisation: str | None, as_json: bool) -> None:
    """Forget the provider; people sign in with passwords alone."""
    own = _own(folder, organisation)
    if not own.remove_identity_provider():
        raise NotKnown("no provider is set; see 'veritype-server oidc set'")
    own.audit("operator", "identity-provider.removed", "")
    say({"removed": True}, "the provider is removed", as_json)


def _own(folder: Path, organisation: str | None) -> OrganisationStore:
    installation = opened(folder)
    named = Administration(installation.store, installation.settings, organisation).organisation
    return installation.store.of(named.id)
