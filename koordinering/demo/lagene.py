"""The demo town's clubs: those who have the free places, and who are visited and paid."""

import random
from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from koordinering.demo.fordelinger import Fordelinger
from koordinering.roles import Rolle
from koordinering.tiltak.lag.models import Lag
from koordinering.tiltak.lag.rules import KONTO_VEKTER, ORGNR_VEKTER, kontrollsiffer
from koordinering.users import Rolletildeling


def skriv_lag(session: Session, fordelinger: Fordelinger, froe: int) -> Mapping[str, Lag]:
    """A club for each that has places, by name. Their numbers check and belong to nobody we know of."""
    rng = random.Random(f"lag {froe}")  # noqa: S311 - made-up data that must come out the same each time
    finnes = {lag.navn: lag for lag in session.scalars(select(Lag).order_by(Lag.id))}
    navnene = dict.fromkeys(rekke.arrangoer for rekke in fordelinger.rekker if not rekke.kommunal)
    konto_av = _konsulent(session)
    lagene = {navn: finnes.get(navn) or _nytt(rng, nr, navn, konto_av) for nr, navn in enumerate(navnene, 1)}
    session.add_all(lagene.values())
    session.flush()
    return lagene


def _nytt(rng: random.Random, nr: int, navn: str, konto_av: int | None) -> Lag:
    return Lag(
        id=rng.getrandbits(62) | 1,
        navn=navn,
        orgnr=_med_kontrollsiffer(rng, "800", ORGNR_VEKTER),
        kontakt="Kasserer",
        epost=f"post{nr}@lag.example",
        telefon=None,
        kontonummer=_med_kontrollsiffer(rng, "9700", KONTO_VEKTER),
        konto_endret=None,
        konto_av=konto_av,
        aktiv=True,
    )


def _konsulent(session: Session) -> int | None:
    query = select(Rolletildeling.user_id).where(Rolletildeling.rolle == Rolle.INKLUDERINGSKONSULENT)
    return session.scalar(query.order_by(Rolletildeling.user_id).limit(1))


def _med_kontrollsiffer(rng: random.Random, foerst: str, vekter: tuple[int, ...]) -> str:
    while True:
        sifre = foerst + "".join(str(rng.randrange(10)) for _ in range(len(vekter) - len(foerst)))
        if (siste := kontrollsiffer(sifre, vekter)) is not None:
            return f"{sifre}{siste}"
