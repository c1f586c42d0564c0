"""The linked tables as one system of numbers: equations, who is hidden with whom, and what must stay unknown.

Every number of every table is a variable with a true value. A group is a set of numbers that are hidden together:
the columns of a cell, and the same cell in other tables (rule 7). Earlier releases of the same year enter as
variables of their own, joined to the new ones by their differences (rule 8).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import inf, log
from typing import NamedTuple

from koordinering.statistikk.disclosure.innsidere import eiere, med_deler
from koordinering.statistikk.disclosure.kontroll import familier_bak, identitet, linjer, stoettet
from koordinering.statistikk.disclosure.krav import Krav, er_primaer, krav, krav_endring, modellerte
from koordinering.statistikk.disclosure.tabell import (
    TOTAL,
    Noekkel,
    RawCounts,
    SafeTable,
    Tegn,
)

KJENT, UKJENT = -1, -2
"""Instead of a group: a number that everybody knows, and one that is never printed (a difference)."""


class Rad(NamedTuple):
    """sum(coef * x) = 0, or <= 0 where `likhet` is False."""

    kolonner: tuple[int, ...]
    koeffisienter: tuple[float, ...]
    likhet: bool = True


@dataclass
class Modell:
    """The system; groups are numbered from 0."""

    verdi: list[float] = field(default_factory=list)
    gulv: list[float] = field(default_factory=list)
    gruppe: list[int] = field(default_factory=list)
    rader: list[Rad] = field(default_factory=list)
    vekt: list[float] = field(default_factory=list)
    laast: list[bool | None] = field(default_factory=list)
    """Per group: True must be hidden, False must be shown, None free."""
    krav: list[tuple[int, Krav]] = field(default_factory=list)
    innsidere: list[frozenset[int]] = field(default_factory=list)
    """Numbers that one family knows, all at once."""
    skal_skjermes: list[int] = field(default_factory=list)
    """Numbers of primary cells, which no insider may know exactly unless they are her own."""
    flat: bool = True
    """At most two dimensions and nothing that overlaps: a whole-number attacker knows no more than a linear one."""

    forpliktet: bool = False
    """Earlier releases bind it: hiding everything does not make it safe by itself."""

    def variabel(self, verdi: float, gruppe: int, gulv: float = 0.0) -> int:
        """Add a number; its index."""
        self.verdi.append(verdi)
        self.gulv.append(gulv)
        self.gruppe.append(gruppe)
        return len(self.verdi) - 1


Oppslag = Callable[[int, Noekkel], int]
"""Column and cell to the number of the variable."""


class Bygger:
    """Builds the model of a set of tables; `gruppe_av` tells afterwards which group each cell belongs to."""

    def __init__(self, raa: Sequence[RawCounts], terskel: int, *, nuller_vises: bool) -> None:
        self.raa, self.terskel, self.nuller_vises = raa, terskel, nuller_vises
        self.modell = Modell()
        self.variabel: dict[object, int] = {}
        self.gruppe_av: dict[tuple[int, Noekkel], int] = {}
        self._rader: set[Rad] = set()
        for nr, raw in enumerate(raa):
            self._tabell(nr, raw)
        self._samle_grupper()
        for raw in raa:
            self.likninger(raw, self._oppslag(raw))
        self._krav()
        self._innsidere()

    def _tabell(self, nr: int, raw: RawCounts) -> None:
        """A group for each cell, and its numbers; those that other tables have already share theirs for now."""
        for noekkel in raw.noekler:
            fast = noekkel in raw.strukturelle
            gruppe = KJENT if fast else len(self.modell.vekt)
            if not fast:
                self.modell.vekt.append(0.0)
                self.modell.laast.append(None)
                self.gruppe_av[nr, noekkel] = gruppe
            for kolonne in modellerte(raw):
                verdi = raw.celler[noekkel].tall[kolonne]
                navn = identitet(raw, kolonne, noekkel)
                if navn not in self.variabel:
                    gulv = 1.0 if self.nuller_vises and verdi > 0 else 0.0
                    self.variabel[navn] = self.modell.variabel(verdi, gruppe, gulv)
                elif fast:
                    self.modell.gruppe[self.variabel[navn]] = KJENT

    def _samle_grupper(self) -> None:
        """Join the groups of cells that share a number."""
        leder = list(range(len(self.modell.vekt)))

        def foerste(gruppe: int) -> int:
            while leder[gruppe] != gruppe:
                leder[gruppe] = leder[leder[gruppe]]
                gruppe = leder[gruppe]
            return gruppe

        for (nr, noekkel), gruppe in self.gruppe_av.items():
            for v in self.i_celle(nr, noekkel):
                annen = self.modell.gruppe[v]
                if annen >= 0:
                    a, b = foerste(gruppe), foerste(annen)
                    leder[max(a, b)] = min(a, b)
        nytt = {gammel: i for i, gammel in enumerate(sorted({foerste(g) for g in leder}))}
        self.gruppe_av = {sted: nytt[foerste(g)] for sted, g in self.gruppe_av.items()}
        self.modell.gruppe = [nytt[foerste(g)] if g >= 0 else g for g in self.modell.gruppe]
        self.modell.vekt, self.modell.laast = [0.0] * len(nytt), [None] * len(nytt)

    def i_celle(self, nr: int, noekkel: Noekkel) -> list[int]:
        """The numbers of one cell."""
        raw = self.raa[nr]
        return [self.variabel[identitet(raw, k, noekkel)] for k in modellerte(raw)]

    def _oppslag(self, raw: RawCounts) -> Oppslag:
        return lambda kolonne, noekkel: self.variabel[identitet(raw, kolonne, noekkel)]

    def likninger(self, raw: RawCounts, variabel: Oppslag) -> None:
        """Sums, overlaps and who stands behind whom, each once."""
        bak = familier_bak(raw)
        for kolonne in modellerte(raw):
            for helt, deler in linjer(raw):
                hele, parter = variabel(kolonne, helt), [variabel(kolonne, d) for d in deler]
                if raw.kolonner[kolonne].additiv:
                    self._rad((hele, *parter), (1.0, *(-1.0 for _ in parter)))
                else:
                    self.modell.flat = False
                    self._rad((hele, *parter), (1.0, *(-1.0 for _ in parter)), likhet=False)
                    for part in parter:
                        self._rad((part, hele), (1.0, -1.0), likhet=False)
        if len(raw.dimensjoner) > 2:
            self.modell.flat = False
        if bak is not None:
            for noekkel in raw.noekler:
                for kolonne in stoettet(raw):
                    self._rad((variabel(bak, noekkel), variabel(kolonne, noekkel)), (1.0, -1.0), likhet=False)

    def _rad(self, kolonner: tuple[int, ...], koeffisienter: tuple[float, ...], *, likhet: bool = True) -> None:
        par = sorted(zip(kolonner, koeffisienter, strict=True))
        rad = Rad(tuple(k for k, _ in par), tuple(c for _, c in par), likhet)
        if rad not in self._rader and len(set(rad.kolonner)) == len(rad.kolonner):
            self._rader.add(rad)
            self.modell.rader.append(rad)

    def _krav(self) -> None:
        krevd: dict[int, Krav] = {}
        for (nr, noekkel), gruppe in self.gruppe_av.items():
            raw = self.raa[nr]
            if not er_primaer(raw, noekkel, self.terskel, nuller_vises=self.nuller_vises):
                continue
            self.modell.laast[gruppe] = True
            for kolonne in modellerte(raw):
                v = self.variabel[identitet(raw, kolonne, noekkel)]
                krevd[v] = krav(raw, kolonne, raw.celler[noekkel].tall[kolonne], self.terskel)
        self.modell.krav += sorted(krevd.items())
        self.modell.skal_skjermes = sorted(krevd)

    def _innsidere(self) -> None:
        kjenner: dict[object, set[int]] = {}
        for nr, raw in enumerate(self.raa):
            for familie, noekler in eiere(raw):
                for noekkel in med_deler(raw, noekler):
                    if (nr, noekkel) in self.gruppe_av:
                        navn = familie if raw.eiere is not None else (nr, familie)
                        kjenner.setdefault(navn, set()).update(self.i_celle(nr, noekkel))
        self.modell.innsidere = sorted({frozenset(k) for k in kjenner.values() if k}, key=sorted)

    def tidligere(self, raw: RawCounts, vist: SafeTable) -> None:
        """Join an earlier release of the same numbers: what anybody may subtract (rule 8)."""
        self.modell.forpliktet = True
        felles = [
            (k, n) for n in raw.noekler for k in modellerte(raw) if identitet(raw, k, n) in self.variabel
        ]
        gamle: dict[tuple[int, Noekkel], int] = {}
        for noekkel in raw.noekler:
            skjult = Tegn.SKJULT in vist.celler[noekkel]
            for kolonne in modellerte(raw):
                verdi = raw.celler[noekkel].tall[kolonne]
                v = gamle[kolonne, noekkel] = self.modell.variabel(verdi, UKJENT if skjult else KJENT)
                if skjult and er_primaer(raw, noekkel, self.terskel, nuller_vises=self.nuller_vises):
                    self.modell.krav.append((v, krav(raw, kolonne, verdi, self.terskel)))
        self.likninger(raw, lambda k, n: gamle[k, n])
        nye = {par: self.variabel[identitet(raw, *par)] for par in felles}
        vokser = all(self.modell.verdi[ny] >= self.modell.verdi[gamle[par]] for par, ny in nye.items())
        for par, ny in nye.items():
            self._endring(gamle[par], ny, vokser=vokser)

    def _endring(self, gammel: int, ny: int, *, vokser: bool) -> None:
        endring = self.modell.verdi[ny] - self.modell.verdi[gammel]
        d = self.modell.variabel(endring, UKJENT, 0.0 if vokser else -inf)
        self._rad((ny, gammel, d), (1.0, -1.0, -1.0))
        if 1 <= abs(endring) < self.terskel:
            self.modell.krav.append((d, krav_endring(int(endring), self.terskel)))

    def laas(self, nr: int) -> None:
        """Hide all of a table (rule 9)."""
        for (tabell, _), gruppe in self.gruppe_av.items():
            if tabell == nr:
                self.modell.laast[gruppe] = True

    def totaler(self) -> list[int]:
        """The groups of the tables' grand totals, as far as they are free."""
        alt = {g for (_, noekkel), g in self.gruppe_av.items() if all(k == TOTAL for k in noekkel)}
        return sorted(g for g in alt if self.modell.laast[g] is None)

    def vei(self, fjor: Sequence[SafeTable]) -> None:
        """Set the weights (rule 6): totals dearer, large dearer, what last year's tables showed dearer."""
        fjorvist = {t.kode: t for t in fjor}
        for nr, raw in enumerate(self.raa):
            hoeyest = max(1, *(c.tall[0] for c in raw.celler.values()))
            for noekkel in raw.noekler:
                if (nr, noekkel) not in self.gruppe_av:
                    continue
                gruppe = self.gruppe_av[nr, noekkel]
                summer = sum(k == TOTAL for k in noekkel)
                alt = summer == len(noekkel)
                vekt = 100 * (1 + log(1 + raw.celler[noekkel].tall[0]) / log(1 + hoeyest)) * (50 if alt else 3**summer)
                vekt *= _fjorfaktor(fjorvist.get(raw.kode), noekkel)
                self.modell.vekt[gruppe] = max(self.modell.vekt[gruppe], float(round(vekt)))


def _fjorfaktor(fjor: SafeTable | None, noekkel: Noekkel) -> float:
    if fjor is None or noekkel not in fjor.celler:
        return 1.0
    return 0.8 if Tegn.SKJULT in fjor.celler[noekkel] else 1.25
