"""The client's timesheets, hours, reviews and webhooks against the real server over HTTP."""

import csv
import io
from datetime import UTC, date, datetime, timedelta

import httpx
import msgspec
import pytest
from veritype_client import (
    Changed,
    Conflict,
    Disputed,
    Forbidden,
    HoursLine,
    Invalid,
    NotFound,
    Platform,
    Stretch,
)

from server.records import DAY_US, How, NewReview, ReviewRules, Role, Scope, Verdict
from server.records.timesheets import SheetState
from server.reviews.reviewing import Reviewing
from server.services.asking import person_asking
from tests.server.hours.conftest import Hours
from tests.server.hours.test_storing import HOUR, MONDAY_S, seen
from tests.server.house import House
from tests.server.webhooks.happening import happen
from tests.server.webhooks.test_storage import tell

MONDAY = datetime.fromtimestamp(MONDAY_S, UTC)
FIRST, LAST = date(2025, 12, 1), date(2025, 12, 31)
REASON = "At minute four 900 characters appear at once, from an assistant's window."
URL = "https://8.8.8.8/hook"


@pytest.fixture
def client(shared: House, platform: httpx.Client) -> Platform:
    return Platform(str(platform.base_url), shared.platform_key, tries=2)


@pytest.fixture(scope="module")
def hours(shared: House) -> Hours:
    """Of one submitted week."""
    made = Hours(shared)
    made.add([seen(0, 2 * HOUR)])
    made.move(SheetState.SUBMITTED)
    return made


def test_a_week_is_disputed_approved_corrected_and_locked(hours: Hours, client: Platform) -> None:
    person = hours.house.trainer.id.hex()
    (listed,) = client.timesheets(week="2025-W49", state="submitted", person=person)
    assert list(client.timesheets(state="locked")) == []
    week = client.timesheet(listed.id)
    assert week.timesheet == listed
    assert (listed.person.id, listed.totals.payable_s) == (person, 2 * HOUR)
    (line,) = week.hours
    doubted = Disputed(line.session, MONDAY, MONDAY + timedelta(minutes=30))
    disputed = client.dispute_timesheet(listed.id, "Which task?", [doubted], seen=week.etag)
    assert (disputed.timesheet.totals.held_s, disputed.timesheet.reason) == (
        HOUR // 2,
        "Which task?",
    )
    with pytest.raises(Changed):
        client.approve_timesheet(listed.id, seen=week.etag)
    with pytest.raises(ValueError, match="fetch it"):
        client.approve_timesheet(listed.id, seen=disputed.etag)
    now = client.timesheet(listed.id)
    approved = client.approve_timesheet(listed.id, seen=now.etag).timesheet
    assert (approved.state, approved.totals.held_s) == ("approved", 0)
    with pytest.raises(Conflict):
        client.approve_timesheet(listed.id)
    hours.add([seen(0, 3 * HOUR)])
    (offered,) = client.timesheet(listed.id).corrections
    assert (offered.state, offered.takes_away) == ("offered", False)
    assert sum(each.totals.payable_s for each in offered.differences) == HOUR
    with pytest.raises(Changed):
        client.accept_correction(listed.id, offered.number, seen=week.etag)
    accepted = client.accept_correction(listed.id, offered.number)
    assert accepted.timesheet.totals.payable_s == 3 * HOUR
    assert accepted.corrections[0].state == "accepted"
    hours.add([seen(8 * HOUR, HOUR)])
    number = client.timesheet(listed.id).corrections[-1].number
    declined = client.decline_correction(listed.id, number, "No task was open.").corrections[-1]
    assert (declined.state, declined.reason) == ("declined", "No task was open.")
    assert client.lock_timesheet(listed.id).timesheet.state == "locked"


def test_hours_are_the_same_as_values_and_in_both_files(
    hours: Hours, client: Platform, platform: httpx.Client
) -> None:
    lines = list(client.hours(FIRST, LAST))
    assert sum(each.payable_s for each in lines) == hours.sheet().seconds.payable_s
    assert lines == list(client.hours(FIRST, LAST, person=hours.house.trainer.id.hex()))
    assert list(client.hours(FIRST, LAST, person=hours.house.other.id.hex())) == []
    found = b"".join(client.export_hours(FIRST, LAST, "json"))
    assert msgspec.json.decode(found, type=dict[str, list[HoursLine]]) == {"hours": lines}
    text = b"".join(client.export_hours(FIRST, LAST)).decode()
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["session"] for row in rows] == [each.session for each in lines]
    with pytest.raises(Invalid):
        next(client.export_hours(LAST, FIRST))
    key = hours.house.administration.add_platform_key("reads", {Scope.TIMESHEETS_READ})
    reading = Platform(str(platform.base_url), key)
    with pytest.raises(Forbidden, match="exports:read"):
        next(reading.export_hours(FIRST, LAST))
    with pytest.raises(Forbidden, match="timesheets:write"):
        reading.lock_timesheet(hours.sheet().id.hex())


