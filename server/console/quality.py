"""What the page about the quality of reviews shows."""

from collections.abc import Mapping
from dataclasses import dataclass

from server.language import _, ngettext, number, percent
from server.reviews.quality import Figure, Quality
from server.reviews.work import ReviewerWork, Work


@dataclass(frozen=True, slots=True)
class QualityRow:
    """A figure with its interval and its cases; without them where nothing is estimated."""

    title: str
    value: str
    interval: str = ""
    cases: str = ""


@dataclass(frozen=True, slots=True)
class ReviewerRow:
    """What somebody said of sessions of which it is known how they were made."""

    name: str
    kept: str
    found: str


@dataclass(frozen=True, slots=True)
class WorkRow:
    """How somebody worked lately."""

    name: str
    verdicts: str
    minutes: str
    chosen: str
    zoomed: str
    replayed: str


@dataclass(frozen=True, slots=True)
class ProjectRow:
    """What of a project's reviews was decided lately, and how much of it by silence."""

    name: str
    a_day: str
    decided: str
    silent: str


@dataclass(frozen=True, slots=True)
class QualityPage:
    """How good the reviews are."""

    figures: tuple[QualityRow, ...]
    controls: tuple[ReviewerRow, ...]
    worked: tuple[WorkRow, ...]
    projects: tuple[ProjectRow, ...]


def quality_page(found: Quality, work: Work, names: Mapping[bytes, str]) -> QualityPage:
    """The context of the figures."""
    return QualityPage(
        figures=(
            _share(_("Reviewers who agree"), found.agreement),
            _kappa(_("Cohen's kappa"), found.kappa),
            _share(_("Appeals that changed the decision"), found.overturned),
            _days(_("Time to the decision, median"), found.median_days),
            _days(_("Time to the decision, nine of ten within"), found.ninth_decile_days),
            _share(_("Genuine sessions that are flagged, estimated"), found.false_flags),
            _share(_("Genuine control sessions that are flagged"), found.control_false_flags),
            _share(_("Random checks in which something was found"), found.missed),
        ),
        controls=tuple(
            ReviewerRow(
                names.get(each.reviewer) or _("somebody who left"),
                _of(each.genuine_kept, each.genuine),
                _of(each.others_found, each.others),
            )
            for each in found.controls
        ),
        worked=tuple(_worked(each, names) for each in work.reviewers),
        projects=tuple(
            ProjectRow(
                each.project_name,
                _("no limit") if each.a_day is None else number(each.a_day),
                number(each.decided),
                number(each.unreviewed),
            )
            for each in work.projects
        ),
    )


def _worked(work: ReviewerWork, names: Mapping[bytes, str]) -> WorkRow:
    return WorkRow(
        names.get(work.reviewer) or _("somebody who left"),
        number(work.verdicts),
        "" if work.median_minutes is None else number(work.median_minutes, 1),
        number(work.chosen),
        number(work.zoomed),
        number(work.replayed),
    )


def _of(count: int, all_: int) -> str:
    return _("%(count)s of %(all)s", count=number(count), all=number(all_))


def _share(title: str, found: Figure | None) -> QualityRow:
    if found is None:
        return _nothing(title)
    value, low, high = (percent(each, 1) for each in (found.value, found.low, found.high))
    return QualityRow(title, value, _between(low, high), _cases(found))


def _kappa(title: str, found: Figure | None) -> QualityRow:
    if found is None:
        return _nothing(title)
    value, low, high = (number(each, 2) for each in (found.value, found.low, found.high))
    return QualityRow(title, value, _between(low, high), _cases(found))


def _days(title: str, days: float | None) -> QualityRow:
    if days is None:
        return _nothing(title)
    return QualityRow(title, _("%(days)s days", days=number(days, 1)))


def _nothing(title: str) -> QualityRow:
    return QualityRow(title, _("nothing to go by yet"))


def _between(low: str, high: str) -> str:
    return _("%(low)s to %(high)s", low=low, high=high)


def _cases(found: Figure) -> str:
    return ngettext("%(num)s case", "%(num)s cases", found.cases)
