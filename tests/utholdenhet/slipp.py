"""Lets go of objects that are garbage by then, with the collector at work just as the session is at them.

Run by test_slipp.py in a process of its own: where it goes wrong, the process dies.
"""

import gc
import sys

from sqlalchemy import ForeignKey, create_engine, insert, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship

from koordinering.sesjon import Holder

_SAKER, _I_HVER = 150, 3
_GANGER = 40


class _Base(DeclarativeBase):
    pass


class _Sak(_Base):
    __tablename__ = "sak"
    id: Mapped[int] = mapped_column(primary_key=True)
    henvisninger: Mapped[list["_Henvisning"]] = relationship(back_populates="sak", lazy="selectin")


class _Henvisning(_Base):
    __tablename__ = "henvisning"
    id: Mapped[int] = mapped_column(primary_key=True)
    sak_id: Mapped[int] = mapped_column(ForeignKey("sak.id"))
    sak: Mapped[_Sak] = relationship(back_populates="henvisninger")


def _les(session: Session) -> None:
    for sak in session.scalars(select(_Sak)).all():
        for henvisning in sak.henvisninger:
            assert henvisning.sak is sak


def main(klasse: type[Session], slipp: str) -> None:
    """`slipp` is what the session is asked to do."""
    engine = create_engine("sqlite://")
    _Base.metadata.create_all(engine)
    with engine.begin() as k:  # not as objects: the first that are let go of are those of the first round
        k.execute(insert(_Sak), [{"id": nr} for nr in range(_SAKER)])
        k.execute(insert(_Henvisning), [{"sak_id": nr} for nr in range(_SAKER) for _ in range(_I_HVER)])
    for gang in range(_GANGER):
        gc.disable()
        session = klasse(engine)
        _les(session)
        # every round the collector comes a little later in the session's work
        gc.set_threshold(gc.get_count()[0] + 20 + 12 * gang, 1_000, 1_000)
        gc.enable()
        getattr(session, slipp)()
        session.close()
        gc.collect()


if __name__ == "__main__":
    main({"Session": Session, "Holder": Holder}[sys.argv[1]], sys.argv[2])
