"""From cases to figures that may be shown: count, protect, read, release, export."""

from koordinering.jobb import services as jobber
from koordinering.statistikk.services import publisering, telling
from koordinering.statistikk.services.aarene import Aarsutgivelse, publiserte_aar, utgivelser_av
from koordinering.statistikk.services.eksport import Fil, eksporter, eksporter_publisert, pakke, pakke_med_nummer
from koordinering.statistikk.services.lesing import (
    IngenTelling,
    Visning,
    alternativer,
    definisjoner,
    grupper,
    katalog,
    koblingstabell,
    oversikt,
    tabell,
    tabellsett,
    vis,
)
from koordinering.statistikk.services.publisering import (
    UtkastValg,
    bestill_kontroll,
    lag_utkast,
    publiser,
    slett_utkast,
    trekk,
    valg_for_utkast,
)
from koordinering.statistikk.services.publisert import (
    Aarstabell,
    aarstabeller,
    innhold,
    liste,
    publiserte,
    skjult_i_siste,
    tall_om_tiltak,
    vis_publisert,
)
from koordinering.statistikk.services.rydding import rydd_tellinger
from koordinering.statistikk.services.telling import STEG, bestill_telling, bilder, lag_bilde, nattens_telling
from koordinering.statistikk.services.utdrag import hold_utdrag, sjekk_utdrag
from koordinering.tekst import N_

__all__ = [
    "STEG", "Aarstabell", "Fil", "IngenTelling", "UtkastValg", "Visning", "aarstabeller", "alternativer",
    "bestill_kontroll", "bestill_telling", "bilder", "definisjoner", "eksporter", "eksporter_publisert", "grupper",
    "hold_utdrag", "innhold", "katalog", "koblingstabell", "lag_bilde", "lag_utkast", "liste", "nattens_telling",
    "oversikt", "pakke", "pakke_med_nummer", "publiser", "publiserte", "registrer_jobber", "rydd_tellinger",
    "sjekk_utdrag", "skjult_i_siste", "slett_utkast", "tabell", "tabellsett", "tall_om_tiltak", "trekk",
    "valg_for_utkast", "vis", "vis_publisert",
    "Aarsutgivelse", "publiserte_aar", "utgivelser_av",
]  # fmt: skip


def registrer_jobber() -> None:
    """Say how the jobs of this package are done, and which of them come by themselves."""
    jobber.registrer_arbeid(telling.JOBB, N_("Ny telling"), telling.utfoer_telling)
    jobber.registrer_arbeid(publisering.JOBB, N_("Kontroll av en publisering"), publisering.utfoer_kontroll)
    jobber.hver_time(nattens_telling)
    jobber.hver_time(hold_utdrag)
    jobber.hver_time(rydd_tellinger)
