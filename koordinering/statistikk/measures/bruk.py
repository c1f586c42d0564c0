"""Questions about what is used where nobody is registered: visits and loans, not persons.

Who stands behind is not known. A small count is taken for one that a single family may fill.
"""

from collections.abc import Sequence

import numpy as np

from koordinering.statistikk.disclosure import TOTAL, Kategori, Noekkel
from koordinering.statistikk.measures import klasser
from koordinering.statistikk.measures.barn import ikke_begynt
from koordinering.statistikk.measures.brukslesing import Bruk, Driftet
from koordinering.statistikk.measures.kolonner import rekke
from koordinering.statistikk.measures.rutenett import Delt, Enheter, Personer, delt
from koordinering.statistikk.measures.spoersmaal import Sammenheng, Spoersmaal

STEDER = "steder"


def _enheter(bruk: Sequence[Bruk]) -> Enheter:
    """Each line counts for as many as it says."""
    return Enheter(np.arange(len(bruk)), {}, vekt=rekke([b.antall for b in bruk]))


def _med_steder(bruk: Sequence[Bruk]) -> Enheter:
    par = [(nr, b.sted) for nr, b in enumerate(bruk) if b.sted is not None]
    nummer = {sted: nr for nr, sted in enumerate(dict.fromkeys(sted for _, sted in par))}
    bak = Personer(rekke([nr for nr, _ in par]), rekke([nummer[sted] for _, sted in par]))
    return Enheter(np.arange(len(bruk)), {STEDER: bak}, vekt=rekke([b.antall for b in bruk]))


def _klasse(kategorier: tuple[Kategori, ...], bruk: Sequence[Bruk]) -> Delt:
    return delt(kategorier, [b.klasse for b in bruk])


def _kvartal(bruk: Sequence[Bruk]) -> Delt:
    return delt(klasser.KVARTAL, [klasser.maanedens_kvartal(b.maaned) for b in bruk])


def _hele_aaret(enheter: Enheter, etter: Delt, driftet: Driftet) -> Spoersmaal:
    """By class. What was not open in the year cannot have a count."""
    aapent = {klasse for klasse, _ in driftet}
    return Spoersmaal(enheter, (etter,), lambda noekkel: noekkel[0] != TOTAL and noekkel[0] not in aapent)


def _hvert_kvartal(alt: Sammenheng, enheter: Enheter, etter: tuple[Delt, Delt], driftet: Driftet) -> Spoersmaal:
    """By class and quarter. What was not open then, and quarters that have not begun, cannot have a count."""
    kommende = ikke_begynt(alt, 1)
    aapent = {(klasse, f"k{nr}") for klasse, nr in driftet}

    def strukturell(noekkel: Noekkel) -> bool:
        return kommende(noekkel) or (TOTAL not in noekkel and noekkel not in aapent)

    return Spoersmaal(enheter, etter, strukturell)


def besoek(alt: Sammenheng) -> Spoersmaal:
    """Visits at open offers, by measure."""
    b = alt.bruk
    return _hele_aaret(_enheter(b.besoek), _klasse(klasser.tiltak(b.moeteplasstiltak), b.besoek), b.aapne)


def besoek_kvartal(alt: Sammenheng) -> Spoersmaal:
    """Visits at open offers, by measure and quarter."""
    b = alt.bruk
    etter = (_klasse(klasser.tiltak(b.moeteplasstiltak), b.besoek), _kvartal(b.besoek))
    return _hvert_kvartal(alt, _enheter(b.besoek), etter, b.aapne)


def kortbesoek(alt: Sammenheng) -> Spoersmaal:
    """Visits with the card by type of venue, and the venues that had any."""
    b = alt.bruk
    return _hele_aaret(_med_steder(b.kortbesoek), _klasse(klasser.STEDSLAG, b.kortbesoek), b.tar_kortet)


def kortbesoek_kvartal(alt: Sammenheng) -> Spoersmaal:
    """Visits with the card by type of venue and quarter."""
    b = alt.bruk
    etter = (_klasse(klasser.STEDSLAG, b.kortbesoek), _kvartal(b.kortbesoek))
    return _hvert_kvartal(alt, _enheter(b.kortbesoek), etter, b.tar_kortet)


def utlaan(alt: Sammenheng) -> Spoersmaal:
    """Loans by category of equipment."""
    laan = alt.bruk.utlaan
    return Spoersmaal(_enheter(laan), (_klasse(klasser.UTSTYR, laan),))


def utlaan_kvartal(alt: Sammenheng) -> Spoersmaal:
    """Loans by category of equipment and quarter."""
    laan = alt.bruk.utlaan
    return Spoersmaal(_enheter(laan), (_klasse(klasser.UTSTYR, laan), _kvartal(laan)), ikke_begynt(alt, 1))
