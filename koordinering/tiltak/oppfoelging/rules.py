"""Plain rules of follow-up: from when to when somebody took part, and what came of it."""

from dataclasses import dataclass
from datetime import date

from koordinering.errors import UgyldigFelt
from koordinering.tekst import N_, Kode


class Oppfoelgingsresultat(Kode):
    """What came of a follow-up, said when it is closed; a closed list."""

    NAADD = "naadd", N_("Målet er nådd")
    DELVIS = "delvis", N_("Målet er delvis nådd")
    IKKE_NAADD = "ikke_naadd", N_("Målet er ikke nådd")
    ANDRE_FOELGER_OPP = "andre_foelger_opp", N_("Andre følger opp videre")
    IKKE_DELTATT = "ikke_deltatt", N_("Deltok ikke")


@dataclass(frozen=True)
class Deltakelse:
    """When somebody took part in a follow-up, and what came of it."""

    resultat: Oppfoelgingsresultat
    fra: date | None = None
    til: date | None = None


def sjekk_deltakelse(deltakelse: Deltakelse, *, gitt: date, dag: date) -> None:
    """Raise UgyldigFelt for days on which nobody can have taken part. `gitt`: when it was granted; `dag`: today."""
    fra, til = deltakelse.fra, deltakelse.til
    if deltakelse.resultat is Oppfoelgingsresultat.IKKE_DELTATT:
        if fra is not None or til is not None:
            felt = "deltatt_fra" if fra is not None else "deltatt_til"
            raise UgyldigFelt(felt, N_("La datoene stå tomme når ingen har deltatt."))
        return
    if fra is None:
        raise UgyldigFelt("deltatt_fra", N_("Skriv første dag med deltakelse."))
    if til is None:
        raise UgyldigFelt("deltatt_til", N_("Skriv siste dag med deltakelse."))
    if not gitt <= fra <= dag:
        raise UgyldigFelt("deltatt_fra", N_("Skriv en dag fra oppfølgingen ble innvilget og fram til i dag."))
    if not fra <= til <= dag:
        raise UgyldigFelt("deltatt_til", N_("Skriv en dag fra første dag og fram til i dag."))
