"""Counts all questions of the catalogue for one year."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from koordinering.statistikk.disclosure import RawCounts
from koordinering.statistikk.measures import barn, bruk, henvisninger, penger
from koordinering.statistikk.measures.brukslesing import Brukt
from koordinering.statistikk.measures.grunnlag import Grunnlag
from koordinering.statistikk.measures.katalog import definisjoner
from koordinering.statistikk.measures.kolonner import tid
from koordinering.statistikk.measures.lest import Lest
from koordinering.statistikk.measures.pengelesing import Penger
from koordinering.statistikk.measures.spoersmaal import Sammenheng, Spoersmaal, raatall

TELLERE: Mapping[str, Callable[[Sammenheng], Spoersmaal]] = MappingProxyType(
    {
        "tjeneste": barn.tjeneste,
        "tjeneste_familier": barn.tjeneste_familier,
        "alder": barn.alder,
        "tjeneste_alder": barn.tjeneste_alder,
        "kjoenn": barn.kjoenn,
        "alder_kjoenn": barn.alder_kjoenn,
        "aar": barn.foerste_henvisning,
        "familier_kvartal": barn.familier_kvartal,
        "foerste_gang": barn.foerste_gang,
        "familier_foerste_gang": barn.familier_foerste_gang,
        "antall_tiltak": barn.antall_tiltak,
        "deltakelse": barn.deltakelse,
        "kobling": barn.kobling,
        "tiltak": henvisninger.tiltak,
        "tiltak_status": henvisninger.tiltak_status,
        "henvist_kvartal": henvisninger.henvist_kvartal,
        "gitt": henvisninger.gitt,
        "aktivitet": henvisninger.aktivitet,
        "ventetid": henvisninger.ventetid,
        "venter_ved_aarets_slutt": henvisninger.venter_ved_aarets_slutt,
        "fra_tidligere_aar": henvisninger.fra_tidligere_aar,
        "avslag": henvisninger.avslag,
        "hindringer": henvisninger.hindringer,
        "besoek": bruk.besoek,
        "besoek_kvartal": bruk.besoek_kvartal,
        "kortbesoek": bruk.kortbesoek,
        "kortbesoek_kvartal": bruk.kortbesoek_kvartal,
        "utlaan": bruk.utlaan,
        "utlaan_kvartal": bruk.utlaan_kvartal,
        "kroner": penger.kroner,
        "kroner_tiltak": penger.kroner_tiltak,
        "kroner_kvartal": penger.kroner_kvartal,
    }
)
"""How each question of the catalogue is counted (a test holds the two lists together)."""

BARE_MED_KJOENN = frozenset({"kjoenn", "alder_kjoenn"})
"""Questions that are asked only where the municipality registers gender."""


@dataclass(frozen=True, repr=False)
class Telling:
    """All raw counts of one year; `repr` shows none of them."""

    tabeller: tuple[RawCounts, ...]
    saker: int
    uten_kobling: int
    """Cases in which at least one counted child stands unlinked."""
    familier_uten_kobling: int
    """Families that these cases belong to."""

    def __repr__(self) -> str:
        return "Telling(...)"


@dataclass(frozen=True, repr=False)
class Kilder:
    """All that was read."""

    saker: Lest
    bruk: Brukt
    penger: Penger


def tell_opp(aar: int, dato: date, kilder: Kilder, koder: Collection[str]) -> Telling:
    """Count what was read into these tables."""
    alt = sammenheng(aar, dato, kilder)
    grunnlag = alt.grunnlag
    return Telling(
        tuple(
            raatall(definisjon, TELLERE[kode](alt), alt) for kode, definisjon in definisjoner().items() if kode in koder
        ),
        saker=grunnlag.antall_saker,
        uten_kobling=int(grunnlag.ulenkede.sum()),
        familier_uten_kobling=len(set(grunnlag.familie[grunnlag.ulenkede].tolist())),
    )


def sammenheng(aar: int, dato: date, kilder: Kilder) -> Sammenheng:
    """Put together what all tables share."""
    lest = kilder.saker
    i_aaret = lest.henvist.naar >= tid(lest.start)
    return Sammenheng(
        aar,
        dato,
        Grunnlag(aar, lest, i_aaret),
        Grunnlag(aar, lest, ~i_aaret, "tidligere"),
        kilder.bruk,
        kilder.penger,
        penger.grunnlag(aar, lest, kilder.penger),
    )
