"""Takes a model apart where shown totals cut it, and solves the parts one by one.

Tables that share nothing but shown grand totals tell nothing of each other. Only where no safe pattern keeps the
grand totals is the whole solved at once with them free (rule 6: the grand total last of all).
"""

from collections import defaultdict
from collections.abc import Sequence, Set
from dataclasses import replace

import numpy as np

from koordinering.statistikk.disclosure.angrep import Angrep
from koordinering.statistikk.disclosure.arbeid import Arbeid, Stopp
from koordinering.statistikk.disclosure.gransking import Gransker
from koordinering.statistikk.disclosure.modell import KJENT, Modell, Rad
from koordinering.statistikk.disclosure.optimering import Loesning, finn
from koordinering.statistikk.disclosure.samling import Samling


def loes(modell: Modell, slutt: float, totaler: Sequence[int]) -> Loesning | None:
    """The cheapest safe pattern of all parts; None when there is none. Grand totals are let go of one part at a
    time, where nothing that keeps them is safe there."""
    laaste = set(totaler)
    while True:
        svar, umulige = _alle_deler(_med(modell, laaste), slutt)
        slipp = laaste & umulige
        if svar is not None or not slipp:
            return svar
        laaste -= _nok(modell, laaste, slipp, slutt)


def _med(modell: Modell, laaste: Set[int]) -> Modell:
    return replace(modell, laast=[False if g in laaste else fast for g, fast in enumerate(modell.laast)])


def _nok(modell: Modell, laaste: Set[int], slipp: Set[int], slutt: float) -> Set[int]:
    """The cheapest of the totals around a part that is enough to let go of by itself; all of them where none is."""
    for total in sorted(slipp, key=lambda g: (modell.vekt[g], g)) if len(slipp) > 1 else ():
        deler = (del_ for del_, grupper, _ in _deler(_med(modell, laaste - {total})) if total in grupper)
        if all(_kan_bli_trygg(del_, slutt) for del_ in deler):
            return {total}
    return slipp


def _kan_bli_trygg(del_: Modell, slutt: float) -> bool:
    alt = np.array([fast is not False for fast in del_.laast], np.bool_)
    try:
        return Gransker(Angrep(del_, Arbeid(slutt))).trygt(alt)
    except Stopp:
        return False


def _alle_deler(modell: Modell, slutt: float) -> tuple[Loesning | None, set[int]]:
    """The parts put together; or the groups around the first part for which there is nothing."""
    skjult = np.array([fast is True for fast in modell.laast], np.bool_)
    vekt = skranke = 0.0
    tiden_ute = False
    for del_, grupper, kant in _deler(modell):
        svar = finn(del_, slutt)
        if svar is None:
            return None, kant
        skjult[grupper] = svar.skjult
        vekt, skranke = vekt + svar.vekt, skranke + svar.skranke
        tiden_ute |= svar.tiden_ute
    return Loesning(skjult, vekt, skranke, tiden_ute), set()


def _deler(modell: Modell) -> list[tuple[Modell, list[int], set[int]]]:
    """Models that share no number that can be unknown, each with the groups it decides and the shown ones around."""
    vist = [g == KJENT or (g >= 0 and modell.laast[g] is False) for g in modell.gruppe]
    samling = Samling(v for v, kjent in enumerate(vist) if not kjent)
    i_gruppe: dict[int, list[int]] = defaultdict(list)
    for v, gruppe in enumerate(modell.gruppe):
        if gruppe >= 0 and not vist[v]:
            i_gruppe[gruppe].append(v)
    for tall in (*i_gruppe.values(), *(rad.kolonner for rad in modell.rader)):
        samling.slaa_sammen(v for v in tall if not vist[v])
    krevd = {v for v, _ in modell.krav}
    return [_utsnitt(modell, tall) for tall in samling.grupper() if krevd.intersection(tall)]


def _utsnitt(modell: Modell, tall: list[int]) -> tuple[Modell, list[int], set[int]]:
    egne = set(tall)
    rader = [rad for rad in modell.rader if egne.intersection(rad.kolonner)]
    alle = sorted(egne.union(*(rad.kolonner for rad in rader)))
    nummer = {v: i for i, v in enumerate(alle)}
    grupper = sorted({modell.gruppe[v] for v in tall if modell.gruppe[v] >= 0})
    gruppenummer = {g: i for i, g in enumerate(grupper)}
    innsidere = {frozenset(nummer[v] for v in kjenner if v in egne) for kjenner in modell.innsidere}
    return (
        Modell(
            verdi=[modell.verdi[v] for v in alle],
            gulv=[modell.gulv[v] for v in alle],
            gruppe=[gruppenummer.get(modell.gruppe[v], modell.gruppe[v]) if v in egne else KJENT for v in alle],
            rader=[Rad(tuple(nummer[k] for k in r.kolonner), r.koeffisienter, r.likhet) for r in rader],
            vekt=[modell.vekt[g] for g in grupper],
            laast=[modell.laast[g] for g in grupper],
            krav=[(nummer[v], krav) for v, krav in modell.krav if v in egne],
            innsidere=sorted((s for s in innsidere if s), key=sorted),
            skal_skjermes=[nummer[v] for v in modell.skal_skjermes if v in egne],
            flat=modell.flat,
            forpliktet=modell.forpliktet or any(modell.verdi[v] for v in alle if v not in egne),
        ),
        grupper,
        {modell.gruppe[v] for v in alle if v not in egne},
    )
