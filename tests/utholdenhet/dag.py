"""A day of a municipality, as a table of errands, and who plays it.

The town has some 110,000 inhabitants: 120 people work with the families and sign in twice a day, 120 families are
registered (30,000 a year: everybody whom the plan is about, and more than once), 90 get a place, and the watch asks
each minute. That is about 4,500 errands and 8,000 requests in 24 hours, spread evenly and played as fast as the
clock of `fort` runs. The cast's fifteen accounts stand for the 120: what is held by the server is held for each
session and each request, not for each name.
"""

import threading
import time
from collections.abc import Callable, Mapping

from tests.utholdenhet import aerend, utenfra
from tests.utholdenhet.aerend import By

Dag = Mapping[Callable[[By], None], int]
"""How often each errand is run."""

HVER_DAG: Dag = {
    aerend.inn_og_ut: 240,
    aerend.liste: 800,
    aerend.sak: 600,
    aerend.registrer: 120,
    aerend.finn: 150,
    aerend.innboks: 250,
    aerend.gi: 90,
    aerend.foreslaa: 4,
    aerend.tall: 120,
    aerend.eksport: 30,
    aerend.telling: 2,
    aerend.rapport: 6,
    aerend.plan: 120,
    aerend.logg: 60,
    aerend.loggfil: 6,
    aerend.drift: 60,
    aerend.bank: 60,
    utenfra.vakt: 1_440,
    utenfra.ute: 200,
    utenfra.treg: 40,
    utenfra.brutt: 120,
}

OPPVARMING: Dag = {gjoer: max(12, ganger // 2) for gjoer, ganger in HVER_DAG.items()}
"""Half of them, before anything is measured, and of the rare ones so many that each worker gets some: what a process
does for the first time it loads and remembers, and when that is depends on chance."""

KORT_DAG: Dag = {aerend.liste: 100, aerend.innboks: 60, aerend.inn_og_ut: 20, utenfra.vakt: 150}
"""A few errands whose code is warm at once, to see whether a fault is found."""

SAMTIDIG = 4
"""Errands that are under way at one moment, at most."""


def spill(by: By, dag: Dag, sekunder: float) -> None:
    """Play a day in so many seconds. Where the machine cannot keep up, the day becomes longer; none is left out.
    In none at all, it goes as fast as the machine answers.

    Raises what the first errand that failed raised.
    """
    plan = [gjoer for gjoer, ganger in dag.items() for _ in range(ganger)]
    by.rng.shuffle(plan)
    feil: list[Exception] = []
    neste = iter(enumerate(plan))
    laas, begynt = threading.Lock(), time.monotonic()

    def gaa() -> None:
        while not feil:
            with laas:
                nr, gjoer = next(neste, (0, None))
            if gjoer is None:
                return
            time.sleep(max(0.0, begynt + nr * sekunder / len(plan) - time.monotonic()))
            try:
                gjoer(by)
            except Exception as galt:
                feil.append(galt)  # told by the one who waits
            with laas:
                by.gjort[gjoer.__name__] += 1

    gaaere = [threading.Thread(target=gaa) for _ in range(SAMTIDIG)]
    for en in gaaere:
        en.start()
    for en in gaaere:
        en.join()
    if feil:
        raise feil[0]
