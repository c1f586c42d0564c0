"""`python -m bench.prikking`: the engine against the simple rule, on 35 made-up tables of this product's shape.

BENCH_TABELLER="0-9,30-34" chooses among them (2, 3 and 4 dimensions are 0-9, 10-19 and 20-29; hierarchies 30-34).
BENCH_SEKUNDER is the engine's time for each table. Writes var/prikking.json too. `--stor`: large tables instead,
by the engine alone (see `bench.stor`).
"""

import json
import os
import random
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from itertools import product
from pathlib import Path

from bench import stor
from bench.enkel import bare_smaa, enkel_regel
from koordinering.statistikk.disclosure import Noekkel, RawCounts, Regler, SafeTable, Tegn, beskytt
from koordinering.statistikk.disclosure.revisjon import revider
from tests.statistikk.tabeller import bruksformer, tell

UT = Path("var/prikking.json")
FROE = 3405
FAMILIER = 130


@dataclass
class Sum:
    """What one method came to over all the tables."""

    metode: str
    celler: int = 0
    skjult: int = 0
    andel_av_summen: float = 0.0
    """Children in hidden cells of the finest division, as a share of all."""
    sekunder: float = 0.0
    smaa: int = 0
    kjent_noeyaktig: int = 0
    kjent_smaa: int = 0
    for_smale: int = 0
    kjent_for_innsider: int = 0
    uavklarte: int = 0
    trygge_tabeller: int = 0


def tabell(nr: int) -> RawCounts:
    """One town of families: many of the same kind, few of the others, and siblings in several classes."""
    rng = random.Random(FROE + nr)  # noqa: S311 - made-up families
    dimensjoner = bruksformer(nr)
    blader = list(product(*(tuple(k for k in d.koder[:-1] if not d.deler(k)) for d in dimensjoner)))
    umulige = frozenset(rng.sample(blader, len(blader) // 20))
    vekt = {blad: rng.paretovariate(0.7) for blad in blader if blad not in umulige}
    familier: list[tuple[Noekkel, ...]] = []
    for _ in range(FAMILIER * (1 + nr % 3)):
        familier.append(tuple(rng.choices(list(vekt), list(vekt.values()), k=rng.choice((1, 1, 2, 2, 3, 4)))))
    return tell(dimensjoner, familier, kode=f"t{nr}", strukturelle=umulige)


def _motor(regler: Regler) -> Callable[[RawCounts], SafeTable]:
    return lambda raw: beskytt([raw], regler).tabeller[0]


def _legg_til(svar: Sum, raw: RawCounts, metode: Callable[[RawCounts], SafeTable], regler: Regler) -> None:
    start = time.perf_counter()
    vist = metode(raw)
    svar.sekunder += time.perf_counter() - start
    revisjon = revider([vist], [raw], regler)
    funn = revisjon.tabeller[0]
    finest = [n for n in raw.noekler if not any(d.deler(k) for d, k in zip(raw.dimensjoner, n, strict=True))]
    i_alt = sum(raw.celler[n].tall[0] for n in finest)
    svar.andel_av_summen += sum(raw.celler[n].tall[0] for n in finest if Tegn.SKJULT in vist.celler[n]) / i_alt
    svar.celler, svar.skjult, svar.smaa = (
        svar.celler + funn.celler, svar.skjult + funn.skjult, svar.smaa + funn.primaere
    )  # fmt: skip
    for felt in ("kjent_noeyaktig", "kjent_smaa", "for_smale", "kjent_for_innsider"):
        setattr(svar, felt, getattr(svar, felt) + getattr(funn, felt))
    svar.uavklarte += revisjon.uavklarte
    svar.trygge_tabeller += revisjon.ok


def _valgte() -> Iterator[int]:
    for del_ in os.environ.get("BENCH_TABELLER", "0-34").split(","):
        fra, _, til = del_.partition("-")
        yield from range(int(fra), int(til or fra) + 1)


def main() -> None:
    """Every chosen table by every method."""
    regler = Regler(sekunder=float(os.environ.get("BENCH_SEKUNDER", "60")))
    metoder: dict[str, Callable[[RawCounts], SafeTable]] = {
        "bare små tall": lambda raw: bare_smaa(raw, regler.terskel),
        "enkel regel": lambda raw: enkel_regel(raw, regler.terskel),
        "motoren": _motor(regler),
    }
    svar = {navn: Sum(navn) for navn in metoder}
    numre = list(_valgte())
    for nr in numre:
        sys.stderr.write(f"tabell {nr} …\n")
        raw = tabell(nr)
        for navn, metode in metoder.items():
            _legg_til(svar[navn], raw, metode, regler)
    for en in svar.values():
        en.andel_av_summen = round(en.andel_av_summen / len(numre), 4)
    UT.parent.mkdir(exist_ok=True)
    UT.write_text(json.dumps([asdict(en) for en in svar.values()], indent=1, ensure_ascii=False) + "\n", "utf-8")
    sys.stdout.write(_som_tekst(list(svar.values()), len(numre)) + "\n")


def _som_tekst(svar: list[Sum], antall: int) -> str:
    felt = ("celler", "smaa", "skjult", "andel_av_summen", "sekunder", "kjent_noeyaktig", "kjent_smaa", "for_smale",
            "kjent_for_innsider", "uavklarte", "trygge_tabeller")  # fmt: skip
    linjer = [f"{antall} tabeller".ljust(20) + "".join(f"{en.metode:>16}" for en in svar)]
    for navn in felt:
        verdier = [getattr(en, navn) for en in svar]
        linjer.append(navn.ljust(20) + "".join(f"{v:>16.3f}" if isinstance(v, float) else f"{v:>16}" for v in verdier))
    return "\n".join(linjer)


if __name__ == "__main__":
    stor.main() if "--stor" in sys.argv[1:] else main()
