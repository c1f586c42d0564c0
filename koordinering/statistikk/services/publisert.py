"""Reads releases: the list, one of them, and its tables, for everybody who signs in."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache

from koordinering import audit
from koordinering.access import can, require
from koordinering.audit import Hva, Ting
from koordinering.errors import FinnesIkke
from koordinering.roles import Rettighet
from koordinering.sider import Side
from koordinering.statistikk import measures, queries
from koordinering.statistikk.disclosure import SafeTable, Tegn, fra_json
from koordinering.statistikk.export import Utgivelse, kanonisk, sha256
from koordinering.statistikk.models import Publisering
from koordinering.statistikk.queries import Publiseringssoek
from koordinering.statistikk.rules import FOER
from koordinering.statistikk.services.publisering import Mulig, mulig
from koordinering.statistikk.visning import Tabellside, med_fjor
from koordinering.users import Koblingsmodus, User, kommune


@dataclass(frozen=True)
class Innhold:
    """What the page of a release shows."""

    publisering: Publisering
    tabeller: list[tuple[str, str]]
    """Code and title."""
    erstattet_av: Publisering | None
    mulig: Mulig | None
    """What can be done with a draft; None for what is released, and for those who only read."""
    hel: bool | None
    """The tables still give the checksum that they were released with; None for a draft."""


@dataclass(frozen=True)
class PublisertVisning:
    """What the page of a released table shows."""

    publisering: Publisering
    erstattet_av: Publisering | None
    side: Tabellside


@dataclass(frozen=True)
class TallOm:
    """The released tables that count something, and the release that they stand in."""

    publisering: Publisering
    tabeller: list[tuple[str, str]]
    """Code and title."""


ETTER_TILTAK = frozenset({"tiltak", "moeteplass", "pengetiltak"})
"""Dimensions that may have measures among their classes."""


def tall_om_tiltak(tiltak_id: str, *, av: User) -> TallOm | None:
    """The newest released tables with a row for a measure; None where there are none."""
    require(av, Rettighet.STATISTIKK_PUBLISERT_LES)
    koder = [d.kode for d in measures.definisjoner().values() if ETTER_TILTAK & set(d.dimensjoner)]
    funnet = queries.gjeldende_om(tiltak_id, koder)
    return TallOm(funnet[0][0], [(kode, tittel) for _, kode, tittel in funnet]) if funnet else None


@dataclass(frozen=True)
class Aarstabell:
    """A released table of a year, and how the cases of its release were linked."""

    tabell: SafeTable
    nummer: int
    kobling: Koblingsmodus


def aarstabeller(koder: Collection[str], *, av: User) -> list[Aarstabell]:
    """The newest released version of each of these tables and of each year, the oldest year first."""
    require(av, Rettighet.STATISTIKK_PUBLISERT_LES)
    return [
        Aarstabell(fra_json(innhold), p.nummer or 0, p.koblingsmodus)
        for p, innhold in queries.gjeldende_tabeller(koder)
    ]


def liste(soek: Publiseringssoek, noekkel: str, *, av: User) -> Side[Publisering]:
    """A page of releases."""
    require(av, Rettighet.STATISTIKK_PUBLISERT_LES)
    return queries.publiseringsside(av, soek, noekkel)


def publiserte() -> list[Publisering]:
    """Every release, the newest first: for the command line, which owns the installation."""
    return queries.alle_publiserte()


@dataclass(frozen=True)
class Skjulte:
    """How much of a release is hidden."""

    nummer: int
    celler: int
    """Cells that could have a number."""
    skjulte: int


def skjult_i_siste() -> Skjulte | None:
    """How much of the newest release is hidden; None before the first. For the monitoring: of what all may read."""
    siste = queries.siste_publiserte()
    return _tell_skjulte(siste.nummer, siste.id) if siste is not None and siste.nummer is not None else None


@lru_cache(maxsize=4)
def _tell_skjulte(nummer: int, publisering_id: int) -> Skjulte:
    # a release never changes, so it is read once by each process
    celler = [c for lagret in queries.innhold(publisering_id) for rad in fra_json(lagret).celler.values() for c in rad]
    kan = [celle for celle in celler if celle is not Tegn.IKKE_AKTUELT]
    return Skjulte(nummer, len(kan), sum(celle is Tegn.SKJULT for celle in kan))


def innhold(publisering_id: int, *, av: User) -> Innhold:
    """One release. Raises FinnesIkke for a draft that the user may not see."""
    require(av, Rettighet.STATISTIKK_PUBLISERT_LES)
    p = queries.publisering(av, publisering_id)
    kan = mulig(p, av=av) if p.status in FOER and can(av, Rettighet.STATISTIKK_PUBLISER) else None
    if p.nummer is None:
        titler = measures.definisjoner()
        return Innhold(p, [(kode, titler[kode].tittel) for kode in p.koder if kode in titler], None, kan, None)
    hel = sha256(kanonisk(tabeller(p))) == p.sha256
    return Innhold(p, [(t.kode, t.tittel) for t in p.tabeller], queries.erstattet_av(p.id), kan, hel)


def tabeller(p: Publisering) -> list[SafeTable]:
    """The tables of a release, as they were released."""
    return [fra_json(lagret) for lagret in queries.innhold(p.id)]


def tabell(p: Publisering, kode: str) -> SafeTable:
    """One table of a release. Raises FinnesIkke."""
    lagret = queries.innhold(p.id, kode)
    if not lagret:
        raise FinnesIkke
    return fra_json(lagret[0])


def vis_publisert(publisering_id: int, kode: str, *, av: User) -> PublisertVisning:
    """A released table, beside last year's newest released one that was counted the same way. Raises FinnesIkke.

    Of a draft: the table as it will be released, for those who may see the draft; the look is logged.
    """
    require(av, Rettighet.STATISTIKK_PUBLISERT_LES)
    p = queries.publisering(av, publisering_id)
    naa = tabell(p, kode) if p.nummer is not None else _i_utkastet(p, kode, av=av)
    forrige = queries.gjeldende(p.aar - 1, kode)
    fjor = tabell(forrige, kode) if forrige is not None else None
    samme = forrige is not None and forrige.koblingsmodus is p.koblingsmodus
    return PublisertVisning(p, queries.erstattet_av(p.id), med_fjor(naa, fjor, samme_kobling=samme))


def _i_utkastet(p: Publisering, kode: str, *, av: User) -> SafeTable:
    lagret = queries.beskyttede(kode, [p.bilde_id]) if p.bilde_id is not None and kode in p.koder else {}
    if p.bilde_id is None or p.bilde_id not in lagret:
        raise FinnesIkke
    audit.record(Hva.TALL_LEST, av=av, gjelder=Ting("oeyeblikksbilde", p.bilde_id), detalj=f"{kode}-{p.aar}")
    return fra_json(lagret[p.bilde_id])


def utgivelse(p: Publisering) -> Utgivelse:
    """The release as its files tell of it. Raises FinnesIkke for a draft."""
    if p.nummer is None or p.publisert is None or p.terskel is None or p.sha256 is None:
        raise FinnesIkke
    return Utgivelse(
        nummer=p.nummer,
        aar=p.aar,
        tall_fra=p.bilde_dato,
        publisert=p.publisert.date(),
        kommune=kommune().navn,
        kobling=p.koblingsmodus.tekst,
        terskel=p.terskel,
        programversjon=p.programversjon or "",
        sha256=p.sha256,
        sekunder=p.regler["sekunder"] if p.regler else None,
        erstatter=p.erstatter.nummer if p.erstatter else None,
        trukket=p.trekkgrunn.tekst if p.trekkgrunn else None,
    )
