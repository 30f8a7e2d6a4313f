"""A person's own typing sample."""

from server.clock import now_us
from server.operation.keys import ServerKeys
from server.records import Device
from server.services.sealing import SampleSeal
from server.storage.protocols import Store
from wire.baseline import TypingSample
from wire.messages import encode_message


class Samples:
    """Keeps typing samples, sealed."""

    def __init__(self, store: Store, keys: ServerKeys) -> None:
        self._store = store
        self._seal = SampleSeal(keys.sample_secret)

    def put_typing_sample(self, device: Device, sample: TypingSample) -> bool:
        """Store the person's own typing sample; whether there was none before."""
        store = self._store.of(device.organisation)
        sealed = self._seal.seal(device.organisation, device.person, encode_message(sample))
        new = store.put_typing_sample(device.person, sealed, now_us())
        store.audit(f"person:{device.person.hex()}", "typing-sample.stored", device.id.hex())
        return new

    def delete_typing_sample(self, device: Device) -> None:
        """Delete it; there may be none."""
        store = self._store.of(device.organisation)
        if store.delete_typing_sample(device.person):
            store.audit(f"person:{device.person.hex()}", "typing-sample.deleted", device.id.hex())
