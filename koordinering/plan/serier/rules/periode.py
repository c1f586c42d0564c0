"""Periods as Statistics Norway writes them: «2015», «2015H1», «2015M01», «2011-2013»."""

import re
from dataclasses import dataclass

from koordinering.tekst import N_, Kode

FOERSTE_AAR, SISTE_AAR = 1900, 2200


class Periodeslag(Kode):
    """How long a period is."""

    AAR = "aar", N_("År")
    HALVAAR = "halvaar", N_("Halvår")
    MAANED = "maaned", N_("Måned")
    FLERE_AAR = "flere_aar", N_("Flere år")


MAANEDER = (
    N_("januar"), N_("februar"), N_("mars"), N_("april"), N_("mai"), N_("juni"),
    N_("juli"), N_("august"), N_("september"), N_("oktober"), N_("november"), N_("desember"),
)  # fmt: skip

_FORM = re.compile(r"(?P<aar>\d{4})(?:H(?P<halvaar>[12])|M(?P<maaned>0[1-9]|1[0-2])|-(?P<til>\d{4}))?")
_MAANEDER = {navn: nr for nr, navn in enumerate(MAANEDER, 1)} | {navn[:3]: nr for nr, navn in enumerate(MAANEDER, 1)}
_SKREVET: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(?P<aar>\d{4})"), "{aar}"),
    (re.compile(r"(?P<aar>\d{4})\s*[-/–]\s*(?P<til>\d{4})"), "{aar}-{til}"),
    (re.compile(r"(?P<nr>[12])\.?\s*halvår\s*(?P<aar>\d{4})"), "{aar}H{nr}"),
    (re.compile(r"(?P<aar>\d{4})\s*[-/]?h(?P<nr>[12])"), "{aar}H{nr}"),
    (re.compile(r"(?P<aar>\d{4})\s*[-/]?m?(?P<maaned>0?[1-9]|1[0-2])"), "{aar}M{maaned:0>2}"),
    (re.compile(r"(?P<maaned>0?[1-9]|1[0-2])[./](?P<aar>\d{4})"), "{aar}M{maaned:0>2}"),
)
_MED_NAVN = re.compile(r"(?P<navn>[a-zæøå]+)\.?\s+(?P<aar>\d{4})")
_DATO = re.compile(r"\d{1,2}\.(?P<maaned>\d{1,2})\.(?P<aar>\d{4})")


@dataclass(frozen=True, order=True)
class Periode:
    """A period of time; ordered by its first month. Months are counted from 1."""

    fra: tuple[int, int]
    """Year and month."""
    slutt: tuple[int, int]
    slag: Periodeslag

    @property
    def kode(self) -> str:
        """As it is stored."""
        aar, maaned = self.fra
        return {
            Periodeslag.AAR: f"{aar}",
            Periodeslag.HALVAAR: f"{aar}H{1 if maaned == 1 else 2}",
            Periodeslag.MAANED: f"{aar}M{maaned:02}",
            Periodeslag.FLERE_AAR: f"{aar}-{self.slutt[0]}",
        }[self.slag]

    @property
    def midt(self) -> float:
        """The middle of it, in years: where a point stands in a picture."""
        (fra_aar, fra_maaned), (til_aar, til_maaned) = self.fra, self.slutt
        return (fra_aar + (fra_maaned - 1) / 12 + til_aar + til_maaned / 12) / 2


def les_periode(kode: str) -> Periode | None:
    """A stored period; None for what is only words, and for a year that cannot be."""
    funnet = _FORM.fullmatch(kode)
    if funnet is None:
        return None
    aar = int(funnet["aar"])
    til = int(funnet["til"] or aar)
    if not FOERSTE_AAR <= aar <= til <= SISTE_AAR:
        return None
    if funnet["halvaar"]:
        foerste = 6 * int(funnet["halvaar"]) - 5
        return Periode((aar, foerste), (aar, foerste + 5), Periodeslag.HALVAAR)
    if funnet["maaned"]:
        return Periode((aar, int(funnet["maaned"])), (aar, int(funnet["maaned"])), Periodeslag.MAANED)
    slag = Periodeslag.FLERE_AAR if funnet["til"] and til > aar else Periodeslag.AAR
    return Periode((aar, 1), (til, 12), slag)


def tolk_periode(skrevet: str) -> Periode | None:
    """What somebody typed or has in a file: «2015», «1. halvår 2015», «januar 2015», «01.2015», «2011–2013»."""
    tekst = " ".join(skrevet.casefold().split())
    navngitt = _MED_NAVN.fullmatch(tekst)
    if navngitt and navngitt["navn"] in _MAANEDER:
        return les_periode(f"{navngitt['aar']}M{_MAANEDER[navngitt['navn']]:02}")
    dato = _DATO.fullmatch(tekst)  # a workbook's «januar 2015» is the first of January inside
    if dato:
        return les_periode(f"{dato['aar']}M{dato['maaned']:0>2}")
    for form, kode in _SKREVET:
        funnet = form.fullmatch(tekst)
        if funnet:
            return les_periode(kode.format(**funnet.groupdict()))
    return None
