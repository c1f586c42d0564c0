"""What the proposal's page sends: the choice for each line on it, and the version that it showed."""

from collections.abc import Collection, Iterable, Mapping

from flask import request

from koordinering.tildeling.models import Forslagslinje
from koordinering.tildeling.queries.forslag import Valg, lagret
from koordinering.web.skjema import heltall

FRI, STRYK = "fri", "stryk"


def valgene(linjer: Iterable[Forslagslinje], tilbud: Collection[int]) -> Mapping[int, Valg]:
    """The choice for each referral: what was changed on the page, else what is stored."""
    return {linje.henvisning_id: _valgt(linje, tilbud) for linje in linjer}


def _valgt(linje: Forslagslinje, tilbud: Collection[int]) -> Valg:
    skrevet, vist = request.form.get(f"linje_{linje.id}"), request.form.get(f"vist_{linje.id}")
    # What she let stand is no choice of hers: somebody else may have changed it since.
    if skrevet is None or skrevet == vist:
        return lagret(linje)
    if skrevet in {FRI, STRYK}:
        return Valg(stroeket=skrevet == STRYK)
    laast = next((id_ for id_ in tilbud if str(id_) == skrevet), None)
    return lagret(linje) if laast is None else Valg(laast)


def som_kode(valg: Valg) -> str:
    """A choice as the page sends it."""
    if valg.stroeket:
        return STRYK
    return FRI if valg.laast is None else str(valg.laast)


def paa_siden(linjer: Iterable[Forslagslinje]) -> list[int]:
    """Ids of the lines that the page showed a choice for."""
    return [linje.id for linje in linjer if f"linje_{linje.id}" in request.form]


def versjon() -> int:
    """The version that the page showed; 0, which no proposal has, for anything else."""
    return heltall(request.form.get("versjon")) or 0
