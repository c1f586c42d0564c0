"""From cases to a table that may be shown: count, freeze, protect once, read and export what was protected."""

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.exc import IntegrityError

from koordinering import audit
from koordinering.access import require
from koordinering.audit import Hva, Ting
from koordinering.db import OSLO, db, i_dag, in_transaction, now, transaction
from koordinering.errors import FinnesIkke, UgyldigFelt
from koordinering.jobb import services as jobber
from koordinering.jobb.models import Jobb
from koordinering.roles import Rettighet
from koordinering.statistikk import measures, queries
from koordinering.statistikk.disclosure import BARN, Celle, SafeTable, Tegn, fra_json, protect
from koordinering.statistikk.export import EKSPORT, MIMETYPE, Format, filnavn
from koordinering.statistikk.models import Bildetabell, Oeyeblikksbilde
from koordinering.tekst import N_
from koordinering.users import Koblingsmodus, User, kommune

FOERSTE_AAR = 2000
JOBB = "telling"


class IngenTelling(FinnesIkke):
    """The year has not been counted."""

    melding = N_("Det er ikke laget noen telling for dette året.")


@dataclass(frozen=True)
class Fil:
    """A file to hand out."""

    navn: str
    innhold: bytes
    mimetype: str


@dataclass(frozen=True)
class Visning:
    """What a table's page shows; all of it protected."""

    definisjon: measures.Definisjon
    aar: int
    tabell: SafeTable | None
    """None where the year has not been counted."""
    fjor: SafeTable | None
    """Last year's table where it was counted the same way."""
    brudd: bool
    """Last year was counted in another way: the two are not compared."""
    koblingsmodus: Koblingsmodus | None
    uten_kobling: int | None
    """Cases with an unlinked child; None where the number is hidden."""

    @property
    def soyler(self) -> list[tuple[str, int | None]]:
        """Children in each row, as bars; None is hidden."""
        if self.tabell is None:
            return []
        kolonne = self.tabell.kolonner.index(BARN)
        celler = ((rad.etikett, rad.celler[kolonne]) for rad in self.tabell.rader)
        return [(etikett, None if isinstance(celle, Tegn) else celle) for etikett, celle in celler]

    def i_fjor(self, kode: str) -> tuple[Celle, ...]:
        """Last year's cells of a row, in the order of the columns; a row that was not there has none."""
        if self.fjor is None:
            return ()
        rader = {rad.kode: rad.celler for rad in self.fjor.alle_rader}
        return rader.get(kode, (Tegn.MANGLER,) * len(self.fjor.kolonner))


def katalog() -> list[tuple[str, str]]:
    """Code and title of every table that can be asked for."""
    return [(d.kode, d.tittel) for d in measures.definisjoner().values()]


def definisjoner() -> list[measures.Definisjon]:
    """The catalogue with what each table counts."""
    return list(measures.definisjoner().values())


# --- Counting --------------------------------------------------------------------------------------------


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
    counting takes seconds and needs no write lock. `av` None is the system itself. `steg` is told when each of
    the STEG parts is done. Raises UgyldigFelt for a year or day to come.
    """
    if av is not None:
        require(av, Rettighet.STATISTIKK_TELL)
    _sjekk_aar(aar, dato)
    finnes = queries.bilde(aar, dato)
    if finnes is not None:
        return finnes
    nytt = _bilde(measures.tell(aar, dato, steg), aar, dato)
    steg(STEG)
    with nullcontext() if in_transaction() else transaction():
        return _frys(nytt, av=av)


def _sjekk_aar(aar: int, dato: date) -> None:
    if not FOERSTE_AAR <= aar <= dato.year or dato > i_dag():
        raise UgyldigFelt("aar", N_("Velg et år som har begynt."))


def _bilde(telling: measures.Telling, aar: int, dato: date) -> Oeyeblikksbilde:
    trygge = protect(telling.tabeller, kommune().terskel)
    return Oeyeblikksbilde(
        aar=aar,
        dato=dato,
        saker=telling.saker,
        uten_kobling=_vis_uten_kobling(telling, kommune().terskel),
        koblingsmodus=kommune().koblingsmodus,
        definisjonsversjon=measures.definisjonsversjon(),
        tabeller=[
            Bildetabell(kode=raw.kode, raatall=measures.til_lagring(raw), beskyttet=trygg.til_json())
            for raw, trygg in zip(telling.tabeller, trygge, strict=True)
        ],
    )


def _vis_uten_kobling(telling: measures.Telling, terskel: int) -> int | None:
    """Cases with an unlinked child, unless few families stand behind them or behind the rest."""
    total = telling.tabeller[0].total
    resten = total.familier - telling.familier_uten_kobling
    faa = total.barn < 2 * terskel or telling.familier_uten_kobling < terskel or 0 < resten < terskel
    return None if faa else telling.uten_kobling


def _frys(nytt: Oeyeblikksbilde, *, av: User | None) -> Oeyeblikksbilde:
    finnes = queries.bilde(nytt.aar, nytt.dato)
    if finnes is not None:
        return finnes
    aar, dato = nytt.aar, nytt.dato
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
    """Order a count of a year; None when it has been counted today already. Inside the caller's transaction."""
    require(av, Rettighet.STATISTIKK_TELL)
    _sjekk_aar(aar, i_dag())
    if queries.bilde(aar, i_dag()) is not None:
        return None
    return jobber.bestill(JOBB, {"aar": aar}, av=av)


