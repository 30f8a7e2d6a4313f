"""Keys and devices in the console: made, shown once, revoked, and seen by whom they concern."""

import re

import httpx

from server import records
from server.records import AuditSearch
from tests.server.browser import Browser, first_of
from tests.server.device import Device
from tests.server.house import House
from tests.server.kinds import NewDevice
from tests.server.storages import ON_SQLITE

pytestmark = ON_SQLITE
_KEY = r'data-testid="key">([^<]+)<'


def actions(house: House) -> list[str]:
    return [line.action for line in house.own.audit_search(AuditSearch(), None, 20)]


def test_a_key_is_shown_once_works_and_is_refused_once_revoked(
    house: House, admin: Browser, client: httpx.Client
) -> None:
    form = {"name": " my platform ", "scope": ["sessions:read", "people:read"]}
    page = admin.submit("/keys", form, "/keys")
    key = first_of(_KEY, page.text)
    headers = {"authorization": f"Bearer {key}"}
    assert client.get("/v1/sessions", headers=headers).status_code == 200
    assert client.get("/v1/projects", headers=headers).status_code == 403
    again = admin.get("/keys").text
    assert "my platform" in again
    assert key not in again
    made = next(each for each in house.own.platform_keys() if each.name == "my platform")
    assert admin.submit(f"/keys/{made.row}/revoke", {}, "/keys").headers["location"] == "/keys"
    assert client.get("/v1/sessions", headers=headers).status_code == 401
    twice = admin.submit(f"/keys/{made.row}/revoke", {}, "/keys")
    assert (twice.status_code, "revoked before" in twice.text) == (400, True)
    assert admin.submit("/keys/0/revoke", {}, "/keys").status_code == 404
    assert actions(house)[:2] == ["key.revoked", "key.added"]


def test_what_was_typed_for_a_key_is_kept_with_what_to_do(admin: Browser) -> None:
    nothing = admin.submit("/keys", {"name": "mine"}, "/keys")
    assert (nothing.status_code, "choose what it may do" in nothing.text) == (400, True)
    assert 'value="mine"' in nothing.text
    taken = admin.submit("/keys", {"name": "tests", "scope": "people:read"}, "/keys")
    assert (taken.status_code, "already" in taken.text) == (400, True)
    assert re.search(r'value="people:read" checked', taken.text)
    assert admin.submit("/keys", {"name": "x", "scope": "all"}, "/keys").status_code == 404


def test_devices_are_listed_paired_and_revoked(
    house: House, admin: Browser, new_device: NewDevice, client: httpx.Client
) -> None:
    device = new_device()
    listed = admin.get("/devices").text
    assert "test" in listed
    page = admin.submit("/devices/pairing", {"person": house.other.id.hex()}, "/devices")
    other = Device(client)
    other.enrol(first_of(r'data-testid="code">([^<]+)<', page.text))
    assert house.other.name in admin.get("/devices", params={"person": house.other.id.hex()}).text
    assert admin.get("/devices", params={"person": "0" * 32}).status_code == 404
    (mine,) = house.own.devices(house.trainer.id)
    assert admin.submit(f"/devices/{mine.id.hex()}/revoke", {}, "/devices").status_code == 303
    assert device.online.get("/agent/v1/projects", headers=device.auth).status_code == 401
    for wrong in (mine.id.hex(), "0" * 32, "x"):
        assert admin.submit(f"/devices/{wrong}/revoke", {}, "/devices").status_code == 404
    assert actions(house)[0] == "device.revoked"


def test_leads_see_devices_of_their_people_and_change_none(
    house: House, lead: Browser, new_device: NewDevice
) -> None:
    new_device()
    new_device(house.other)
    page = lead.get("/devices").text
    assert page.count("<summary>") == 1
    assert "Make a pairing code" not in page
    (theirs,) = house.own.devices(house.trainer.id)
    assert lead.submit(f"/devices/{theirs.id.hex()}/revoke", {}, "/people").status_code == 404
    form = {"person": house.trainer.id.hex()}
    assert lead.submit("/devices/pairing", form, "/people").status_code == 404
    assert lead.get("/devices", params={"person": house.other.id.hex()}).status_code == 404
    for path in ("/keys", "/webhooks", "/audit"):
        assert lead.get(path).status_code == 404
    assert house.own.devices(house.trainer.id)[0].revoked_us is None


def test_devices_come_by_pages(house: House, admin: Browser) -> None:
    for number in range(51):
        name, code = number.to_bytes(16, "big"), number.to_bytes(32, "big")
        house.own.add_pairing_code(code, house.trainer.id, 2)
        assert house.installation.store.enrol(code, device_of(name), 1) is not None
    first = admin.get("/devices").text
    more = first_of(r'href="/devices(\?after=[0-9a-f]+)"', first)
    assert admin.get(f"/devices{more}").text.count("<summary>") == 1


def device_of(name: bytes) -> records.NewDevice:
    return records.NewDevice(name, name * 2, name * 2, "p", "0.1.0")
