"""Csv as the Statistikkbank gives it: a title, a blank line, headings in quotes, semicolons, and notes at the end.

Two layouts are read: time (and what is measured) across, «Andel med lavinntekt (prosent) 2023», and one row for each
figure, with the title over the last column. The encoding is UTF-8 or the older Windows one.
"""

import csv
import io
import re
from collections.abc import Iterator, Sequence

from koordinering.plan.serier.rules.fil import UlesbarFil
from koordinering.plan.serier.rules.periode import Periode
from koordinering.plan.serier.rules.ssb.celler import (
    Celle,
    Datasett,
    gjett_enhet,
    les_region,
    les_tid,
    les_verdi,
    tabellnummer,
)
from koordinering.tekst import N_

MAKS_RADER = 20_000
_TID = frozenset({"år", "tid", "måned", "halvår", "intervall (år)", "year", "time"})
_MAAL = frozenset({"statistikkvariabel", "contents", "contentscode"})
_STED = frozenset({"region", "kommune"})
_ENDER_MED_TID = re.compile(r"(?P<foran>.*?)\s*(?P<tid>\d{4}(?:[MH]\d{1,2}|\s*[-–]\s*\d{4})?)")
_ENHET_TIL_SLUTT = re.compile(r"(?P<navn>.+?)\s*\((?P<enhet>[^()]+)\)")
_UGYLDIG = N_("Filen er ikke en tabell fra Statistikkbanken: den mangler en linje med overskriften «region».")


def les_csv(innhold: bytes) -> Datasett:
    """Every figure of the file. Raises UlesbarFil, with the line where one line is wrong."""
    rader = _rader(innhold)
    tittel = next((rad[0] for _, rad in rader if rad and tabellnummer(rad[0])), "")
    start = next((nr for nr, (_, rad) in enumerate(rader) if len(rad) > 1 and _STED & set(_smaa(rad))), None)
    if start is None:
        raise UlesbarFil(_UGYLDIG)
    hode = [celle.strip() for celle in rader[start][1]]
    tabell = tabellnummer(tittel) or next((t for celle in hode if (t := tabellnummer(celle))), "")
    # Below the figures stand notes, in rows of another length.
    under = [(linje, rad) for linje, rad in rader[start + 1 :] if len(rad) == len(hode)]
    smaa = _smaa(hode)
    lest = _lange(hode, under) if _TID & set(smaa) else _brede(hode, under)
    return Datasett(tabell, tuple(lest))


def _smaa(rad: Sequence[str]) -> list[str]:
    return [celle.strip().casefold() for celle in rad]


def _rader(innhold: bytes) -> list[tuple[int, list[str]]]:
    if b"\x00" in innhold:
        raise UlesbarFil(N_("Filen er ikke en csv-fil eller JSON-stat 2.0."))
    try:
        tekst = innhold.decode("utf-8-sig")
    except UnicodeDecodeError:
        tekst = innhold.decode("cp1252", errors="replace")
    skille = _skille(tekst)
    try:
        leser = csv.reader(io.StringIO(tekst, newline=""), delimiter=skille)
        rader = [(leser.line_num, rad) for rad in leser if rad]
    except csv.Error:
        raise UlesbarFil(N_("Filen er ikke en csv-fil eller JSON-stat 2.0.")) from None
    if len(rader) > MAKS_RADER:
        raise UlesbarFil(N_("Filen har for mange rader. Velg bare din kommune i Statistikkbanken."))
    return rader


def _skille(tekst: str) -> str:
    """What stands between the headings; a comma inside quotes is a comma of a text."""
    hode = next((linje for linje in tekst.splitlines() if linje.casefold().startswith(('"region"', "region"))), "")
    uten_tekster = re.sub(r'"[^"]*"', "", hode)
    return max(";,\t", key=uten_tekster.count)


def _lange(hode: Sequence[str], rader: Sequence[tuple[int, Sequence[str]]]) -> Iterator[Celle]:
    """One row for each figure; the last column holds it."""
    smaa = _smaa(hode)
    tid = next(nr for nr, navn in enumerate(smaa) if navn in _TID)
    for linje, rad in rader:
        periode = les_tid(rad[tid])
        if periode is not None:
            yield _celle(linje, hode, rad, {tid, len(hode) - 1}, periode, "", rad[-1])


def _brede(hode: Sequence[str], rader: Sequence[tuple[int, Sequence[str]]]) -> Iterator[Celle]:
    """Time across, with or without what is measured in front of it."""
    verdier: dict[int, tuple[str, Periode]] = {}
    for nr, navn in enumerate(hode):
        funnet = _ENDER_MED_TID.fullmatch(navn)
        periode = les_tid(re.sub(r"\s", "", funnet["tid"])) if funnet else None
        if funnet and periode is not None:
            verdier[nr] = funnet["foran"], periode
    if not verdier:
        raise UlesbarFil(N_("Filen mangler tid: ingen kolonne heter «år» eller slutter med et årstall."))
    for linje, rad in rader:
        for nr, (foran, periode) in verdier.items():
            yield _celle(linje, hode, rad, set(verdier), periode, foran, rad[nr])


def _celle(
    linje: int, hode: Sequence[str], rad: Sequence[str], brukt: set[int], periode: Periode, foran: str, verdi: str
) -> Celle:
    smaa = _smaa(hode)
    sted = next(nr for nr, navn in enumerate(smaa) if navn in _STED)
    maalt = next((nr for nr, navn in enumerate(smaa) if navn in _MAAL), None)
    lest = les_verdi(verdi)
    if lest is None:
        raise UlesbarFil(N_("Linje %(linje)d: «%(verdi)s» er ikke et tall.") % {"linje": linje, "verdi": verdi[:30]})
    maal = foran or (rad[maalt].strip() if maalt is not None else "") or N_("Verdi")
    med_enhet = _ENHET_TIL_SLUTT.fullmatch(maal)
    return Celle(
        region=les_region(rad[sted]),
        periode=periode.kode,
        maal=med_enhet["navn"] if med_enhet else maal,
        enhet=med_enhet["enhet"] if med_enhet else gjett_enhet(maal),
        klasser=tuple(rad[nr].strip() for nr in range(len(hode)) if nr not in brukt | {sted, maalt}),
        verdi=lest[0],
        tegn=lest[1],
    )
