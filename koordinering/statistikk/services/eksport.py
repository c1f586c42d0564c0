"""Hands protected tables out as files, each time with a line in the log."""

from collections.abc import Callable
from dataclasses import dataclass

from koordinering import audit
from koordinering.access import require
from koordinering.audit import Hva, Ting
from koordinering.errors import KoordineringError, UgyldigFelt
from koordinering.konto.services import ta_uttrekk
from koordinering.roles import Rettighet
from koordinering.statistikk import queries
from koordinering.statistikk.export import (
    EKSPORT,
    MIMETYPE,
    Format,
    filnavn,
    kanonisk,
    pakkenavn,
    sha256,
    to_zip,
)
from koordinering.statistikk.models import Publisering
from koordinering.statistikk.services.lesing import finn, logget
from koordinering.statistikk.services.publisert import tabell, tabeller, utgivelse
from koordinering.tekst import N_
from koordinering.users import User

ZIP = "application/zip"


@dataclass(frozen=True)
class Fil:
    """A file to hand out."""

    navn: str
    innhold: bytes
    mimetype: str


class Skadet(KoordineringError):
    """What is stored is not what was released."""

    melding = N_("Tallene i databasen stemmer ikke med kontrollsummen. Hent publiseringen fra en sikkerhetskopi.")


def _taus(_gjort: int, _av: int) -> None:
    """For a file that nobody waits long for."""


def eksporter(kode: str, aar: int, fmt: str, *, av: User | None, adresse: str | None = None) -> Fil:
    """A table as a file; `fmt` is the value of a Format. Raises FinnesIkke, IngenTelling, UgyldigFelt."""
    if av is not None:
        require(av, Rettighet.STATISTIKK_EKSPORTER)
    finn(kode, aar)
    valgt = _format(fmt)
    ta_uttrekk(av=av, adresse=adresse)
    trygg, modus = logget(kode, aar, Hva.TALL_EKSPORTERT, f"{kode}-{aar}-{valgt}", av=av)
    return Fil(filnavn(trygg, valgt), EKSPORT[valgt](trygg, None, modus.tekst), MIMETYPE[valgt])


def eksporter_publisert(publisering_id: int, kode: str, fmt: str, *, av: User, adresse: str | None) -> Fil:
    """A released table as a file. Raises FinnesIkke, UgyldigFelt."""
    require(av, Rettighet.STATISTIKK_PUBLISERT_LES)
    p = queries.publisering(av, publisering_id)
    valgt = _format(fmt)
    ta_uttrekk(av=av, adresse=adresse)
    ut, trygg = utgivelse(p), tabell(p, kode)
    _noter(p, f"{kode}-{valgt}", av=av)
    return Fil(filnavn(trygg, valgt, ut), EKSPORT[valgt](trygg, ut, None), MIMETYPE[valgt])


def pakke(publisering_id: int, *, av: User, adresse: str | None) -> Fil:
    """Everything of a release as a zip. Raises FinnesIkke, Skadet."""
    require(av, Rettighet.STATISTIKK_PUBLISERT_LES)
    p = queries.publisering(av, publisering_id)
    ta_uttrekk(av=av, adresse=adresse)
    return _pakke(p, _taus, av=av)


def pakke_med_nummer(nummer: int, steg: Callable[[int, int], None]) -> Fil:
    """The same for the command line, which owns the installation. Raises FinnesIkke, Skadet."""
    return _pakke(queries.med_nummer(nummer), steg, av=None)


def _pakke(p: Publisering, steg: Callable[[int, int], None], *, av: User | None) -> Fil:
    ut, alle = utgivelse(p), tabeller(p)
    if sha256(kanonisk(alle)) != ut.sha256:
        raise Skadet
    _noter(p, "zip", av=av)
    return Fil(f"{pakkenavn(ut)}.zip", to_zip(alle, ut, steg), ZIP)


def _noter(p: Publisering, hva: str, *, av: User | None) -> None:
    audit.record(Hva.TALL_EKSPORTERT, av=av, gjelder=Ting("publisering", p.id), detalj=f"{p.nummer}-{hva}")


def _format(fmt: str) -> Format:
    if fmt not in set(Format):
        raise UgyldigFelt("format", N_("Velg en filtype fra listen."))
    return Format(fmt)
