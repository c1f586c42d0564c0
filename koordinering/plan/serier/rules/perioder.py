"""Which periods a series takes."""

from datetime import date

from koordinering.errors import UgyldigFelt
from koordinering.plan.serier.rules import Serie
from koordinering.plan.serier.rules.periode import Periode, Periodeslag, tolk_periode
from koordinering.tekst import N_


def les_periode_i(serie: Serie, skrevet: str, i_dag: date) -> Periode:
    """What somebody wrote as a period of this series. Raises UgyldigFelt for `periode`."""
    tid = tolk_periode(skrevet)
    if tid is None:
        raise UgyldigFelt("periode", N_("Skriv et år, et halvår eller en måned: 2025, 1. halvår 2025, mars 2025."))
    if serie.maaneder and tid.slag is not Periodeslag.MAANED:
        raise UgyldigFelt("periode", N_("Denne serien har ett tall i måneden. Skriv for eksempel mars 2025."))
    if not serie.maaneder and tid.slag is Periodeslag.MAANED:
        raise UgyldigFelt("periode", N_("Denne serien har tall for år eller halvår. Skriv for eksempel 2025."))
    if tid.fra > (i_dag.year, i_dag.month):
        raise UgyldigFelt("periode", N_("Perioden har ikke begynt ennå."))
    if any(punkt.periode == tid.kode and punkt.fra_planen for punkt in serie.punkter):
        raise UgyldigFelt("periode", N_("Planen har selv et tall for denne perioden. Det rettes i planen."))
    return tid
