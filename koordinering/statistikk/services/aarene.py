"""The releases that stand for a year, for the plan's report: which they are, and what they hide and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from koordinering.access import require
from koordinering.roles import Rettighet
from koordinering.statistikk import queries
from koordinering.statistikk.disclosure import fra_json
from koordinering.users import User


@dataclass(frozen=True)
class Aarsutgivelse:
    """One release of a year."""

    nummer: int
    aar: int
    publisert: date
    terskel: int
    sha256: str
    forklaring: tuple[str, ...]
    """Why figures are hidden in those of its tables that hide any, in bokmål; each reason once."""


def utgivelser_av(aar: int, *, av: User) -> list[Aarsutgivelse]:
    """The releases of a year that stand, the oldest first. Two queries."""
    require(av, Rettighet.STATISTIKK_PUBLISERT_LES)
    ut = []
    for p, innhold in queries.som_gjelder(aar):
        if p.nummer is not None and p.publisert is not None and p.terskel is not None and p.sha256 is not None:
            skjuler = [tabell for tabell in map(fra_json, innhold) if tabell.noe_skjult]
            meldinger = dict.fromkeys(str(melding) for tabell in skjuler for melding in tabell.forklaring)
            felles = (p.nummer, p.aar, p.publisert.date(), p.terskel, p.sha256)
            ut.append(Aarsutgivelse(*felles, tuple(meldinger)))
    return ut


def publiserte_aar(*, av: User) -> Sequence[int]:
    """The years that have a release that stands, the oldest first."""
    require(av, Rettighet.STATISTIKK_PUBLISERT_LES)
    return queries.aar_som_gjelder()
