"""Raw counts and protected tables: two types that cannot be mistaken for each other."""

import json
from collections.abc import Mapping
from dataclasses import InitVar, dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any, NamedTuple

from koordinering.tekst import N_, Kode

BARN, FAMILIER = "barn", "familier"
HENVIST, GITT, VENTELISTE, REST = "henvist", "gitt", "venteliste", "rest"
DELING = (HENVIST, GITT, VENTELISTE)
KOLONNETEKST = {
    BARN: N_("Barn"),
    FAMILIER: N_("Familier"),
    HENVIST: N_("Henvisninger"),
    GITT: N_("Gitt"),
    VENTELISTE: N_("På venteliste"),
}
SUM_TEKST = N_("I alt")
LAVESTE_TERSKEL, HOEYESTE_TERSKEL = 3, 10

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


@dataclass(frozen=True, repr=False)
class Rad:
    """One row of unprotected counts; `repr` never shows a number.

    `tillegg` holds the referral columns (`henvist`, `gitt`, `venteliste`) or nothing. `familier_bak` says how
    many different families stand behind `gitt`, `venteliste` and `rest` (referrals in neither). `ikke_aktuelt`
    names columns that cannot have a count here, from a fixed list. `stoerste` is the most children one family
    has in the row; needed only where `familier` are not the families of the children in the same row.
    """

    kode: str
    etikett: str
    barn: int
    familier: int
    tillegg: Mapping[str, int] = field(default_factory=lambda: _INGEN)
    familier_bak: Mapping[str, int] = field(default_factory=lambda: _INGEN)
    ikke_aktuelt: frozenset[str] = frozenset()
    stoerste: int | None = None

    def __repr__(self) -> str:
        return f"Rad({self.kode})"


@dataclass(frozen=True, repr=False)
class RawCounts:
    """Unprotected counts of one one-way table and one year; only `protect` may turn them into a table.

    `total` counts unique children and families (and sums referrals). `additive` names the columns whose rows
    sum to the total.
    """

    kode: str
    tittel: str
    aar: int
    dimensjon: str
    rader: tuple[Rad, ...]
    total: Rad
    additive: frozenset[str]
    telledefinisjoner: tuple[Telledefinisjon, ...]
    oeyeblikksbilde: date

    @property
    def kolonner(self) -> tuple[str, ...]:
        return (BARN, FAMILIER, *(k for k in DELING if k in self.total.tillegg))

    def __repr__(self) -> str:
        return f"RawCounts({self.kode}, {self.aar})"


class TryggRad(NamedTuple):
    kode: str
    etikett: str
    celler: tuple[Celle, ...]


_NOEKKEL = object()


@dataclass(frozen=True)
class SafeTable:
    """A table that may be shown and exported; made by `protect`, or read back from what `til_json` stored.

    `celler` stand in the order of `kolonner`. `forklaring` says why cells are hidden, the same words whichever
    cells they are. `andel_vist` is the share (0–1) of cells with a number, of those that could have one.
    """

    kode: str
    tittel: str
    aar: int
    dimensjon: str
    kolonner: tuple[str, ...]
    rader: tuple[TryggRad, ...]
    total: TryggRad
    additive: frozenset[str]
    forklaring: tuple[Melding, ...]
    terskel: int
    telledefinisjoner: tuple[Telledefinisjon, ...]
    oeyeblikksbilde: date
    noekkel: InitVar[object] = None

    def __post_init__(self, noekkel: object) -> None:
        if noekkel is not _NOEKKEL:
            raise TypeError("A SafeTable is made by disclosure.protect only")

    @property
    def alle_rader(self) -> tuple[TryggRad, ...]:
        return (*self.rader, self.total)

    @property
    def andel_vist(self) -> float:
        celler = [c for rad in self.alle_rader for c in rad.celler if c is not Tegn.IKKE_AKTUELT]
        return sum(not isinstance(c, Tegn) for c in celler) / len(celler)

    @property
    def noe_skjult(self) -> bool:
        return any(c is Tegn.SKJULT for rad in self.alle_rader for c in rad.celler)

    def til_json(self) -> str:
        """Text to store with a snapshot, so that a page only reads what was protected once."""
        data = {navn: getattr(self, navn) for navn in _FELT}
        data |= {"additive": sorted(self.additive), "oeyeblikksbilde": self.oeyeblikksbilde.isoformat()}
        data["forklaring"] = [(m.msgid, dict(m.verdier)) for m in self.forklaring]
        return json.dumps(data, ensure_ascii=False, sort_keys=True)


_FELT = [navn for navn in SafeTable.__dataclass_fields__ if navn != "noekkel"]


def lag(**felt: Any) -> SafeTable:
    """For this package only: the one door through which a protected table is made."""
    return SafeTable(**felt, noekkel=_NOEKKEL)


def fra_json(lagret: str) -> SafeTable:
    """Read a table back that `til_json` stored. Never feed it anything else."""
    data: dict[str, Any] = json.loads(lagret)
    data["rader"] = tuple(_rad(rad) for rad in data["rader"])
    data["total"] = _rad(data["total"])
    data["kolonner"] = tuple(data["kolonner"])
    data["additive"] = frozenset(data["additive"])
    data["forklaring"] = tuple(Melding(msgid, verdier) for msgid, verdier in data["forklaring"])
    data["telledefinisjoner"] = tuple(Telledefinisjon(*par) for par in data["telledefinisjoner"])
    data["oeyeblikksbilde"] = date.fromisoformat(data["oeyeblikksbilde"])
    return lag(**data)


def _rad(lagret: list[Any]) -> TryggRad:
    kode, etikett, celler = lagret
    return TryggRad(kode, etikett, tuple(Tegn(c) if isinstance(c, str) else int(c) for c in celler))
