"""A table that somebody has in a file: read, checked row by row, and written again with «:»."""

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import product
from math import prod

from koordinering.errors import KoordineringError
from koordinering.statistikk.disclosure.tabell import (
    BARN,
    FAMILIER,
    TOTAL,
    Dimensjon,
    Kategori,
    Kolonne,
    Noekkel,
    Raatall,
    RawCounts,
    SafeTable,
    Tegn,
    Telledefinisjon,
)

FLEST_CELLER = 2_000
STOERSTE_FIL = 5_000_000
_TALL = re.compile(r"[0-9]{1,9}", re.ASCII)
_KOLONNER = (Kolonne(BARN, "Barn", BARN), Kolonne(FAMILIER, "Familier", FAMILIER, additiv=False))

Hierarki = Mapping[str, Mapping[str, Sequence[str]]]
"""Per column: a class and the classes it consists of."""


class UgyldigFil(KoordineringError):
    """The file cannot be protected as it is; the message names the row."""


@dataclass(frozen=True, repr=False)
class Innlest:
    """A file's table, with what is needed to write it again the same way."""

    raa: RawCounts
    linje: Mapping[Noekkel, int]
    """The line that each cell stands on, in the order of the file."""
    hode: tuple[str, ...]
    skille: str
    linjeskift: str
    bom: bool

    def __repr__(self) -> str:
        return "Innlest(...)"


