"""Signing in at an organisation's own provider, by OpenID Connect.

Authorization code with PKCE, state and nonce; issuer, audience, expiry, nonce and signature of the
ID token are checked (OpenID Connect Core 1.0, 3.1.3.7). Which person an identity is, and whether
any, is decided in `server.services.identities`.
"""

import json
import secrets
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from server.errors import IdentityRefused, ProviderTrouble, ServerError
from server.language import N_
from server.records import IdentityProvider
from server.services.sealing import ProviderSeal
from server.storage.protocols import Store

_SCOPE = "openid email profile"
_TIMEOUT_S = 5
_ANSWER_MAX_BYTES = 1_000_000
_LEEWAY_S = 60
_SUBJECT_MAX_CHARS = 255
_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "Ed25519")
"""Signatures by a key that the provider alone holds; never 'none', never a shared secret."""
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True)
class Begun:
    """A sign-in that was sent to the provider; the browser's cookie keeps it until it is back."""

    organisation: int
    state: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Identity:
    """Who somebody is, as their provider vouches."""

    organisation: int
    issuer: str
    subject: str
    name: str
    email: str | None
    """In lower case; only if the provider verified it."""


class OpenId:
    """Speaks with providers."""

    def __init__(self, store: Store, secret: bytes) -> None:
        self._store = store
        self._seal = ProviderSeal(secret)

    def ways(self) -> str:
        """Where the sign-in page sends people of organisations with a provider; '': nowhere."""
        if not self._store.identity_providers():
            return ""
        alone = len(self._store.organisations()) == 1
        return "/login/openid" if alone else "/login/organisation"

    def has_provider(self, organisation: int) -> bool:
        """Whether an organisation's people sign in elsewhere."""
        return self._store.of(organisation).identity_provider() is not None

    def provider(self, organisation: str | None) -> IdentityProvider | None:
        """The provider of an organisation by its name, or of the only organisation there is."""
        if organisation is not None:
            return self._store.identity_provider_of(organisation)
        found = self._store.identity_providers()
        return found[0] if len(found) == 1 and len(self._store.organisations()) == 1 else None

    def set_provider(
        self, organisation: int, issuer: str, client_id: str, client_secret: str
    ) -> None:
        """Store a provider after a look at what it publishes; raises `ServerError`."""
        if not (_is_safe(issuer) and client_id and client_secret):
            raise ServerError(
                N_("an issuer is an https:// address, and needs client id and secret")
            )
        _discover(issuer)
        sealed = self._seal.seal(organisation, b"", client_secret.encode())
        store = self._store.of(organisation)
        store.set_identity_provider(issuer, client_id, sealed)
        store.audit("operator", "identity-provider.set", issuer[:200])

    def begin(self, provider: IdentityProvider, redirect: str) -> tuple[str, Begun]:
        """Where to send the browser, and what to keep; raises `ProviderTrouble`."""
        published = _discover(provider.issuer)
        begun = Begun(
            provider.organisation, *(secrets.token_urlsafe(length) for length in (24, 24, 48))
        )
        address, _ = self._session(provider, published, redirect).create_authorization_url(
            published["authorization_endpoint"],
            state=begun.state,
            code_verifier=begun.verifier,
            nonce=begun.nonce,
        )
        return str(address), begun

    def finish(
        self, provider: IdentityProvider, begun: Begun, code: str, redirect: str
    ) -> Identity:
        """Who it is; raises `ProviderTrouble` and `IdentityRefused`."""
        published = _discover(provider.issuer)
        session = self._session(provider, published, redirect)
        try:
            token = session.fetch_token(
                published["token_endpoint"],
                code=code,
                code_verifier=begun.verifier,
                grant_type="authorization_code",
                timeout=_TIMEOUT_S,
                allow_redirects=False,
            )
        except AuthlibBaseError as error:
            raise IdentityRefused(N_("your organisation's sign-in did not accept that")) from error
        except (requests.RequestException, ValueError) as error:
            raise _no_answer() from error
        return _identity(provider, begun, token.get("id_token"), _fetch(published["jwks_uri"]))

    def _session(
        self, provider: IdentityProvider, published: dict[str, Any], redirect: str
    ) -> OAuth2Session:
        secret = self._seal.open(provider.organisation, b"", provider.sealed_secret)
        if secret is None:
            raise ProviderTrouble(N_("the provider's secret cannot be opened; set it again"))
        methods = published.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        basic = "client_secret_basic" in methods
        return OAuth2Session(
            provider.client_id,
            secret.decode(),
            token_endpoint_auth_method="client_secret_basic" if basic else "client_secret_post",
            scope=_SCOPE,
            redirect_uri=redirect,
            code_challenge_method="S256",
        )


