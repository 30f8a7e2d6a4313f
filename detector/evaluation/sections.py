"""The report's parts beside the tables; what has no form of its own is shown as it is."""

from collections.abc import Iterator, Mapping
from typing import Any

from detector.evaluation.blocks import Block, Heading, Paragraph, Picture, Table
from detector.evaluation.table_report import compared_table
from detector.evaluation.wording import number, share, title, worded

Figures = dict[str, Any]
SHOWN_APART = ("families", "pooled", "worst", "worst_auto_typer")
MEANINGS = {
    "attacks": "Simulated on writers that the model has not seen, with a person's holds and no "
    "injected flag: timing alone. The families were in training; below they are left out. The "
    "worst comes first.",
    "attacks_leave_one_family_out": "The head for machine typing fitted again without the family. "
    "A tool like none of those simulated may do as well as the worst of these.",
    "mixed_sessions": "One stretch of 600 to 1,200 keys, or one paste of 200 to 800 characters, "
    "put into a genuine session. The overlap of flagged spans and the stretch is intersection "
    "over union in characters, 0 where nothing was flagged.",
    "replays": "Held-out writers' sessions replayed on another text; a stretch is 200 keys inside "
    "another writer's session. Jitter changes every interval by up to so much either way, a clock "
    "rounds the times, a tempo stretches them. Pairs are all pairs of different writers.",
    "promise": "Promises of at most 1 % of genuine sessions flagged, with 95 % confidence, made "
    "from some of the held-out writers and checked on the others; then the binomial law beside "
    "simulated writers.",
    "controls": "Whether the copying heads learnt the act or the corpus: what is learnt from "
    "simulated copying tried on real aggregates and the other way round, how well the two corpora "
    "are told apart within one act (0.5: not at all), and the same with labels shuffled.",
    "alignment": "Held-out writers' keystrokes against their own final texts, and against the "
    "same with 200 characters of another writer put in.",
}


def section_blocks(
    name: str, heading: str, figures: Figures, pictures: Mapping[str, Any]
) -> Iterator[Block]:
    """Yield the part of one section."""
    yield Heading(2, heading)
    if name in MEANINGS:
        yield Paragraph(MEANINGS[name])
    picture = f"{name.replace('_', '-')}.png"
    if picture in pictures:
        yield Picture(picture, f"{heading}: attacks missed at BPCER 1 %, the worst family first.")
    families = figures.get("families") or {}
    ranked = all("apcer_at_bpcer_1" in each for each in families.values())
    if families:
        yield _families(families) if ranked else _broken_down(families)
    if isinstance(figures.get("pooled"), dict):
        yield compared_table(figures["pooled"])
    rest = {k: v for k, v in figures.items() if k not in SHOWN_APART}
    yield from _plain(rest)


def _families(families: Figures) -> Table:
    names = [
        name
        for name in ("apcer_at_bpcer_1", "apcer_at_bpcer_0.1", "apcer_shipped", "auc", "stretches")
        if any(name in figures for figures in families.values())
    ]
    rows = tuple(
        (title(family), *(_cell(name, figures.get(name)) for name in names))
        for family, figures in families.items()
    )
    return Table(("family", *(title(name) for name in names)), rows)


def _broken_down(families: Figures) -> Table:
    """Return a table of families whose figures are broken down further."""
    flat = {name: _flat(each) for name, each in families.items()}
    names = list(dict.fromkeys(name for each in flat.values() for name in each))
    rows = tuple(
        (title(family), *(_cell(name, each.get(name)) for name in names))
        for family, each in flat.items()
    )
    return Table(("family", *(title(name) for name in names)), rows)


def _flat(figures: Figures) -> Figures:
    made: Figures = {}
    for name, value in figures.items():
        inner = isinstance(value, dict) and "value" not in value
        made.update(value if inner else {name: value})
    return made


def _plain(figures: Figures) -> Iterator[Block]:
    """Yield nested figures: estimates and numbers in a table, each deeper level below it."""
    rows, deeper = [], {}
    for name, value in figures.items():
        if isinstance(value, dict) and "value" not in value:
            deeper[name] = value
        elif not isinstance(value, list):
            rows.append((title(name), _cell(name, value)))
    if rows:
        yield Table(("figure", "measured"), tuple(rows))
    tables = {n: v for n, v in deeper.items() if v and all(map(_is_leaf, v.values()))}
    if len(tables) > 1 and len({tuple(v) for v in tables.values()}) == 1:
        names = list(next(iter(tables.values())))
        yield Table(
            ("figure", *map(title, tables)),
            tuple((title(n), *(_cell(n, v[n]) for v in tables.values())) for n in names),
        )
        deeper = {n: v for n, v in deeper.items() if n not in tables}
    for name, value in deeper.items():
        yield Heading(3, title(name))
        yield from _plain(value)


def _is_leaf(value: Any) -> bool:
    return not isinstance(value, list) and (not isinstance(value, dict) or "value" in value)


def _cell(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return worded(name, value)
    if isinstance(value, float):
        plain = any(part in name for part in ("auc", "iou_median", "error", "threshold"))
        apart = plain or name.endswith(("_ms", "_s"))
        return number(value) if apart or not 0 <= value <= 1 else share(value)
    return "–" if value is None else str(value)
