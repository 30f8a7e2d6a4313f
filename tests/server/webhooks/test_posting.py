"""One POST: to the address that was judged, bounded, and no failure of the other side raises."""

import asyncio
import datetime
import ssl
from collections.abc import Sequence
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from server.records.webhooks import Failure
from server.webhooks.posting import Poster, Sent
from server.webhooks.targets import TargetRules, networks_of
from tests.server.webhooks.receiver import Receiver

HOME = TargetRules(plain_http=True, networks=networks_of("127.0.0.0/8"))


def sent(poster: Poster, url: str) -> Sent:
    return asyncio.run(poster.post(url, {"X-One": "1"}, b"body"))


def posted(receiver: Receiver, **more: float) -> Sent:
    return sent(Poster(HOME, **more), receiver.url)  # type: ignore[arg-type]


def test_what_is_sent_arrives_as_it_is() -> None:
    with Receiver() as receiver:
        found = posted(receiver)
        (got,) = receiver.received
    assert (found.status, found.error, found.answer) == (200, None, "ok")
    assert got.line == "POST /hook?a=1 HTTP/1.1"
    assert got.fields == {
        "host": f"127.0.0.1:{receiver.port}",
        "x-one": "1",
        "content-length": "4",
        "connection": "close",
    }
    assert got.body == b"body"


ANSWERS = {
    b"HTTP/1.1 500 Oh\r\n\r\n": (500, Failure.STATUS),
    b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/\r\n\r\n": (302, Failure.REDIRECT),
    b"SSH-2.0-OpenSSH_9.2\r\n": (None, Failure.NOT_HTTP),
    b"HTTP/1.1 200 OK\r\nX: " + b"a" * 40_000: (None, Failure.NOT_HTTP),
    b"HTTP/1.1 200": (None, Failure.NOT_HTTP),
    b"": (None, Failure.UNREACHABLE),
}


@pytest.mark.parametrize("answer", ANSWERS)
def test_an_answer_that_is_not_2xx_is_a_failure_of_a_kind(answer: bytes) -> None:
    with Receiver(answer) as receiver:
        found = posted(receiver)
    assert (found.status, found.error) == ANSWERS[answer]
    assert len(receiver.received) == 1, "nothing is followed"


def test_of_the_answer_only_a_little_that_is_safe_is_kept() -> None:
    body = b"\x00<script>\x1b[31m\xff" + b"a" * 1_000_000
    head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body)
    with Receiver(head + body) as receiver:
        found = posted(receiver)
    assert found.error is None
    assert found.answer.startswith("?<script>?[31m?aaa")
    assert len(found.answer) == 200


def test_a_target_that_hangs_costs_the_deadline_and_no_more() -> None:
    with Receiver(hangs=True) as receiver:
        found = posted(receiver, deadline_s=0.1)
    assert (found.status, found.error) == (None, Failure.TIMEOUT)
    assert 100 <= found.duration_ms < 5_000


def test_nobody_listens() -> None:
    receiver = Receiver()
    receiver.close()
    assert posted(receiver).error is Failure.UNREACHABLE


def test_a_name_whose_answer_changes_gains_nothing() -> None:
    """DNS rebinding: the name is asked for once, and the connection goes to what was judged."""
    asked: list[str] = []

    async def changing(host: str, _port: int) -> Sequence[str]:
        asked.append(host)
        return ["127.0.0.2"] if len(asked) == 1 else ["127.0.0.1"]

    rules = TargetRules(plain_http=True, networks=networks_of("127.0.0.2/32"))
    with Receiver() as receiver:
        url = f"http://rebinding.example:{receiver.port}/"
        poster = Poster(rules, resolver=changing)
        first = sent(poster, url)
        assert first.error is Failure.UNREACHABLE, "nobody listens on what was judged"
        assert asked == ["rebinding.example"]
        assert sent(poster, url).error is Failure.REFUSED_ADDRESS
    assert receiver.received == []


def test_the_next_address_is_tried_where_one_is_not_reached() -> None:
    async def two(_host: str, _port: int) -> Sequence[str]:
        return ["127.0.0.2", "127.0.0.1"]

    with Receiver() as receiver:
        url = f"http://two.example:{receiver.port}/"
        assert sent(Poster(HOME, resolver=two), url).error is None
    assert receiver.received[0].fields["host"] == f"two.example:{receiver.port}"


def test_a_name_that_leads_nowhere() -> None:
    async def nowhere(_host: str, _port: int) -> Sequence[str]:
        raise OSError

    assert sent(Poster(HOME, resolver=nowhere), "http://no.example/").error is Failure.UNRESOLVED
    assert sent(Poster(TargetRules()), "http://127.0.0.1/").error is Failure.REFUSED_ADDRESS
    assert sent(Poster(TargetRules()), "https://127.0.0.1/").error is Failure.REFUSED_ADDRESS


def test_no_proxy_of_the_environment_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    with Receiver() as proxy, Receiver() as receiver:
        for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        assert posted(receiver).error is None
        assert proxy.received == []


def certificate(folder: Path, name: str) -> tuple[Path, Path]:
    """A certificate for a name, signed by itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    called = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(called)
        .issuer_name(called)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, SHA256())
    )
    paths = folder / f"{name}.pem", folder / f"{name}.key"
    paths[0].write_bytes(made.public_bytes(Encoding.PEM))
    paths[1].write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return paths


def test_tls_is_for_the_name_though_the_address_was_judged(tmp_path: Path) -> None:
    async def home(_host: str, _port: int) -> Sequence[str]:
        return ["127.0.0.1"]

    chain, key = certificate(tmp_path, "hooks.example")
    theirs = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    theirs.load_cert_chain(chain, key)
    ours = ssl.create_default_context(cafile=str(chain))
    with Receiver(trust=theirs) as receiver:
        good = f"https://hooks.example:{receiver.port}/"
        other = f"https://other.example:{receiver.port}/"
        assert sent(Poster(HOME, ours, home), good).error is None
        assert sent(Poster(HOME, ours, home), other).error is Failure.TLS
        assert sent(Poster(HOME, None, home), good).error is Failure.TLS
    assert [got.fields["host"] for got in receiver.received] == [f"hooks.example:{receiver.port}"]