def les_hierarki(innhold: bytes) -> Hierarki:
    """Per column, parent to its list of children, as JSON."""
    try:
        data = json.loads(innhold.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise UgyldigFil("Hierarkiet er ikke gyldig JSON i UTF-8.") from None
    if not isinstance(data, dict) or not all(isinstance(grupper, dict) for grupper in data.values()):
        raise UgyldigFil('Hierarkiet skal være på formen {"kolonne": {"gruppe": ["del", "del"]}}.')
    for kolonne, grupper in data.items():
        for gruppe, deler in grupper.items():
            if not isinstance(deler, list) or not deler or not all(isinstance(en, str) for en in deler):
                raise UgyldigFil(f"Hierarkiet: «{gruppe}» i {kolonne} skal ha en liste med navn på deler.")
    return data


def les(innhold: bytes, hierarki: Hierarki, dag: date) -> Innlest:
    """Read and check everything. Raises UgyldigFil at the first fault, in the order of the file where it can."""
    tekst, bom = _tekst(innhold)
    skille = _skille(tekst)
    rader = _rader(tekst, skille)
    if not rader:
        raise UgyldigFil("Filen er tom.")
    hode = tuple(felt.strip() for felt in rader[0][1])
    navn = _dimensjonsnavn(hode)
    celler, linje = _celler(rader[1:], hode, len(navn))
    ukjent = sorted(set(hierarki) - set(navn))
    if ukjent:
        raise UgyldigFil(f"Hierarkiet: filen har ingen inndeling som heter «{ukjent[0]}».")
    dimensjoner = tuple(_dimensjon(en, nr, celler, hierarki.get(en, {})) for nr, en in enumerate(navn))
    _hele(dimensjoner, celler)
    raa = RawCounts(
        kode="fil",
        tittel="",
        aar=dag.year,
        dimensjoner=dimensjoner,
        kolonner=_KOLONNER[: len(hode) - len(navn)],
        celler={noekkel: Raatall(tall) for noekkel, tall in celler.items()},
        telledefinisjoner=(Telledefinisjon("", 1),),
        oeyeblikksbilde=dag,
    )
    _summer(raa, linje)
    return Innlest(raa, linje, hode, skille, "\r\n" if "\r\n" in tekst else "\n", bom)


def skriv(innlest: Innlest, vist: SafeTable) -> bytes:
    """The same rows in the same order, separated the same way."""
    ut = io.StringIO()
    skriver = csv.writer(ut, delimiter=innlest.skille, lineterminator=innlest.linjeskift)
    skriver.writerow(innlest.hode)
    for noekkel in innlest.linje:
        skriver.writerow([*noekkel, *(c.value if isinstance(c, Tegn) else c for c in vist.celler[noekkel])])
    return ut.getvalue().encode("utf-8-sig" if innlest.bom else "utf-8")


def _tekst(innhold: bytes) -> tuple[str, bool]:
    if len(innhold) > STOERSTE_FIL:
        raise UgyldigFil("Filen er større enn 5 MB. Bruk grovere grupper, eller del den i flere tabeller.")
    try:
        tekst = innhold.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UgyldigFil("Filen er ikke lagret som UTF-8.") from None
    if "\0" in tekst:
        raise UgyldigFil("Filen er ikke en tekstfil.")
    return tekst, innhold.startswith(b"\xef\xbb\xbf")


def _skille(tekst: str) -> str:
    hode = tekst.split("\n", 1)[0]
    return ";" if hode.count(";") >= max(1, hode.count(",")) else ","


def _rader(tekst: str, skille: str) -> list[tuple[int, list[str]]]:
    leser = csv.reader(io.StringIO(tekst, newline=""), delimiter=skille, strict=True)
    rader: list[tuple[int, list[str]]] = []
    try:
        for rad in leser:
            if any(felt.strip() for felt in rad):
                rader.append((leser.line_num, rad))
    except csv.Error:
        raise UgyldigFil(f"Linje {leser.line_num}: anførselstegnene går ikke opp.") from None
    return rader


def _dimensjonsnavn(hode: tuple[str, ...]) -> tuple[str, ...]:
    dobbelt = [navn for navn, antall in Counter(hode).items() if antall > 1]
    if dobbelt or "" in hode:
        raise UgyldigFil("Linje 1: hver kolonne skal ha et navn, og ikke det samme som en annen.")
    if BARN not in hode:
        raise UgyldigFil("Linje 1: kolonnen «barn» mangler.")
    foran, etter = hode[: hode.index(BARN)], hode[hode.index(BARN) + 1 :]
    ukjente = [navn for navn in etter if navn != FAMILIER]
    if ukjente:
        raise UgyldigFil(f"Linje 1: kolonnen «{ukjente[0]}» er ukjent. Etter «barn» kan bare «familier» stå.")
    if FAMILIER in foran:
        raise UgyldigFil("Linje 1: kolonnen «familier» skal stå etter «barn».")
    if not foran:
        raise UgyldigFil("Linje 1: minst én kolonne med inndeling skal stå foran «barn».")
    return foran


def _celler(
    rader: Sequence[tuple[int, list[str]]], hode: tuple[str, ...], antall: int
) -> tuple[dict[Noekkel, tuple[int, ...]], dict[Noekkel, int]]:
    celler: dict[Noekkel, tuple[int, ...]] = {}
    linje: dict[Noekkel, int] = {}
    for nr, rad in rader:
        if len(rad) != len(hode):
            raise UgyldigFil(f"Linje {nr}: raden skal ha {len(hode)} felt, men har {len(rad)}.")
        noekkel = tuple(felt.strip() for felt in rad[:antall])
        if "" in noekkel:
            raise UgyldigFil(f"Linje {nr}: {hode[noekkel.index('')]} er tom.")
        if noekkel in linje:
            raise UgyldigFil(f"Linje {nr}: raden finnes fra før, på linje {linje[noekkel]}.")
        celler[noekkel] = tuple(_antall(felt, navn, nr) for felt, navn in zip(rad[antall:], hode[antall:], strict=True))
        linje[noekkel] = nr
        _familier(celler[noekkel], nr)
    return celler, linje


def _antall(felt: str, navn: str, nr: int) -> int:
    if not _TALL.fullmatch(felt.strip()):
        raise UgyldigFil(f"Linje {nr}: {navn} skal være et helt tall, 0 eller mer.")
    return int(felt)


def _familier(tall: tuple[int, ...], nr: int) -> None:
    barn, familier = tall[0], tall[-1]
    if familier > barn:
        raise UgyldigFil(f"Linje {nr}: det kan ikke være flere familier enn barn.")
    if (familier == 0) != (barn == 0):
        raise UgyldigFil(f"Linje {nr}: familier skal være 0 når barn er 0, og bare da.")


def _dimensjon(
    navn: str, plass: int, celler: Mapping[Noekkel, object], grupper: Mapping[str, Sequence[str]]
) -> Dimensjon:
    koder = list(dict.fromkeys(noekkel[plass] for noekkel in celler if noekkel[plass] != TOTAL))
    if not koder:
        raise UgyldigFil(f"{navn} har ingen grupper, bare «{TOTAL}».")
    forelder = _foreldre(navn, koder, grupper)
    ordnet: list[str] = []
    while len(ordnet) < len(koder):
        neste = [k for k in koder if k not in ordnet and (k not in forelder or forelder[k] in ordnet)]
        if not neste:
            raise UgyldigFil(f"Hierarkiet: en gruppe i {navn} er en del av seg selv.")
        ordnet += neste
    return Dimensjon(navn, navn, tuple(Kategori(k, k, forelder.get(k)) for k in ordnet))


def _foreldre(navn: str, koder: Sequence[str], grupper: Mapping[str, Sequence[str]]) -> dict[str, str]:
    forelder: dict[str, str] = {}
    for gruppe, deler in grupper.items():
        for kode in (gruppe, *deler):
            if kode not in koder:
                raise UgyldigFil(f"Hierarkiet: «{kode}» finnes ikke i {navn}.")
        for del_ in deler:
            if del_ in forelder:
                raise UgyldigFil(f"Hierarkiet: «{del_}» i {navn} står i to grupper.")
            forelder[del_] = gruppe
    return forelder


def _hele(dimensjoner: tuple[Dimensjon, ...], celler: Mapping[Noekkel, object]) -> None:
    """Every combination stands in the file, and they are not too many."""
    antall = prod(len(d.koder) for d in dimensjoner)
    if antall > FLEST_CELLER:
        raise UgyldigFil(
            f"Tabellen har {antall} celler; grensen er {FLEST_CELLER}. "
            "Bruk grovere grupper, eller lag flere tabeller med færre inndelinger."
        )
    for noekkel in product(*(d.koder for d in dimensjoner)):
        if noekkel not in celler:
            raise UgyldigFil(f"Tabellen har et hull: raden «{', '.join(noekkel)}» mangler.")


def _summer(raa: RawCounts, linje: Mapping[Noekkel, int]) -> None:
    for helt in linje:
        for plass, dim in enumerate(raa.dimensjoner):
            deler = [(*helt[:plass], del_, *helt[plass + 1 :]) for del_ in dim.deler(helt[plass])]
            if deler:
                tall = [[raa.celler[n].tall[k] for n in (helt, *deler)] for k in range(len(raa.kolonner))]
                _en_sum(tall, linje[helt], dim.kode)


def _en_sum(tall: Sequence[Sequence[int]], nr: int, navn: str) -> None:
    barn, *deler = tall[0]
    if barn != sum(deler):
        raise UgyldigFil(f"Linje {nr}: barn er ikke summen av radene som raden består av, etter {navn}.")
    familier, *deler = tall[-1]
    if not max(deler) <= familier <= sum(deler):
        raise UgyldigFil(f"Linje {nr}: familier skal være minst den største delen og høyst summen, etter {navn}.")
