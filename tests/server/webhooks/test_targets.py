"""Where webhooks may be sent: every private corner of the internet is refused."""

import pytest

from server.webhooks.targets import TargetRefused, TargetRules, addresses_of, networks_of

RULES = TargetRules()
REFUSED = (
    "0.0.0.0",  # noqa: S104 - to be refused
    "10.0.0.1",
    "100.64.0.1",
    "100.100.100.200",
    "127.0.0.1",
    "127.8.8.8",
    "168.63.129.16",
    "169.254.169.254",
    "172.31.255.255",
    "192.0.0.192",
    "192.168.1.1",
    "198.18.0.1",
    "203.0.113.9",
    "224.0.0.1",
    "233.252.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:8.8.8.8",
    "64:ff9b::7f00:1",
    "64:ff9b:1::1",
    "2001:0:1::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
)


@pytest.mark.parametrize("address", REFUSED)
def test_an_address_that_is_not_public_is_refused(address: str) -> None:
    with pytest.raises(TargetRefused):
        RULES.judge([address])
    with pytest.raises(TargetRefused):
        RULES.judge(["8.8.8.8", address])


def test_public_addresses_are_taken_and_nothing_is_not() -> None:
    assert RULES.judge(["8.8.8.8", "2606:4700::1"]) == ["8.8.8.8", "2606:4700::1"]
    with pytest.raises(TargetRefused):
        RULES.judge([])


def test_a_network_of_the_settings_is_allowed_and_no_other() -> None:
    rules = TargetRules(networks=networks_of("10.1.0.0/16, fd00::/8,"))
    assert rules.judge(["10.1.2.3", "fd00::1"])
    for address in ("10.2.0.1", "::ffff:10.1.2.3", "127.0.0.1"):
        with pytest.raises(TargetRefused):
            rules.judge([address])


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/",
        "ftp://example.com/",
        "https://",
        "https:///path",
        "//example.com",
        "https://user:password@example.com/",
        "https://@example.com/",
        "https://example.com/#part",
        "https://example.com/a b",
        "https://example.com/\r\nX: y",
        "https://example.com\\@127.0.0.1/",
        "https://exämple.com/",
        "https://[::1/",
        "https://example.com:99999/",
        "https://example.com/" + "a" * 500,
    ],
)
def test_a_form_that_is_not_sent_to_is_refused(url: str) -> None:
    with pytest.raises(TargetRefused):
        RULES.target(url)


@pytest.mark.parametrize("port", [0, 22, 25, 80, 444, 1023])
def test_a_port_of_another_service_is_refused_and_the_text_says_which_are_not(port: int) -> None:
    with pytest.raises(TargetRefused, match="port 443 and ports from 1024 up"):
        RULES.target(f"https://example.com:{port}/")


@pytest.mark.parametrize("port", [443, 1024, 8443, 65535])
def test_the_usual_port_and_those_from_1024_up_are_taken(port: int) -> None:
    assert RULES.target(f"https://example.com:{port}/").port == port


def test_port_80_is_taken_where_the_settings_allow_plain_http() -> None:
    assert TargetRules(plain_http=True).target("http://example.com:80/").port == 80


def test_the_parts_of_an_address() -> None:
    target = RULES.target("https://Example.com:8443/a?b=c")
    assert (target.tls, target.host, target.port, target.path) == (
        True,
        "example.com",
        8443,
        "/a?b=c",
    )
    assert target.authority == "example.com:8443"
    assert RULES.target("https://[2606:4700::1]").authority == "[2606:4700::1]"
    plain = TargetRules(plain_http=True).target("http://example.com?x")
    assert (plain.port, plain.path, plain.authority) == (80, "/?x", "example.com")


def test_ways_to_write_loopback_lead_there() -> None:
    """The system's resolver understands them; the address that comes out is what is judged."""
    for host in ("127.1", "0x7f.1", "2130706433", "localhost"):
        with pytest.raises(TargetRefused):
            RULES.judge(addresses_of(host, 443))
    assert addresses_of("a" * 300, 443) == []
