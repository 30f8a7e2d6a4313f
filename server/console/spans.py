"""Stretches of a session as people write them, one a line: `0:04:00 - 0:09:30`."""

import re

from server.language import _
from server.records import Spans

_CLOCK = r"(\d{1,3}):([0-5]?\d):([0-5]?\d)"
_LINE = re.compile(rf"\s*{_CLOCK}\s*(?:-|–|to)\s*{_CLOCK}\s*")
_US = 1_000_000


class NotSpans(ValueError):  # noqa: N818 - a form that is filled in wrongly is no fault of ours
    """A line is no stretch; the text says which."""


def spans_of(text: str) -> Spans:
    """The stretches that a text names, in order; none: the whole session.

    Raises:
        NotSpans: a line is no stretch, or ends before it begins.
    """
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        named = _LINE.fullmatch(line)
        if named is None:
            raise NotSpans(
                _("Line %(line)s is no stretch; write it as 0:04:00 - 0:09:30.", line=number)
            )
        start, end = _seconds(*named.groups()[:3]), _seconds(*named.groups()[3:])
        if end <= start:
            raise NotSpans(_("The stretch in line %(line)s ends before it begins.", line=number))
        found.append((start * _US, end * _US))
    return tuple(sorted(found))


def spans_text(spans: Spans) -> str:
    """Stretches in words."""
    if not spans:
        return _("the whole session")
    return ", ".join(
        _("%(start)s to %(end)s", start=_clock(start), end=_clock(end)) for start, end in spans
    )


def _seconds(hours: str, minutes: str, seconds: str) -> int:
    return int(hours) * 3600 + int(minutes) * 60 + int(seconds)


def _clock(at_us: int) -> str:
    seconds = at_us // _US
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
