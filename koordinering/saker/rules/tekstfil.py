"""Texts to families, one file for each language: how a file is read and filled in.

The file is named by its language code (`nb.txt`). Its first line is the language's own name; then sections `[name]`.
A line with a `{word}` that has no value is left out, and so is a line that begins with `{?word}` when the word has
none: what is said only sometimes needs no code.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

MAKS_TEGN = 20_000
SPRAAKKODE = re.compile(r"[a-z]{2,3}(-[A-Za-z]{2,8})?")
ORD = re.compile(r"\{(\??)(\w*)\}")

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
