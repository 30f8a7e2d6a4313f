"""Servers that hold a connection open, or are not who they say they are."""

import datetime as dt
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from agent.shipping.transport import Transport

READ_S = 1.0
DRIP_S = 0.2
"""A byte comes long before the time for a read is over, so that each single read is in time."""
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 60\r\n\r\n"


@contextmanager
def dripping(at_once: bytes, drops: bytes) -> Iterator[str]:
    """A server that sends a byte at a time after what it sends at once."""
    listener = socket.create_server(("127.0.0.1", 0))
    ending = threading.Event()

    def serve() -> None:
        peer, _ = listener.accept()
        with peer, suppress(OSError):
            peer.recv(65_536)
            peer.sendall(at_once)
            for drop in drops:
                if ending.wait(DRIP_S):
                    return
                peer.sendall(bytes((drop,)))

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    ending.set()
    thread.join(2)
    listener.close()


@pytest.mark.parametrize("at_once", [0, 20, len(HEAD)])
def test_an_answer_of_a_byte_at_a_time_ends_with_the_time_for_reading(at_once: int) -> None:
    whole = HEAD + bytes(60)
    with dripping(whole[:at_once], whole[at_once:]) as url:
        transport = Transport(url, connect_s=READ_S, read_s=READ_S)
        began_s = time.monotonic()
        answer = transport.get("/")
        took_s = time.monotonic() - began_s
        transport.close()
    assert answer.failure == "The server took the request and did not answer in time."
    assert took_s < READ_S + 3.0


@contextmanager
def tls_server(certificate: Path, key: Path) -> Iterator[int]:
    """A TLS server that would answer anything with 200."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        peer, _ = listener.accept()
        with suppress(OSError), context.wrap_socket(peer, server_side=True) as secure:
            secure.recv(65_536)
            secure.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield listener.getsockname()[1]
    thread.join(5)
    listener.close()


def self_signed(folder: Path) -> tuple[Path, Path]:
    """A certificate for this machine that no authority signed, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(key, hashes.SHA256())
    )
    files = folder / "certificate.pem", folder / "key.pem"
    files[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return files


def test_a_server_whose_certificate_nobody_signed_gets_nothing(tmp_path: Path) -> None:
    with tls_server(*self_signed(tmp_path)) as port:
        transport = Transport(f"https://127.0.0.1:{port}", token="secret", read_s=READ_S)
        answer = transport.post("/agent/v1/batches", b"batch")
        transport.close()
    assert answer.failure == "The server's certificate could not be verified."
    assert not answer.ok
