"""What the made-up town stands on: the people who work there, the measures, and blind indexes in great number."""

import multiprocessing
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, date, datetime, time

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from koordinering import crypto
from koordinering.db import OSLO
from koordinering.demo.fordelinger import Fordelinger, FordelingFeil, kjente_tiltak
from koordinering.demo.kalender import Kalender
from koordinering.demo.trekning import Byen, Tiltaksinfo
from koordinering.roles import Rolle
from koordinering.saker.models import Hjemmel
from koordinering.tekst import N_
from koordinering.tiltak.models import Tiltak
from koordinering.users import Rolletildeling, User, kommune

Framdrift = Callable[[str, int, int], None]
"""Told how far something has come: what, done, of how many."""

_MANGE = 4_000
"""From so many numbers on, their blind indexes are worth several processes."""

_MOTTAR = frozenset({Rolle.MOTTAKER, Rolle.INKLUDERINGSKONSULENT})


def midnatt(dag: date) -> datetime:
    """When the day begins in Norway."""
    return datetime.combine(dag, time(), OSLO).astimezone(UTC)


def les_byen(session: Session, fordelinger: Fordelinger, slutt: datetime, aar: range) -> tuple[dict[int, str], Byen]:
    """The users' roles as the log writes them, and what stands still while the town is drawn.

    Raises FordelingFeil where the file names a measure that the plan has not, or a unit is without users.
    """
    alle = session.scalars(select(Tiltak).options(selectinload(Tiltak.mekanikker)))
    tiltak = {t.id: Tiltaksinfo(t.mottaker_id, t.slag, t.id in fordelinger.enkeltvedtak) for t in alle}
    ukjente = sorted(set(kjente_tiltak(fordelinger)) - tiltak.keys())
    if ukjente:
        raise FordelingFeil(f"Planen har ikke tiltaket {ukjente[0]}, som fordelingene nevner.")
    roller = list(session.scalars(select(Rolletildeling).join(Rolletildeling.user).order_by(User.brukernavn)))
    henvisere = _etter_enhet(roller, frozenset({Rolle.HENVISER}))
    mottakere = {**henvisere, **_etter_enhet(roller, _MOTTAR)}
    mangler = {info.mottaker for info in tiltak.values() if info.mottaker} - mottakere.keys()
    mangler |= set(fordelinger.vekter["tjenester.foerste"].ting) - henvisere.keys()
    if mangler:
        raise FordelingFeil(f"Ingen bruker i enheten {sorted(mangler)[0]} kan ta imot eller henvise.")
    kortansvarlig = next(r.user_id for r in roller if r.rolle is Rolle.INKLUDERINGSKONSULENT)
    hjemler = [(h.id, h.gyldig_fra, h.gyldig_til) for h in session.scalars(select(Hjemmel).order_by(Hjemmel.id))]
    byen = Byen(
        fordelinger,
        Kalender(aar.start, aar.stop),
        tiltak,
        henvisere,
        mottakere,
        kortansvarlig,
        hjemler,
        kommune().samtykkealder,
        slutt,
    )
    i_loggen: dict[int, set[str]] = {}
    for rolle in roller:
        i_loggen.setdefault(rolle.user_id, set()).add(rolle.rolle)
    return {user: ",".join(sorted(koder)) for user, koder in i_loggen.items()}, byen


def _etter_enhet(roller: Sequence[Rolletildeling], slag: frozenset[Rolle]) -> dict[str, list[int]]:
    funnet: dict[str, list[int]] = {}
    for rolle in roller:
        if rolle.rolle in slag:
            funnet.setdefault(rolle.enhet_id, []).append(rolle.user_id)
    return funnet


# --- Blind indexes ---------------------------------------------------------------------------------------


def blindindekser(numre: Sequence[str], framdrift: Framdrift) -> list[bytes]:
    """The blind index of each number, in the same order; many are shared among the machine's processors."""
    noekler = crypto.gjeldende()
    if len(numre) < _MANGE:
        return [crypto.blindindeks(noekler, nummer) for nummer in numre]
    ferdige: list[bytes] = []
    sammenheng = multiprocessing.get_context("spawn")  # a fork would share the database's connections
    with ProcessPoolExecutor(initializer=crypto.ta_i_bruk, initargs=(noekler,), mp_context=sammenheng) as prosesser:
        for indeks in prosesser.map(_en_indeks, numre, chunksize=250):
            ferdige.append(indeks)
            if len(ferdige) % 1000 == 0:
                framdrift(N_("Regner ut blindindekser"), len(ferdige), len(numre))
    return ferdige


def _en_indeks(nummer: str) -> bytes:
    return crypto.blindindeks(crypto.gjeldende(), nummer)
