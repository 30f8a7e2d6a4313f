"""The log searched by who, what and when; downloads with the right rights."""

from server.clock import now_us
from server.privacy.asked_exports import AskedExports
from server.privacy.auditing import sign_head
from server.records import AuditSearch
from server.records.hours import Kind
from tests.server.browser import Browser
from tests.server.hours.conftest import Hours
from tests.server.house import House
from tests.server.plans import reading
from tests.server.privacy.test_audit_chain import unlock
from tests.server.storages import ON_BOTH, ON_SQLITE

DAY_US = 86_400_000_000


@ON_BOTH
def test_lines_are_found_by_person_action_and_period(house: House, storage: str) -> None:
    own, who = house.own, f"person:{house.other.id.hex()}"
    own.audit(who, "policy.changed", "a")
    own.audit(who, "key.added", "b")
    own.audit("operator", "key.added", "c")
    unlock(house, storage)
    house.change("UPDATE audit_log SET at_us = :at WHERE subject = 'a'", at=5 * DAY_US)
    house.change("UPDATE audit_log SET at_us = :at WHERE subject IN ('b', 'c')", at=6 * DAY_US)

    def found(**asked: object) -> str:
        lines = own.audit_search(AuditSearch(**asked), None, 9)  # type: ignore[arg-type]
        return "".join(line.subject for line in lines if line.subject in "abc")

    assert found(actor=who) == "ba"
    assert found(action="key.added", from_us=5 * DAY_US) == "cb"
    assert found(from_us=5 * DAY_US, to_us=6 * DAY_US) == "a"
    assert found(from_us=6 * DAY_US, to_us=6 * DAY_US + 1) == "cb"
    assert found(actor=who, from_us=5 * DAY_US + 1) == "b"
    assert found(to_us=5 * DAY_US) == ""
    assert found(from_us=1 << 60) == ""


@ON_SQLITE
def test_a_search_reads_the_log_by_an_index(house: House) -> None:
    asked = (
        AuditSearch(actor="x"),
        AuditSearch(action="x"),
        AuditSearch(about=bytes(16)),
        AuditSearch(from_us=1, to_us=2),
        AuditSearch(actor="x", action="y", from_us=1, to_us=2),
    )
    own = house.own
    for search in asked:
        with reading(house) as reads:
            own.audit_search(search, None, 200)
        assert reads.scanned() == set(), search
        assert reads.walked() == set(), search


@ON_SQLITE
def test_the_page_says_what_was_found_and_whether_the_chain_holds(
    house: House, admin: Browser, storage: str
) -> None:
    installation = house.installation
    house.own.audit("operator", "control.share", "0.5")
    sign_head(
        installation.store,
        installation.store.first_organisation(),
        installation.keys.signing,
        now_us(),
    )
    page = admin.get("/audit", params={"actor": "operator", "action": "control.share"}).text
    assert "0.5" in page
    assert "lines follow from each other" in page
    assert "1 signed end" in page
    assert "No such line" in admin.get("/audit", params={"action": "nothing.such"}).text
    assert "No such line" in admin.get("/audit", params={"to": "2020-01-01"}).text
    wrong = admin.get("/audit", params={"from": "yesterday"})
    assert (wrong.status_code, "Write days like" in wrong.text) == (400, True)
    unlock(house, storage)
    house.change("UPDATE audit_log SET subject = '0.6' WHERE subject = '0.5'")
    assert "was changed" in admin.get("/audit").text


@ON_SQLITE
def test_hours_are_downloaded_by_whom_they_concern(
    house: House, admin: Browser, lead: Browser
) -> None:
    hours = Hours(house)
    hours.add([(1_600_000_000, 1_600_003_600, Kind.OBSERVED)])
    hours.add([(1_600_000_000, 1_600_003_600, Kind.OBSERVED)], house.other)
    days = {"from": "2020-01-01", "to": "2020-12-31", "format": "csv"}
    for path in ("/exports/hours", "/exports/decisions"):
        answer = admin.get(path, params=days)
        assert answer.headers["content-type"].startswith("text/csv")
        assert "attachment" in answer.headers["content-disposition"]
    every = admin.get("/exports/hours", params=days | {"format": "json"}).json()["hours"]
    assert {line["person"] for line in every} == {house.trainer.id.hex(), house.other.id.hex()}
    team = lead.get("/exports/hours", params=days | {"format": "json"}).json()["hours"]
    assert [line["person"] for line in team] == [house.trainer.id.hex()]
    weeks = lead.get("/hours").text
    assert "Ada" in weeks, "a lead finds the weeks of a team"
    assert house.other.name not in weeks
    mine = lead.get("/hours", params={"person": house.trainer.id.hex(), "state": "open"}).text
    assert mine.count("<tr>") == weeks.count("<tr>")
    for narrowed in ({"state": "locked"}, {"person": house.other.id.hex()}):
        assert "No such week" in lead.get("/hours", params=narrowed).text
    assert lead.get("/hours", params={"state": "x"}).status_code == 404
    assert lead.get("/hours", params={"person": "x"}).status_code == 404
    assert lead.get("/exports/decisions", params=days).status_code == 404
    page = lead.get("/exports").text
    assert "Download hours" in page
    assert "Download decisions" not in page
    late = admin.get("/exports/hours", params={"from": "2026-02-01", "to": "2026-01-01"})
    assert (late.status_code, 'value="2026-02-01"' in late.text) == (400, True)
    none = admin.get("/exports/hours", params={"from": "x", "to": ""})
    assert (none.status_code, "Write both days" in none.text) == (400, True)


@ON_SQLITE
def test_a_copy_about_somebody_is_made_and_its_person_reads_who_took_it(
    house: House, admin: Browser, lead: Browser
) -> None:
    about = house.trainer.id.hex()
    assert lead.submit("/exports/people", {"person": about}, "/people").status_code == 404
    assert admin.get(f"/exports/people/{about}").status_code == 404
    admin.submit("/exports/people", {"person": about}, "/exports")
    admin.submit("/exports/people", {"person": about}, "/exports")
    assert "being made" in admin.get("/exports").text
    installation = house.installation
    errand = AskedExports(installation.store, installation.objects, installation.keys)
    assert errand.do_next(now_us())
    assert f"/exports/people/{about}" in admin.get("/exports").text
    assert admin.get(f"/exports/people/{about}").content[:2] == b"PK"
    assert lead.get(f"/exports/people/{about}").status_code == 404
    theirs = house.own.audit_search(AuditSearch(about=house.trainer.id), None, 9)
    assert [line.action for line in theirs][:3] == ["export.taken", "export.made", "export.asked"]
    assert sum(line.action == "export.asked" for line in theirs) == 1
