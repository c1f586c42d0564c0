"""What a reader knows who understands the words: inequalities that the catalogue declares, beside all that adds up.

Nothing here is shared with the engine, which unfolds the same declarations in its own way.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import product
from math import inf

from koordinering.statistikk.disclosure.revisjon.kjent import Navn, Problem, Rad
from koordinering.statistikk.disclosure.tabell import TOTAL, SafeTable
from koordinering.statistikk.disclosure.ulikhet import Ledd, Trinn, Ulikhet, Utvalg

Sum = tuple[tuple[int, Navn], ...]
"""Numbers, each so many times."""


@dataclass(frozen=True)
class Ordene:
    """The words of one release: what is declared, said of its tables."""

    utgivelse: int
    tabeller: Sequence[SafeTable]
    ulikheter: Sequence[Ulikhet]

    def legg_til(self, problem: Problem, sann: Mapping[int, float] | None = None) -> list[tuple[Sum, Sum]]:
        """Let the attacker know what holds of numbers that are there; with the counts (`sann`), what they bear out."""
        svar = []
        for tall, hoeyst in self._alle(problem):
            if all(navn in problem.nummer for _, navn in (*tall, *hoeyst)):
                if sann is not None and _av(tall, problem, sann) > _av(hoeyst, problem, sann):
                    continue
                svar.append((tall, hoeyst))
        skriv(problem, svar)
        return svar

    def _alle(self, problem: Problem) -> Iterator[tuple[Sum, Sum]]:
        for ulikhet in self.ulikheter:
            for satt in self._innsatt(ulikhet):
                deler = {navn: self._koder(utvalg, satt) for navn, utvalg in ulikhet.sum}
                summert = {navn: koder for navn, koder in deler.items() if koder is not None}
                if len(summert) == len(deler):
                    ledd = partial(self._ledd, problem, ulikhet, satt, summert)
                    yield tuple(ledd(ulikhet.tall)), tuple(ledd(ulikhet.hoeyst))

    def _innsatt(self, ulikhet: Ulikhet) -> Iterator[dict[str, str]]:
        koder = [self._koder(utvalg, {}) or [] for _, utvalg in ulikhet.hver]
        for valgt in product(*koder):
            yield {navn: kode for (navn, _), kode in zip(ulikhet.hver, valgt, strict=True)}

    def _koder(self, utvalg: Utvalg, satt: Mapping[str, str]) -> list[str] | None:
        for kode in utvalg.tabeller:
            for tabell in self.tabeller:
                for dimensjon in tabell.dimensjoner if tabell.kode == kode else ():
                    if dimensjon.kode == utvalg.dimensjon:
                        foreldre = {k.forelder for k in dimensjon.kategorier}
                        alle = {
                            Trinn.BLADER: [k.kode for k in dimensjon.kategorier if k.kode not in foreldre],
                            Trinn.OEVERST: [k.kode for k in dimensjon.kategorier if k.forelder is None],
                            Trinn.ALLE: [k.kode for k in dimensjon.kategorier] + [TOTAL],
                        }[utvalg.trinn]
                        uten = [satt.get(navn, navn) for navn in utvalg.unntatt]
                        return [k for k in alle if (not utvalg.bare or k in utvalg.bare) and k not in uten]
        return None

    def _ledd(
        self, problem: Problem, ulikhet: Ulikhet, satt: Mapping[str, str], summert: Mapping[str, list[str]],
        side: Iterable[Ledd],
    ) -> Iterator[tuple[int, Navn]]:  # fmt: skip
        for ledd in side:
            for navn in self._navn(ledd, satt, summert):
                yield self._ganger(problem, ulikhet, ledd, satt, summert), navn

    def _ganger(
        self, problem: Problem, ulikhet: Ulikhet, ledd: Ledd, satt: Mapping[str, str], summert: Mapping[str, list[str]]
    ) -> int:
        if isinstance(ledd.ganger, int):
            return ledd.ganger
        navn = {
            navn
            for annet in (*ulikhet.tall, *ulikhet.hoeyst)
            if ledd.ganger in [kode for _, kode in annet.klasser]
            for navn in self._navn(annet, satt, summert)
        }
        return sum(n in problem.nummer and problem.tak[problem.nummer[n]] > 0 for n in navn)

    def _navn(self, ledd: Ledd, satt: Mapping[str, str], summert: Mapping[str, list[str]]) -> Iterator[Navn]:
        aar = self.tabeller[0].aar
        for koder in product(*(summert.get(kode, [satt.get(kode, kode)]) for _, kode in ledd.klasser)):
            par = [(dim, kode) for (dim, _), kode in zip(ledd.klasser, koder, strict=True) if kode != TOTAL]
            yield self.utgivelse, aar, ledd.lenke, frozenset(par)


def skriv(problem: Problem, ulikheter: Iterable[tuple[Sum, Sum]]) -> None:
    """As rows, where all the numbers are there."""
    for tall, hoeyst in ulikheter:
        ledd: dict[int, float] = {}
        for fortegn, side in ((-1, tall), (1, hoeyst)):
            for ganger, navn in side:
                v = problem.nummer[navn]
                ledd[v] = ledd.get(v, 0.0) + fortegn * ganger
        problem.rader.append(Rad(0.0, inf, tuple((v, c) for v, c in ledd.items() if c)))


def _av(sum_: Sum, problem: Problem, sann: Mapping[int, float]) -> float:
    return sum(ganger * sann[problem.nummer[navn]] for ganger, navn in sum_)
