"""Webhooks, notices and mail addresses, as another organisation would ask for them."""

from collections.abc import Callable, Mapping
from typing import Protocol

from server.records import Happened
from server.records.announcements import Announcement
from server.records.notices import NewNotice, Told
from server.storage.protocols import OrganisationStore

_ENDPOINT, _TOKEN, _LONG_US = b"e" * 16, b"t" * 32, 1 << 60
_KINDS = frozenset(Happened)


class Named(Protocol):
    """What can be named of the first organisation."""

    @property
    def person(self) -> bytes:
        """A person."""


def furnish(own: OrganisationStore, person: bytes) -> None:
    """Give the first organisation an endpoint, a delivery, a notice and an address."""
    own.add_endpoint(_ENDPOINT, "https://example.com/", _KINDS, b"sealed", 1)
    own.ask_mail_address(person, "first@example.com", 1)
    own.set_mail_token(person, _TOKEN, _LONG_US)
    assert own.tell([_told(each, person) for each in own.untold(10)], 1, by_mail=False)


def _told(announcement: Announcement, person: bytes) -> Told:
    return Told(announcement, [NewNotice(person, announcement.kind, "/")])


_FIRST = Announcement(1, 1, Happened.REVIEW_OPENED, "00")

CASES: Mapping[str, Callable[[OrganisationStore, Named], object]] = {
    "ask_mail_address": lambda s, x: s.ask_mail_address(x.person, "mine@example.com", 1),
    "change_endpoint": lambda s, _: s.change_endpoint(_ENDPOINT, "x", _KINDS, True, 1),
    "confirm_mail_address": lambda s, x: s.confirm_mail_address(x.person, _TOKEN, 1),
    "deliveries": lambda s, _: s.deliveries(_ENDPOINT, None, 10),
    "delivery": lambda s, _: s.delivery(_ENDPOINT, 1),
    "endpoint": lambda s, _: s.endpoint(_ENDPOINT),
    "endpoints": lambda s, _: s.endpoints(0, 10),
    "forget_mail_address": lambda s, x: s.forget_mail_address(x.person),
    "mail_address": lambda s, x: s.mail_address(x.person),
    "note_read": lambda s, x: s.note_read(x.person, 1 << 60, 1),
    "notices": lambda s, x: s.notices(x.person, None, 10),
    "remove_endpoint": lambda s, _: s.remove_endpoint(_ENDPOINT),
    "replay": lambda s, _: s.replay(_ENDPOINT, 1, 100, 1),
    "set_endpoint_secret": lambda s, _: s.set_endpoint_secret(_ENDPOINT, b"mine", 1),
    "set_mail_token": lambda s, x: s.set_mail_token(x.person, b"m" * 32, _LONG_US),
    "tell": lambda s, x: s.tell([_told(_FIRST, x.person)], 1, by_mail=True),
    "test_endpoint": lambda s, _: s.test_endpoint(_ENDPOINT, 1),
    "unread": lambda s, x: s.unread(x.person),
    "untold": lambda s, _: s.untold(10),
}

OWN: Mapping[str, Callable[[OrganisationStore, Named], object]] = {
    "add_endpoint": lambda s, _: s.add_endpoint(b"o" * 16, "x", _KINDS, b"own", 1),
}
