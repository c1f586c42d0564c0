"""What one family knows of a table by itself: the cells that it fills alone (DISCLOSURE.md rule 5)."""

from collections.abc import Iterable, Sequence

from koordinering.statistikk.disclosure.kontroll import familier_bak, linjer
from koordinering.statistikk.disclosure.tabell import FAMILIER, Noekkel, RawCounts, Slag


def eiere(raw: RawCounts) -> Iterable[tuple[object, Sequence[Noekkel]]]:
    """Families and the cells that they fill alone; where the counts do not say, the cells one family may fill."""
    if raw.eiere is not None:
        return [(familie, sorted(noekler)) for familie, noekler in raw.eiere.items()]
    bak = familier_bak(raw)
    if bak is None:
        return [(noekkel, (noekkel,)) for noekkel in raw.noekler if _kan_vaere_en(raw, noekkel)]
    return _samme_familie(raw, [n for n in raw.noekler if raw.celler[n].tall[bak] == 1])


def _kan_vaere_en(raw: RawCounts, noekkel: Noekkel) -> bool:
    celle = raw.celler[noekkel]
    if celle.bak is not None:
        return celle.bak == 1
    if raw.kolonner[0].slag is Slag.BELOEP or raw.kolonner[0].kode == FAMILIER:
        return celle.tall[0] == 1
    return 1 <= celle.tall[0] < raw_grense(raw)


def raw_grense(raw: RawCounts) -> int:
    """Children above which nobody takes a cell for one family."""
    return STOERSTE_FAMILIE


STOERSTE_FAMILIE = 5


def _samme_familie(raw: RawCounts, alene: Sequence[Noekkel]) -> list[tuple[object, Sequence[Noekkel]]]:
    """Cells with one family each, put together where one holds the other: it is the same family."""
    leder = {noekkel: noekkel for noekkel in alene}

    def foerste(noekkel: Noekkel) -> Noekkel:
        while leder[noekkel] != noekkel:
            noekkel = leder[noekkel]
        return noekkel

    for helt, deler in linjer(raw):
        for del_ in deler:
            if helt in leder and del_ in leder:
                leder[foerste(del_)] = foerste(helt)
    samlet: dict[Noekkel, list[Noekkel]] = {}
    for noekkel in alene:
        samlet.setdefault(foerste(noekkel), []).append(noekkel)
    return list(samlet.items())


def med_deler(raw: RawCounts, noekler: Iterable[Noekkel]) -> frozenset[Noekkel]:
    """The cells and all that they are made of: whoever fills the whole knows each part, the empty ones too."""
    alle: set[Noekkel] = set()
    nye = list(noekler)
    under = {}
    for helt, deler in linjer(raw):
        under.setdefault(helt, []).extend(deler)
    while nye:
        noekkel = nye.pop()
        if noekkel not in alle:
            alle.add(noekkel)
            nye += under.get(noekkel, [])
    return frozenset(alle)
