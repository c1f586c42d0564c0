"""Invented families counted into the three tables, so that every insider is known to the tests."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from hypothesis import strategies as st

from koordinering.statistikk.disclosure import Rad, RawCounts, Telledefinisjon

ALDER = ("0-5", "6-12", "13-17", "18-24")
TJENESTE = ("nav", "helsestasjon", "kultur", "flere")
TILTAK = ("kort", "friplass", "utstyr")
STATUS = ("gitt", "venteliste", "rest")
UTEN_VENTELISTE = "utstyr"
DAG = date(2026, 1, 2)


class Familie(NamedTuple):
    """One family: its class of services, the ages of its children, and its referrals as (measure, state)."""

    tjeneste: str
    aldre: tuple[str, ...]
    henvist: tuple[tuple[str, str], ...]


def _henvisning(par: tuple[str, str]) -> tuple[str, str]:
    return (par[0], "gitt") if par == (UTEN_VENTELISTE, "venteliste") else par


EN_FAMILIE = st.builds(
    Familie,
    st.sampled_from(TJENESTE),
    st.lists(st.sampled_from(ALDER), min_size=1, max_size=6).map(tuple),
    st.lists(st.tuples(st.sampled_from(TILTAK), st.sampled_from(STATUS)).map(_henvisning), min_size=1, max_size=5)
    .map(tuple),
)  # fmt: skip
BYER = st.lists(st.tuples(EN_FAMILIE, st.sampled_from([1, 1, 1, 2, 7])), min_size=1, max_size=14).map(
    lambda par: [familie for familie, antall in par for _ in range(antall)]
)


def raatabell(kode: str, rader: Sequence[Rad], total: Rad, additive: Sequence[str] = ("barn", "familier")) -> RawCounts:
    definisjon = Telledefinisjon("Familier og barn henvist i året", 1)
    return RawCounts(
        kode, f"Tabell {kode}", 2025, "Gruppe", tuple(rader), total, frozenset(additive), (definisjon,), DAG
    )


def enkel(*par: tuple[int, int]) -> RawCounts:
    """A table of (children, families) by service; the total is the sum."""
    rader = [Rad(f"r{nr}", f"Rad {nr}", *tall) for nr, tall in enumerate(par)]
    return raatabell("tjeneste", rader, Rad("sum", "I alt", *(sum(k) for k in zip(*par, strict=True))))


def bidrag(familie: Familie) -> dict[tuple[str, str], dict[str, int]]:
    """What one family adds to each row: (table, row) → column → count."""
    svar: dict[tuple[str, str], dict[str, int]] = {
        ("tjeneste", familie.tjeneste): {"barn": len(familie.aldre), "familier": 1}
    }
    for alder, antall in Counter(familie.aldre).items():
        svar["alder", alder] = {"barn": antall, "familier": 1}
    for tiltak in {tiltak for tiltak, _ in familie.henvist}:
        status = Counter(s for t, s in familie.henvist if t == tiltak)
        barn = min(len(familie.aldre), status.total())
        svar["tiltak", tiltak] = {"barn": barn, "familier": 1, "henvist": status.total(), **status}
    return svar


def tabeller(by: Sequence[Familie]) -> list[RawCounts]:
    """The three tables. A child is referred to a measure in turn; those in none are not in its table's total."""
    totalt = (sum(_barn_i_tiltak(f) for f in by), len(by))
    jevnet = [f._replace(aldre=f.aldre[: _barn_i_tiltak(f)]) for f in by]
    return [
        raatabell("tjeneste", _rader("tjeneste", TJENESTE, jevnet), Rad("sum", "I alt", *totalt)),
        raatabell("alder", _rader("alder", ALDER, jevnet), Rad("sum", "I alt", *totalt), ("barn",)),
        _tiltakstabell(jevnet, totalt),
    ]


def _barn_i_tiltak(familie: Familie) -> int:
    per_tiltak = Counter(tiltak for tiltak, _ in familie.henvist)
    return min(len(familie.aldre), max(per_tiltak.values()))


def _rader(tabell: str, koder: Sequence[str], by: Sequence[Familie]) -> list[Rad]:
    per_rad = {kode: [b[tabell, kode] for b in map(bidrag, by) if (tabell, kode) in b] for kode in koder}
    return [
        Rad(kode, kode, sum(b["barn"] for b in alle), sum(b["familier"] for b in alle))
        for kode, alle in per_rad.items()
    ]


def _tiltakstabell(by: Sequence[Familie], totalt: tuple[int, int]) -> RawCounts:
    rader = [
        Rad(
            rad.kode, rad.etikett, rad.barn, rad.familier,
            *_henvisninger([[s for t, s in f.henvist if t == rad.kode] for f in by]),
            ikke_aktuelt=frozenset({"venteliste"} if rad.kode == UTEN_VENTELISTE else ()),
        )
        for rad in _rader("tiltak", TILTAK, by)
    ]  # fmt: skip
    total = Rad("sum", "I alt", *totalt, *_henvisninger([[s for _, s in f.henvist] for f in by]))
    return raatabell("tiltak", rader, total, ("henvist", "gitt", "venteliste"))


def _henvisninger(per_familie: Sequence[Sequence[str]]) -> tuple[Mapping[str, int], Mapping[str, int]]:
    tillegg = {s: sum(f.count(s) for f in per_familie) for s in ("gitt", "venteliste")}
    tillegg["henvist"] = sum(len(f) for f in per_familie)
    return tillegg, {s: sum(s in f for f in per_familie) for s in STATUS}
