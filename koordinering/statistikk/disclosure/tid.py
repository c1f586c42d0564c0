"""Earlier releases of the same year, joined to the new numbers by their differences: rule 8 of DISCLOSURE.md."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import partial
from itertools import product
from math import inf
from typing import TYPE_CHECKING

from koordinering.statistikk.disclosure.kontroll import Identitet, identitet
from koordinering.statistikk.disclosure.krav import Krav, er_primaer, folk, krav, krav_endring, modellerte, vernes
from koordinering.statistikk.disclosure.modell import KJENT, UKJENT, Bygger
from koordinering.statistikk.disclosure.tabell import Noekkel, RawCounts, Slag, Tegn

if TYPE_CHECKING:
    from koordinering.statistikk.disclosure import Tidligere


def utgivelser(tidligere: Sequence["Tidligere"]) -> list[list["Tidligere"]]:
    """Together what counts one snapshot: the same number is then one number in all its tables."""
    alle: list[list[Tidligere]] = []
    for t in tidligere:
        sin = next((u for u in alle if all(_samme(t.raa, en.raa) for en in u)), None)
        if sin is None:
            alle.append([t])
        else:
            sin.append(t)
    return alle


def _samme(a: RawCounts, b: RawCounts) -> bool:
    return (a.aar, a.oeyeblikksbilde) == (b.aar, b.oeyeblikksbilde) and (a.kode != b.kode or a.celler == b.celler)


def foey_til(bygger: Bygger, utgivelse: Sequence["Tidligere"]) -> None:
    """Join one earlier release: what anybody may subtract."""
    modell = bygger.modell
    modell.forpliktet = True
    gamle, krevd = _gamle(bygger, utgivelse)
    for v, k in sorted(krevd.items()):
        modell.krav.append((v, k))
        modell.skal_skjermes.append(v)
    for t in utgivelse:
        bygger.likninger(t.raa, partial(_oppslag, gamle, t.raa))
    bygger.ulikheter(utgivelse[0].ulikheter, [t.raa for t in utgivelse], gamle)
    nye = {navn: bygger.variabel[navn] for navn in gamle if navn in bygger.variabel}
    vokser = all(modell.verdi[ny] >= modell.verdi[gamle[navn]] for navn, ny in nye.items())
    slag, da = _hva_og_hvem(utgivelse)
    for navn, ny in nye.items():
        _endring(bygger, gamle[navn], ny, slag[navn], [*product(da[navn], bygger.folk[navn])], vokser=vokser)
    if vokser:  # whoever fills a cell alone now knows who was in it then
        foer = {ny: gamle[navn] for navn, ny in nye.items()}
        modell.innsidere = [egne.union(foer[v] for v in egne if v in foer) for egne in modell.innsidere]


def _oppslag(gamle: Mapping[Identitet, int], raw: RawCounts, kolonne: int, noekkel: Noekkel) -> int:
    return gamle[identitet(raw, kolonne, noekkel)]


def _gamle(bygger: Bygger, utgivelse: Sequence["Tidligere"]) -> tuple[dict[Identitet, int], dict[int, Krav]]:
    """The numbers of the release, and what is demanded of those that it hides because they are small."""
    gamle: dict[Identitet, int] = {}
    krevd: dict[int, Krav] = {}
    for raw, vist in ((t.raa, t.vist) for t in utgivelse):
        for noekkel, kolonne in product(raw.noekler, modellerte(raw)):
            skjult, verdi = Tegn.SKJULT in vist.celler[noekkel], raw.celler[noekkel].tall[kolonne]
            navn = identitet(raw, kolonne, noekkel)
            if navn not in gamle:
                gamle[navn] = bygger.modell.tall(verdi, UKJENT if skjult else KJENT)
            elif not skjult:
                bygger.modell.gruppe[gamle[navn]] = KJENT
            if skjult and er_primaer(raw, noekkel, bygger.terskel, nuller_vises=bygger.nuller_vises):
                krevd[gamle[navn]] = krav(raw, kolonne, verdi, bygger.terskel)
    return gamle, {v: k for v, k in krevd.items() if bygger.modell.gruppe[v] != KJENT}


def _hva_og_hvem(
    utgivelse: Sequence["Tidligere"],
) -> tuple[dict[Identitet, Slag], dict[Identitet, list[dict[str, int]]]]:
    """Of each number what it is, and who stood behind it."""
    slag: dict[Identitet, Slag] = {}
    hvem: dict[Identitet, list[dict[str, int]]] = defaultdict(list)
    for raw in (t.raa for t in utgivelse):
        for noekkel, kolonne in product(raw.noekler, modellerte(raw)):
            navn = identitet(raw, kolonne, noekkel)
            slag[navn] = raw.kolonner[kolonne].slag
            hvem[navn].append(folk(raw, raw.celler[noekkel]))
    return slag, hvem


def _endring(
    bygger: Bygger, gammel: int, ny: int, slag: Slag, bak: list[tuple[dict[str, int], dict[str, int]]], *, vokser: bool
) -> None:
    modell = bygger.modell
    endring = modell.verdi[ny] - modell.verdi[gammel]
    d = modell.tall(endring, UKJENT, 0.0 if vokser else -inf)
    bygger.rad((ny, gammel, d), (1.0, -1.0, -1.0))
    if any(vernes(int(endring), foer, etter, bygger.terskel) for foer, etter in bak):
        modell.krav.append((d, krav_endring(int(endring), slag, bygger.terskel)))
