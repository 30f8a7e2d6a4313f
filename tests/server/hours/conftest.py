"""A person with sessions whose hours are counted, without an agent or a detector."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from server.records import EVERYBODY, Job, NewDevice, NewSession, Person, Why
from server.records.hours import Stretch
from server.records.timesheets import HoursLine, Move, SheetState, Timesheet
from tests.server.house import House

ANY_DAY = (1, 3_000_000)


@dataclass
class Hours:
    """Puts sessions in, and asks what they came to."""

    house: House
    devices: dict[bytes, bytes] = field(default_factory=dict)
    added: int = 0

    def add(
        self, stretches: Sequence[Stretch], person: Person | None = None, policy: int = 1
    ) -> Job:
        """A session that says this of its person's time; its job is not ended."""
        whose = person or self.house.trainer
        device = self.devices.get(whose.id) or self._device(whose)
        self.added += 1
        session = self.added.to_bytes(16, "big")
        project = self.house.own.projects()[0].id
        opened_us = (stretches[0][0] if stretches else 0) * 1_000_000
        new = NewSession(session, whose.id, device, project, policy, "0.1.0", opened_us)
        entry = self.house.own.add_session(new)
        assert entry is not None
        self.house.change(
            "INSERT INTO scoring_jobs (session, organisation, due_us, worker, claimed_until_us,"
            " attempts, done, claims) VALUES (:session, 1, 0, 'w', 0, 1, :done, 1)",
            session=entry.row,
            done=False,
        )
        job = Job(1, entry.row, 1, "w", 1, 0, Why.CLOSED)
        assert self.house.own.put_hours(job, stretches, 1)
        return job

    def _device(self, person: Person) -> bytes:
        number = self.added + 1
        code, device = bytes([number]) * 32, bytes([number]) * 16
        self.house.own.add_pairing_code(code, person.id, 2)
        new = NewDevice(device, code, code, "p", "0.1.0")
        assert self.house.installation.store.enrol(code, new, 1) is not None
        self.devices[person.id] = device
        return device

    def lines(self) -> Sequence[HoursLine]:
        """Everything that counts."""
        return self.house.own.hours_lines(ANY_DAY, 100)

    def sheet(self) -> Timesheet:
        """The newest timesheet."""
        return self.house.own.timesheets(EVERYBODY, 1)[0]

    def move(self, to: SheetState, now_us: int = 1, **more: object) -> bool:
        """Move the newest timesheet as it is now."""
        move = Move(to, "somebody", **more)  # type: ignore[arg-type]
        return self.house.own.move_timesheet(self.sheet(), move, now_us)


@pytest.fixture
def hours(house: House) -> Hours:
    return Hours(house)