def test_reviews_are_read_from_the_flag_to_the_decision(hours: Hours, client: Platform) -> None:
    house, store = hours.house, hours.house.installation.store
    session = hours.add([seen(8 * HOUR, HOUR)], house.other).session_row
    flag = NewReview(How.FLAG, 1.0, 0.97, 60.0, ReviewRules(7 * DAY_US, 14 * DAY_US))
    house.own.open_review(session, flag, 0)
    (opened,) = client.reviews()
    assert (opened.how, opened.stage, opened.decision) == ("flag", "reviewer", None)
    second = house.own.add_person("Second", Role.AUDITOR, None, None)
    for person in (house.auditor, second):
        reviewer, reviewing = person_asking(store, person), Reviewing(store)
        assert reviewing.take(reviewer, 5) == bytes.fromhex(opened.id)
        spans = ((1_000_000, 2_500_000),)
        reviewing.commit(reviewer, opened.id, Verdict.REJECT_PAY, spans, REASON, 5)
    found = client.review(opened.id)
    assert found.decision is not None
    assert (found.decision.verdict, found.decision.by_silence) == ("reject-the-pay", False)
    assert found.decision.stretches == [Stretch(1.0, 2.5)]
    assert found.session == opened.session
    first, last = date(1970, 1, 1), date(1970, 1, 2)
    text = b"".join(client.export_decisions(first, last)).decode()
    (row,) = csv.DictReader(io.StringIO(text))
    assert (row["review"], row["session"], row["how"]) == (found.id, found.session, "flag")
    assert (row["verdict"], row["stretches"]) == ("reject-the-pay", "1.0-2.5")
    assert (row["by_silence"], row["appealed"]) == ("False", "False")
    assert second.id.hex() not in text
    assert REASON not in text
    document = b"".join(client.export_decisions(first, last, "json"))
    (told,) = msgspec.json.decode(document)["decisions"]
    assert {name: str(value) for name, value in told.items()} == row
    none = b"".join(client.export_decisions(last, last, "json"))
    assert msgspec.json.decode(none) == {"decisions": []}
    with pytest.raises(Invalid):
        next(client.export_decisions(last, first))
    assert "decisions.exported" in {line.action for line in house.own.audit_lines(0, 100)}
    with pytest.raises(NotFound):
        client.review("0" * 32)


def test_an_endpoint_is_added_changed_tested_replayed_and_removed(
    hours: Hours, client: Platform
) -> None:
    made = client.add_webhook(URL, {"session.scored"}, key="the-same")
    assert client.add_webhook(URL, {"session.scored"}, key="the-same") == made
    assert made.secret not in repr(made)
    (found,) = client.webhooks()
    assert (found.id, found.url, found.kinds) == (made.id, URL, ["session.scored"])
    fetched = client.webhook(made.id)
    assert msgspec.structs.replace(fetched, etag="") == found
    both = ["hold.lapsed", "session.scored"]
    changed = client.change_webhook(made.id, paused=True, kinds=both, seen=fetched.etag)
    assert (changed.paused_because, len(changed.kinds), changed.url) == ("asked", 2, URL)
    with pytest.raises(Changed):
        client.change_webhook(made.id, paused=False, seen=fetched.etag)
    assert client.change_webhook(made.id, paused=False).paused_at is None
    other = client.replace_webhook_secret(made.id)
    assert other.secret != made.secret
    assert other.previous_valid_until
    happen(hours.house, 2)
    tell(hours.house)
    number = client.test_webhook(made.id)
    log = list(client.deliveries(made.id))
    assert (log[0].number, log[0].kind, log[0].attempts) == (number, "webhook.test", [])
    assert client.delivery(made.id, log[1].number) == log[1]
    assert (log[1].kind, log[1].state, log[1].subject) == ("session.scored", "waiting", "ab" * 16)
    assert client.replay_webhook(made.id, log[2].number, log[1].number) == 2
    client.remove_webhook(made.id)
    with pytest.raises(NotFound):
        client.remove_webhook(made.id)
    with pytest.raises(Invalid):
        client.add_webhook("https://127.0.0.1/", ["session.scored"])