def _telling(jobb: Jobb) -> Mapping[str, Any]:
    aar = int(jobb.argument["aar"])
    av = None if jobb.bestilt_av is None else db.session.get_one(User, jobb.bestilt_av)
    jobber.framdrift(jobb, 0, STEG)
    lag_bilde(aar, i_dag(), av=av, steg=lambda gjort: jobber.framdrift(jobb, gjort, STEG))
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


def registrer_jobber() -> None:
    """Say how the jobs of this package are done, and which of them come by themselves."""
    jobber.registrer_arbeid(JOBB, N_("Ny telling"), _telling)
    jobber.hver_time(nattens_telling)


# --- Reading ---------------------------------------------------------------------------------------------


def oversikt(*, av: User) -> list[tuple[int, Oeyeblikksbilde | None]]:
    """The years of the catalogue, the newest first, each with its newest snapshot."""
    require(av, Rettighet.STATISTIKK_LES)
    siste = queries.siste()
    i_aar = i_dag().year
    return [(aar, siste.get(aar)) for aar in sorted({*siste, i_aar, i_aar - 1}, reverse=True)]


def tabell(kode: str, aar: int, *, av: User | None) -> SafeTable:
    """A table of the year's newest snapshot, as it was protected then. Raises FinnesIkke, IngenTelling."""
    if av is not None:
        require(av, Rettighet.STATISTIKK_LES)
    return _logget(kode, aar, Hva.TALL_LEST, f"{kode}-{aar}", av=av)


def eksporter(kode: str, aar: int, fmt: str, *, av: User | None) -> Fil:
    """A table as a file; `fmt` is the value of a Format. Raises FinnesIkke, IngenTelling, UgyldigFelt."""
    if av is not None:
        require(av, Rettighet.STATISTIKK_EKSPORTER)
    _finn(kode, aar)
    if fmt not in set(Format):
        raise UgyldigFelt("format", N_("Velg en filtype fra listen."))
    fmt = Format(fmt)
    trygg = _logget(kode, aar, Hva.TALL_EKSPORTERT, f"{kode}-{aar}-{fmt}", av=av)
    return Fil(filnavn(trygg, fmt), EKSPORT[fmt](trygg), MIMETYPE[fmt])


def vis(kode: str, aar: int, *, av: User) -> Visning:
    """What the page of a table shows, last year's beside it. Raises FinnesIkke for an unknown table or year."""
    require(av, Rettighet.STATISTIKK_LES)
    definisjon = _finn(kode, aar)
    siste = queries.siste((aar, aar - 1))
    bilde, forrige = siste.get(aar), siste.get(aar - 1)
    if bilde is None:
        return Visning(definisjon, aar, None, None, brudd=False, koblingsmodus=None, uten_kobling=None)
    audit.record(Hva.TALL_LEST, av=av, gjelder=Ting("oeyeblikksbilde", bilde.id), detalj=f"{kode}-{aar}")
    lagret = queries.beskyttede(kode, [b.id for b in (bilde, forrige) if b is not None])
    naa = fra_json(lagret[bilde.id])
    fjor = fra_json(lagret[forrige.id]) if forrige is not None and forrige.id in lagret else None
    likt = fjor is not None and forrige is not None and _telt_likt(naa, fjor, bilde, forrige)
    return Visning(
        definisjon,
        aar,
        naa,
        fjor if likt else None,
        brudd=fjor is not None and not likt,
        koblingsmodus=bilde.koblingsmodus,
        uten_kobling=bilde.uten_kobling,
    )


def _finn(kode: str, aar: int) -> measures.Definisjon:
    definisjon = measures.definisjoner().get(kode)
    if definisjon is None or not FOERSTE_AAR <= aar <= i_dag().year:
        raise FinnesIkke
    return definisjon


def _logget(kode: str, aar: int, hva: Hva, detalj: str, *, av: User | None) -> SafeTable:
    _finn(kode, aar)
    bilde = queries.siste((aar,)).get(aar)
    if bilde is None:
        raise IngenTelling
    audit.record(hva, av=av, gjelder=Ting("oeyeblikksbilde", bilde.id), detalj=detalj)
    return fra_json(queries.beskyttede(kode, [bilde.id])[bilde.id])


def _telt_likt(naa: SafeTable, fjor: SafeTable, bilde: Oeyeblikksbilde, forrige: Oeyeblikksbilde) -> bool:
    """Figures are compared only when definition, version, columns and linking are the same (DESIGN.md section 7)."""
    return (
        naa.telledefinisjoner == fjor.telledefinisjoner
        and naa.kolonner == fjor.kolonner
        and bilde.koblingsmodus is forrige.koblingsmodus
    )
