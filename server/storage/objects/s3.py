"""Objects in an S3-compatible store: `<prefix>/<organisation>/<first two hex digits>/<digest>`."""

import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import obstore
from obstore.exceptions import (
    BaseError,
    NotFoundError,
    PermissionDeniedError,
    UnauthenticatedError,
)
from obstore.store import S3Store

if TYPE_CHECKING:
    from obstore import ObjectMeta
    from obstore.store import S3Config

from server.errors import ConfigInvalid, PictureMissing, StorageAway

_CONNECT = timedelta(seconds=5)
_ANSWER = timedelta(seconds=15)
_TRIES_FOR = timedelta(seconds=20)
_RETRIES = 2
_PAGE = 1_000
_PROBE = "veritype-check"
_FRESH_US = 12 * 3_600_000_000


@dataclass(frozen=True, slots=True)
class S3Address:
    """Where the bucket is, and who asks. Its repr shows no secret.

    Attributes:
        address: `s3://bucket` or `s3://bucket/prefix`.
        endpoint: `https://host`; empty: Amazon's, for the region.
        region: The region; empty: the environment's, or the first one.
        key_id: The access key; empty: credentials as AWS programs find them.
        secret: The secret key.
        path_style: The bucket in the path, not in the host's name.
    """

    address: str
    endpoint: str = ""
    region: str = ""
    key_id: str = ""
    secret: str = field(default="", repr=False)
    path_style: bool = True


class S3Objects:
    """See `server.storage.protocols.objects.ObjectStore`."""

    def __init__(self, address: S3Address) -> None:
        """Connects when first asked.

        Raises:
            ConfigInvalid: the address is none.
        """
        self._store = _open(address)

    def put(self, organisation: int, digest: bytes, data: bytes) -> None:
        """Answered when the store has the bytes; repeating it repairs what was cut short."""
        path = _path(organisation, digest)
        with _answering():
            if not self._is_fresh(path, len(data)):
                obstore.put(self._store, path, data, use_multipart=False)

    def get(self, organisation: int, digest: bytes) -> bytes:
        """Read an object."""
        try:
            with _answering():
                return bytes(obstore.get(self._store, _path(organisation, digest)).bytes())
        except (NotFoundError, FileNotFoundError) as error:
            raise PictureMissing(f"object {digest.hex()} is not in the store") from error

    def has(self, organisation: int, digest: bytes) -> bool:
        """Whether the bytes are there."""
        with _answering():
            return self._head(_path(organisation, digest)) is not None

    def digests(self, organisation: int, before_us: int | None = None) -> Iterator[bytes]:
        """Every object of an organisation."""
        with _answering():
            for page in obstore.list(self._store, f"{organisation}/", chunk_size=_PAGE):
                for found in page:
                    if before_us is not None and _written_us(found) >= before_us:
                        continue
                    yield bytes.fromhex(found["path"].rsplit("/", 1)[1])

    def delete(self, organisation: int, digests: Iterable[bytes]) -> None:
        """Delete objects for good, where the bucket keeps no versions."""
        paths = [_path(organisation, digest) for digest in digests]
        if paths:
            with _answering():
                obstore.delete(self._store, paths)

    def check(self) -> Sequence[str]:
        """What is wrong with the store: writes, reads and deletes a few bytes."""
        try:
            with _answering():
                obstore.put(self._store, _PROBE, b"check", use_multipart=False)
                read = bytes(obstore.get(self._store, _PROBE).bytes())
                obstore.delete(self._store, [_PROBE])
        except (NotFoundError, FileNotFoundError):
            return ["objects: there is no such bucket"]
        except StorageAway as error:
            return [f"objects: {error}"]
        return [] if read == b"check" else ["objects: the store does not give back what it took"]

    def _is_fresh(self, path: str, size: int) -> bool:
        """Whether it is there as a whole, and nobody would take it for a stray: else it is put."""
        found = self._head(path)
        if found is None or found["size"] != size:
            return False
        return time.time_ns() // 1_000 - _written_us(found) < _FRESH_US

    def _head(self, path: str) -> "ObjectMeta | None":
        try:
            return obstore.head(self._store, path)
        except (NotFoundError, FileNotFoundError):
            return None


def _written_us(found: "ObjectMeta") -> int:
    return int(found["last_modified"].timestamp() * 1_000_000)


def _path(organisation: int, digest: bytes) -> str:
    name = digest.hex()
    return f"{organisation}/{name[:2]}/{name}"


@contextmanager
def _answering() -> Iterator[None]:
    """Tell that the store is away; without the cause, which quotes addresses and headers."""
    try:
        yield
    except (NotFoundError, FileNotFoundError):
        raise
    except (PermissionDeniedError, UnauthenticatedError):
        raise StorageAway("the object store refuses the credentials") from None
    except (BaseError, OSError):
        raise StorageAway("the object store does not answer; try again later") from None


def _open(address: S3Address) -> S3Store:
    parts = urlsplit(address.address)
    if parts.scheme != "s3" or not parts.hostname or "@" in parts.netloc or parts.query:
        raise ConfigInvalid("settings: objects is not an s3://bucket/prefix address")
    return S3Store(
        parts.netloc,
        prefix=parts.path.strip("/") or None,
        config=_config(address),
        client_options={
            "allow_http": address.endpoint.startswith("http://"),
            "connect_timeout": _CONNECT,
            "timeout": _ANSWER,
        },
        retry_config={"max_retries": _RETRIES, "retry_timeout": _TRIES_FOR},
    )


def _config(address: S3Address) -> "S3Config":
    """What was set; the rest is looked for as AWS programs do: environment, profile, machine."""
    config: S3Config = {"virtual_hosted_style_request": not address.path_style}
    if address.endpoint:
        config["endpoint"] = address.endpoint
    if address.region:
        config["region"] = address.region
    if address.key_id:
        config["access_key_id"] = address.key_id
    if address.secret:
        config["secret_access_key"] = address.secret
    return config
