"""Everybody who may call the server with a token, or tries to."""

from dataclasses import dataclass

import httpx

from server.operation.keys import hash_of, hash_of_code, new_pairing_code, new_token
from server.records import Role, Scope
from tests.server.device import Chain, Device
from tests.server.house import House

FOREIGN = "Foreign Fred"


@dataclass(frozen=True)
class Caller:
    """A token, and what it may open at all."""

    name: str
    token: str | None
    scopes: frozenset[Scope] = frozenset()
    device: bool = False
    foreign: bool = False

    @property
    def headers(self) -> dict[str, str]:
        return {} if self.token is None else {"Authorization": f"Bearer {self.token}"}


@dataclass(frozen=True)
class Callers:
    """All of them, with a session of the first organisation that the others must not see."""

    everybody: tuple[Caller, ...]
    chain: Chain
    secrets: tuple[str, ...]
    """What no other organisation may be told."""


def make_callers(house: House, client: httpx.Client) -> Callers:
    """One caller of each kind, in two organisations."""
    mine = Device(client)
    mine.enrol(house.administration.pair(house.trainer.name))
    chain = mine.clock_in()
    chain.send()
    lost = Device(client)
    lost.enrol(house.administration.pair(house.trainer.name))
    house.administration.revoke_device(lost.enrolled.device.hex())
    gone = Device(client)
    gone.enrol(house.administration.pair(house.other.name))
    house.administration.add_platform_key("revoked")
    revoked = house.administration.add_platform_key("soon revoked")
    house.administration.revoke_platform_key("soon revoked")
    house.own.remove_person(house.other.id, 1)
    scoped = [
        Caller(
            scope.value,
            house.administration.add_platform_key(f"for {scope.value}", {scope}),
            frozenset({scope}),
        )
        for scope in Scope
    ]
    store = house.installation.store
    other = store.of(store.add_organisation("Other", 1))
    stranger = other.add_person(FOREIGN, Role.TRAINER, None, None)
    code, key = new_pairing_code(), new_token("vtp")
    other.add_pairing_code(hash_of_code(code), stranger.id, 1 << 60)
    other.add_platform_key("theirs", hash_of(key), frozenset(Scope), 1)
    theirs = Device(client)
    theirs.enrol(code)
    everybody = (
        Caller("nobody", None),
        Caller("an unknown token", "vtd_unknown"),
        Caller("a revoked key", revoked),
        *scoped,
        Caller("a key for everything", house.platform_key, frozenset(Scope)),
        Caller("another organisation's key", key, frozenset(Scope), foreign=True),
        Caller("a revoked device", lost.enrolled.token),
        Caller("a device", mine.enrolled.token, device=True),
        Caller("a device of somebody removed", gone.enrolled.token, device=True),
        Caller("another organisation's device", theirs.enrolled.token, device=True, foreign=True),
    )
    secrets = (house.trainer.id.hex(), "Ada ", "Otto Auditor", chain.session.hex())
    return Callers(everybody, chain, secrets)
