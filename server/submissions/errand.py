"""Submissions that are due: their sessions were scored, people decided, or they waited too long."""

import logging

from server.errors import NotKnown
from server.storage.protocols import Store
from server.submissions.answering import Answering

_log = logging.getLogger(__name__)


class AnswerSubmissions:
    """Answers what is due, one at a time; any number may do so."""

    def __init__(self, store: Store, answering: Answering) -> None:
        self._store = store
        self._answering = answering

    def do_next(self, now_us: int) -> bool:
        """Look at one submission; whether one was due."""
        due = self._store.claim_submission(now_us)
        if due is None:
            return False
        submission = self._store.of(due.organisation).submission(due.id)
        if submission is None:
            return True
        try:
            self._answering.bring_up_to_date(due.organisation, submission, now_us)
        except NotKnown as error:
            _log.warning("a submission cannot be answered", extra={"why": str(error)})
            self._store.of(due.organisation).submission_looked_at(submission.row, None)
        return True
