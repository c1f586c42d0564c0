"""Texts to families, one file for each language: how a file is read and filled in.

The file is named by its language code (`nb.txt`). Its first line is the language's own name; then sections `[name]`.
A line with a `{word}` that has no value is left out, and so is a line that begins with `{?word}` when the word has
none: what is said only sometimes needs no code. The section `[ord]` says words of ours, as `Mandag: Monday`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

MAKS_TEGN = 20_000
SPRAAKKODE = re.compile(r"[a-z]{2,3}(-[A-Za-z]{2,8})?")
ORD = re.compile(r"\{(\??)(\w*)\}")

ORDLISTE = "ord"
"""The section of words: what is written in bokmål, a colon, and the same in the file's language."""

_HOEYRE = frozenset("ar ckb dv fa he ks pnb prs ps sd ug ur yi".split())  # noqa: SIM905 - a list of codes reads better so
_SKRIFTER = frozenset({"arab", "hebr", "thaa", "syrc", "nkoo", "adlm"})


@dataclass(frozen=True)
class Linje:
    """One line, and where in the file it stands."""

    nr: int
    tekst: str


@dataclass(frozen=True)
class Tekstfil:
    """One language's texts; `steder` is the line where each section begins."""

    kode: str
    navn: str
    seksjoner: Mapping[str, tuple[Linje, ...]]
    steder: Mapping[str, int]

    @property
    def retning(self) -> str:
        """`rtl` for a language that is written from the right, else `ltr`."""
        spraak, _, resten = self.kode.partition("-")
        return "rtl" if spraak in _HOEYRE or resten.lower() in _SKRIFTER else "ltr"

    @cached_property
    def ordliste(self) -> Mapping[str, str]:
        """What words of ours are in the language, by the bokmål in small letters."""
        par = (linje.tekst.partition(":") for linje in self.seksjoner.get(ORDLISTE, ()))
        return {vaart.strip().lower(): deres.strip() for vaart, _, deres in par if deres.strip()}


def les(kode: str, raa: bytes) -> Tekstfil:
    """Read a file. What cannot be understood as UTF-8 becomes replacement signs, and a very long file is cut."""
    navn, *linjer = raa.decode("utf-8-sig", errors="replace")[:MAKS_TEGN].splitlines() or [kode]
    seksjoner: dict[str, list[Linje]] = {}
    steder: dict[str, int] = {}
    naa: list[Linje] = []
    for nr, linje in enumerate((linje.strip() for linje in linjer), 2):
        if linje.startswith("[") and linje.endswith("]"):
            seksjon = linje[1:-1].strip().lower()
            naa = seksjoner.setdefault(seksjon, [])
            steder.setdefault(seksjon, nr)
        elif linje:
            naa.append(Linje(nr, linje))
    return Tekstfil(kode, navn.strip() or kode, {k: tuple(v) for k, v in seksjoner.items()}, steder)


def fyll(linjer: Iterable[Linje], verdier: Mapping[str, str]) -> Iterator[str]:
    """The lines with the words filled in, but for those that a word without a value leaves out."""
    for linje in linjer:
        if all(verdier.get(ord_[2]) for ord_ in ORD.finditer(linje.tekst)):
            yield ORD.sub(lambda ord_: "" if ord_[1] else verdier[ord_[2]], linje.tekst)


def ett_ord(tekst: str, ordliste: Mapping[str, str]) -> str:
    """What a bokmål word or sentence is in the list's language; itself where the list does not know all of it."""
    return ordliste.get(tekst.strip().lower(), tekst)


def ord_for_ord(tekst: str, ordliste: Mapping[str, str]) -> str:
    """A bokmål text with every word and phrase that the list knows in its language; the rest stays as it is written.

    The longest goes first, so that a phrase is not taken apart.
    """
    if not ordliste:
        return tekst
    kjente = "|".join(re.escape(ord_) for ord_ in sorted(ordliste, key=len, reverse=True))
    return re.sub(
        rf"(?<!\w)(?:{kjente})(?!\w)", lambda m: _som(m[0], ordliste[m[0].lower()]), tekst, flags=re.IGNORECASE
    )


def _som(vaart: str, deres: str) -> str:
    """A word with the capital letter that ours has."""
    return deres[0].upper() + deres[1:] if vaart[0].isupper() else deres
