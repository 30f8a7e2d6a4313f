"""Where webhooks may be sent: which addresses, and under which form.

A name is resolved once, every address that it leads to is judged, and the connection is made to an
address that was judged: a name whose answer changes afterwards gains nothing.
"""

import asyncio
import ipaddress
import re
import socket
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from urllib.parse import urlsplit

from server.errors import ServerError
from server.language import N_

URL_MAX_CHARS = 500
_PRINTABLE = re.compile(r"[!-~]+")
_PORTS = {"https": 443, "http": 80}
UNPRIVILEGED_FROM = 1024
"""Ports below are those of mail, shells and databases of old: none of them takes webhooks."""
Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""From a name and a port to addresses; raises `OSError`."""
Resolved = Callable[[str, int], Sequence[str]]

_NEVER: Sequence[Network] = tuple(
    ipaddress.ip_network(each)
    for each in (
        "168.63.129.16/32",  # Azure's metadata, a global address
        "192.0.0.0/24",  # IETF; Oracle's metadata
        "fec0::/10",  # site-local, RFC 3879
        "::/96",  # IPv4-compatible, RFC 4291
        "::ffff:0:0/96",  # IPv4-mapped
        "64:ff9b::/96",  # NAT64, RFC 6052
        "64:ff9b:1::/48",  # NAT64, RFC 8215
        "2001::/32",  # Teredo
        "2002::/16",  # 6to4
    )
)
"""Not to be reached, whatever their registry says: in the IPv6 ones lies an IPv4 address."""


class TargetRefused(ServerError):  # noqa: N818 - the house's word
    """Nothing is sent there; the text says why and repeats nothing."""


@dataclass(frozen=True, slots=True)
class Target:
    """An address of the web in its parts."""

    tls: bool
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """What stands in `Host`."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        usual = _PORTS["https" if self.tls else "http"]
        return host if self.port == usual else f"{host}:{self.port}"


@dataclass(frozen=True, slots=True)
class TargetRules:
    """What the settings allow beyond https to public addresses."""

    plain_http: bool = False
    networks: Sequence[Network] = ()

    def target(self, url: str) -> Target:
        """The parts of an address.

        Raises:
            TargetRefused: it is not of a form that webhooks are sent to.
        """
        if len(url) > URL_MAX_CHARS or not _PRINTABLE.fullmatch(url) or "\\" in url:
            raise TargetRefused(N_("that is not an address of the web"))
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as error:
            raise TargetRefused(N_("that is not an address of the web")) from error
        if parts.scheme not in _PORTS or not parts.hostname:
            raise TargetRefused(N_("an address that begins with https:// is expected"))
        if parts.scheme == "http" and not self.plain_http:
            raise TargetRefused(N_("only https:// is allowed here"))
        if "@" in parts.netloc:
            raise TargetRefused(N_("an address with a name or a password in it is not taken"))
        if parts.fragment or "#" in url:
            raise TargetRefused(N_("an address with a fragment (#) is not taken"))
        usual = _PORTS[parts.scheme]
        port = usual if port is None else port
        if port != usual and port < UNPRIVILEGED_FROM:
            said = N_("only port %(usual)s and ports from %(from_port)s up are taken")
            raise TargetRefused(said, usual=usual, from_port=UNPRIVILEGED_FROM)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        return Target(parts.scheme == "https", parts.hostname, port, path)

    def judge(self, addresses: Sequence[str]) -> Sequence[str]:
        """The addresses to connect to, the same ones.

        Raises:
            TargetRefused: there is none, or one of them is not allowed.
        """
        if not addresses or not all(self._allows(address) for address in addresses):
            raise TargetRefused(N_("its name leads to an address that nothing is sent to"))
        return addresses

    def _allows(self, address: str) -> bool:
        found = ipaddress.ip_address(address.partition("%")[0])
        if any(found.version == each.version and found in each for each in self.networks):
            return True
        public = found.is_global and not found.is_multicast and not found.is_reserved
        return public and not any(found.version == n.version and found in n for n in _NEVER)


async def resolve(host: str, port: int) -> Sequence[str]:
    """Ask the system's resolver; a written address is itself."""
    try:
        return [str(ipaddress.ip_address(host))]
    except ValueError:
        pass
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


def addresses_of(host: str, port: int) -> Sequence[str]:
    """The same, for whoever may wait; none if the name leads nowhere now."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    return list(dict.fromkeys(str(each[4][0]) for each in found))


def networks_of(text: str) -> Sequence[Network]:
    """Networks as the settings list them; raises `ValueError`."""
    return tuple(ipaddress.ip_network(each.strip()) for each in text.split(",") if each.strip())
