"""Destroying data keys: noted with the deletion, done after it is committed, listed for a restored backup."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import Table, bindparam, delete, select, tuple_
from sqlalchemy.orm import Mapped, mapped_column

from koordinering import crypto
from koordinering.db import Base, db, now, own_transaction
from koordinering.motor import toem_logg
from koordinering.noekkellager.lager import engine, glem, noekkel, sett_inn, slettet
from koordinering.setning import Setning

LISTEN_LEVER = timedelta(days=180)
"""How long the list of deletions is kept: twice as long as the data's backups."""
_OM_GANGEN = 500

TOEMT = "sak_toemt"
"""On the list of deletions: the case is there, but what was in it at that moment is erased, and its key with it."""
_NOEKKEL_I = {TOEMT: crypto.SAK}
"""Under which table the key lies, where that is not the name on the list."""


class Noekkelsletting(Base):
    """A key to destroy: written with the deletion of what it opened, taken away when the key is gone."""

    __tablename__ = "noekkelsletting"

    tabell: Mapped[str] = mapped_column(primary_key=True)
    rad: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    tid: Mapped[datetime] = mapped_column(default=now)


def slett(tabell: str, rader: Collection[int]) -> None:
    """Have the keys of these rows destroyed once the transaction that is open is committed.

    A key goes last: while it is there, a deletion that was not committed has lost nothing.
    """
    if not rader:
        return
    verdier = [{"tabell": tabell, "rad": rad, "tid": now()} for rad in sorted(set(rader))]
    db.session.execute(sett_inn(db.engine.dialect.name, cast(Table, Noekkelsletting.__table__)), verdier)


def fullfoer_slettinger() -> int:
    """Destroy the keys that deletions have left behind, list them, and tell how many.

    Run after a deletion and once an hour. Stopped anywhere, it does the rest the next time.
    """
    antall = 0
    while rader := _ventende():
        _oedelegg(rader)
        with own_transaction() as session:
            session.execute(
                delete(Noekkelsletting).where(
                    tuple_(Noekkelsletting.tabell, Noekkelsletting.rad).in_([(tabell, rad) for tabell, rad, _ in rader])
                )
            )
        antall += len(rader)
    _rydd(antall)
    glem()
    return antall


def _ventende() -> Sequence[tuple[str, int, datetime]]:
    query = select(Noekkelsletting.tabell, Noekkelsletting.rad, Noekkelsletting.tid)
    with db.engine.connect() as connection:
        rader = connection.execute(query.order_by(Noekkelsletting.tid, Noekkelsletting.rad).limit(_OM_GANGEN))
        return [(tabell, rad, tid) for tabell, rad, tid in rader]


def _oedelegg(rader: Sequence[tuple[str, int, datetime]]) -> None:
    verdier = [{"tabell": tabell, "rad": rad, "tid": tid} for tabell, rad, tid in rader]
    noekler = [(_NOEKKEL_I.get(tabell, tabell), rad) for tabell, rad, _ in rader]
    with engine().begin() as connection:
        # a case can be emptied twice: the newest moment counts
        gamle = [(tabell, rad) for tabell, rad, _ in rader]
        connection.execute(delete(slettet).where(tuple_(slettet.c.tabell, slettet.c.rad).in_(gamle)))
        connection.execute(sett_inn(connection.dialect.name, slettet), verdier)
        connection.execute(delete(noekkel).where(tuple_(noekkel.c.tabell, noekkel.c.rad).in_(noekler)))


def _rydd(antall: int) -> None:
    """Let the list forget what no backup holds any more, and SQLite's log what was destroyed."""
    with engine().begin() as connection:
        connection.execute(delete(slettet).where(slettet.c.tid < now() - LISTEN_LEVER))
    if antall:
        toem_logg(engine())


_SKAL_BORT = Setning[int](
    select(Noekkelsletting.rad).where(
        Noekkelsletting.tabell == bindparam("tabell"), Noekkelsletting.rad == bindparam("rad")
    )
)


def skal_bort(tabell: str, rad: int) -> bool:
    """Whether a deletion that is committed has a key yet to destroy: nothing more may be sealed with it."""
    return _SKAL_BORT.verdi({"tabell": tabell, "rad": rad}) is not None


def slettede(tabell: str, rader: Collection[int]) -> set[int]:
    """Which of these rows are on the list of deletions: in a restored backup they are to be deleted again."""
    query = select(slettet.c.rad).where(slettet.c.tabell == tabell, slettet.c.rad.in_(sorted(set(rader))))
    with engine().connect() as connection:
        return set(connection.scalars(query))


def slettede_etter(tabell: str, etter: int) -> dict[int, datetime]:
    """The next rows of a table on the list of deletions and when they went: those whose id is above `etter`."""
    query = select(slettet.c.rad, slettet.c.tid).where(slettet.c.tabell == tabell, slettet.c.rad > etter)
    with engine().connect() as connection:
        rader = connection.execute(query.order_by(slettet.c.rad).limit(_OM_GANGEN))
        return {rad.rad: rad.tid for rad in rader}
