"""A slow and obvious recount of a year, straight from the rows: what the fast counting is compared with."""

from collections.abc import Callable, Collection, Iterator
from datetime import date
from itertools import product
from typing import Any

from koordinering.saker.models import Barn, Henvisning, Sak
from koordinering.saker.rules.familier import familier
from koordinering.saker.rules.overganger import Status
from koordinering.statistikk.disclosure import TOTAL, Dimensjon, RawCounts
from koordinering.tildeling.models import Tildeling

Svar = dict[tuple[str, ...], tuple[int, ...]]
Barnet = bytes | int


class Haandtelling:
    """All rows of a town whose referrals are of one year; children are their index, or their row where unlinked."""

    def __init__(self, aar: int, saker: list[Sak], henvisninger: list[Henvisning], gitt: list[Tildeling]) -> None:
        self.aar, self.sak = aar, {sak.id: sak for sak in saker}
        self.gitt = {t.henvisning_id: t for t in gitt if t.gitt.year == aar}
        sendt = [h for h in henvisninger if h.status not in {Status.UTKAST, Status.VENTER_SAMTYKKE}]
        self.henvist = [h for h in sendt if self.barn(h)]
        med = {h.sak_id for h in self.henvist}
        lenket = {s: {b.blindindeks for b in self.sak[s].barn if b.blindindeks} for s in med}
        uten = {s: sum(b.blindindeks is None for b in self.sak[s].barn) for s in med}
        self.familie = {s: min(gruppe) for gruppe in familier(lenket, uten) for s in gruppe}

    def barn(self, h: Henvisning) -> set[Barnet]:
        """The children that a referral counts."""
        return {
            b.blindindeks or b.id
            for b in self.sak[h.sak_id].barn
            if h.barn_id in {None, b.id} and 0 <= self.aar - b.foedselsaar <= 24
        }

    def alle_barn(self) -> set[Barnet]:
        """Every child that counts."""
        return {b for h in self.henvist for b in self.barn(h)}

    def rader(self, barnet: Barnet) -> list[Barn]:
        """The child's rows, whichever case they stand in, that could count."""
        alle = [b for sak in self.sak.values() for b in sak.barn if (b.blindindeks or b.id) == barnet]
        i_aaret = {h.sak_id for h in self.henvist}
        return [b for b in alle if b.sak_id in i_aaret and 0 <= self.aar - b.foedselsaar <= 24]

    def familier_til(self, barnet: Barnet) -> set[int]:
        """The families that a child counts in."""
        return {self.familie[h.sak_id] for h in self.henvist if barnet in self.barn(h)}

    def utfall(self, h: Henvisning) -> str:
        """What came of a referral."""
        return "gitt" if h.id in self.gitt else "venteliste" if h.status is Status.VENTELISTE else "annet"

    def tjeneste(self, barnet: Barnet) -> str:
        """The one service that referred a child, or that there were several."""
        enheter = {self.sak[h.sak_id].enhet_id for h in self.henvist if barnet in self.barn(h)}
        return enheter.pop() if len(enheter) == 1 else "flere"

    def alder(self, barnet: Barnet) -> str:
        """The child's age group, by the latest birth year."""
        alder = self.aar - max(b.foedselsaar for b in self.rader(barnet))
        return "0-5" if alder < 6 else "6-12" if alder < 13 else "13-17" if alder < 18 else "18-24"

    def familiens_tjeneste(self, familie: int) -> str:
        """The one service that referred a family, or that there were several."""
        enheter = {self.sak[h.sak_id].enhet_id for h in self.henvist if self.familie[h.sak_id] == familie}
        return enheter.pop() if len(enheter) == 1 else "flere"

    def kvartal(self, h: Henvisning) -> str:
        """The quarter of a referral (no test sends one in the hours that are another day in Norway)."""
        return f"k{((h.sendt or h.endret).month + 2) // 3}"

    def antall_tiltak(self, barnet: Barnet) -> str:
        """How many measures a child was given."""
        antall = len({h.tiltak_id for h in self.henvist if h.id in self.gitt and barnet in self.barn(h)})
        return f"t{min(antall, 3)}" if antall else "uten_gitt"

    def kjoenn(self, barnet: Barnet) -> str:
        """The child's gender; of several the last in the alphabet."""
        return max(b.kjoenn or "" for b in self.rader(barnet))

    def kobling(self, sak: int) -> str:
        """Whether a child that counts in the case stands unlinked."""
        egne = {b for h in self.henvist if h.sak_id == sak for b in self.barn(h)}
        return "mangler" if any(isinstance(b, int) for b in egne) else "alle"

    def status(self, h: Henvisning) -> str:
        """Where a referral stands, under what came of it."""
        return {"gitt": "g_annet", "venteliste": "venteliste"}.get(self.utfall(h), f"s_{h.status}")

    def avslag(self, h: Henvisning, ellers: str) -> str:
        """Why it was refused."""
        return f"a_{h.grunn}" if self.status(h) == "s_avslaatt" else ellers

    def dager(self, h: Henvisning, bokstav: str, utfall: str, ellers: str) -> str:
        """The class of days from sent until given, or until the year was over."""
        if self.utfall(h) != utfall:
            return ellers
        til = self.gitt[h.id].gitt.date() if utfall == "gitt" else date(self.aar + 1, 1, 1)
        dager = (til - (h.sendt or h.endret).date()).days
        grenser = ((0, 7), (8, 14), (15, 30), (31, 60), (61, 90), (91, 180))
        return next((f"{bokstav}_{a}_{b}" for a, b in grenser if a <= dager <= b), f"{bokstav}_over")


def noekler(raw: RawCounts) -> Iterator[tuple[str, ...]]:
    """Every cell of a table."""
    return product(*([*(k.kode for k in d.kategorier), TOTAL] for d in raw.dimensjoner))


def i_klasse(dimensjon: Dimensjon, innerst: str, kode: str) -> bool:
    """Whether a class lies inside another, or is it."""
    forelder = {k.kode: k.forelder for k in dimensjon.kategorier}
    sti: str | None = innerst
    while sti is not None:
        if sti == kode:
            return True
        sti = forelder[sti]
    return kode == TOTAL


def tell_for_haand(
    raw: RawCounts,
    enheter: list[Any],
    klasser: tuple[Callable[[Any], str], ...],
    bak: tuple[Callable[[Any], Collection[Any]], ...] = (),
) -> Svar:
    """Cell by cell: how many units stand in it, and how many different ones behind them."""
    ut: Svar = {}
    for noekkel in noekler(raw):
        inne = [
            enhet
            for enhet in enheter
            if all(
                i_klasse(d, klasse(enhet), kode)
                for d, klasse, kode in zip(raw.dimensjoner, klasser, noekkel, strict=True)
            )
        ]
        ut[noekkel] = (len(inne), *(len({en for enhet in inne for en in finn(enhet)}) for finn in bak))
    return ut
