"""Which periods a series takes."""

from datetime import date

from koordinering.errors import UgyldigFelt
from koordinering.plan.serier.rules.enhet import Enhetsslag
from koordinering.plan.serier.rules.periode import Periode, Periodeslag, tolk_periode
from koordinering.plan.serier.rules.serie import Serie
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
    naa = i_dag.year, i_dag.month
    if tid.fra > naa:
        raise UgyldigFelt("periode", N_("Perioden har ikke begynt ennå."))
    if tid.slutt >= naa and serie.enhetsslag is not Enhetsslag.JA_NEI:
        # Half a year beside whole ones would look like a fall.
        raise UgyldigFelt(
            "periode", N_("Perioden er ikke over. Vent til den er det, eller skriv et halvår som er over.")
        )
    if any(punkt.periode == tid.kode and punkt.fra_planen for punkt in serie.punkter):
        raise UgyldigFelt("periode", N_("Planen har selv et tall for denne perioden. Det rettes i planen."))
    return tid