def _identity(
    provider: IdentityProvider, begun: Begun, id_token: object, keys: dict[str, Any]
) -> Identity:
    """The identity in an ID token that holds."""
    checks = jwt.JWTClaimsRegistry(
        leeway=_LEEWAY_S,
        iss={"essential": True, "value": provider.issuer},
        aud={"essential": True, "value": provider.client_id},
        nonce={"essential": True, "value": begun.nonce},
        exp={"essential": True},
        sub={"essential": True},
    )
    try:
        found = jwt.decode(str(id_token), KeySet.import_key_set(_public(keys)), [*_ALGORITHMS])
        checks.validate(found.claims)
    except (JoseError, ValueError, KeyError, TypeError) as error:
        raise IdentityRefused(N_("what your organisation's sign-in said does not hold")) from error
    claims = found.claims
    subject, party = claims["sub"], claims.get("azp", provider.client_id)
    if not isinstance(subject, str) or not 0 < len(subject) <= _SUBJECT_MAX_CHARS:
        raise IdentityRefused(N_("what your organisation's sign-in said does not hold"))
    if party != provider.client_id:
        raise IdentityRefused(N_("what your organisation's sign-in said is for another service"))
    email = claims.get("email") if claims.get("email_verified") is True else None
    known = email.lower() if isinstance(email, str) and "@" in email else None
    name = claims.get("name")
    said = name if isinstance(name, str) and name.strip() else known or subject
    if not all(_is_kept(each) for each in (subject, said, known or "")):
        raise IdentityRefused(N_("what your organisation's sign-in said does not hold"))
    return Identity(provider.organisation, provider.issuer, subject, said, known)


def _is_kept(text: str) -> bool:
    """PostgreSQL keeps no NUL, and nobody half a surrogate pair."""
    return "\0" not in text and not any("\ud800" <= each <= "\udfff" for each in text)


def _discover(issuer: str) -> dict[str, Any]:
    published = _fetch(issuer.rstrip("/") + "/.well-known/openid-configuration")
    needed = ("authorization_endpoint", "token_endpoint", "jwks_uri")
    addresses = [published.get(name) for name in needed]
    if published.get("issuer") != issuer or not all(_is_safe(each) for each in addresses):
        raise ProviderTrouble(N_("what your organisation's sign-in publishes does not hold"))
    return published


def _fetch(address: str) -> dict[str, Any]:
    """A JSON object, small, soon, and from nowhere else."""
    try:
        with requests.get(
            address, timeout=_TIMEOUT_S, allow_redirects=False, stream=True
        ) as answer:
            if answer.status_code != 200:
                raise _no_answer()
            body = answer.raw.read(_ANSWER_MAX_BYTES + 1, decode_content=True)
        found = json.loads(body) if len(body) <= _ANSWER_MAX_BYTES else None
    except (requests.RequestException, ValueError, OSError) as error:
        raise _no_answer() from error
    if not isinstance(found, dict):
        raise _no_answer()
    return found


def _public(keys: dict[str, Any]) -> Any:
    """Keys that verify signatures; a shared secret among them would let anybody sign."""
    usable = [key for key in keys["keys"] if key.get("kty") in ("RSA", "EC", "OKP")]
    return {"keys": [key for key in usable if key.get("use", "sig") == "sig"]}


def _is_safe(address: object) -> bool:
    parts = urlsplit(address) if isinstance(address, str) else None
    if parts is None or not parts.hostname:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)


def _no_answer() -> ProviderTrouble:
    return ProviderTrouble(N_("your organisation's sign-in does not answer; try again later"))
