"""The consent on paper: what a language's file must hold, and the sheet that is made of it."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from koordinering.saker.rules.behov import Opplysning, SamtykkeFra
from koordinering.saker.rules.tekstfil import ORD, Linje, Tekstfil, fyll


class Arkslag(StrEnum):
    """The sheets there are: each is a section of the language's file."""

    DELING = "tekst"
    SAMORDNING = "samordning"


MAA_STAA: Mapping[Arkslag, tuple[str, ...]] = {
    Arkslag.DELING: ("avsender", "mottakere", "opplysninger", "til", "uten_til"),
    Arkslag.SAMORDNING: ("avsender", "mottakere", "til"),
}
"""What no consent is without: who asks, who is told, what, until when, and that it lasts until it is withdrawn.

A consent to coordinate always has a last day, and what the units see is the same for all.
"""

_HVEM = frozenset({"foresatt", "ungdom"})
KAN_STAA: Mapping[Arkslag, frozenset[str]] = {
    Arkslag.DELING: _HVEM | {*MAA_STAA[Arkslag.DELING], "uten_avsender"},
    Arkslag.SAMORDNING: _HVEM | {*MAA_STAA[Arkslag.SAMORDNING]},
}
LISTER = frozenset({"{mottakere}", "{opplysninger}"})
"""Lines that become a list."""

UNDERSKRIFT = ("sted_og_dato", "foresatt", "ungdom")

SKRIVER_UNDER = (SamtykkeFra.FORESATT, SamtykkeFra.UNGDOM)
"""A sheet speaks to one: where both must consent, each signs a sheet of her own."""


def hvem_skriver_under(kan: Collection[SamtykkeFra]) -> SamtykkeFra:
    """Whose sheet is shown first, where these can give the consent."""
    bare_ungdom = SamtykkeFra.UNGDOM in kan and SamtykkeFra.FORESATT not in kan
    return SamtykkeFra.UNGDOM if bare_ungdom else SamtykkeFra.FORESATT


_FSI, _PDI = "\u2068", "\u2069"
"""Around what is written in another direction than the text, so that the signs about it stay where they belong."""


@dataclass(frozen=True)
class Utsagn:
    """What the sheet says: names of units as the municipality writes them."""

    avsender: str
    mottakere: tuple[str, ...]
    opplysninger: tuple[Opplysning, ...]
    til: str
    """The last day, written out; empty when it lasts until it is withdrawn."""
    fra: SamtykkeFra


@dataclass(frozen=True)
class Del:
    """A piece of the sheet: «overskrift», «avsnitt» or «liste»."""

    slag: str
    linjer: tuple[str, ...]


@dataclass(frozen=True)
class Ark:
    """The sheet in one language, ready to print and sign."""

    spraak: str
    retning: str
    tittel: str
    deler: tuple[Del, ...]
    underskrift: tuple[str, ...]
    """What stands under each line that is written on by hand."""
    merknad: str


def feil_i(fil: Tekstfil) -> Iterator[tuple[int, str]]:
    """What is wrong with a file, and on which line (of the section, where something is missing)."""
    for seksjon in ("tekst", "opplysninger", "underskrift"):
        if not fil.seksjoner.get(seksjon):
            yield fil.steder.get(seksjon, 1), f"avsnittet [{seksjon}] mangler eller er tomt"
    for slag in Arkslag:
        yield from _feil_i_arket(fil, slag)
    for seksjon, maa in (("opplysninger", tuple(o.value for o in Opplysning)), ("underskrift", UNDERSKRIFT)):
        finnes = _ordbok(fil.seksjoner.get(seksjon, ()))
        sted = fil.steder.get(seksjon, 1)
        yield from ((sted, f"«{noekkel}:» mangler i [{seksjon}]") for noekkel in maa if not finnes.get(noekkel))


def _feil_i_arket(fil: Tekstfil, slag: Arkslag) -> Iterator[tuple[int, str]]:
    linjer = fil.seksjoner.get(slag, ())
    brukt: set[str] = set()
    for linje in linjer:
        alle = [(treff[1], treff[2]) for treff in ORD.finditer(linje.tekst)]
        brukt |= {ord_ for hvis, ord_ in alle if not hvis or ord_ == "uten_til"}  # a condition alone prints nothing
        ukjente = sorted({o for _, o in alle} - KAN_STAA[slag])
        yield from ((linje.nr, f"{{{ukjent}}} finnes ikke") for ukjent in ukjente)
        if "\N{REPLACEMENT CHARACTER}" in linje.tekst:
            yield linje.nr, "linjen er ikke lesbar som UTF-8"
    if linjer:
        sted, maa = fil.steder[slag], MAA_STAA[slag]
        yield from ((sted, f"{{{mangler}}} mangler i [{slag.value}]") for mangler in maa if mangler not in brukt)
        if not any(linje.tekst.startswith("# ") for linje in linjer):
            yield sted, "overskriften (en linje som begynner med «# ») mangler"


def _ordbok(linjer: Collection[Linje]) -> dict[str, str]:
    delt = (linje.tekst.partition(":") for linje in linjer)
    return {noekkel.strip(): verdi.strip() for noekkel, _, verdi in delt}


def har_ark(fil: Tekstfil, slag: Arkslag) -> bool:
    """Whether the language has this sheet: a file from before there was coordination has not."""
    return bool(fil.seksjoner.get(slag))


def ark(fil: Tekstfil, sagt: Utsagn, slag: Arkslag = Arkslag.DELING) -> Ark:
    """The sheet for what is chosen."""
    ord_ = _ordbok(fil.seksjoner["opplysninger"])
    lister: Mapping[str, tuple[str, ...]] = {
        "{mottakere}": sagt.mottakere,
        "{opplysninger}": tuple(ord_[o.value] for o in sagt.opplysninger),
    }
    verdier = {
        "avsender": f"{_FSI}{sagt.avsender}{_PDI}",
        "til": f"{_FSI}{sagt.til}{_PDI}" if sagt.til else "",
        "uten_til": "" if sagt.til else "ja",
        "uten_avsender": "" if Opplysning.AVSENDER in sagt.opplysninger else "ja",
        sagt.fra.value: "ja",
        "mottakere": ", ".join(f"{_FSI}{navn}{_PDI}" for navn in sagt.mottakere),
        "opplysninger": ", ".join(lister["{opplysninger}"]),
    }
    deler = []
    for linje in fil.seksjoner[slag]:
        if linje.tekst in LISTER:
            deler.append(Del("liste", lister[linje.tekst]))
            continue
        for tekst in fyll([linje], verdier):
            type_ = "tittel" if tekst.startswith("# ") else "overskrift" if tekst.startswith("## ") else "avsnitt"
            deler.append(Del(type_, (tekst.lstrip("# "),)))
    under = _ordbok(fil.seksjoner["underskrift"])
    return Ark(
        spraak=fil.kode,
        retning=fil.retning,
        tittel=next(d.linjer[0] for d in deler if d.slag == "tittel"),
        deler=tuple(d for d in deler if d.slag != "tittel"),
        underskrift=(under["sted_og_dato"], under[sagt.fra.value]),
        merknad=under.get("merknad", ""),
    )
