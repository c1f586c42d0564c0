"""What the made-up Utstyrsbanken has, and a year of its loans, drawn from the seed; no family is in it."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from koordinering.db import OSLO
from koordinering.demo.kalender import er_virkedag
from koordinering.tiltak.utstyr.rules.tilstander import LAANETID_DAGER, Kategori

_NUMMERSERIE = 20_00_00_00
"""Eight digits that no subscriber has: the series beginning with 20 is not in use."""
OPERATOERER = 2


@dataclass(frozen=True)
class Vare:
    """A kind of equipment."""

    navn: str
    kategori: Kategori
    antall: int
    stoerrelser: tuple[str, ...]
    deler: tuple[str, ...]
    maaneder: frozenset[int]
    """Months in which it is asked for."""


@dataclass(frozen=True)
class Utstyrsby:
    """Everything the data file says about Utstyrsbanken."""

    varer: tuple[Vare, ...]
    per_dag: Mapping[int, float]
    per_laan: Mapping[int, float]
    andel: Mapping[str, float]


def les_utstyrsby(del_: Mapping[str, Any]) -> Utstyrsby:
    """Read the part. Raises KeyError, TypeError and ValueError for what cannot be."""
    varer = tuple(
        Vare(
            navn=str(rad["navn"]),
            kategori=Kategori(rad["kategori"]),
            antall=int(rad["antall"]),
            stoerrelser=tuple(str(en) for en in rad["stoerrelser"]),
            deler=tuple(rad.get("deler", ())),
            maaneder=frozenset(rad["maaneder"]),
        )
        for rad in del_["varer"]
    )
    if any(vare.antall < 1 or not vare.maaneder <= set(range(1, 13)) for vare in varer):
        raise ValueError("utstyrsbank.varer skal ha et antall og måneder fra 1 til 12")
    andel = {navn: float(del_[navn]) for navn in ("for_sent", "forlenget", "slitt_ved_retur", "oedelagt_ved_retur")}
    if any(not 0 <= en <= 1 for en in andel.values()):
        raise ValueError("utstyrsbank: andelene skal være fra 0 til 1")
    return Utstyrsby(varer, dict(del_["utlaan_per_dag"]), dict(del_["ting_per_laan"]), andel)


@dataclass(eq=False)
class Ting:
    """One item of the made-up shelf, and where it is."""

    id: int
    nummer: int
    vare: Vare
    stoerrelse: str | None
    slitt: bool = False
    til_reparasjon: bool = False
    laan: "Laan | None" = field(default=None, repr=False)


@dataclass(eq=False)
class Laan:
    """One item, out and in."""

    id: int
    ting: Ting
    sammen: int
    telefon: str
    ut: datetime
    ved: int
    forfall: date
    forlenget: datetime | None = None
    inn: datetime | None = None
    inn_ved: int = 1
    delvis: datetime | None = None
    """Came back then without its first part."""


class Utstyrsaar:
    """The shelf, and what was lent on every working day from one day to another."""

    def __init__(self, by: Utstyrsby, froe: int, fra: date, til: date) -> None:
        self._by = by
        self._rng = random.Random(f"utstyr-{froe}")  # noqa: S311 - made-up data that must come out the same each time
        self.fra, self.til = fra, til
        self.ting = self._hylle()
        self.laan: list[Laan] = []

    def _hylle(self) -> list[Ting]:
        alle: list[Ting] = []
        for vare in self._by.varer:
            for nr in range(vare.antall):
                stoerrelse = vare.stoerrelser[nr % len(vare.stoerrelser)] if vare.stoerrelser else None
                alle.append(Ting(self.id(), len(alle) + 1, vare, stoerrelse, slitt=self._rng.random() < 0.2))
        return alle

    def id(self) -> int:
        """A key as the product makes them, the same for the same seed."""
        return self._rng.getrandbits(62) | 1

    def telefon(self) -> str:
        """A number that nobody has."""
        return str(_NUMMERSERIE + self._rng.randrange(10_000))

    def spill(self) -> None:
        """Let the days go by; nothing happens on the last day or later."""
        dag = self.fra
        while dag < self.til:
            if er_virkedag(dag):
                self._lever(dag)
                self._laan_ut(dag)
            dag += timedelta(days=1)
        ute_med_deler = [laan for laan in self.laan if laan.inn is None and laan.ting.vare.deler]
        for laan in ute_med_deler[:1]:
            laan.delvis = laan.ut + timedelta(hours=2)

    def _klokka(self, dag: date, fra: int) -> datetime:
        """A moment in the three hours from then: what comes back in the morning can go out in the afternoon."""
        return datetime.combine(dag, time(fra + self._rng.randrange(3), self._rng.randrange(60)), OSLO)

    def _lever(self, dag: date) -> None:
        for laan in [en for en in self.laan if en.inn is None and self._kommer(en, dag)]:
            laan.inn = self._klokka(dag, 10)
            laan.inn_ved = self._rng.randint(1, OPERATOERER)
            ting, odds = laan.ting, self._rng.random()
            ting.laan = None
            ting.til_reparasjon = odds < self._by.andel["oedelagt_ved_retur"]
            ting.slitt = ting.slitt or odds < self._by.andel["slitt_ved_retur"]

    def _kommer(self, laan: Laan, dag: date) -> bool:
        if dag < laan.forfall - timedelta(days=2):
            return False
        if dag <= laan.forfall:
            return self._rng.random() < 0.45
        return self._rng.random() >= self._by.andel["for_sent"] * 4  # late ones stay late for a while

    def _laan_ut(self, dag: date) -> None:
        for _ in range(self._trekk(self._by.per_dag)):
            ledige = [t for t in self.ting if t.laan is None and not t.til_reparasjon and dag.month in t.vare.maaneder]
            antall = min(self._trekk(self._by.per_laan), len(ledige))
            sammen, telefon, ut, ved = (
                self.id(),
                self.telefon(),
                self._klokka(dag, 13),
                self._rng.randint(1, OPERATOERER),
            )
            for ting in self._rng.sample(ledige, antall):
                self._ett_laan(ting, sammen, telefon, ut, ved)
        for ting in self.ting:
            ting.til_reparasjon = ting.til_reparasjon and self._rng.random() < 0.97

    def _ett_laan(self, ting: Ting, sammen: int, telefon: str, ut: datetime, ved: int) -> None:
        laan = Laan(self.id(), ting, sammen, telefon, ut, ved, ut.date() + timedelta(days=LAANETID_DAGER))
        forlenget = ut + timedelta(days=LAANETID_DAGER - 1)
        if self._rng.random() < self._by.andel["forlenget"] and forlenget.date() < self.til:
            laan.forlenget, laan.forfall = forlenget, laan.forfall + timedelta(days=LAANETID_DAGER)
        ting.laan = laan
        self.laan.append(laan)

    def _trekk(self, vekter: Mapping[int, float]) -> int:
        return self._rng.choices(list(vekter), weights=list(vekter.values()))[0]

    def ledige(self, antall: int) -> Sequence[Ting]:
        """Some that stand on the shelf at the end."""
        return [ting for ting in self.ting if ting.laan is None and not ting.til_reparasjon][-antall:]
