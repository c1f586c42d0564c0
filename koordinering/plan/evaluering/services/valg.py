"""The municipality's choices for evaluation."""

from dataclasses import asdict, dataclass
from datetime import date

from koordinering import audit
from koordinering.access import require
from koordinering.audit import Hva
from koordinering.db import db, i_dag
from koordinering.errors import Endret, UgyldigFelt
from koordinering.plan.evaluering import queries
from koordinering.roles import Rettighet
from koordinering.tekst import N_
from koordinering.users import User

FOERSTE_AAR = 2000
MAKS_VARSLE = 120


@dataclass(frozen=True)
class Valgene:
    """The choices; the fields are those of the table and of the form."""

    maaned: int
    dag: int
    foerste_aar: int
    rulleres: date | None
    varsle_dager: int


def lagre_valg(valgene: Valgene, *, versjon: int, av: User) -> None:
    """Keep the choices. `versjon`: what the user's page showed. Raises UgyldigFelt, Endret."""
    require(av, Rettighet.EVALUERING_STYR)
    if not 1 <= valgene.maaned <= 12:
        raise UgyldigFelt("maaned", N_("Velg en måned."))
    if not 1 <= valgene.dag <= 28:
        raise UgyldigFelt("dag", N_("Skriv en dag fra 1 til 28, som alle måneder har."))
    if not FOERSTE_AAR <= valgene.foerste_aar <= i_dag().year:
        raise UgyldigFelt("foerste_aar", N_("Skriv et år fra 2000 til i år."))
    if not 0 <= valgene.varsle_dager <= MAKS_VARSLE:
        raise UgyldigFelt("varsle_dager", N_("Skriv et tall fra 0 til 120."))
    if valgene.rulleres is not None and not FOERSTE_AAR <= valgene.rulleres.year <= 2100:
        raise UgyldigFelt("rulleres", N_("Skriv en dato med et årstall fra 2000 til 2100."))
    rad = queries.valg()
    if rad.versjon != versjon:
        raise Endret
    for felt, verdi in asdict(valgene).items():
        setattr(rad, felt, verdi)
    db.session.flush()
    audit.record(Hva.EVALUERING_VALG, av=av)
