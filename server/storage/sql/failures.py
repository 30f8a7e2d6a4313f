"""A database that does not answer is one error, whichever database it is."""

from sqlalchemy import Engine, PoolProxiedConnection, QueuePool, event, exc
from sqlalchemy.engine import ExceptionContext

from server.errors import StorageAway

_SENTENCE = "the database does not answer; try again later"


class PatientPool(QueuePool):
    """A pool whose last connection in use is waited for, and then given up on."""

    def connect(self) -> PoolProxiedConnection:
        """A connection; raises `StorageAway`."""
        try:
            return super().connect()
        except exc.TimeoutError as error:
            raise StorageAway(_SENTENCE) from error


def tell_when_away(engine: Engine) -> None:
    """Raise `StorageAway` where the database cannot be asked; what it refuses stays as it is."""
    event.listen(engine, "handle_error", _as_away)


def _as_away(context: ExceptionContext) -> BaseException | None:
    away = isinstance(context.sqlalchemy_exception, exc.OperationalError | exc.InterfaceError)
    return StorageAway(_SENTENCE) if away and not context.is_pre_ping else None
