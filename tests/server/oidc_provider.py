"""A small provider of identities over HTTP: discovery, keys, authorize, token; and bad ones.

Codes work once, PKCE and the client's secret are checked as a real one checks them.
"""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, RSAKey

CLIENT, SECRET = "veritype", "a secret: of + the client"


@dataclass
class Provider:
    """What it does is what its fields say; tests change them."""

    claims: dict[str, Any] = field(default_factory=dict)
    """Over the right ones; None leaves one out."""
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one"}))
    signing: Any = None
    """Another key than the one that is published."""
    algorithm: str = "RS256"
    published: dict[str, Any] = field(default_factory=dict)
    """Over what discovery says."""
    token_status: int = 200
    keys_body: bytes | None = None
    issuer: str = ""
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def discovery(self) -> dict[str, Any]:
        """The document that says where everything is."""
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "id_token_signing_alg_values_supported": ["RS256"],
        } | self.published

    def authorize(self, query: dict[str, str]) -> str:
        """The person said yes: where the browser goes back to."""
        assert query["code_challenge_method"] == "S256"
        assert set(query["scope"].split()) == {"openid", "email", "profile"}
        code = secrets.token_urlsafe(8)
        self.codes[code] = query
        return query["redirect_uri"] + "?" + urlencode({"code": code, "state": query["state"]})

    def token(self, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        """A code for an ID token."""
        if self.token_status != 200:
            return self.token_status, {"error": "server_error"}
        asked = self.codes.pop(form["code"], None)
        verifier = hashlib.sha256(form["code_verifier"].encode()).digest()
        due = base64.urlsafe_b64encode(verifier).rstrip(b"=").decode()
        client = base64.b64decode(authorization.removeprefix("Basic ")).decode()
        if asked is None or asked["code_challenge"] != due or client != f"{CLIENT}:{SECRET}":
            return 400, {"error": "invalid_grant"}
        assert form["redirect_uri"] == asked["redirect_uri"]
        token = self.id_token(asked["nonce"])
        return 200, {"access_token": "a", "token_type": "Bearer", "id_token": token}

    def id_token(self, nonce: str) -> str:
        """Who it is, signed."""
        now = int(time.time())
        right = {
            "iss": self.issuer,
            "aud": CLIENT,
            "sub": "subject-1",
            "nonce": nonce,
            "iat": now,
            "exp": now + 300,
            "email": "new@example.com",
            "email_verified": True,
            "name": "New Person",
        }
        claims = {name: value for name, value in (right | self.claims).items() if value is not None}
        if self.algorithm == "none":
            head = {"alg": "none"}
            parts = (json.dumps(head), json.dumps(claims))
            return ".".join(map(_base64, parts)) + "."
        header = {"alg": self.algorithm, "kid": "one"}
        return jwt.encode(header, claims, self.signing or self.key, algorithms=[self.algorithm])


def shared_secret() -> OctKey:
    """What both sides know signs nothing: HS256 with the client's secret must not hold."""
    return OctKey.import_key(SECRET)


@contextmanager
def providing() -> Iterator[Provider]:
    """The provider on a socket of its own."""
    provider = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            address = urlsplit(self.path)
            provider.asked.append(address.path)
            if address.path == "/.well-known/openid-configuration":
                self.say(200, json.dumps(provider.discovery()).encode())
            elif address.path == "/keys":
                keys = KeySet([provider.key]).as_dict(private=False)
                self.say(200, provider.keys_body or json.dumps(keys).encode())
            else:
                self.say(404, b"{}")

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            status, found = provider.token(form, self.headers.get("authorization", ""))
            self.say(status, json.dumps(found).encode())

        def say(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.issuer = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _base64(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()
