"""A paper as blocks, read from the small part of Markdown that its text is written in.

One line is one block: `# ` the title, `## ` a heading, `- ` an item of a list, `| a | b |` a row of a table whose
first row is its head, `[tabell: navn]` a table that the program makes, anything else a paragraph. A line that begins
with `{?fakta}` stands only where the fact holds, `{!fakta}` where it does not, and either where nobody knows.
`{navn}` is a value. `**…**` is strong, and `[fyll inn: …]` is left for the municipality.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import groupby
from typing import ClassVar, TypeAlias


class FeilIPapiret(ValueError):
    """The text asks for a value, a fact or a table that there is not."""


@dataclass(frozen=True)
class Overskrift:
    """A heading below the title."""

    slag: ClassVar[str] = "overskrift"
    tekst: str


@dataclass(frozen=True)
class Avsnitt:
    """A paragraph."""

    slag: ClassVar[str] = "avsnitt"
    tekst: str


@dataclass(frozen=True)
class Liste:
    """A list."""

    slag: ClassVar[str] = "liste"
    punkter: tuple[str, ...]


@dataclass(frozen=True)
class Tabell:
    """A table; the title tells it from the others on the page."""

    slag: ClassVar[str] = "tabell"
    tittel: str
    kolonner: tuple[str, ...]
    rader: tuple[tuple[str, ...], ...]
    vis_tittel: bool = True
    """The heading above does not say the same."""


Blokk: TypeAlias = Overskrift | Avsnitt | Liste | Tabell
Tabeller: TypeAlias = Mapping[str, tuple[Tabell, ...]]
"""Name in the text to the tables that stand there."""


@dataclass(frozen=True)
class Dokument:
    """A whole paper."""

    tittel: str
    spraak: str
    blokker: tuple[Blokk, ...]


_VILKAAR = re.compile(r"\{([?!])(\w+)\}")
_VERDI = re.compile(r"\{(\w+)\}")
_TABELL = re.compile(r"\[tabell: (\w+)\]")
_SAERSKILT = re.compile(r"\*\*(.+?)\*\*|(\[(?:fyll inn|fill in): [^\]]+\])")


def deler(tekst: str) -> Iterator[tuple[str, str]]:
    """The pieces of a text: «tekst», «fet» (strong) or «fyll» (left to fill in), each with its words."""
    forrige = 0
    for treff in _SAERSKILT.finditer(tekst):
        if treff.start() > forrige:
            yield "tekst", tekst[forrige : treff.start()]
        yield ("fet", treff[1]) if treff[1] else ("fyll", treff[2])
        forrige = treff.end()
    if forrige < len(tekst):
        yield "tekst", tekst[forrige:]


def fyll(
    linje: str, verdier: Mapping[str, str], fakta: Mapping[str, bool | None], *, strengt: bool = True
) -> str | None:
    """The line with its values; None where it does not stand.

    Raises FeilIPapiret for a name that there is not; where it is not `strengt`, the line is left out instead.
    """
    vilkaar = _VILKAAR.match(linje)
    resten = linje[vilkaar.end() :] if vilkaar else linje
    navnene = {m[1] for m in _VERDI.finditer(resten)}
    ukjente = (navnene - verdier.keys()) | ({vilkaar[2]} - fakta.keys() if vilkaar else set())
    if ukjente and strengt:
        raise FeilIPapiret(f"no such name: {', '.join(sorted(ukjente))}")
    if ukjente or (vilkaar and fakta[vilkaar[2]] is (vilkaar[1] == "!")):
        return None
    return _VERDI.sub(lambda m: verdier[m[1]], resten)


def les(linjer: list[str], tabeller: Tabeller, spraak: str) -> Dokument:
    """The paper in these lines, filled in already. Raises FeilIPapiret."""
    tittel, overskrift = "", ""
    blokker: list[Blokk] = []
    for slag, gruppe in groupby((linje for linje in linjer if linje.strip()), _slag):
        like = list(gruppe)
        if slag == "#":
            tittel = overskrift = like[0].removeprefix("# ")
        elif slag == "##":
            blokker += [Overskrift(overskrift := linje.removeprefix("## ")) for linje in like]
        elif slag == "-":
            blokker.append(Liste(tuple(linje.removeprefix("- ") for linje in like)))
        elif slag == "|":
            blokker.append(_tabell(overskrift, like))
        elif slag == "[":
            blokker += [tabell for linje in like for tabell in _laget(linje, tabeller)]
        else:
            blokker += [Avsnitt(linje) for linje in like]
    return Dokument(tittel, spraak, tuple(_uten_dobbel_tittel(blokker)))


def _uten_dobbel_tittel(blokker: list[Blokk]) -> Iterator[Blokk]:
    overskrift = ""
    for blokk in blokker:
        if isinstance(blokk, Overskrift):
            overskrift = blokk.tekst
        yield replace(blokk, vis_tittel=blokk.tittel != overskrift) if isinstance(blokk, Tabell) else blokk


def _slag(linje: str) -> str:
    if _TABELL.fullmatch(linje):
        return "["
    foerste = linje.split(" ", 1)[0]
    return foerste if foerste in {"#", "##", "-", "|"} else ""


def _tabell(tittel: str, linjer: list[str]) -> Tabell:
    hode, *rader = [tuple(celle.strip() for celle in linje.strip().strip("|").split("|")) for linje in linjer]
    if any(len(rad) != len(hode) for rad in rader):
        raise FeilIPapiret(f"a row of «{tittel}» is not as wide as its head")
    return Tabell(tittel, hode, tuple(rader))


def _laget(linje: str, tabeller: Tabeller) -> tuple[Tabell, ...]:
    treff = _TABELL.fullmatch(linje)
    if treff is None or treff[1] not in tabeller:
        raise FeilIPapiret(f"no such table: {linje}")
    return tabeller[treff[1]]
