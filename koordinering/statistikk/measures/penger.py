"""Questions about money for single places: kroner, and who stands behind them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from koordinering.db import OSLO
from koordinering.statistikk.disclosure import BARN, FAMILIER, TOTAL
from koordinering.statistikk.measures import klasser
from koordinering.statistikk.measures.barn import ikke_begynt
from koordinering.statistikk.measures.grunnlag import Grunnlag
from koordinering.statistikk.measures.kolonner import rekke
from koordinering.statistikk.measures.lest import Lest
from koordinering.statistikk.measures.pengelesing import Penger, Tilsagnslinje
from koordinering.statistikk.measures.rutenett import Delt, Enheter, Personer, delt
from koordinering.statistikk.measures.spoersmaal import Sammenheng, Spoersmaal


class _Del(NamedTuple):
    """A part of one commitment: what is paid of it, or what is not."""

    tilsagn: Tilsagnslinje
    klasse: str
    kroner: int


def grunnlag(aar: int, lest: Lest, penger: Penger) -> Grunnlag:
    """The families that the money is for, whichever year they were referred in."""
    egen = replace(lest, henvist=penger.henvist, registrert=penger.registrert, kjennetegn=penger.kjennetegn)
    return Grunnlag(aar, egen, np.ones(len(penger.henvist.id), dtype=np.bool_), "penger")


def _i_kroner(oere: int) -> int:
    """Whole kroner, for each commitment by itself, so that sums of parts are sums."""
    return (oere + 50) // 100


def _deler(tilsagn: Sequence[Tilsagnslinje]) -> list[_Del]:
    alle = []
    for t in tilsagn:
        betalt = _i_kroner(t.betalt_oere)
        alle += [
            _Del(t, klasser.BETALT, betalt),
            _Del(t, klasser.IKKE_BETALT, _i_kroner(t.innvilget_oere) - betalt),
        ]
    return [d for d in alle if d.kroner > 0]


def _enheter(g: Grunnlag, deler: Sequence[_Del]) -> Enheter:
    """What is for a case that is erased is taken for one and the same unknown child, so that it protects nobody."""
    bak: dict[int, list[int]] = defaultdict(list)
    for henvisning, barn in zip(g.henvist.id[g.par.enhet].tolist(), g.par.person.tolist(), strict=True):
        bak[henvisning].append(barn)
    familie = dict(zip(g.henvist.id.tolist(), g.familie[g.sak].tolist(), strict=True))
    ukjent, ukjente = g.antall_familier, [g.antall_barn]
    par = [(nr, barn) for nr, d in enumerate(deler) for barn in bak.get(d.tilsagn.henvisning or 0, ukjente)]
    hjem = [familie.get(d.tilsagn.henvisning or 0, ukjent) for d in deler]
    personer = {
        BARN: Personer(rekke([nr for nr, _ in par]), rekke([barn for _, barn in par])),
        FAMILIER: Personer(rekke(range(len(deler))), rekke(hjem)),
    }
    return Enheter(np.arange(len(deler)), personer, g.univers, vekt=rekke([d.kroner for d in deler]))


def _betaling(deler: Sequence[_Del]) -> Delt:
    return delt(klasser.BETALING, [d.klasse for d in deler])


def kroner(alt: Sammenheng) -> Spoersmaal:
    """Kroner granted for single places, and how much of it is paid."""
    deler = _deler(alt.penger.tilsagn)
    return Spoersmaal(_enheter(alt.betalt_for, deler), (_betaling(deler),))


def kroner_tiltak(alt: Sammenheng) -> Spoersmaal:
    """Kroner by the measure that the budget is for. A measure without money in the year cannot have a count."""
    p = alt.penger
    deler, uten = _deler(p.tilsagn), klasser.UTEN_TILTAK.kode
    kategorier = (*klasser.tiltak(p.tiltak), *((klasser.UTEN_TILTAK,) if p.formaal_uten_tiltak or not p.tiltak else ()))
    tiltak = delt(kategorier, [d.tilsagn.tiltak or uten for d in deler])
    # Where no measure has money, none is «.»: else the whole would be, and it is hidden in the other two tables.
    kan = {TOTAL, *(t or uten for t in p.med_ramme or {k.kode for k in kategorier})}
    etter = (tiltak, _betaling(deler))
    return Spoersmaal(_enheter(alt.betalt_for, deler), etter, lambda noekkel: noekkel[0] not in kan)


def kroner_kvartal(alt: Sammenheng) -> Spoersmaal:
    """Kroner by the quarter in which they were granted, and how much of it is paid."""
    deler = _deler(alt.penger.tilsagn)
    maaneder = [d.tilsagn.gitt.astimezone(OSLO).month for d in deler]
    naar = delt(klasser.KVARTAL, map(klasser.maanedens_kvartal, maaneder))
    return Spoersmaal(_enheter(alt.betalt_for, deler), (naar, _betaling(deler)), ikke_begynt(alt))
