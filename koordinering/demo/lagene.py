"""The demo town's clubs: those who have the free places."""

import random

from koordinering.demo.fordelinger import Fordelinger
from koordinering.demo.midlerspill import Midlerspill
from koordinering.tiltak.lag.models import Lag
from koordinering.tiltak.lag.rules import KONTO_VEKTER, ORGNR_VEKTER, kontrollsiffer


def lag_lagene(spill: Midlerspill, fordelinger: Fordelinger) -> None:
    """A club for each that has places for free, with numbers that check and belong to nobody we know of."""
    navnene = dict.fromkeys(rekke.arrangoer for rekke in fordelinger.rekker if rekke.tiltak == "4a-3")
    for nr, navn in enumerate(navnene, 1):
        lag = Lag(
            id=spill.id(),
            navn=navn,
            orgnr=_med_kontrollsiffer(spill.rng, "800", ORGNR_VEKTER),
            kontakt="Kasserer",
            epost=f"post{nr}@lag.example",
            telefon=None,
            kontonummer=_med_kontrollsiffer(spill.rng, "9700", KONTO_VEKTER),
            konto_endret=None,
            konto_av=spill.konsulent,
            aktiv=True,
        )
        spill.lagene.append(lag)
        spill.ny(lag)


def _med_kontrollsiffer(rng: random.Random, foerst: str, vekter: tuple[int, ...]) -> str:
    while True:
        sifre = foerst + "".join(str(rng.randrange(10)) for _ in range(len(vekter) - len(foerst)))
        if (siste := kontrollsiffer(sifre, vekter)) is not None:
            return f"{sifre}{siste}"
