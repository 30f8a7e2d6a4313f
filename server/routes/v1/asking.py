"""Who asks `/v1`, and by which scopes."""

from collections.abc import Callable
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer, SecurityScopes

from server.http.idempotency import check_key
from server.http.requests import authorization_of
from server.records import SCOPE_MEANS, Scope
from server.services.asking import Asker, platform_asking
from server.signin.tokens import Tokens

_BEARER = HTTPBearer(
    scheme_name="platformKey",
    description="A key of `veritype-server key add`. Scopes:\n\n"
    + "\n".join(f"- `{scope.value}`: {means}" for scope, means in SCOPE_MEANS.items())
    + "\n\nA call without the scope that it needs is answered 403 with that scope's name.",
    auto_error=False,
)


AskerOf = Callable[..., Asker]
"""A dependency: `Annotated[Asker, Security(asker_of, scopes=[Scope.….value])]`."""


def asker_by(tokens: Tokens) -> AskerOf:
    """Who asks by a platform key; refused without each scope that the route names."""

    def asker_of(
        request: Request,
        needs: SecurityScopes,
        _documented: Annotated[HTTPAuthorizationCredentials | None, Depends(_BEARER)],
    ) -> Asker:
        asker = platform_asking(tokens.platform(authorization_of(request)))
        for scope in needs.scopes:
            asker.need(Scope(scope))
        if request.method == "POST":
            check_key(request.headers)
        return asker

    return asker_of
