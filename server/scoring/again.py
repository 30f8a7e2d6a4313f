"""Having scored sessions scored again, behind everything else. Old assessments stay."""

from server.clock import now_us
from server.errors import NotKnown
from server.records import SessionState, Why
from server.storage.protocols import OrganisationStore

_PAGE = 500
"""Sessions of one transaction, so that nobody waits long for the disk."""
_ID_HEX = 32


def score_again(store: OrganisationStore, session_hex: str) -> int:
    """Queue one session; 0 if it waits already.

    Raises:
        NotKnown: there is no such scored session, or its classes of keys were deleted.
    """
    try:
        line = store.line(bytes.fromhex(session_hex)) if len(session_hex) == _ID_HEX else None
    except ValueError:
        line = None
    if line is None or line.state is not SessionState.SCORED:
        raise NotKnown("there is no scored session of that id; ids are 32 hex digits")
    kept = store.compacted(line.row)
    if kept is not None and kept.redacted_us is not None:
        raise NotKnown(
            "its key classes were deleted at their time: it is not scored again and keeps its "
            "assessment"
        )
    return store.rescore([line.row], Why.ASKED, now_us())


def score_all_again(
    store: OrganisationStore, project: str | None, model_version: str | None
) -> int:
    """Queue scored sessions: of a project, or those another model judged; how many will be.

    Raises:
        NotKnown: there is no project of that name.
    """
    found = [each.id for each in store.projects() if project in (None, each.name)]
    if project is not None and not found:
        raise NotKnown("there is no project of that name")
    only = found[0] if project is not None else None
    why = Why.NEWER_MODEL if model_version is not None else Why.ASKED
    queued, after_row = 0, 0
    while rows := store.scored_sessions(after_row, _PAGE, only, model_version):
        queued += store.rescore(rows, why, now_us())
        after_row = rows[-1]
    return queued
