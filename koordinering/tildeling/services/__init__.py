"""What is done where families and stock meet: every step that takes or frees a unit, and what goes with it."""

from koordinering.tildeling.services.aarsskifte import Aarsskifte, nytt_kortaar, planlegg
from koordinering.tildeling.services.angre import angre, flytt_i_koeen, la_soesken_vaere_sammen
from koordinering.tildeling.services.behandling import (
    avslaa,
    fortsett,
    gi_medhold,
    gjenaapne,
    kan_videresendes_til,
    oppretthold,
    sett_paa_vent,
    sett_paa_venteliste,
    spoer,
    ta_imot,
    videresend,
)
from koordinering.tildeling.services.gi import gi, gi_straks, kan_gi_straks
from koordinering.tildeling.services.glem import glem
from koordinering.tildeling.services.handlinger import handlinger
from koordinering.tildeling.services.koe import foerste_i_koeen, gi_neste
from koordinering.tildeling.services.midler import frigis_ved_slutt, gi_midler, holder_midler, kan_gi_midler, oek_midler
from koordinering.tildeling.services.nyttaar import Nyttaar, planlegg_aaret, skift_aar
from koordinering.tildeling.services.tilbake import (
    avslutt,
    bekreft_start,
    ikke_moett,
    lever_tilbake,
    lever_tilbake_enhet,
    meld_tapt,
    trekk,
    trekk_samtykke,
)
from koordinering.tildeling.services.tilby import (
    la_tilbud_loepe_ut,
    svar_paa_tilbud,
    tilby,
    tilby_neste,
    trekk_tilbudet,
)
from koordinering.tildeling.services.tur import foran, neste_i_tur
from koordinering.tildeling.services.utloep import trekk_utloepte

__all__ = [
    "Aarsskifte",
    "Nyttaar",
    "angre",
    "avslaa",
    "avslutt",
    "bekreft_start",
    "foerste_i_koeen",
    "flytt_i_koeen",
    "foran",
    "fortsett",
    "frigis_ved_slutt",
    "gi",
    "gi_medhold",
    "gi_midler",
    "gi_neste",
    "gi_straks",
    "gjenaapne",
    "glem",
    "handlinger",
    "holder_midler",
    "ikke_moett",
    "kan_gi_midler",
    "kan_gi_straks",
    "kan_videresendes_til",
    "la_soesken_vaere_sammen",
    "la_tilbud_loepe_ut",
    "lever_tilbake",
    "lever_tilbake_enhet",
    "meld_tapt",
    "neste_i_tur",
    "nytt_kortaar",
    "oek_midler",
    "oppretthold",
    "planlegg",
    "planlegg_aaret",
    "sett_paa_vent",
    "sett_paa_venteliste",
    "skift_aar",
    "spoer",
    "svar_paa_tilbud",
    "ta_imot",
    "tilby",
    "tilby_neste",
    "trekk",
    "trekk_samtykke",
    "trekk_tilbudet",
    "trekk_utloepte",
    "videresend",
]
