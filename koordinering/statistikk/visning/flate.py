"""Lays a table of any number of dimensions out flat: the first dimension down, the second across."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from koordinering.statistikk.disclosure import TOTAL, Celle, Dimensjon, Noekkel, SafeTable, Tegn


@dataclass(frozen=True)
class Radhode:
    """A class as the head of a row."""

    kode: str
    etikett: str
    nivaa: int
    """How deep in the hierarchy; 0 is the outermost."""

    @property
    def er_sum(self) -> bool:
        """The row is the total of the dimension."""
        return self.kode == TOTAL


@dataclass(frozen=True)
class Rad:
    """A row with its cells; `fjor` are last year's, None where the two are not compared."""

    hode: Radhode
    celler: tuple[Celle, ...]
    fjor: tuple[Celle, ...] | None = None


@dataclass(frozen=True)
class Kolonnehode:
    """What stands over a column: the unit, and the classes across (none for a table of one dimension)."""

    enhet: str
    klasser: tuple[str, ...] = ()
    er_sum: bool = False
    nivaa: int = 0
    """How deep in the hierarchy of the classes across; 0 is the outermost."""

    @property
    def samlet(self) -> str:
        """In one row of headings: «Barn, 0–5 år»."""
        return ", ".join((self.enhet, *self.klasser))


@dataclass(frozen=True)
class Flate:
    """One flat table of the page. `deler` are what it is limited to, from the second dimension on or the third."""

    deler: tuple[str, ...]
    radtittel: str
    kolonner: tuple[Kolonnehode, ...]
    rader: tuple[Rad, ...]

    @property
    def har_fjor(self) -> bool:
        """Last year stands beside each column."""
        return any(rad.fjor is not None for rad in self.rader)


def radhoder(dimensjon: Dimensjon) -> tuple[Radhode, ...]:
    """The classes of a dimension in order, each with its level; the total last."""
    nivaa: dict[str, int] = {}
    for k in dimensjon.kategorier:
        nivaa[k.kode] = 0 if k.forelder is None else nivaa[k.forelder] + 1
    hoder = [Radhode(k.kode, k.etikett, nivaa[k.kode]) for k in dimensjon.kategorier]
    return (*hoder, Radhode(TOTAL, dimensjon.etikett_av(TOTAL), 0))


def flater(tabell: SafeTable, fjor: SafeTable | None = None) -> tuple[Flate, ...]:
    """The flat tables of a page: one for a table of one dimension, else one for each unit and further class."""
    if len(tabell.dimensjoner) == 1:
        return (_smal(tabell, fjor),)
    return tuple(
        _bred(tabell, fjor, kolonne, utvalg) for utvalg in _dypere(tabell) for kolonne in range(len(tabell.kolonner))
    )


def _smal(tabell: SafeTable, fjor: SafeTable | None) -> Flate:
    rader = tuple(
        Rad(hode, tabell.celler[(hode.kode,)], None if fjor is None else _foer(fjor, (hode.kode,)))
        for hode in radhoder(tabell.dimensjoner[0])
    )
    kolonner = tuple(Kolonnehode(k.etikett) for k in tabell.kolonner)
    return Flate((), tabell.dimensjoner[0].etikett, kolonner, rader)


def _foer(fjor: SafeTable, noekkel: Noekkel) -> tuple[Celle, ...]:
    return fjor.celler.get(noekkel, (Tegn.MANGLER,) * len(fjor.kolonner))


def _dypere(tabell: SafeTable) -> Iterator[Noekkel]:
    """Every choice of classes in the third dimension and beyond; one empty choice when there are only two."""
    return product(*(d.koder for d in tabell.dimensjoner[2:]))


def _bred(tabell: SafeTable, fjor: SafeTable | None, kolonne: int, utvalg: Noekkel) -> Flate:
    ned, bort = tabell.dimensjoner[:2]
    enhet = tabell.kolonner[kolonne].etikett

    def celler(fra: SafeTable, rad: str) -> tuple[Celle, ...]:
        return tuple(_foer(fra, (rad, kode, *utvalg))[kolonne] for kode in bort.koder)

    rader = tuple(
        Rad(hode, celler(tabell, hode.kode), None if fjor is None else celler(fjor, hode.kode))
        for hode in radhoder(ned)
    )
    kolonner = tuple(Kolonnehode(enhet, (hode.etikett,), hode.er_sum, hode.nivaa) for hode in radhoder(bort))
    deler = tuple(f"{d.etikett}: {d.etikett_av(kode)}" for d, kode in zip(tabell.dimensjoner[2:], utvalg, strict=True))
    return Flate((enhet, *deler), ned.etikett, kolonner, rader)


def ark(tabell: SafeTable) -> tuple[tuple[Dimensjon, ...], tuple[Kolonnehode, ...], Iterator[tuple[Noekkel, ...]]]:
    """For a sheet: the dimensions that go down, the headings across, and for each row the keys of its cells.

    Where two dimensions lie across each other, the units stand side by side: first all of the first unit.
    """
    bort = tabell.dimensjoner[1:2]
    ned = (tabell.dimensjoner[0], *tabell.dimensjoner[2:])
    koder = bort[0].koder if bort else ()
    hoder = tuple(
        Kolonnehode(k.etikett, (bort[0].etikett_av(kode),), kode == TOTAL) if kode else Kolonnehode(k.etikett)
        for k in tabell.kolonner
        for kode in (koder or ("",))
    )
    rader = (
        tuple((foerst, *((kode,) if kode else ()), *resten) for kode in (koder or ("",)))
        for foerst, *resten in product(*(d.koder for d in ned))
    )
    return ned, hoder, rader
