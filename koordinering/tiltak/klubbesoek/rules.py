"""Plain rules of visits to clubs."""

from dataclasses import dataclass
from datetime import date

from koordinering import fritekst
from koordinering.errors import UgyldigFelt
from koordinering.tekst import N_, Kode
from koordinering.tiltak.foering.rules import AAR, sjekk_uten_person


class Besoekstema(Kode):
    """What a visit was about; a closed list."""

    FRIPLASSER = "friplasser", N_("Friplasser og støtteordninger")
    INKLUDERING = "inkludering", N_("Inkludering av barn fra familier med lite penger")
    KOSTNADER = "kostnader", N_("Kostnader og utstyr")
    REKRUTTERING = "rekruttering", N_("Rekruttering og frafall")
    SOEKNAD = "soeknad", N_("Søknad om inkluderingsmidler")
    OPPFOELGING = "oppfoelging", N_("Oppfølging av tildelte midler eller plasser")
    ANNET = "annet", N_("Annet")


MAKS_TEKST = 200


@dataclass(frozen=True)
class Klubbesoeksopplysninger:
    """What is written about a visit; the fields are those of the table."""

    dag: date
    lag_id: int | None
    """The club. None only for a visit that has its club as text, from before the list of clubs."""
    tema: Besoekstema
    merknad: str | None


def sjekk_besoek(opplysninger: Klubbesoeksopplysninger, i_dag: date) -> None:
    """Raise UgyldigFelt for the first thing about the visit that cannot be so, or that could tell who somebody is."""
    if opplysninger.dag > i_dag:
        raise UgyldigFelt("dag", N_("Dagen er ikke kommet ennå."))
    if opplysninger.dag.year < AAR[0]:
        raise UgyldigFelt("dag", N_("Skriv en dato med et årstall fra 2000 til 2100."))
    sjekk_uten_person("merknad", opplysninger.merknad or "")
    fritekst.sjekk("merknad", opplysninger.merknad or "")
