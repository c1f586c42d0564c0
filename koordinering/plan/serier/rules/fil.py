"""Figures from a file: every row is read and told what is wrong with it before anything is stored."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from koordinering.errors import UgyldigFelt
from koordinering.plan.serier.rules.foering import Tall, er_lite
from koordinering.plan.serier.rules.perioder import les_periode_i
from koordinering.plan.serier.rules.serie import Serie
from koordinering.plan.serier.rules.tall import les_tall
from koordinering.tekst import N_
from koordinering.tiltak.rules.regneark import Lesefeil, Uleselig, les_celler

MAKS_BYTES = 1024 * 1024
MAKS_RADER = 2_000
MAKS_TEKST = 500
PAAKREVD = ("indikator", "periode", "verdi")
KOLONNER = (*PAAKREVD, "kilde", "telledefinisjon", "brudd")
"""Column names of the file; the order is free, and the last three may be left out."""

_NAVN = {
    "serie": "indikator",
    "id": "indikator",
    "år": "periode",
    "tid": "periode",
    "måned": "periode",
    "tall": "verdi",
}
_ULESELIG: Mapping[Lesefeil, str] = {
    Lesefeil.SLAG: N_("Filen er ikke en csv-fil eller et regneark (xlsx)."),
    Lesefeil.STOR: N_("Filen er for stor. Den kan være høyst 1 MB."),
    Lesefeil.UTPAKKET: N_("Regnearket er for stort når det pakkes ut."),
    Lesefeil.RADER: N_("Filen har for mange rader. Den kan ha høyst 2000."),
}


class UlesbarFil(UgyldigFelt):
    """The file as a whole cannot be used."""

    def __init__(self, melding: str) -> None:
        super().__init__("fil", melding)


@dataclass(frozen=True)
class Lest:
    """One row of a file: what stood there, and either what it means or why it cannot be used."""

    linje: int
    celler: tuple[str, ...]
    """In the order of KOLONNER."""
    serie: Serie | None = None
    tall: Tall | None = None
    feil: str | None = None
    lite: bool = False
    """A small count, which is asked about."""

    @property
    def foer(self) -> str | None:
        """The period of a figure that this one replaces; None where there is none."""
        tall = self.tall
        finnes = self.serie and tall and any(p.periode == tall.periode for p in self.serie.punkter)
        return tall.periode if finnes and tall else None


@dataclass(frozen=True)
class Leser:
    """What a row is held against: the series that the user may enter in, the day, and the threshold."""

    serier: Sequence[Serie]
    i_dag: date
    terskel: int

    def serie(self, skrevet: str) -> Serie:
        """By its id or by its whole name. Raises UgyldigFelt."""
        ord_ = skrevet.strip().casefold()
        funnet = [en for en in self.serier if en.id.casefold() == ord_]
        funnet = funnet or [en for en in self.serier if en.navn.casefold() == ord_]
        if not ord_:
            raise UgyldigFelt("indikator", N_("Skriv hvilken indikator tallet gjelder."))
        if not funnet:
            raise UgyldigFelt("indikator", N_("Det finnes ingen slik indikator som du kan føre tall i."))
        if len(funnet) > 1:
            raise UgyldigFelt("indikator", N_("Flere indikatorer heter dette. Bruk koden i stedet for navnet."))
        return funnet[0]

    def rad(self, celler: Sequence[str]) -> tuple[Serie, Tall]:
        """What a row means. Raises UgyldigFelt at the first thing that cannot be so."""
        indikator, periode, verdi, kilde, definisjon, brudd = celler
        serie = self.serie(indikator)
        tid = les_periode_i(serie, periode, self.i_dag)
        tallet, tegn = les_tall(verdi, serie.enhetsslag)
        if any(len(tekst) > MAKS_TEKST for tekst in (kilde, definisjon, brudd)):
            raise UgyldigFelt("kilde", N_("En tekst er for lang. Skriv høyst 500 tegn."))
        grunn = brudd.strip()
        if grunn.casefold() in {"nei", "0"}:
            grunn = ""
        if grunn.casefold() in {"ja", "1", "x"}:
            raise UgyldigFelt("brudd", N_("Skriv grunnen til bruddet i stedet for «ja»."))
        return serie, Tall(
            tid.kode, tallet, tegn, kilde.strip() or None, definisjon.strip() or None, bool(grunn), grunn or None
        )


def les_fil(innhold: bytes, leser: Leser) -> list[Lest]:
    """Every row of a csv file or a workbook's first sheet, right or wrong. Raises UlesbarFil."""
    try:
        rader = les_celler(innhold, maks_byte=MAKS_BYTES, maks_rader=MAKS_RADER)
    except Uleselig as feil:
        raise UlesbarFil(_ULESELIG[feil.grunn]) from None
    linjer = [(nr, celler) for nr, celler in enumerate(rader, 1) if any(celle.strip() for celle in celler)]
    if not linjer:
        raise UlesbarFil(N_("Filen er tom."))
    plass = _kolonner(linjer[0][1])
    lest = les_rader(((nr, _valgt(celler, plass)) for nr, celler in linjer[1:]), leser)
    if not lest:
        raise UlesbarFil(N_("Filen har overskrifter, men ingen rader."))
    return lest


def les_rader(rader: Iterable[tuple[int, Sequence[str]]], leser: Leser) -> list[Lest]:
    """Rows in the order of KOLONNER; the same figure twice is an error at the second."""
    lest: list[Lest] = []
    brukt: set[tuple[str, str]] = set()
    for linje, celler in rader:
        vist = tuple(celle[:MAKS_TEKST] for celle in celler)
        try:
            serie, tall = leser.rad(celler)
        except UgyldigFelt as feil:
            lest.append(Lest(linje, vist, feil=str(feil)))
            continue
        if (serie.id, tall.periode) in brukt:
            lest.append(Lest(linje, vist, feil=N_("Samme indikator og periode står lenger oppe i filen.")))
            continue
        brukt.add((serie.id, tall.periode))
        lest.append(Lest(linje, vist, serie, tall, lite=er_lite(serie.enhetsslag, tall.verdi, leser.terskel)))
    return lest


def _valgt(celler: Sequence[str], plass: Sequence[int | None]) -> tuple[str, ...]:
    return tuple("" if p is None or p >= len(celler) else celler[p] for p in plass)


def _kolonner(overskrifter: Sequence[str]) -> list[int | None]:
    navn = [_NAVN.get(o.strip().casefold(), o.strip().casefold()) for o in overskrifter]
    if any(navn.count(k) != 1 for k in PAAKREVD) or any(navn.count(k) > 1 for k in KOLONNER):
        raise UlesbarFil(N_("Første rad må ha overskriftene indikator, periode og verdi."))
    return [navn.index(k) if k in navn else None for k in KOLONNER]
