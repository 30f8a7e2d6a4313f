"""What a device says that it can observe, as it is stored and in words."""

import msgspec

from server.language import N_, _
from wire.codes import Ability, Observable
from wire.messages import Observes

_WORDS = {
    Observable.KEYBOARD: N_("keys"),
    Observable.POINTER: N_("the pointer"),
    Observable.FOCUS: N_("which window is in front"),
    Observable.CLIPBOARD: N_("copied text's length"),
    Observable.ACCESSIBILITY_TEXT: N_("text that appears in fields"),
    Observable.EXTENSION: N_("pages, by a browser extension"),
    Observable.SCREENSHOTS: N_("screenshots"),
    Observable.TITLES: N_("window titles"),
}
_SENTENCES = {
    Ability.YES: N_("This device can observe: %(what)s."),
    Ability.NO: N_("It cannot observe: %(what)s."),
    Ability.UNKNOWN: N_("Not known: %(what)s."),
}


def as_stored(observes: Observes) -> bytes | None:
    """The known codes of what was said, as JSON; None: nothing was."""
    said = {int(what): int(ability) for what, ability in observes}
    known = [
        (int(what), ability)
        for what in Observable
        if (ability := said.get(what)) in frozenset(Ability)
    ]
    return msgspec.json.encode(known) if known else None


def observed(stored: bytes | None) -> dict[Observable, Ability]:
    """What a device said of each source; nothing if it did not say."""
    if stored is None:
        return {}
    pairs = msgspec.json.decode(stored, type=list[tuple[int, int]])
    return {Observable(what): Ability(can) for what, can in pairs}


def observed_in_words(stored: bytes | None) -> tuple[str, ...]:
    """What a device can observe, in sentences; none if it did not say."""
    said, found = observed(stored), []
    for ability, sentence in _SENTENCES.items():
        words = [_(_WORDS[what]) for what, can in said.items() if can is ability]
        if words:
            found.append(_(sentence, what=", ".join(words)))
    return tuple(found)
