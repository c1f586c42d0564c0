"""Reads what was protected: the catalogue, and working figures for the coordinator, each look logged."""

from dataclasses import dataclass

from koordinering import audit
from koordinering.access import require
from koordinering.audit import Hva, Ting
from koordinering.db import i_dag
from koordinering.errors import FinnesIkke
from koordinering.roles import Rettighet
from koordinering.statistikk import measures, queries
from koordinering.statistikk.disclosure import SafeTable, fra_json
from koordinering.statistikk.models import Oeyeblikksbilde
from koordinering.statistikk.services.telling import FOERSTE_AAR
from koordinering.statistikk.visning import Tabellside, med_fjor
from koordinering.tekst import N_
from koordinering.users import Koblingsmodus, User, kommune

KJOENN = "kjoenn"
"""The dimension that is there when the municipality registers gender."""

KOBLING = "kobling"
"""The table that tells how many cases have a child that stands unlinked."""


class IngenTelling(FinnesIkke):
    """The year has not been counted."""

    melding = N_("Det er ikke laget noen telling for dette året.")


@dataclass(frozen=True)
class Visning:
    """What a table's page shows; all of it protected."""

    definisjon: measures.Definisjon
    aar: int
    side: Tabellside | None
    """None where the year has not been counted."""
    koblingsmodus: Koblingsmodus | None


def katalog() -> list[tuple[str, str]]:
    """Code and title of every table that can be asked for."""
    return [(d.kode, d.tittel) for d in definisjoner()]


def tabellsett() -> list[measures.Tabellsett]:
    """The named sets of tables that are often released together."""
    return list(measures.tabellsett().values())


def definisjoner() -> list[measures.Definisjon]:
    """The catalogue with what each table counts; by gender only where the municipality registers it."""
    med = kommune().registrer_kjoenn
    return [d for d in measures.definisjoner().values() if med or KJOENN not in d.dimensjoner]


def grupper(sok: str = "") -> list[tuple[str, list[measures.Definisjon]]]:
    """The catalogue in its groups; only the tables whose words hold all that was typed."""
    ut: dict[str, list[measures.Definisjon]] = {}
    for d in definisjoner():
        ord_ = f"{d.tittel} {d.hva} {d.gruppe} {d.kode}".lower()
        if all(ett in ord_ for ett in sok.lower().split()):
            ut.setdefault(d.gruppe, []).append(d)
    return list(ut.items())


def alternativer(kode: str) -> list[tuple[str, str]]:
    """Code and title of the tables of one dimension to look at where most of this one is hidden."""
    alle = measures.definisjoner()
    definisjon = alle.get(kode)
    return [(en, alle[en].tittel) for en in (definisjon.enveis if definisjon else ()) if en in alle]


def koblingstabell() -> str | None:
    """The code of the table about unlinked cases, where the catalogue has it."""
    return KOBLING if KOBLING in measures.definisjoner() else None


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
    return logget(kode, aar, Hva.TALL_LEST, f"{kode}-{aar}", av=av)[0]


def logget(kode: str, aar: int, hva: Hva, detalj: str, *, av: User | None) -> tuple[SafeTable, Koblingsmodus]:
    """The newest table and how its cases were linked, after the line of the log that tells of it is written."""
    finn(kode, aar)
    bilde = queries.siste((aar,)).get(aar)
    lagret = queries.beskyttede(kode, [bilde.id]) if bilde is not None else {}
    if bilde is None or bilde.id not in lagret:
        raise IngenTelling
    audit.record(hva, av=av, gjelder=Ting("oeyeblikksbilde", bilde.id), detalj=detalj)
    return fra_json(lagret[bilde.id]), bilde.koblingsmodus


def vis(kode: str, aar: int, *, av: User) -> Visning:
    """What the page of a table shows, last year's beside it. Raises FinnesIkke for an unknown table or year."""
    require(av, Rettighet.STATISTIKK_LES)
    definisjon = finn(kode, aar)
    siste = queries.siste((aar, aar - 1))
    bilde, forrige = siste.get(aar), siste.get(aar - 1)
    lagret = queries.beskyttede(kode, [b.id for b in (bilde, forrige) if b is not None])
    if bilde is None or bilde.id not in lagret:
        return Visning(definisjon, aar, None, None)
    audit.record(Hva.TALL_LEST, av=av, gjelder=Ting("oeyeblikksbilde", bilde.id), detalj=f"{kode}-{aar}")
    fjor = fra_json(lagret[forrige.id]) if forrige is not None and forrige.id in lagret else None
    samme = forrige is not None and bilde.koblingsmodus is forrige.koblingsmodus
    side = med_fjor(fra_json(lagret[bilde.id]), fjor, samme_kobling=samme)
    return Visning(definisjon, aar, side, bilde.koblingsmodus)


def finn(kode: str, aar: int) -> measures.Definisjon:
    """The table's definition. Raises FinnesIkke for an unknown table or a year that is not."""
    definisjon = measures.definisjoner().get(kode)
    if definisjon is None or not FOERSTE_AAR <= aar <= i_dag().year:
        raise FinnesIkke
    return definisjon
