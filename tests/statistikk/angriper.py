"""The attacker: what can be inferred from a published table alone. Shares no code with the protection.

A table is a network in which every count is a flow: total → column → row → total. A published number fixes an
arc, a hidden one leaves it free; the lowest and highest whole flow of an arc are what the attacker knows. An
insider also knows a lower bound for each arc: what the own family contributes.
"""

from collections import deque
from collections.abc import Mapping

from koordinering.statistikk.disclosure import SafeTable, Tegn

Sted = tuple[int, str]
Spenn = tuple[int, int]
Bue = tuple[str, str]
STORT = 10**9


def slutninger(table: SafeTable, eget: Mapping[Sted, int] | None = None) -> dict[Sted, Spenn]:
    """The interval of every hidden count, and of the rest of a row's referrals, by row number and column.

    The total is the last row. `eget` is what the insider's family contributes.
    """
    kjent = dict(eget or {})
    svar: dict[Sted, Spenn] = {}
    if "henvist" in table.kolonner:
        svar |= _henvisninger(table, kjent)
    for _ in range(3):
        svar |= _personer(table, kjent, svar)
    return svar


def publisert(table: SafeTable) -> dict[Sted, int | None]:
    celler: dict[Sted, int | None] = {}
    for nummer, rad in enumerate(table.alle_rader):
        for kolonne, celle in zip(table.kolonner, rad.celler, strict=True):
            tall = 0 if celle is Tegn.IKKE_AKTUELT else celle
            celler[nummer, kolonne] = None if isinstance(tall, Tegn) else tall
    return celler


def _henvisninger(table: SafeTable, kjent: Mapping[Sted, int]) -> dict[Sted, Spenn]:
    vist, sum_nr = publisert(table), len(table.rader)
    buer: dict[Bue, list[int]] = {}
    sted_av: dict[Bue, Sted] = {}
    for nr in range(sum_nr + 1):
        for kolonne in ("henvist", "gitt", "venteliste", "rest"):
            if kolonne == "henvist":
                bue = ("alt", "kilde") if nr == sum_nr else (f"rad{nr}", "alt")
            else:
                bue = ("kilde", kolonne) if nr == sum_nr else (kolonne, f"rad{nr}")
            tall = vist.get((nr, kolonne))
            minst = kjent.get((nr, kolonne), 0)
            buer[bue] = [minst, STORT] if tall is None else [tall, tall]
            sted_av[bue] = (nr, kolonne)
    return {sted: _spenn(buer, bue) for bue, sted in sted_av.items() if vist.get(sted) is None}


def _spenn(buer: dict[Bue, list[int]], bue: Bue) -> Spenn:
    gulv, tak = buer[bue]
    flyt = _flyt(buer, bue)
    lav, hoey = gulv, flyt
    while lav < hoey:
        midt = (lav + hoey) // 2
        if _mulig(buer | {bue: [gulv, midt]}):
            hoey = midt
        else:
            lav = midt + 1
    minst, lav = lav, flyt
    hoey = min(tak, 2 * sum(par[1] for par in buer.values() if par[1] < STORT) + 1)
    while lav < hoey:
        midt = (lav + hoey + 1) // 2
        if _mulig(buer | {bue: [midt, tak]}):
            lav = midt
        else:
            hoey = midt - 1
    return minst, lav


def _flyt(buer: dict[Bue, list[int]], bue: Bue) -> int:
    funnet = _sirkulasjon(buer)
    if funnet is None:
        raise AssertionError("the published numbers contradict each other")
    return funnet[bue]


def _mulig(buer: dict[Bue, list[int]]) -> bool:
    return _sirkulasjon(buer) is not None


def _sirkulasjon(buer: dict[Bue, list[int]]) -> dict[Bue, int] | None:
    """A whole circulation within the bounds, by a maximum flow from what nodes lack to what they have."""
    rest: dict[str, dict[str, int]] = {"S": {}, "T": {}}
    for (fra, til), (gulv, tak) in buer.items():
        for node in (fra, til):
            rest.setdefault(node, {})
        rest[fra][til] = rest[fra].get(til, 0) + tak - gulv
        rest[til].setdefault(fra, 0)
        rest["S"][til] = rest["S"].get(til, 0) + gulv
        rest[fra]["T"] = rest[fra].get("T", 0) + gulv
        rest[til].setdefault("S", 0)
        rest["T"].setdefault(fra, 0)
    krevd = sum(rest["S"].values())
    while vei := _vei(rest):
        mengde = min(rest[a][b] for a, b in vei)
        for a, b in vei:
            rest[a][b] -= mengde
            rest[b][a] += mengde
        krevd -= mengde
    if krevd:
        return None
    return {(fra, til): tak - rest[fra][til] for (fra, til), (_, tak) in buer.items()}


def _vei(rest: dict[str, dict[str, int]]) -> list[Bue]:
    kom_fra: dict[str, str] = {"S": ""}
    koe = deque(["S"])
    while koe and "T" not in kom_fra:
        node = koe.popleft()
        for neste, rom in rest[node].items():
            if rom and neste not in kom_fra:
                kom_fra[neste] = node
                koe.append(neste)
    vei, node = [], "T"
    while node != "S" and "T" in kom_fra:
        vei.append((kom_fra[node], node))
        node = kom_fra[node]
    return vei


def _personer(table: SafeTable, kjent: Mapping[Sted, int], hittil: Mapping[Sted, Spenn]) -> dict[Sted, Spenn]:
    svar: dict[Sted, Spenn] = {}
    vist, rader = publisert(table), range(len(table.rader))
    for kolonne in ("barn", "familier"):
        helt = vist[len(table.rader), kolonne]
        if helt is None:
            continue
        bundet = {r: _grenser(r, kolonne, helt, vist, kjent, {**hittil, **svar}) for r in rader}
        for r in rader:
            andre_lav = sum(bundet[n][0] for n in rader if n != r)
            andre_hoey = sum(bundet[n][1] for n in rader if n != r)
            tak = helt - andre_lav if kolonne in table.additive else helt
            lav, hoey = max(bundet[r][0], helt - andre_hoey), min(bundet[r][1], tak)
            if vist[r, kolonne] is None:
                svar[r, kolonne] = (lav, hoey)
    return svar


def _grenser(
    rad: int, kolonne: str, helt: int, vist: Mapping[Sted, int | None],
    kjent: Mapping[Sted, int], hittil: Mapping[Sted, Spenn],
) -> Spenn:  # fmt: skip
    """Families ≤ children, families ≤ referrals, and nobody in one unit means nobody in the other."""
    tall = vist[rad, kolonne]
    if tall is not None:
        return tall, tall
    lav, hoey = hittil.get((rad, kolonne), (0, helt))
    lav = max(lav, kjent.get((rad, kolonne), 0))
    hoey = min(hoey, helt)
    if kolonne == "familier":
        hoey = min(hoey, hittil.get((rad, "barn"), (0, helt))[1])
        henvist = vist.get((rad, "henvist"))
        if (rad, "henvist") in vist:
            hoey = min(hoey, hittil[rad, "henvist"][1] if henvist is None else henvist)
            lav = max(lav, min(1, henvist or 0))
    else:
        lav = max(lav, hittil.get((rad, "familier"), (0, 0))[0])
    return lav, hoey
