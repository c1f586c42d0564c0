"""From cases to tables that may be shown: count, protect together, freeze; once a day at most, as a job."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from datetime import date
from typing import Any

from sqlalchemy.exc import IntegrityError

from koordinering import audit
from koordinering.access import require
from koordinering.audit import Hva, Ting
from koordinering.db import OSLO, db, i_dag, in_transaction, now, transaction
from koordinering.errors import UgyldigFelt
from koordinering.jobb import services as jobber
from koordinering.jobb.models import Jobb
from koordinering.personvern.sletting.rules import kan_mangle
from koordinering.roles import Rettighet
from koordinering.statistikk import measures, queries
from koordinering.statistikk.disclosure import RawCounts, Regler, SafeTable, fra_json
from koordinering.statistikk.models import Bildetabell, Oeyeblikksbilde
from koordinering.statistikk.services import moenster, raatall, utdrag
from koordinering.statistikk.services.moenster import Funnet
from koordinering.tekst import N_
from koordinering.users import User, kommune

FOERSTE_AAR = 2000
JOBB = "telling"

STEG = 3
"""Parts that a count reports: read, counted, protected."""

NATT = 3
"""Hour of the night, Norwegian time, from which the current year is counted for the day."""

_SISTE_SJANSE = 7
"""Last day of January on which the old year is counted by itself."""


def _taus(_steg: int) -> None:
    """For a count that nobody follows."""


def lag_bilde(aar: int, dato: date, *, av: User | None, steg: Callable[[int], None] = _taus) -> Oeyeblikksbilde:
    """Count a year as it stood on a day, protect the tables together, and freeze both.

    The same year and day again gives the snapshot that is there. Opens its own transaction unless one is open:
    counting and protecting take from seconds to minutes and need no write lock. `av` None is the system itself.
    `steg` is told when each of the STEG parts is done. Raises UgyldigFelt for a year or day to come.
    """
    if av is not None:
        require(av, Rettighet.STATISTIKK_TELL)
    sjekk_aar(aar, dato)
    finnes = queries.bilde(aar, dato)
    if finnes is not None:
        return finnes
    # Read before the releases are: one that comes out meanwhile is not taken into account, and says so.
    hensyn = queries.siste_nummer()
    telling = measures.tell(aar, dato, steg)
    regler = reglene()
    funnet = moenster.finn(telling.tabeller, regler, raatall.utgitt(aar), _fjor(telling.tabeller))
    nytt = Oeyeblikksbilde(
        aar=aar,
        dato=dato,
        saker=telling.saker,
        koblingsmodus=kommune().koblingsmodus,
        definisjonsversjon=measures.definisjonsversjon(),
        raaavtrykk=moenster.raaavtrykk(telling.tabeller, regler),
        hensyn=hensyn,
    )
    steg(STEG)
    with nullcontext() if in_transaction() else transaction():
        return _frys(nytt, telling.tabeller, funnet, av=av)


def sjekk_aar(aar: int, dato: date) -> None:
    """Raise UgyldigFelt for a year or a day to come."""
    if not FOERSTE_AAR <= aar <= dato.year or dato > i_dag():
        raise UgyldigFelt("aar", N_("Velg et år som har begynt."))


def reglene() -> Regler:
    """The municipality's choices for disclosure control."""
    return Regler(terskel=kommune().terskel, sekunder=kommune().sekunder)


def _fjor(raa: Sequence[RawCounts]) -> list[SafeTable]:
    """Last year's newest tables where they were counted the same way: what they showed is dearer to hide."""
    forrige = queries.siste({raa[0].aar - 1}).get(raa[0].aar - 1)
    if forrige is None:
        return []
    naa = {r.kode: (r.telledefinisjoner, r.kolonner, r.dimensjoner) for r in raa}
    tabeller = [fra_json(lagret) for lagret in queries.alle_beskyttede(forrige.id).values()]
    return [t for t in tabeller if naa.get(t.kode) == (t.telledefinisjoner, t.kolonner, t.dimensjoner)]


def _frys(nytt: Oeyeblikksbilde, raa: Sequence[RawCounts], funnet: Funnet, *, av: User | None) -> Oeyeblikksbilde:
    finnes = queries.bilde(nytt.aar, nytt.dato)
    if finnes is not None:
        return finnes
    aar, dato = nytt.aar, nytt.dato
    funnet = moenster.lagre(funnet)
    nytt.rapport = dict(funnet.rapport)
    nytt.tabeller = [
        Bildetabell(kode=r.kode, raatall=measures.til_lagring(r), beskyttet=moenster.legg_paa(funnet, r).til_json())
        for r in raa
    ]
    try:
        with db.session.begin_nested():
            db.session.add(nytt)
    except IntegrityError:
        # Somebody else counted the same year at the same moment; theirs came first and holds.
        finnes = queries.bilde(aar, dato)
        if finnes is None:
            raise
        return finnes
    audit.record(Hva.TELLING_LAGET, av=av, gjelder=Ting("oeyeblikksbilde", nytt.id), detalj=str(nytt.aar))
    return nytt


def bilder(aar: int) -> list[Oeyeblikksbilde]:
    """All snapshots of a year, the newest first."""
    return queries.bilder(aar)


def bestill_telling(aar: int, *, av: User) -> Jobb | None:
    """Order a count of a year; None when it has been counted today already. Inside the caller's transaction.

    Raises UgyldigFelt("aar", …) for a year that is counted whole and whose cases may have been deleted since
    (personvern.sletting): a new count would be lower, and nobody could see why.
    """
    require(av, Rettighet.STATISTIKK_TELL)
    sjekk_aar(aar, i_dag())
    siste = queries.siste((aar,)).get(aar)
    if siste is not None and siste.dato >= date(aar, 12, 31) and kan_mangle(aar, i_dag(), kommune().sak_maaneder):
        raise UgyldigFelt("aar", N_("Saker fra dette året kan være slettet. Den siste tellingen gjelder."))
    if queries.bilde(aar, i_dag()) is not None:
        return None
    return jobber.bestill(JOBB, {"aar": aar}, av=av)


def utfoer_telling(jobb: Jobb) -> Mapping[str, Any]:
    """The job: count, protect, freeze."""
    aar = int(jobb.argument["aar"])
    av = None if jobb.bestilt_av is None else db.session.get_one(User, jobb.bestilt_av)
    jobber.framdrift(jobb, 0, STEG)
    lag_bilde(aar, i_dag(), av=av, steg=lambda gjort: jobber.framdrift(jobb, gjort, STEG))
    utdrag.hold_utdrag()  # for the next count
    return {"endepunkt": "statistikk.katalog", "verdier": {}}


def nattens_telling() -> None:
    """Order the day's count of the current year once the night has come, so that nobody looks at a live total.

    In the first week of January also a last count of the old year: that of 31 December was made before its day
    was over.
    """
    naa = now().astimezone(OSLO)
    if naa.hour < NATT:
        return
    mangler = [naa.year] if queries.bilde(naa.year, naa.date()) is None else []
    if naa.month == 1 and naa.day <= _SISTE_SJANSE:
        i_fjor = queries.siste((naa.year - 1,)).get(naa.year - 1)
        if i_fjor is None or i_fjor.dato.year < naa.year:
            mangler.append(naa.year - 1)
    if mangler:
        with transaction():
            for aar in mangler:
                jobber.bestill(JOBB, {"aar": aar}, av=None)
