"""Raw counts and protected tables: two types that cannot be mistaken for each other."""

import json
from collections.abc import Iterator, Mapping, Set
from dataclasses import InitVar, dataclass
from datetime import date
from itertools import product
from types import MappingProxyType
from typing import Any, NamedTuple

from koordinering.tekst import N_, Kode

TOTAL = "Total"
"""The category code that stands for all of a dimension."""
SUM_TEKST = N_("I alt")
LAVESTE_TERSKEL, HOEYESTE_TERSKEL = 3, 10

Noekkel = tuple[str, ...]
"""Where a cell stands: one category code per dimension of its table, TOTAL where a dimension is summed over."""

_INGEN: Mapping[str, int] = MappingProxyType({})


class Tegn(Kode):
    """The signs a cell may hold instead of a number; the meaning is the label."""

    SKJULT = ":", N_("Skjult for at ingen skal kunne kjennes igjen")
    IKKE_AKTUELT = ".", N_("Ikke aktuelt")
    MANGLER = "..", N_("Tallet finnes ikke")


Celle = int | Tegn


class UgyldigTabell(ValueError):
    """Counts that contradict themselves or each other. The message names table and row, never a number."""


class Melding(NamedTuple):
    """A text from the catalogue with the numbers that belong in it; `str()` gives bokmål."""

    msgid: str
    verdier: Mapping[str, int] = _INGEN

    def __str__(self) -> str:
        return self.msgid % dict(self.verdier)


class Telledefinisjon(NamedTuple):
    """How a figure is counted, in plain bokmål, and which version of that rule."""

    tekst: str
    versjon: int


class Kategori(NamedTuple):
    """One class of a dimension. `forelder` is the class it is a part of, None: of the total directly."""

    kode: str
    etikett: str
    forelder: str | None = None


class Dimensjon(NamedTuple):
    """What a table is divided by. Parents stand before their children; every class has one parent."""

    kode: str
    etikett: str
    kategorier: tuple[Kategori, ...]

    def deler(self, forelder: str) -> tuple[str, ...]:
        """The classes that together are all of `forelder` (a category code, or TOTAL); none for a leaf."""
        over = None if forelder == TOTAL else forelder
        return tuple(k.kode for k in self.kategorier if k.forelder == over)

    def etikett_av(self, kode: str) -> str:
        """The label of a category code, that of TOTAL included."""
        return SUM_TEKST if kode == TOTAL else next(k.etikett for k in self.kategorier if k.kode == kode)

    @property
    def koder(self) -> tuple[str, ...]:
        """All category codes, TOTAL last."""
        return (*(k.kode for k in self.kategorier), TOTAL)


class Slag(Kode):
    """What the numbers of a column are."""

    ANTALL = "antall", N_("Antall")
    """Whole things one can count: children, families, referrals, places, visits."""
    BELOEP = "beloep", N_("Beløp")
    """Kroner: protected by who stands behind and by how much the largest of them has (rule 1)."""


class Kolonne(NamedTuple):
    """One unit that a table counts in.

    `lenke` names what is counted, across tables: two cells with the same `lenke` and the same classes are the
    same number, and are hidden in both tables or in none (rule 7). `additiv`: the classes of a dimension sum to
    their total; else they overlap, and largest part <= total <= sum of the parts.
    """

    kode: str
    etikett: str
    lenke: str
    additiv: bool = True
    slag: Slag = Slag.ANTALL


BARN, FAMILIER = "barn", "familier"


class Raatall(NamedTuple):
    """The unprotected counts of one cell, in the order of the table's columns.

    `bak` is how many families (or children, whichever is fewer) stand behind all of it, where no column of the
    table counts them; None: the columns say it themselves. `stoerste` is the largest part that one of them has
    of a BELOEP column, in the unit of that column.
    """

    tall: tuple[int, ...]
    bak: int | None = None
    stoerste: int = 0

    def __repr__(self) -> str:
        return "Raatall(...)"


@dataclass(frozen=True, repr=False)
class RawCounts:
    """Unprotected counts of one table, year and snapshot; only `beskytt` may turn them into a table.

    `celler` holds every combination of the dimensions' codes, totals included. The first column is additive and
    decides what the table is about; the others are shown beside it and hidden with it. `strukturelle` are cells
    that cannot have a count, from a fixed list: 0 here, printed as «.». `eiere` says, for each family (any number,
    the same in all tables of a telling) that stands alone behind one cell or more, which cells; None: not known,
    and then every small cell is taken for one that a single family may fill (rule 5). In a table that shares are
    read from, a small rest is as telling as a small count (rule 2): the rest is a class of its own, with a cell.
    """

    kode: str
    tittel: str
    aar: int
    dimensjoner: tuple[Dimensjon, ...]
    kolonner: tuple[Kolonne, ...]
    celler: Mapping[Noekkel, Raatall]
    telledefinisjoner: tuple[Telledefinisjon, ...]
    oeyeblikksbilde: date
    strukturelle: frozenset[Noekkel] = frozenset()
    eiere: Mapping[int, frozenset[Noekkel]] | None = None

    def __post_init__(self) -> None:
        """What consists of nothing but structural zeros is one itself."""
        alle, foer = set(self.strukturelle), -1
        while alle and foer < len(alle):
            foer = len(alle)
            alle |= {n for n in self.noekler if n not in alle and self._bare(alle, n)}
        object.__setattr__(self, "strukturelle", frozenset(alle))

    def _bare(self, strukturelle: Set[Noekkel], noekkel: Noekkel) -> bool:
        for nr, dimensjon in enumerate(self.dimensjoner):
            deler = dimensjon.deler(noekkel[nr])
            if deler and all((*noekkel[:nr], d, *noekkel[nr + 1 :]) in strukturelle for d in deler):
                return True
        return False

    @property
    def noekler(self) -> Iterator[Noekkel]:
        """Every cell, in the order of the dimensions, totals last."""
        return product(*(d.koder for d in self.dimensjoner))

    def __repr__(self) -> str:
        return f"RawCounts({self.kode}, {self.aar})"


