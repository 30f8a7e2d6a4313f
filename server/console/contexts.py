"""What each page may show: typed, so that a template cannot reach further."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise

from server.console.wording import (
    ADDED_BECAUSE,
    BAND_MEANS,
    BAND_TITLES,
    CLASSES_DELETED,
    JUDGED_AGAIN_BECAUSE,
    LOSS_TITLES,
    STATE_TITLES,
    device_lines,
    policy_lines,
    reason_title,
)
from server.records import SessionState, StoredAssessment
from server.scoring.assessments import Assessed
from server.scoring.facts import SessionFacts
from server.services.asking import Asker
from server.services.observing import observed_in_words
from server.services.review import Review, SessionView
from server.submissions.seen import submission_lines

_AHEAD_SHOWN_S = 60
"""Less is the way of clocks and networks."""


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A session in the list."""

    id: str
    person: str
    project: str
    started: str
    started_iso: str
    hours: str
    state: str
    band: str
    band_title: str
    reason: str


@dataclass(frozen=True, slots=True)
class SessionsPage:
    """The list of sessions."""

    rows: tuple[SessionRow, ...]
    next_href: str | None


@dataclass(frozen=True, slots=True)
class SessionPage:
    """One session. Without an assessment only its state is shown."""

    row: SessionRow
    assessed: Assessed | None
    band_means: str
    facts: tuple[tuple[str, str], ...]
    losses: tuple[str, ...]
    notes: tuple[tuple[str, str], ...]
    """When (from clock-in), and what the trainer wrote."""
    added: tuple[str, ...]
    """Time added by hand, in sentences."""
    device: tuple[str, ...]
    policy: tuple[str, ...]
    earlier: tuple[str, ...]
    """What was published of the session before, in sentences; the first one first."""
    submissions: tuple[str, ...]
    """What a platform was answered about texts of this session, in sentences."""
    redacted: str | None
    """What was deleted of the recording since, in a sentence."""


def sessions_page(views: Sequence[SessionView], next_href: str | None) -> SessionsPage:
    """The context of the list."""
    return SessionsPage(tuple(_row(view) for view in views), next_href)


def session_page(review: Review, asker: Asker, session: str) -> SessionPage:
    """The context of a session's page."""
    view = review.session(asker, session)
    scored = view.line.state is SessionState.SCORED
    policy = review.policy(asker, view.line)
    return SessionPage(
        row=_row(view),
        assessed=review.assessment(asker, session) if scored else None,
        band_means=BAND_MEANS.get(view.line.band or "", ""),
        facts=_facts(view),
        losses=loss_lines(view.facts) if view.facts else (),
        notes=tuple((clock(at), text) for at, text in review.notes(asker, session))
        if scored
        else (),
        added=added_lines(view.facts) if view.facts else (),
        device=(
            *(device_lines(view.facts.device) if view.facts else ()),
            *observed_in_words(view.line.observes),
        ),
        policy=policy_lines(policy) if policy else (),
        earlier=_earlier(review.assessments(asker, session)) if scored else (),
        submissions=submission_lines(review.submissions(asker, session)) if scored else (),
        redacted=_redacted(review.redacted_us(asker, session)) if scored else None,
    )


def _redacted(redacted_us: int | None) -> str | None:
    return None if redacted_us is None else f"On {_day(redacted_us)} {CLASSES_DELETED}"


def _earlier(made: Sequence[StoredAssessment]) -> tuple[str, ...]:
    """Each assessment but the current one, and why another took its place."""
    return tuple(
        f"Published {_day(one.created_us)}: {BAND_TITLES[one.band]}. Judged again "
        f"{_day(following.created_us)}: {JUDGED_AGAIN_BECAUSE[following.why]}."
        for one, following in pairwise(made)
    )


def _day(at_us: int) -> str:
    return f"{datetime.fromtimestamp(at_us / 1_000_000, UTC):%d %b %Y, %H:%M} UTC"


def _row(view: SessionView) -> SessionRow:
    line = view.line
    started = datetime.fromtimestamp(line.opened_us / 1_000_000, UTC)
    return SessionRow(
        id=line.id.hex(),
        person=line.person_name,
        project=line.project_name,
        started=f"{started:%d %b %Y, %H:%M} UTC",
        started_iso=started.isoformat(timespec="seconds"),
        hours=_hours(view.facts.worked_s) if view.facts else "",
        state=STATE_TITLES[line.state],
        band=line.band or line.state.value,
        band_title=BAND_TITLES.get(line.band or "", STATE_TITLES[line.state]),
        reason=reason_title(line.main_reason) if line.main_reason else "",
    )


def _facts(view: SessionView) -> tuple[tuple[str, str], ...]:
    if view.facts is None:
        return ()
    return (
        *time_lines(view.facts),
        ("Agent", view.line.agent_version),
        ("Policy", _policy(view)),
    )


def time_lines(facts: SessionFacts) -> tuple[tuple[str, str], ...]:
    """Hours and what they rest on, without whose they are or when."""
    return (
        ("Worked", _hours(facts.worked_s)),
        ("Paused", _hours(facts.paused_s)),
        ("Without input or locked", _hours(facts.idle_s)),
        *((("Added by hand, not observed", _hours(facts.manual_s)),) if facts.manual_s else ()),
        ("From clock-in to clock-out", _hours(facts.duration_s)),
        ("Batches received", str(facts.batches)),
        ("Sealed before an answer came", str(facts.unanchored_batches)),
    )


def _clock_off(off_s: float) -> tuple[str, ...]:
    if abs(off_s) <= _AHEAD_SHOWN_S:
        return ()
    way = "ahead of" if off_s > 0 else "behind"
    return (
        f"The device's clock of day was {_hours(abs(off_s))} {way} the server's; "
        "no hour is counted by it",
    )


def _policy(view: SessionView) -> str:
    version, accepted = view.line.policy_version, view.line.consent_version
    if accepted in (None, version):
        return f"version {version}"
    return f"version {version}; accepted as version {accepted}, which covers it"


def loss_lines(facts: SessionFacts) -> tuple[str, ...]:
    """What was not recorded, in sentences."""
    ahead = (f"The device's clock ran {_hours(facts.ahead_of_server_s)} ahead of the server's",)
    said = [*(ahead if facts.ahead_of_server_s > _AHEAD_SHOWN_S else ())]
    said += _clock_off(facts.clock_off_s)
    said += [
        f"{LOSS_TITLES['quarantined' if s.why == 'quarantined' else 'gap']}: "
        f"{clock(s.start_ms)} to {clock(s.end_ms)}"
        for s in facts.lost_stretches
    ]
    said += [
        f"{count} events lost: {LOSS_TITLES.get(reason, reason.replace('_', ' '))}"
        for reason, count in facts.lost_events.items()
    ]
    return tuple(said)


def added_lines(facts: SessionFacts) -> tuple[str, ...]:
    """Time added by hand, in sentences."""
    return tuple(
        f"{_hours(each.length_s)} from {_since(each.start_ms)}: {ADDED_BECAUSE[each.reason]}"
        for each in facts.added
    )


def _since(at_ms: int) -> str:
    return f"{clock(-at_ms)} before clock-in" if at_ms < 0 else clock(at_ms)


def _hours(seconds: float) -> str:
    whole = round(seconds)
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min {rest:02} s"


def clock(at_ms: int) -> str:
    """A time since clock-in as h:mm:ss."""
    seconds = abs(at_ms) // 1000
    sign = "-" if at_ms < 0 else ""
    return f"{sign}{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
