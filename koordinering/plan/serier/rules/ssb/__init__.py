"""Statistics Norway's tables as files: JSON-stat 2.0, and csv as the Statistikkbank gives it.

Table 12944 is what the plan asks for, but nothing here rests on which variables a table has: the one that is a place,
the one that is time and the one that says what is measured are found, and every combination of the others is a series.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from koordinering.plan.serier.rules.fil import UlesbarFil
from koordinering.plan.serier.rules.foering import Tall
from koordinering.plan.serier.rules.periode import Periodeslag, les_periode
from koordinering.plan.serier.rules.ssb.celler import Celle, Datasett, Region
from koordinering.plan.serier.rules.ssb.csv_fil import les_csv
from koordinering.plan.serier.rules.ssb.jsonstat import les_jsonstat
from koordinering.tekst import N_

__all__ = ["Celle", "Datasett", "Region", "Ssbserie", "les_datasett", "serier_for"]

MAKS_BYTES = 2_000_000
MAKS_SERIER = 40
KILDE = "Statistisk sentralbyrå"


@dataclass(frozen=True)
class Ssbserie:
    """One series of a file, of one municipality."""

    noekkel: str
    navn: str
    enhet: str
    omraade: str
    kilde: str
    tall: tuple[Tall, ...]

    @property
    def maaneder(self) -> bool:
        """A figure a month."""
        tid = les_periode(self.tall[0].periode)
        return tid is not None and tid.slag is Periodeslag.MAANED


def les_datasett(innhold: bytes) -> Datasett:
    """A file of either kind. Raises UlesbarFil."""
    if len(innhold) > MAKS_BYTES:
        raise UlesbarFil(N_("Filen er for stor. Velg bare din kommune i Statistikkbanken."))
    if not innhold.strip():
        raise UlesbarFil(N_("Filen er tom."))
    if innhold.removeprefix(b"\xef\xbb\xbf").lstrip().startswith((b"{", b"[")):
        return les_jsonstat(innhold)
    return les_csv(innhold)


def kommunens(regioner: Iterable[Region], nummer: str, navn: str) -> list[Region]:
    """The municipality under its number, and under those that it had before: the same name and another number."""
    kort = navn.casefold().removesuffix(" kommune").strip()
    return [en for en in regioner if en.nummer == nummer or en.kortnavn == kort]


def serier_for(datasett: Datasett, nummer: str, kommune: str) -> list[Ssbserie]:
    """The file's series for one municipality. Raises UlesbarFil.

    Where the municipality stands under two numbers the one that says more of a period is taken, today's before others.
    """
    egne = kommunens(datasett.regioner, nummer, kommune)
    if not egne:
        raise UlesbarFil(N_("Filen har ingen tall for kommunen. Velg kommunen som region i Statistikkbanken."))
    rekke = sorted(egne, key=lambda en: en.nummer != nummer)
    grupper: dict[tuple[str, ...], dict[str, Celle]] = {}
    for region in rekke:
        for celle in datasett.celler:
            if celle.region == region:
                perioder = grupper.setdefault((celle.maal, celle.enhet, *celle.klasser), {})
                if celle.periode not in perioder or celle.vekt > perioder[celle.periode].vekt:
                    perioder[celle.periode] = celle
    ut = [en for noekkel, perioder in grupper.items() if (en := _serie(datasett, kommune, noekkel, perioder))]
    if not ut:
        raise UlesbarFil(N_("Filen har ingen tall for kommunen, bare rader uten tall."))
    if len(ut) > MAKS_SERIER:
        raise UlesbarFil(N_("Filen har for mange serier. Velg færre verdier i Statistikkbanken, høyst 40."))
    return ut


def _serie(datasett: Datasett, kommune: str, noekkel: Sequence[str], perioder: dict[str, Celle]) -> Ssbserie | None:
    maal, enhet, *klasser = noekkel
    i_tid = sorted(perioder.values(), key=lambda c: c.periode)
    med_tall = [nr for nr, celle in enumerate(i_tid) if celle.verdi is not None]
    if not med_tall:
        return None
    tall = tuple(
        Tall(c.periode, c.verdi, c.tegn, kommunenummer=c.region.nummer or None)
        for c in i_tid[med_tall[0] : med_tall[-1] + 1]
    )
    return Ssbserie(
        noekkel="|".join(("ssb", datasett.tabell, maal, *klasser)).casefold(),
        navn=f"{maal}: {', '.join(klasser)}" if klasser else maal,
        enhet=enhet,
        omraade=kommune.removesuffix(" kommune"),
        kilde=f"{KILDE}, tabell {datasett.tabell}" if datasett.tabell else KILDE,
        tall=tall,
    )
