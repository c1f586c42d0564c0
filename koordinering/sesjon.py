"""Sessions that keep their objects alive while they let go of them.

Python 3.11 may collect garbage in the middle of giving an object its dict. A session that commits or closes goes
through what it knows of its objects, and holds none of them: those that only lead to each other are garbage by then.
When the collector takes one just as the session is at it, SQLAlchemy's own note of its end gives the same object a
second dict with the same memory behind it, and the process dies, there or minutes later. From 3.12 on, garbage is
collected between two steps of a program and never inside one. tests/utholdenhet plays it.
"""

from collections.abc import Callable
from functools import wraps

from flask_sqlalchemy.session import Session as FlaskSession
from sqlalchemy.orm import Session


def _med_alle_i_live(gjoer: Callable[[Session], None]) -> Callable[[Session], None]:
    @wraps(gjoer)
    def holder(session: Session) -> None:
        alle = session.identity_map.values()
        try:
            gjoer(session)
        finally:
            del alle  # first now

    return holder


class Holder(Session):
    """A session of its own."""

    commit = _med_alle_i_live(Session.commit)
    rollback = _med_alle_i_live(Session.rollback)
    close = _med_alle_i_live(Session.close)
    expire_all = _med_alle_i_live(Session.expire_all)
    expunge_all = _med_alle_i_live(Session.expunge_all)


class Sesjon(Holder, FlaskSession):
    """The session of a request, a command or a job."""
