"""`python -m bench.forslag`: what a proposal costs for 500 children and 300 places, with and without siblings.

CPU seconds: to find it, and to explain to each child why it got no better. Five are promised for the two together.
"""

import random
import sys
import time

from koordinering.tildeling.rules.forklaring import Bakgrunn, Forklarer
from koordinering.tildeling.rules.forslag import UTEN_OENSKE, Runde, Soeker, foerst_til_moella, tell
from koordinering.tildeling.rules.loeser import loes

AKTIVITETER = 12
SPENN = 5
"""Years between the youngest and the oldest of an offer."""


def runde(barn: int, plasser: int, andel_soesken: float, froe: int) -> Runde:
    """A made-up round: offers of one to eight places, children of five to sixteen with one to three wishes."""
    rng = random.Random(froe)  # noqa: S311 - made-up data that must come out the same each time
    tilbud: dict[int, int] = {}
    hva: dict[int, tuple[int, int]] = {}
    while sum(tilbud.values()) < plasser:
        nr = len(tilbud)
        tilbud[nr], hva[nr] = rng.randint(1, 8), (rng.randrange(AKTIVITETER), rng.randint(5, 10))
    soekere: list[Soeker] = []
    for nr in range(barn):
        alder, oensker = rng.randint(5, 16), rng.sample(range(AKTIVITETER), rng.randint(1, 3))
        valg = {
            t: oensker.index(aktivitet) + 1
            for t, (aktivitet, fra) in hva.items()
            if aktivitet in oensker and fra <= alder <= fra + SPENN
        }
        soesken = nr % 2 and rng.random() < andel_soesken
        if soesken:
            soekere[-1] = Soeker(nr - 1, nr - 1, soekere[-1].valg, sammen=nr)
        soekere.append(Soeker(nr, nr, valg, sammen=nr if soesken else None))
    return Runde(tuple(soekere), tilbud)


def main() -> None:
    """Time the sizes that a municipality meets, and the largest that is promised."""
    for barn, plasser, soesken in ((50, 30, 0.1), (200, 120, 0.1), (500, 300, 0.0), (500, 300, 0.1), (500, 300, 0.5)):
        en = runde(barn, plasser, soesken, barn + plasser)
        start = time.process_time()
        fordeling = loes(en)
        sek = time.process_time() - start
        forklarer = Forklarer(en, fordeling.plass)
        for soeker in en.soekere:
            forklarer.forklar(
                soeker, Bakgrunn(oensker=max((r for r in soeker.valg.values() if r < UTEN_OENSKE), default=0))
            )
        forklart = time.process_time() - start - sek
        best, moella = tell(en, fordeling.plass), tell(en, foerst_til_moella(en))
        sys.stdout.write(
            f"{barn:>4} barn {plasser:>4} plasser {soesken:>4.0%} søsken: {sek:6.2f} s + {forklart:5.2f} s, "
            f"{'bevist' if fordeling.optimal else 'IKKE bevist'}, {best.plass} får plass (førstemann: {moella.plass}), "
            f"{best.foerste} første ønske (førstemann: {moella.foerste})\n"
        )


if __name__ == "__main__":
    main()
