"""The server that a team would write first: `uvicorn bench.server.plain:app`.

FastAPI, SQLAlchemy and SQLite as their tutorials have them: a request's events are validated, each
becomes a row, and the request is one transaction. No token, no chain, no signature: less work than
a real one would have. The database is the file that PLAIN_DATABASE names.
"""

import os
from collections.abc import Iterator
from typing import Annotated, Any

from fastapi import Depends, FastAPI
from pydantic import BaseModel
from sqlalchemy import JSON, BigInteger, create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

engine = create_engine(f"sqlite:///{os.environ['PLAIN_DATABASE']}")
app = FastAPI()


class Base(DeclarativeBase):
    """Root of the tables."""


class StoredEvent(Base):
    """One event."""

    __tablename__ = "events"

    id: Mapped[int] = mapped_column(primary_key=True)
    session: Mapped[str] = mapped_column(index=True)
    kind: Mapped[str]
    t_us: Mapped[int] = mapped_column(BigInteger)
    data: Mapped[dict[str, Any]] = mapped_column(JSON)


class PostedEvent(BaseModel, extra="allow"):
    """One event as it is sent; what it holds depends on its kind."""

    kind: str
    t_us: int


class PostedEvents(BaseModel):
    """A request."""

    session: str
    events: list[PostedEvent]


Base.metadata.create_all(engine)


def database() -> Iterator[Session]:
    """A session for one request."""
    with Session(engine) as session:
        yield session


@app.post("/events")
def add_events(
    posted: PostedEvents, session: Annotated[Session, Depends(database)]
) -> dict[str, int]:
    """Store a request's events."""
    session.add_all(
        StoredEvent(
            session=posted.session, kind=event.kind, t_us=event.t_us, data=event.model_extra or {}
        )
        for event in posted.events
    )
    session.commit()
    return {"stored": len(posted.events)}
