"""Reading where families and stock meet: the facts behind hvorfor_ikke, the inbox, the queue, what is given."""

from koordinering.tildeling.queries.fakta import gjenstand, grunner, kandidat, kandidater, penger, plasser_i
from koordinering.tildeling.queries.gitt import (
    aapen_tildeling,
    aapne_i_beholdning,
    antall_gitt,
    gitt_til,
    i_bruk,
    mottakertiltak,
    tilbud_til,
    tildeling,
    tildelinger,
)
from koordinering.tildeling.queries.innsyn import Innsyn, henvisning, innsyn, med_utloept_grunnlag
from koordinering.tildeling.queries.koe import (
    FILTERSTATUSER,
    I_KOE,
    Innboksfilter,
    antall_i_innboks,
    foer,
    innboks,
    koe,
    plass_i_koeen,
    venteliste,
)

__all__ = [
    "FILTERSTATUSER",
    "I_KOE",
    "Innboksfilter",
    "Innsyn",
    "aapen_tildeling",
    "aapne_i_beholdning",
    "antall_gitt",
    "antall_i_innboks",
    "foer",
    "gitt_til",
    "gjenstand",
    "grunner",
    "henvisning",
    "i_bruk",
    "innboks",
    "innsyn",
    "kandidat",
    "kandidater",
    "koe",
    "med_utloept_grunnlag",
    "mottakertiltak",
    "penger",
    "plass_i_koeen",
    "plasser_i",
    "tilbud_til",
    "tildeling",
    "tildelinger",
    "venteliste",
]
