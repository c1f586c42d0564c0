"""Whether the keys and the key store are this database's: asked at every start."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import Engine, Table, func, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, mapped_column

from koordinering import crypto
from koordinering.crypto import KanIkkeAapnes, Noekler
from koordinering.db import Base, db, now, own_transaction
from koordinering.errors import ConfigError
from koordinering.noekkellager.lager import engine, hoved_av, merke, noekkel, per_hovednoekkel, sett_inn


class FeilNoekler(ConfigError):
    """These are not the keys. `grunn` says why; what to do depends on where the database is."""

    def __init__(self, grunn: str, raad: str = "Hent tilbake nøkkelfilen som hører til den.") -> None:
        super().__init__(f"{grunn} {raad}".rstrip())
        self.grunn = grunn


_FREMMEDE = "Nøklene hører ikke til denne databasen."


class Noekkelkontroll(Base):
    """What a master key is known again by; sealed by it."""

    __tablename__ = "noekkelkontroll"

    hoved: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """The master key's number. None comes twice, also when the key is gone."""
    verdi: Mapped[bytes]
    fjernet: Mapped[datetime | None]
    """Since when nothing may be sealed with it any more."""


@dataclass(frozen=True)
class Kjennemerke:
    """What a database keeps of one of its master keys, read off the row or off a copy of it."""

    hoved: int
    verdi: bytes
    fjernet: bool


def krev_riktige(noekler: Noekler) -> None:
    """Raise ConfigError unless these are the keys, and this the key store, that the database was used with before.

    The first time, what the database holds is opened with them, and they are remembered.
    """
    rader = _rader()
    if rader is None:
        return  # no schema yet, or no database: /helse says so
    lageret = lagermerke()
    krev_kjent(noekler, rader.values(), lageret)
    if not rader:
        _krev_at_lageret_aapnes(noekler)
    nye = [nr for nr in noekler.hoved if nr not in rader]
    if nye:
        verdier = [{"hoved": nr, "verdi": crypto.kontrollverdi(noekler, nr, lageret), "fjernet": None} for nr in nye]
        with own_transaction() as session:
            session.execute(sett_inn(db.engine.dialect.name, cast(Table, Noekkelkontroll.__table__)), verdier)
        # another host may have been first, with another key of the same number
        krev_kjent(noekler, (_rader() or {}).values(), lageret)


def _rader() -> Mapping[int, Kjennemerke] | None:
    try:
        with db.engine.connect() as connection:
            rader = connection.execute(select(Noekkelkontroll.__table__)).all()
    except SQLAlchemyError:
        return None
    return {rad.hoved: Kjennemerke(rad.hoved, rad.verdi, rad.fjernet is not None) for rad in rader}


def lagermerke(lager: Engine | None = None) -> str:
    """The mark of a key store, else of the application's. Raises ConfigError where it does not answer or is empty."""
    try:
        with (engine() if lager is None else lager).connect() as connection:
            funnet = connection.scalar(select(merke.c.merke))
    except SQLAlchemyError:
        funnet = None
    if funnet is None:
        raise ConfigError("Nøkkellageret mangler eller svarer ikke. Hent det tilbake fra sikkerhetskopien.")
    return str(funnet)


def krev_kjent(noekler: Noekler, merker: Iterable[Kjennemerke], lageret: str) -> None:
    """Raise FeilNoekler unless these are the keys, and this the mark of the key store, that all of it was made with."""
    for en in merker:
        _krev(noekler, en, lageret)


def _krev(noekler: Noekler, en: Kjennemerke, lageret: str) -> None:
    if en.fjernet:
        if en.hoved == noekler.gjeldende:
            raise FeilNoekler(f"Hovednøkkel {en.hoved} er tatt ut av bruk.", "Hent den nyeste nøkkelfilen.")
        return
    if en.hoved not in noekler.hoved:
        raise FeilNoekler(f"Nøkkelfilen mangler hovednøkkel {en.hoved}.", "Hent den nyeste fra maskinen som laget den.")
    try:
        stemmer = crypto.kontroll_stemmer(noekler, en.hoved, lageret, en.verdi)
    except KanIkkeAapnes:
        raise FeilNoekler(_FREMMEDE) from None
    if not stemmer:
        raise FeilNoekler("Nøkkelen til blindindeksen eller nøkkellageret hører ikke til denne databasen.", "")


def _krev_at_lageret_aapnes(noekler: Noekler) -> None:
    """One key of each master key: for a database that was in use before it remembered its keys."""
    with engine().connect() as connection:
        for nummer in per_hovednoekkel(connection, noekkel.c.innpakket):
            query = select(noekkel).where(hoved_av(noekkel.c.innpakket) == nummer.to_bytes(2, "big")).limit(1)
            tabell, rad, innpakket = connection.execute(query).one()
            try:
                crypto.pakk_om(noekler, innpakket, tabell, rad)
            except KanIkkeAapnes:
                raise FeilNoekler(_FREMMEDE) from None


def hoeyeste_nummer() -> int:
    """The highest number that a master key of this database has had; 0 where there is none."""
    return db.session.scalar(select(func.max(Noekkelkontroll.hoved))) or 0


def ta_ut(numre: set[int]) -> None:
    """Remember that these master keys are gone: a host that still seals with one does not start."""
    with own_transaction() as session:
        session.execute(update(Noekkelkontroll).where(Noekkelkontroll.hoved.in_(sorted(numre))).values(fjernet=now()))


def aapne_alle() -> tuple[int, int]:
    """Unwrap every key with the master keys that are here; how many opened, and how many did not. Changes nothing."""
    noekler, aapnet, lukket = crypto.gjeldende(), 0, 0
    with engine().connect() as connection:
        rader = connection.execution_options(yield_per=1_000).execute(select(noekkel))
        for tabell, rad, innpakket in rader:
            try:
                crypto.pakk_om(noekler, innpakket, tabell, rad)
                aapnet += 1
            except KanIkkeAapnes:
                lukket += 1
    return aapnet, lukket
