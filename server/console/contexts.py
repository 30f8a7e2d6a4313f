"""What each page may show: typed, so that a template cannot reach further."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise

from server.console.reasons import read_aloud
from server.console.text_contexts import TextRow, text_rows
from server.console.wording import (
    ADDED_BECAUSE,
    BAND_MEANS,
    BAND_TITLES,
    CLASSES_DELETED_ON,
    JUDGED_AGAIN_BECAUSE,
    LOSS_TITLES,
    STATE_TITLES,
    device_lines,
    policy_lines,
    reason_title,
)
from server.language import N_, _, moment, ngettext, number
from server.records import SessionState, StoredAssessment
from server.scoring.assessments import Assessed
from server.scoring.facts import SessionFacts
from server.services.asking import Asker
from server.services.observing import observed_in_words
from server.services.review import Review, SessionView
from server.submissions.seen import Told, told_of

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
    submissions: tuple[Told, ...]
    """What a platform was answered about texts of this session."""
    texts: tuple[TextRow, ...]
    """The texts that were submitted in it."""
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
    assessed = read_aloud(review.assessment(asker, session)) if scored else None
    return SessionPage(
        row=_row(view),
        assessed=assessed,
        band_means=_(BAND_MEANS[view.line.band]) if view.line.band in BAND_MEANS else "",
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
        submissions=told_of(review.submissions(asker, session)) if scored else (),
        texts=text_rows(assessed.texts) if assessed else (),
        redacted=_redacted(review.redacted_us(asker, session)) if scored else None,
    )


def _redacted(redacted_us: int | None) -> str | None:
    if redacted_us is None:
        return None
    return _(CLASSES_DELETED_ON, time=moment(redacted_us))


def _earlier(made: Sequence[StoredAssessment]) -> tuple[str, ...]:
    """Each assessment but the current one, and why another took its place."""
    return tuple(
        _(
            "Published %(time)s: %(band)s. Judged again %(later)s: %(why)s.",
            time=moment(one.created_us),
            band=_(BAND_TITLES[one.band]),
            later=moment(following.created_us),
            why=_(JUDGED_AGAIN_BECAUSE[following.why]),
        )
        for one, following in pairwise(made)
    )


def _row(view: SessionView) -> SessionRow:
    line = view.line
    started = datetime.fromtimestamp(line.opened_us / 1_000_000, UTC)
    return SessionRow(
        id=line.id.hex(),
        person=line.person_name,
        project=line.project_name,
        started=moment(line.opened_us),
        started_iso=started.isoformat(timespec="seconds"),
        hours=_hours(view.facts.worked_s) if view.facts else "",
        state=_(STATE_TITLES[line.state]),
        band=line.band or line.state.value,
        band_title=_(BAND_TITLES.get(line.band or "", STATE_TITLES[line.state])),
        reason=reason_title(line.main_reason) if line.main_reason else "",
    )


def _facts(view: SessionView) -> tuple[tuple[str, str], ...]:
    if view.facts is None:
        return ()
    return (
        *time_lines(view.facts),
        (_("Agent"), view.line.agent_version),
        (_("Policy"), _policy(view)),
    )


def time_lines(facts: SessionFacts) -> tuple[tuple[str, str], ...]:
    """Hours and what they rest on, without whose they are or when."""
    return (
        (_("Worked"), _hours(facts.worked_s)),
        (_("Paused"), _hours(facts.paused_s)),
        (_("Without input or locked"), _hours(facts.idle_s)),
        *(((_("Added by hand, not observed"), _hours(facts.manual_s)),) if facts.manual_s else ()),
        (_("From clock-in to clock-out"), _hours(facts.duration_s)),
        (_("Batches received"), number(facts.batches)),
        (_("Sealed before an answer came"), number(facts.unanchored_batches)),
    )


def _clock_off(off_s: float) -> tuple[str, ...]:
    if abs(off_s) <= _AHEAD_SHOWN_S:
        return ()
    if off_s > 0:
        text = N_(
            "The device's clock of day was %(time)s ahead of the server's; no hour is counted by it"
        )
    else:
        text = N_(
            "The device's clock of day was %(time)s behind the server's; no hour is counted by it"
        )
    return (_(text, time=_hours(abs(off_s))),)


def _policy(view: SessionView) -> str:
    version, accepted = view.line.policy_version, view.line.consent_version
    if accepted in (None, version):
        return _("version %(version)s", version=version)
    return _(
        "version %(version)s; accepted as version %(accepted)s, which covers it",
        version=version,
        accepted=accepted,
    )


def loss_lines(facts: SessionFacts) -> tuple[str, ...]:
    """What was not recorded, in sentences."""
    said = []
    if facts.ahead_of_server_s > _AHEAD_SHOWN_S:
        ahead = _hours(facts.ahead_of_server_s)
        said.append(_("The device's clock ran %(time)s ahead of the server's", time=ahead))
    said += _clock_off(facts.clock_off_s)
    said += [
        _(
            "%(why)s: %(start)s to %(end)s",
            why=_lost(s.why if s.why == "quarantined" else "gap"),
            start=clock(s.start_ms),
            end=clock(s.end_ms),
        )
        for s in facts.lost_stretches
    ]
    said += [
        ngettext(
            "%(num)s event lost: %(why)s", "%(num)s events lost: %(why)s", count, why=_lost(reason)
        )
        for reason, count in facts.lost_events.items()
    ]
    return tuple(said)


def added_lines(facts: SessionFacts) -> tuple[str, ...]:
    """Time added by hand, in sentences."""
    return tuple(
        _(
            "%(time)s from %(start)s: %(why)s",
            time=_hours(each.length_s),
            start=_since(each.start_ms),
            why=_(ADDED_BECAUSE[each.reason]),
        )
        for each in facts.added
    )


def _lost(reason: str) -> str:
    return _(LOSS_TITLES[reason]) if reason in LOSS_TITLES else reason.replace("_", " ")


def _since(at_ms: int) -> str:
    return _("%(time)s before clock-in", time=clock(-at_ms)) if at_ms < 0 else clock(at_ms)


def _hours(seconds: float) -> str:
    whole = round(seconds)
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    if hours:
        return _("%(hours)s h %(minutes)02d min", hours=hours, minutes=minutes)
    return _("%(minutes)s min %(seconds)02d s", minutes=minutes, seconds=rest)


def clock(at_ms: int) -> str:
    """A time since clock-in as h:mm:ss."""
    seconds = abs(at_ms) // 1000
    sign = "-" if at_ms < 0 else ""
    return f"{sign}{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
