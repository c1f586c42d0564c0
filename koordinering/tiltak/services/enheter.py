"""The units of cards and offers: taken, given back, and made more or fewer."""

from sqlalchemy import func, select, update

from koordinering.db import db
from koordinering.errors import Endret, Oppbrukt, UgyldigFelt
from koordinering.tekst import N_
from koordinering.tiltak.kapasitet.services import flytt
from koordinering.tiltak.models import Beholdning, Kortaar, Plass, Tilbud
from koordinering.tiltak.rules import (
    Beholdningsslag,
    Plasstilstand,
    sjekk_antall,
)


def _hent(plass_id: int) -> Plass:
    return db.session.get_one(Plass, plass_id, populate_existing=True)


def _ledig(beholdning_id: int, *, vent: bool) -> int | None:
    """The free unit with the lowest number, its row locked on PostgreSQL.

    Units that somebody else is taking right now are passed over; `vent` waits for them instead, so that
    nobody is told that all is gone while the last one may still come free.
    """
    query = select(Plass.id).where(Plass.beholdning_id == beholdning_id, Plass.tilstand == Plasstilstand.LEDIG)
    query = query.order_by(Plass.nummer).limit(1)
    return db.session.scalar(query.with_for_update(skip_locked=not vent))


def ta(beholdning_id: int, *, til: Plasstilstand = Plasstilstand.OPPTATT) -> Plass:
    """Take the free unit with the lowest number. Raises Oppbrukt when there is none."""
    for vent in (False, True):
        while (plass_id := _ledig(beholdning_id, vent=vent)) is not None:
            if flytt(Plass, [plass_id], {Plasstilstand.LEDIG}, til):
                return _hent(plass_id)
    raise Oppbrukt


def ta_plass(plass_id: int, *, fra: Plasstilstand = Plasstilstand.LEDIG) -> Plass:
    """Take exactly this unit. Raises Oppbrukt when somebody else has it."""
    if not flytt(Plass, [plass_id], {fra}, Plasstilstand.OPPTATT):
        raise Oppbrukt
    return _hent(plass_id)


def gi_tilbake(
    plass: Plass, *, fra: Plasstilstand = Plasstilstand.OPPTATT, til: Plasstilstand = Plasstilstand.LEDIG
) -> None:
    """Give back a unit in use (or offered), or let it be lost. In a closed stock it is taken out, not set free.

    Raises Endret when it is not in use any more.
    """
    if til is Plasstilstand.LEDIG and er_stengt(plass.beholdning_id):
        til = Plasstilstand.STENGT
    if not flytt(Plass, [plass.id], {fra}, til):
        raise Endret
    if til is Plasstilstand.STENGT:
        _tell(plass.beholdning_id)


def er_stengt(beholdning_id: int) -> bool:
    kort = select(Kortaar.stengt).where(Kortaar.beholdning_id == beholdning_id, Kortaar.stengt.is_not(None))
    tilbud = select(Tilbud.trukket).where(Tilbud.beholdning_id == beholdning_id, Tilbud.trukket.is_not(None))
    return db.session.scalar(kort.union_all(tilbud).limit(1)) is not None


def _tell(beholdning_id: int) -> None:
    """Let the stock's figure follow its rows; a closed card year keeps the figure that it had."""
    rader = (
        select(func.count())
        .where(Plass.beholdning_id == beholdning_id, Plass.tilstand != Plasstilstand.STENGT)
        .scalar_subquery()
    )
    lukket = select(Kortaar.id).where(Kortaar.beholdning_id == beholdning_id, Kortaar.stengt.is_not(None)).exists()
    endring = update(Beholdning).where(Beholdning.id == beholdning_id, ~lukket).values(antall=rader)
    db.session.execute(endring.execution_options(synchronize_session=False))
    db.session.get_one(Beholdning, beholdning_id, populate_existing=True)


def _opprett_beholdning(slag: Beholdningsslag, tiltak_id: str, antall: int) -> Beholdning:
    """A new stock with units 1 to `antall`."""
    sjekk_antall(antall)
    beholdning = Beholdning(slag=slag, tiltak_id=tiltak_id, antall=antall)
    db.session.add(beholdning)
    db.session.flush()
    db.session.add_all(Plass(beholdning_id=beholdning.id, nummer=nummer) for nummer in range(1, antall + 1))
    db.session.flush()
    return beholdning


def laas_beholdning(beholdning_id: int) -> None:
    """Let one transaction at a time count what the stock has and decide from it. Units are still taken meanwhile."""
    db.session.execute(select(Beholdning.id).where(Beholdning.id == beholdning_id).with_for_update())


def sett_antall(beholdning: Beholdning, antall: int) -> None:
    """Make the stock larger or smaller; units keep their numbers, and those in use stay.

    Raises UgyldigFelt("antall", …) when fewer are free than would have to go.
    """
    sjekk_antall(antall)
    laas_beholdning(beholdning.id)
    db.session.refresh(beholdning)
    if antall > beholdning.antall:
        _utvid(beholdning, antall - beholdning.antall)
    elif antall < beholdning.antall:
        _innskrenk(beholdning, beholdning.antall - antall)
    _tell(beholdning.id)


def _utvid(beholdning: Beholdning, flere: int) -> None:
    query = select(Plass.id).where(Plass.beholdning_id == beholdning.id, Plass.tilstand == Plasstilstand.STENGT)
    stengte = list(db.session.scalars(query.order_by(Plass.nummer).limit(flere)))
    aapnet = flytt(Plass, stengte, {Plasstilstand.STENGT}, Plasstilstand.LEDIG)
    hoeyeste = db.session.scalar(select(func.max(Plass.nummer)).where(Plass.beholdning_id == beholdning.id)) or 0
    nye = range(hoeyeste + 1, hoeyeste + 1 + flere - aapnet)
    db.session.add_all(Plass(beholdning_id=beholdning.id, nummer=nummer) for nummer in nye)
    db.session.flush()


def _innskrenk(beholdning: Beholdning, faerre: int) -> None:
    query = select(Plass.id).where(Plass.beholdning_id == beholdning.id, Plass.tilstand == Plasstilstand.LEDIG)
    ledige = list(db.session.scalars(query.order_by(Plass.nummer.desc()).limit(faerre).with_for_update()))
    if len(ledige) < faerre:
        raise UgyldigFelt("antall", N_("Antallet kan ikke være lavere enn det som er i bruk."))
    flytt(Plass, ledige, {Plasstilstand.LEDIG}, Plasstilstand.STENGT)  # locked, so that nobody takes them meanwhile


def ta_ut_ledige(beholdning_id: int) -> None:
    """Take out every free unit: nothing more is given from this stock."""
    alle = select(Plass.id).where(Plass.beholdning_id == beholdning_id)
    flytt(Plass, alle, {Plasstilstand.LEDIG}, Plasstilstand.STENGT)
    _tell(beholdning_id)
