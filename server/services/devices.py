"""Devices as an organisation sees them: pairing codes, what is enrolled, what is revoked."""

from collections.abc import Sequence

from server.clock import now_us
from server.errors import NotKnown
from server.operation.keys import hash_of_code, new_pairing_code
from server.records import DeviceLine, Person
from server.storage.protocols import OrganisationStore

_MINUTE_US = 60_000_000
_ID_BYTES = 16


class DeviceRegister:
    """The devices of one organisation; `actor` is who is noted in the log."""

    def __init__(self, store: OrganisationStore, actor: str) -> None:
        self._store = store
        self._actor = actor

    def new_code(self, person: Person, lasts_minutes: int) -> str:
        """A pairing code for this person's next device; one that was not used ends with it."""
        code = new_pairing_code()
        expires_us = now_us() + lasts_minutes * _MINUTE_US
        self._store.add_pairing_code(hash_of_code(code), person.id, expires_us)
        self._store.audit(self._actor, "pairing-code.made", person.id.hex())
        return code

    def devices(self, person: Person | None = None) -> Sequence[DeviceLine]:
        """Devices, the newest first; of one person, if one is given."""
        return self._store.devices(person.id if person else None)

    def revoke(self, device_hex: str) -> None:
        """Take nothing from a device any more; raises `NotKnown`."""
        try:
            device = bytes.fromhex(device_hex)
        except ValueError as error:
            raise NotKnown("a device is named by its id; see 'veritype-server device list'") from (
                error
            )
        if len(device) != _ID_BYTES or not self._store.revoke_device(device, now_us()):
            raise NotKnown("there is no such device in use; see 'veritype-server device list'")
        self._store.audit(self._actor, "device.revoked", device.hex())
