"""What issue 4 aims for, beside what was measured: nothing here is measured by hand."""

from dataclasses import dataclass
from typing import Any

Figures = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Target:
    """One figure to reach.

    Attributes:
        task: what is done.
        reach: the target in words.
        path: where the figure stands in the result.
        limit: the number to reach.
        at_least: whether more is better.
    """

    task: str
    reach: str
    path: tuple[str, ...]
    limit: float
    at_least: bool = True


_KM = ("tables", "killourhy_maxion.parquet")
_IIITD = ("tables", "iiitd_bu.parquet")
_KLICKE = ("tables", "klicke.parquet", "by_label", "composed", "without_paste_over_20")
_EFFECTS = ("alignment", "effects_seen")
_KEYS_ONLY = ("alignment", "keys_only")
_SPLICE = ("splices", "inserted_200", "iou_at_least_0.9")

TARGETS = (
    Target(
        "Crossley aggregates, grouped by text",
        "TPR 0.97 at 1 % FPR",
        ("tables", "crossley_features.parquet", "all_columns", "tpr_at_fpr_1"),
        0.97,
    ),
    Target(
        "Killourhy-Maxion, no enrolment, sessions",
        "AUC 0.96",
        (*_KM, "against_genuine", "transcribed", "auc"),
        0.96,
    ),
    Target(
        "Killourhy-Maxion, no enrolment, 500-key windows",
        "AUC 0.96",
        (*_KM, "windows_500", "transcribed", "auc"),
        0.96,
    ),
    Target(
        "Killourhy-Maxion, genuine flagged at the shipped threshold",
        "at most 1 of 16",
        (*_KM, "by_label", "composed", "flagged"),
        1 / 16,
        at_least=False,
    ),
    Target(
        "Killourhy-Maxion, one free and one copied session enrolled, 500-key windows",
        "AUC 0.99",
        (*_KM, "with_enrolment", "windows_500", "auc"),
        0.99,
    ),
    Target(
        "IIITD-BU, nothing of it seen",
        "AUC 0.75",
        (*_IIITD, "against_genuine", "assisted", "auc"),
        0.75,
    ),
    Target(
        "IIITD-BU, cross-validated within it",
        "AUC 0.90",
        (*_IIITD, "cross_validated_within", "assisted", "auc"),
        0.90,
    ),
    Target(
        "KLiCKe writers never seen, no paste over 20 characters: flagged",
        "at most 1 %",
        (*_KLICKE, "flagged"),
        0.01,
        at_least=False,
    ),
    Target(
        "the same: abstained",
        "at most 10 %",
        (*_KLICKE, "abstained"),
        0.10,
        at_least=False,
    ),
    Target(
        "worst auto-typer family left out of training",
        "APCER 5 % at BPCER 1 %",
        ("attacks_leave_one_family_out", "worst_auto_typer"),
        0.05,
        at_least=False,
    ),
    Target(
        "worst attack family of any sort left out of training",
        "APCER 5 % at BPCER 1 %",
        ("attacks_leave_one_family_out", "worst"),
        0.05,
        at_least=False,
    ),
    Target(
        "200-character splice of another writer, located at IoU 0.9 or more",
        "95 % of cases",
        (*_EFFECTS, *_SPLICE),
        0.95,
    ),
    Target(
        "a writer's own text explained, median",
        "99 %",
        (*_EFFECTS, "explained_median"),
        0.99,
    ),
    Target(
        "the splice where only keys were seen (X11)",
        "95 % of cases",
        (*_KEYS_ONLY, *_SPLICE),
        0.95,
    ),
    Target(
        "own text explained where only keys were seen, median",
        "99 %",
        (*_KEYS_ONLY, "explained_median"),
        0.99,
    ),
    Target(
        "CoAuthor, activity masked: accepted suggestions over 20 characters located",
        "99 %",
        ("tables", "coauthor.parquet", "accepted_suggestions_over_20_located"),
        0.99,
    ),
    Target(
        "replay on another text, found by the signature",
        "99 %",
        ("replays", "found", "replay"),
        0.99,
    ),
    Target(
        "block replay on another text, found by the signature",
        "99 %",
        ("replays", "found", "block_replay"),
        0.99,
    ),
    Target(
        "a replayed stretch of 200 keys inside another's session, found by the signature",
        "99 %",
        ("replays", "found", "stretch"),
        0.99,
    ),
    Target(
        "false matches in 1,000 searches of a million sessions, expected",
        "under 1",
        ("replays", "false_matches", "expected_in_1000_searches_of_a_million"),
        1.0,
        at_least=False,
    ),
    Target(
        "8-hour session (100,000 events), columns to assessment",
        "under 25 ms",
        ("speed", "session_of_100,000_events_ms"),
        25.0,
        at_least=False,
    ),
    Target(
        "1,000 sessions of 20,000 events, one core",
        "under 6 s",
        ("speed", "1,000_sessions_of_20,000_events_s"),
        6.0,
        at_least=False,
    ),
)


def targets(result: Figures) -> list[Figures]:
    """Return each target with what ``result`` measured; ``met`` is null where nothing was."""
    return [_judged(target, _at(result, target.path)) for target in TARGETS]


def _at(result: Figures, path: tuple[str, ...]) -> Any:
    found: Any = result
    for name in path:
        if not isinstance(found, dict) or name not in found:
            return None
        found = found[name]
    return found


def _judged(target: Target, found: Any) -> Figures:
    interval = [found.get("low"), found.get("high")] if isinstance(found, dict) else None
    measured = found.get("value") if isinstance(found, dict) else found
    met = None
    if measured is not None:
        met = measured >= target.limit if target.at_least else measured <= target.limit
    return {
        "task": target.task,
        "to_reach": target.reach,
        "measured": measured,
        "interval": interval,
        "met": met,
    }
