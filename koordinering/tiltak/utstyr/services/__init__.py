"""Services of Utstyrsbanken: each checks the right, changes, records, and says who and which number at the counter."""

from koordinering.tiltak.utstyr.services.felles import IkkeLedig, IkkeUte, les_telefon, les_telefoner
from koordinering.tiltak.utstyr.services.lager import Enhetsopplysninger, endre, legg_inn, sett_valg, utfoer
from koordinering.tiltak.utstyr.services.operatoerer import (
    bytt_operatoer,
    gaa_fra,
    ny_kode,
    ny_operatoer,
    steng_operatoer,
)
from koordinering.tiltak.utstyr.services.reservasjoner import avlys, reserver
from koordinering.tiltak.utstyr.services.rydding import rydd_utstyr
from koordinering.tiltak.utstyr.services.tall import foer_maaned, importer
from koordinering.tiltak.utstyr.services.utlaan import (
    Levering,
    NyttUtlaan,
    forleng,
    gi_opp_deler,
    laan_ut,
    meld_tapt,
    ta_imot,
)
from koordinering.tiltak.utstyr.services.varetelling import avslutt_telling, les_vare, start_telling

__all__ = [
    "Enhetsopplysninger",
    "IkkeLedig",
    "IkkeUte",
    "Levering",
    "NyttUtlaan",
    "avlys",
    "avslutt_telling",
    "bytt_operatoer",
    "endre",
    "foer_maaned",
    "forleng",
    "gaa_fra",
    "gi_opp_deler",
    "importer",
    "laan_ut",
    "legg_inn",
    "les_telefon",
    "les_telefoner",
    "les_vare",
    "meld_tapt",
    "ny_kode",
    "ny_operatoer",
    "reserver",
    "rydd_utstyr",
    "sett_valg",
    "start_telling",
    "steng_operatoer",
    "ta_imot",
    "utfoer",
]
