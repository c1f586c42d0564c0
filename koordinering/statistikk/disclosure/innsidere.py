"""What one family knows of a table by itself: the cells that it fills alone (DISCLOSURE.md rule 5)."""

from collections.abc import Iterable, Sequence

from koordinering.statistikk.disclosure.kontroll import familier_bak, linjer
from koordinering.statistikk.disclosure.samling import Samling
from koordinering.statistikk.disclosure.tabell import FAMILIER, Noekkel, RawCounts, Slag


def eiere(raw: RawCounts, terskel: int) -> Iterable[tuple[object, Sequence[Noekkel]]]:
    """Families and the cells that they fill alone; where the counts do not say, the cells one family may fill."""
    if raw.eiere is not None:
        return [(familie, sorted(noekler)) for familie, noekler in raw.eiere.items()]
    bak = familier_bak(raw)
    if bak is None:
        return [(noekkel, (noekkel,)) for noekkel in raw.noekler if _kan_vaere_en(raw, noekkel, terskel)]
    return _samme_familie(raw, [n for n in raw.noekler if raw.celler[n].tall[bak] == 1])


def _kan_vaere_en(raw: RawCounts, noekkel: Noekkel, terskel: int) -> bool:
    celle = raw.celler[noekkel]
    if celle.bak is not None:
        return celle.bak == 1
    if raw.kolonner[0].slag is Slag.BELOEP or raw.kolonner[0].kode == FAMILIER:
        return celle.tall[0] == 1
    return 1 <= celle.tall[0] < terskel


def _samme_familie(raw: RawCounts, alene: Sequence[Noekkel]) -> list[tuple[object, Sequence[Noekkel]]]:
    """Cells with one family each, put together where one holds the other: it is the same family."""
    samling = Samling(alene)
    for helt, deler in linjer(raw):
        if helt in samling:
            samling.slaa_sammen([helt, *(del_ for del_ in deler if del_ in samling)])
    return [(gruppe[0], gruppe) for gruppe in samling.grupper()]


def med_deler(raw: RawCounts, noekler: Iterable[Noekkel]) -> frozenset[Noekkel]:
    """The cells and all that they are made of: whoever fills the whole knows each part, the empty ones too."""
    alle: set[Noekkel] = set()
    nye = list(noekler)
    under: dict[Noekkel, list[Noekkel]] = {}
    for helt, deler in linjer(raw):
        under.setdefault(helt, []).extend(deler)
    while nye:
        noekkel = nye.pop()
        if noekkel not in alle:
            alle.add(noekkel)
            nye += under.get(noekkel, [])
    return frozenset(alle)
