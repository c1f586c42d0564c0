"""Monthly figures from an operator with a lending system of its own: one row's rules, and files read with care."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from koordinering.errors import UgyldigFelt
from koordinering.tallskrift import les_heltall
from koordinering.tekst import N_
from koordinering.tiltak.rules.regneark import Lesefeil, Uleselig, les_celler
from koordinering.tiltak.utstyr.rules.tilstander import Kategori

MAKS_BYTES = 1024 * 1024
MAKS_RADER = 2_000
MAKS_LAAN = 100_000
KOLONNER = ("aar", "maaned", "kategori", "utlaan")
"""Column names of the file; the order is free."""

_NAVN = {"år": "aar", "måned": "maaned", "utlån": "utlaan", "antall": "utlaan"}
_KATEGORIER = {navn.casefold(): k for k in Kategori for navn in (k.value, k.tekst)}
_ULESELIG: Mapping[Lesefeil, str] = {
    Lesefeil.SLAG: N_("Filen er ikke en csv-fil eller et regneark (xlsx)."),
    Lesefeil.STOR: N_("Filen er for stor. Den kan være høyst 1 MB."),
    Lesefeil.UTPAKKET: N_("Regnearket er for stort når det pakkes ut."),
    Lesefeil.RADER: N_("Filen har for mange rader. Den kan ha høyst 2000."),
}


@dataclass(frozen=True)
class Maanedstall:
    """Loans of one category in one month."""

    aar: int
    maaned: int
    kategori: Kategori
    antall: int

    @property
    def noekkel(self) -> tuple[int, int, Kategori]:
        """What there is one figure of."""
        return self.aar, self.maaned, self.kategori


@dataclass(frozen=True)
class Lest:
    """One row of a file: what stood there, and either what it means or why it cannot be used."""

    linje: int
    celler: tuple[str, ...]
    tall: Maanedstall | None
    feil: str | None = None


def _heltall(tekst: str, minst: int, hoyst: int) -> int | None:
    try:
        tall = les_heltall(tekst.removesuffix(".0"))
    except ValueError:
        return None
    return tall if minst <= tall <= hoyst else None


def les_rad(celler: Sequence[str], i_aar: int, naa_maaned: int) -> Maanedstall:
    """What year, month, category and loans mean. Raises UgyldigFelt at the first that cannot be so."""
    aar_t, maaned_t, kategori_t, antall_t = (celle.strip() for celle in celler)
    aar = _heltall(aar_t, 2000, i_aar)
    if aar is None:
        raise UgyldigFelt("aar", N_("Året må være et tall med fire sifre, ikke fram i tid."))
    maaned = _heltall(maaned_t, 1, 12)
    if maaned is None:
        raise UgyldigFelt("maaned", N_("Måneden må være et tall fra 1 til 12."))
    if (aar, maaned) > (i_aar, naa_maaned):
        raise UgyldigFelt("maaned", N_("Måneden har ikke vært ennå."))
    kategori = _KATEGORIER.get(kategori_t.casefold())
    if kategori is None:
        raise UgyldigFelt("kategori", N_("Kategorien finnes ikke. Bruk navnet slik det står i listen."))
    antall = _heltall(antall_t, 0, MAKS_LAAN)
    if antall is None:
        raise UgyldigFelt("utlaan", N_("Utlån må være et helt tall fra 0 til 100 000."))
    return Maanedstall(aar, maaned, kategori, antall)


class UlesbarFil(UgyldigFelt):
    """The file as a whole cannot be used; belongs to the field `fil`."""

    def __init__(self, melding: str) -> None:
        super().__init__("fil", melding)


def les_fil(innhold: bytes, i_aar: int, naa_maaned: int) -> list[Lest]:
    """Every row of a csv file or a workbook's first sheet, right or wrong. Raises UlesbarFil."""
    try:
        rader = les_celler(innhold, maks_byte=MAKS_BYTES, maks_rader=MAKS_RADER)
    except Uleselig as feil:
        raise UlesbarFil(_ULESELIG[feil.grunn]) from None
    linjer = [(nr, celler) for nr, celler in enumerate(rader, 1) if any(celle.strip() for celle in celler)]
    if not linjer:
        raise UlesbarFil(N_("Filen er tom."))
    plass = _kolonner(linjer[0][1])
    lest: list[Lest] = []
    brukt: dict[tuple[int, int, Kategori], int] = {}
    for linje, celler in linjer[1:]:
        valgt = tuple(celler[p] if p < len(celler) else "" for p in plass)
        lest.append(_les(linje, valgt, brukt, i_aar, naa_maaned))
    if not lest:
        raise UlesbarFil(N_("Filen har overskrifter, men ingen rader."))
    return lest


def _les(
    linje: int, celler: tuple[str, ...], brukt: dict[tuple[int, int, Kategori], int], i_aar: int, naa_maaned: int
) -> Lest:
    vist = tuple(celle[:60] for celle in celler)
    try:
        tall = les_rad(celler, i_aar, naa_maaned)
    except UgyldigFelt as feil:
        return Lest(linje, vist, None, str(feil))
    if brukt.setdefault(tall.noekkel, linje) != linje:
        return Lest(linje, vist, None, N_("Samme måned og kategori står lenger oppe i filen."))
    return Lest(linje, vist, tall)


def _kolonner(overskrifter: Sequence[str]) -> list[int]:
    navn = [_NAVN.get(o.strip().casefold(), o.strip().casefold()) for o in overskrifter]
    if any(navn.count(k) != 1 for k in KOLONNER):
        raise UlesbarFil(N_("Første rad må ha overskriftene år, måned, kategori og utlån."))
    return [navn.index(k) for k in KOLONNER]
