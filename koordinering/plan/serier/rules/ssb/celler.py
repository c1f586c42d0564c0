"""What a file of SSB's holds, whichever format it came in."""

import re
from dataclasses import dataclass

from koordinering.plan.serier.rules.periode import Periode, les_periode
from koordinering.statistikk.disclosure import Tegn

_MED_NUMMER = re.compile(r"(?:K-)?(?P<nummer>\d{4})(?:\s+(?P<navn>.+))?")
_ETTER_NAVNET = re.compile(r"\s*\(.*\)\s*$")
_TEGN: dict[str, Tegn] = {":": Tegn.SKJULT, ".": Tegn.IKKE_AKTUELT, "..": Tegn.MANGLER, "...": Tegn.MANGLER}
_TALL = re.compile(r"-?\d{1,13}(?:\.\d{1,6})?")
_ENHETER = (("prosent", "prosent"), ("andel", "prosent"), ("kroner", "kroner"), ("hushold", "husholdninger"),
            ("barn", "barn"), ("person", "personer"), ("familie", "familier"))  # fmt: skip


@dataclass(frozen=True)
class Region:
    """A place as SSB names it: «3405 Lillehammer», «0501 Lillehammer (-2019)»."""

    nummer: str
    """Four digits; empty where the file gives only a name."""
    navn: str

    @property
    def kortnavn(self) -> str:
        """The name without the years that it was valid, to be compared."""
        return _ETTER_NAVNET.sub("", self.navn).casefold().strip()


@dataclass(frozen=True)
class Celle:
    """One figure of the file."""

    region: Region
    periode: str
    maal: str
    """What is measured, SSB's «statistikkvariabel»."""
    enhet: str
    klasser: tuple[str, ...]
    """The values of the other variables, «Par med barn 0-17 år»."""
    verdi: float | None
    tegn: str | None

    @property
    def vekt(self) -> int:
        """How much it says: a number, then that there is one which is hidden, then nothing."""
        return 2 if self.verdi is not None else int(self.tegn == Tegn.SKJULT)


@dataclass(frozen=True)
class Datasett:
    """The whole file."""

    tabell: str
    """Five digits; empty where the file does not say."""
    celler: tuple[Celle, ...]

    @property
    def regioner(self) -> list[Region]:
        """The places of the file, each once."""
        return list(dict.fromkeys(celle.region for celle in self.celler))


def tabellnummer(tittel: str) -> str:
    """SSB's titles begin with the number of the table."""
    funnet = re.match(r"\W*(\d{5}):", tittel)
    return funnet[1] if funnet else ""


def les_region(tekst: str, kode: str = "") -> Region:
    """A place from a cell, or from its label and code."""
    if kode:
        return Region(kode.removeprefix("K-"), tekst)
    funnet = _MED_NUMMER.fullmatch(tekst.strip())
    return Region(funnet["nummer"], (funnet["navn"] or "").strip()) if funnet else Region("", tekst.strip())


def les_tid(tekst: str) -> Periode | None:
    """A period in SSB's own form; quarters and weeks are none of ours."""
    return les_periode(tekst.strip().replace("–", "-"))


def les_verdi(tekst: str) -> tuple[float | None, str | None] | None:
    """A number or one of SSB's signs; None for what is neither. «-» is zero in older files."""
    rent = re.sub(r"[\s\u00a0]", "", tekst).replace(",", ".")
    if rent == "-":
        return 0.0, None
    if rent in _TEGN:
        return None, _TEGN[rent].value
    if not rent:
        return None, Tegn.MANGLER.value
    return (float(rent), None) if rent.isascii() and _TALL.fullmatch(rent) else None


def gjett_enhet(maal: str) -> str:
    """The unit, where the file does not give it: from the words of what is measured."""
    ord_ = maal.casefold()
    return next((enhet for del_, enhet in _ENHETER if del_ in ord_), "antall")
