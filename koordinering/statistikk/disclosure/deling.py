"""What an attacker can infer about a table where referrals are divided into given, waiting and the rest.

Rows (measures) times columns (given, waiting, an unpublished rest) with the referrals of each row and the sum of
each column form a small transport problem. With two columns its bounds have a closed form: a set of rows can
hold what is missing of `gitt` and `venteliste` if and only if each alone, and both together, find room
(Hall's condition), and the bounds are whole numbers. Rows that are hidden whole share one room, the referrals
they have together; they are called the pool here.
"""

from collections.abc import Iterator
from copy import copy
from functools import cached_property
from typing import NamedTuple

from koordinering.statistikk.disclosure.krav import MINSTE_BREDDE, Krav, krav
from koordinering.statistikk.disclosure.tabell import GITT, HENVIST, REST, VENTELISTE, RawCounts

PERSONER = "personer"
"""Children and families of a row: always hidden together (rule 7)."""

Valg = tuple[int, str]
"""A row number (the total comes last) and PERSONER, HENVIST, GITT or VENTELISTE."""

UENDELIG = 10**12


class Blokk(NamedTuple):
    """Hidden cells that share `rom` referrals: of given, of waiting, or of both."""

    rom: int
    gitt: bool
    vent: bool


class Spenn(NamedTuple):
    gitt: tuple[int, int]
    vent: tuple[int, int]
    sum: tuple[int, int]


class Tall:
    """The counts as plain lists, and what each of them demands. The last row is the total."""

    def __init__(self, raw: RawCounts, terskel: int) -> None:
        self.terskel = terskel
        self.rader = (*raw.rader, raw.total)
        self.sum = len(raw.rader)
        self.barn = [rad.barn for rad in self.rader]
        self.familier = [rad.familier for rad in self.rader]
        self.henvist = [rad.tillegg[HENVIST] for rad in self.rader]
        self.gitt = [rad.tillegg[GITT] for rad in self.rader]
        self.vent = [rad.tillegg[VENTELISTE] for rad in self.rader]
        self.uten = {navn: [navn in rad.ikke_aktuelt for rad in self.rader] for navn in (GITT, VENTELISTE)}
        self.bak = [rad.familier_bak for rad in self.rader]

    def kolonne(self, navn: str) -> list[int]:
        return self.gitt if navn == GITT else self.vent

    def kan_skjules(self, valg: Valg) -> bool:
        rad, navn = valg
        if rad == self.sum and navn in (PERSONER, HENVIST):
            return False
        return navn not in self.uten or not self.uten[navn][rad]

    def hel_rad(self, rad: int) -> frozenset[Valg]:
        navn = (PERSONER, HENVIST, GITT, VENTELISTE)
        return frozenset((rad, n) for n in navn if self.kan_skjules((rad, n)))

    @cached_property
    def smaa_rader(self) -> frozenset[int]:
        """Rows with few children, families or referrals: hidden whole, since few stand behind all of it."""
        return frozenset(
            r for r in range(self.sum) if min(self.barn[r], self.familier[r], self.henvist[r]) < self.terskel
        )

    @cached_property
    def personkrav(self) -> dict[int, tuple[Krav | None, Krav | None]]:
        flere = self.sum > 1
        alle = {
            r: (
                krav(self.barn[r], self.terskel, av=self.barn[self.sum] if flere else None),
                krav(self.familier[r], self.terskel, av=self.familier[self.sum] if flere else None),
            )
            for r in range(self.sum)
        }
        return {r: par for r, par in alle.items() if any(par) or r in self.smaa_rader}

    @cached_property
    def delkrav(self) -> dict[Valg, Krav]:
        """Demands on given, waiting and the rest; in a row hidden whole the complement is the other two."""
        funnet: dict[Valg, Krav] = {}
        for r, (h, g, v) in enumerate(zip(self.henvist, self.gitt, self.vent, strict=True)):
            av = None if r in self.smaa_rader else h
            rest, bak = h - g - v, self.bak[r]
            uten_g, uten_v = bak[VENTELISTE] + bak[REST], bak[GITT] + bak[REST]
            krevd = {
                GITT: krav(g, self.terskel, familier=bak[GITT], av=av, utenfor=uten_g),
                VENTELISTE: krav(v, self.terskel, familier=bak[VENTELISTE], av=av, utenfor=uten_v),
                REST: krav(rest, self.terskel, familier=bak[REST]),
            }
            for navn in self.uten:
                if self.uten[navn][r]:
                    del krevd[navn]
            if rest == 0 and h >= 2 * self.terskel:
                del krevd[REST]
            funnet |= {(r, navn): k for navn, k in krevd.items() if k}
        return funnet

    @cached_property
    def primaere(self) -> frozenset[Valg]:
        """Everything that is small itself. The rest has no cell of its own: something beside it is hidden."""
        valg = {v for v in self.delkrav if v[1] != REST}
        valg |= {(r, PERSONER) for r in self.personkrav}
        return frozenset(valg).union(*(self.hel_rad(r) for r in self.smaa_rader))

    def uten_en_familie(self, rad: int) -> "Tall":
        """The counts less the most that one family can have in each cell of the row (rule 5)."""
        deler = {GITT: self.gitt[rad], VENTELISTE: self.vent[rad]}
        deler[REST] = self.henvist[rad] - sum(deler.values())
        egne = {navn: n - max(0, self.bak[rad][navn] - 1) if n else 0 for navn, n in deler.items()}
        uten = copy(self)
        uten.gitt, uten.vent, uten.henvist = list(self.gitt), list(self.vent), list(self.henvist)
        for r in (rad, self.sum):
            uten.gitt[r] -= egne[GITT]
            uten.vent[r] -= egne[VENTELISTE]
            uten.henvist[r] -= sum(egne.values())
        return uten


