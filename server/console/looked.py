"""What a page tells when it is left: for how long each picture was in view."""

from collections.abc import Iterator

from server.console.desk import Form

_LOOKED_MAX = 60
_NUMBER_MAX_CHARS = 18


def looked_pairs(form: Form) -> Iterator[tuple[str, int]]:
    """Digests and milliseconds of a form whose `looked` are `DIGEST:MILLISECONDS`."""
    for each in form.get("looked", [])[:_LOOKED_MAX]:
        digest, _, looked_ms = each.partition(":")
        if looked_ms.isdecimal() and len(looked_ms) <= _NUMBER_MAX_CHARS:
            yield digest, int(looked_ms)