_NOEKKEL = object()


@dataclass(frozen=True)
class SafeTable:
    """A table that may be shown and exported; made by `beskytt`, or read back from what `til_json` stored.

    `celler` maps every combination of codes to its cells, in the order of `kolonner`. `forklaring` says why cells
    are hidden, the same words whichever cells they are.
    """

    kode: str
    tittel: str
    aar: int
    dimensjoner: tuple[Dimensjon, ...]
    kolonner: tuple[Kolonne, ...]
    celler: Mapping[Noekkel, tuple[Celle, ...]]
    forklaring: tuple[Melding, ...]
    terskel: int
    telledefinisjoner: tuple[Telledefinisjon, ...]
    oeyeblikksbilde: date
    noekkel: InitVar[object] = None

    def __post_init__(self, noekkel: object) -> None:
        if noekkel is not _NOEKKEL:
            raise TypeError("A SafeTable is made by disclosure.beskytt only")

    @property
    def noekler(self) -> Iterator[Noekkel]:
        """Every cell, in the order of the dimensions, totals last."""
        return product(*(d.koder for d in self.dimensjoner))

    def celle(self, noekkel: Noekkel, kolonne: str) -> Celle:
        """One number or sign, by cell and column code."""
        return self.celler[noekkel][self.kolonnekoder.index(kolonne)]

    @property
    def kolonnekoder(self) -> tuple[str, ...]:
        """The codes of the columns, in order."""
        return tuple(k.kode for k in self.kolonner)

    @property
    def andel_vist(self) -> float:
        """Share (0-1) of cells with a number, of those that could have one."""
        celler = [c for rad in self.celler.values() for c in rad if c is not Tegn.IKKE_AKTUELT]
        return sum(not isinstance(c, Tegn) for c in celler) / len(celler) if celler else 1.0

    @property
    def noe_skjult(self) -> bool:
        """Whether any cell is hidden."""
        return any(c is Tegn.SKJULT for rad in self.celler.values() for c in rad)

    def til_json(self) -> str:
        """Text to store with a snapshot or a release, so that a page only reads what was protected once."""
        data = {
            "kode": self.kode,
            "tittel": self.tittel,
            "aar": self.aar,
            "dimensjoner": self.dimensjoner,
            "kolonner": self.kolonner,
            "celler": [[list(n), list(self.celler[n])] for n in self.noekler],
            "forklaring": [(m.msgid, dict(m.verdier)) for m in self.forklaring],
            "terskel": self.terskel,
            "telledefinisjoner": self.telledefinisjoner,
            "oeyeblikksbilde": self.oeyeblikksbilde.isoformat(),
        }
        return json.dumps(data, ensure_ascii=False, sort_keys=True)


def lag(**felt: Any) -> SafeTable:
    """For this package only: the one door through which a protected table is made."""
    return SafeTable(**felt, noekkel=_NOEKKEL)


def fra_json(lagret: str) -> SafeTable:
    """Read a table back that `til_json` stored. Never feed it anything else."""
    data: dict[str, Any] = json.loads(lagret)
    data["dimensjoner"] = tuple(
        Dimensjon(kode, etikett, tuple(Kategori(*k) for k in kategorier))
        for kode, etikett, kategorier in data["dimensjoner"]
    )
    data["kolonner"] = tuple(
        Kolonne(kode, etikett, lenke, bool(additiv), Slag(slag))
        for kode, etikett, lenke, additiv, slag in data["kolonner"]
    )
    data["celler"] = {tuple(n): tuple(map(_celle, celler)) for n, celler in data["celler"]}
    data["forklaring"] = tuple(Melding(msgid, verdier) for msgid, verdier in data["forklaring"])
    data["telledefinisjoner"] = tuple(Telledefinisjon(*par) for par in data["telledefinisjoner"])
    data["oeyeblikksbilde"] = date.fromisoformat(data["oeyeblikksbilde"])
    return lag(**data)


def _celle(lagret: str | int) -> Celle:
    return Tegn(lagret) if isinstance(lagret, str) else int(lagret)