class Angrep:
    """Everything an attacker can infer from one pattern of hidden cells."""

    def __init__(self, tall: Tall, skjult: frozenset[Valg]) -> None:
        self.tall, self.skjult = tall, skjult
        self.pott = [r for r in range(tall.sum) if (r, HENVIST) in skjult]
        self.deler_pott = {navn: [r for r in self.pott if not tall.uten[navn][r]] for navn in tall.uten}
        self.mangler = {navn: self._mangler(navn) for navn in (GITT, VENTELISTE)}
        self.blokker = {r: self._blokk(r) for r in range(tall.sum) if (r, HENVIST) not in skjult}
        rom = sum(tall.henvist[r] for r in self.pott)
        self.felles = Blokk(rom, bool(self.deler_pott[GITT]), bool(self.deler_pott[VENTELISTE]))
        alle = [*self.blokker.values(), self.felles]
        self.bare_gitt = sum(b.rom for b in alle if b.gitt and not b.vent)
        self.bare_vent = sum(b.rom for b in alle if b.vent and not b.gitt)
        self.begge = sum(b.rom for b in alle if b.gitt and b.vent)

    def _mangler(self, navn: str) -> int | None:
        """What the hidden cells of the column sum to; None where its total is hidden too."""
        if (self.tall.sum, navn) in self.skjult:
            return None
        return sum(self.tall.kolonne(navn)[r] for r in range(self.tall.sum) if (r, navn) in self.skjult)

    def _blokk(self, r: int) -> Blokk:
        gitt, vent = (r, GITT) in self.skjult, (r, VENTELISTE) in self.skjult
        vist = (0 if gitt else self.tall.gitt[r]) + (0 if vent else self.tall.vent[r])
        return Blokk(self.tall.henvist[r] - vist, gitt, vent)

    def spenn(self, blokk: Blokk) -> Spenn:
        """Lowest and highest that the block can hold of given, of waiting and of both."""
        begge = self.begge - (blokk.rom if blokk.gitt and blokk.vent else 0)
        andre_g = self.bare_gitt - (blokk.rom if blokk.gitt and not blokk.vent else 0) + begge
        andre_v = self.bare_vent - (blokk.rom if blokk.vent and not blokk.gitt else 0) + begge
        g, v = self.mangler[GITT], self.mangler[VENTELISTE]
        min_g, min_v = (g or 0) - andre_g, (v or 0) - andre_v
        felles = (g or 0) + (v or 0) - andre_g - andre_v + begge
        maks_g, maks_v = (UENDELIG if n is None else n for n in (g, v))
        hoey_g, hoey_v = min(blokk.rom, maks_g), min(blokk.rom, maks_v)
        if blokk.gitt and blokk.vent:
            hoey_g, hoey_v = min(hoey_g, blokk.rom - max(0, min_v)), min(hoey_v, blokk.rom - max(0, min_g))
            lav, hoey = max(0, min_g, min_v, felles), min(blokk.rom, maks_g + maks_v)
            return Spenn((max(0, min_g), hoey_g), (max(0, min_v), hoey_v), (lav, hoey))
        alene_g = (max(0, min_g, felles), hoey_g) if blokk.gitt else (0, 0)
        alene_v = (max(0, min_v, felles), hoey_v) if blokk.vent else (0, 0)
        return Spenn(alene_g, alene_v, (alene_g[0] + alene_v[0], alene_g[1] + alene_v[1]))

    def intervall(self, valg: Valg) -> tuple[int, int]:
        """The attacker's lowest and highest for a count of given, waiting or the rest."""
        rad, navn = valg
        if rad == self.tall.sum:
            return self._i_alt(navn)
        spenn = self.spenn(self.blokker.get(rad, self.felles))
        if rad not in self.blokker:
            return self._i_potten(rad, navn, spenn)
        if navn == REST:
            rom = self.blokker[rad].rom
            return rom - spenn.sum[1], rom - spenn.sum[0]
        if valg in self.skjult:
            return spenn.gitt if navn == GITT else spenn.vent
        return (self.tall.kolonne(navn)[rad],) * 2

    def _i_potten(self, rad: int, navn: str, spenn: Spenn) -> tuple[int, int]:
        """In the pool any row can stand for another, except where a column does not apply to it."""
        bytter = self.deler_pott.get(navn, self.pott)
        if navn == REST:
            lav, hoey = self.felles.rom - spenn.sum[1], self.felles.rom - spenn.sum[0]
        else:
            (lav, hoey), annen = spenn.gitt, spenn.vent
            if navn == VENTELISTE:
                (lav, hoey), annen = spenn.vent, spenn.gitt
            if self.tall.uten[VENTELISTE if navn == GITT else GITT][rad]:
                hoey = min(hoey, self.felles.rom - annen[0])
        return (0 if len(bytter) > 1 else lav), hoey

    def _i_alt(self, navn: str) -> tuple[int, int]:
        grenser = {GITT: self._kolonnesum(GITT), VENTELISTE: self._kolonnesum(VENTELISTE)}
        if navn != REST:
            return grenser[navn]
        gitt, vent = grenser[GITT], grenser[VENTELISTE]
        alle = self.tall.henvist[self.tall.sum]
        hoey = gitt[1] + vent[1]
        if self.mangler[GITT] is None and self.mangler[VENTELISTE] is None:
            hoey = gitt[0] + vent[0] + self.bare_gitt + self.bare_vent + self.begge
        return alle - hoey, alle - gitt[0] - vent[0]

    def _kolonnesum(self, navn: str) -> tuple[int, int]:
        if self.mangler[navn] is not None:
            return (self.tall.kolonne(navn)[self.tall.sum],) * 2
        vist = sum(self.tall.kolonne(navn)[r] for r in range(self.tall.sum) if (r, navn) not in self.skjult)
        eget, annet = self.bare_gitt, self.bare_vent
        if navn == VENTELISTE:
            eget, annet = annet, eget
        opptatt = max(0, (self.mangler[VENTELISTE if navn == GITT else GITT] or 0) - annet)
        return vist, vist + eget + self.begge - opptatt

    def personer(self, rad: int) -> tuple[tuple[int, int], tuple[int, int]]:
        """Intervals for children and for families of a row: largest part ≤ total ≤ sum, families ≤ children."""
        tall = self.tall
        skjulte = [r for r in range(tall.sum) if (r, PERSONER) in self.skjult]
        barn, familier = tall.barn[tall.sum], tall.familier[tall.sum]
        i_pott = rad in self.pott
        tak = min(familier, self.felles.rom if i_pott else tall.henvist[rad])
        andre = [r for r in skjulte if r != rad]
        rom = sum(min(familier, tall.henvist[r]) for r in andre if r not in self.pott)
        rom += min(self.felles.rom, familier * sum(r in self.pott for r in andre))
        lav_f = max(0 if i_pott else 1, self._uforklart(tall.familier, skjulte) - rom)
        lav_b = max(lav_f, 0 if andre else self._uforklart(tall.barn, skjulte))
        return (lav_b, barn), (lav_f, tak)

    def _uforklart(self, kolonne: list[int], skjulte: list[int]) -> int:
        vist = sum(kolonne[r] for r in range(self.tall.sum) if r not in skjulte)
        return max(0, kolonne[self.tall.sum] - vist)

    def brudd(self) -> Iterator[Valg]:
        """Every count of which the attacker learns too much."""
        yield from (valg for valg, krevd in self.tall.delkrav.items() if not krevd.holder(*self.intervall(valg)))
        for rad, krevde in self.tall.personkrav.items():
            par = zip(krevde, self.personer(rad), strict=True)
            if any(not (k or Krav(0, MINSTE_BREDDE, None)).holder(*spenn) for k, spenn in par):
                yield rad, PERSONER
        if self.pott and not self._pott_holder():
            yield self.pott[0], HENVIST
        for navn in (GITT, VENTELISTE):
            if self.mangler[navn] is not None and not self._flere_familier(navn):
                yield self.tall.sum, navn

    def _pott_holder(self) -> bool:
        """A row hidden alone is known; few referrals together, or of one family, are as bad (rules 4 and 5)."""
        if not self.tall.smaa_rader:
            return True
        familier = max(self.tall.familier[r] for r in self.pott)
        return len(self.pott) > 1 and self.felles.rom >= self.tall.terskel and familier > 1

    def _flere_familier(self, navn: str) -> bool:
        rader = [r for r in range(self.tall.sum) if (r, navn) in self.skjult]
        return not rader or max(self.tall.bak[r].get(navn, 0) for r in rader) > 1

    def ligger_i_raden(self, valg: Valg) -> bool:
        """Whether the row itself is too narrow, whatever else is hidden."""
        blokk = self.blokker.get(valg[0])
        krevd = self.tall.delkrav.get(valg)
        if blokk is None or krevd is None:
            return False
        return not krevd.holder(0 if blokk.gitt or blokk.vent else blokk.rom, blokk.rom)


def brudd(tall: Tall, skjult: frozenset[Valg]) -> list[Valg]:
    """Counts of which somebody learns too much: anybody first, then a family about other rows than its own."""
    return list(Angrep(tall, skjult).brudd()) or list(_for_innsidere(tall, skjult))


def _for_innsidere(tall: Tall, skjult: frozenset[Valg]) -> Iterator[Valg]:
    for rad in {r for r, _ in skjult if r != tall.sum}:
        angrep = Angrep(tall.uten_en_familie(rad), skjult)
        for valg in tall.delkrav:
            if valg[0] not in (rad, tall.sum):
                lav, hoey = angrep.intervall(valg)
                if lav == hoey:
                    yield valg
