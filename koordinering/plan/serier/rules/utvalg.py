"""Which series a list shows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from koordinering.plan.serier.rules.serie import Serie


@dataclass(frozen=True)
class Utvalg:
    """What somebody looks for; empty is all."""

    ord: str = ""
    strategi: str = ""
    enhet: str = ""
    opphav: str = ""

    @property
    def smalt(self) -> bool:
        """Anything is chosen."""
        return any((self.ord.strip(), self.strategi, self.enhet, self.opphav))


def velg_ut(
    serier: Iterable[Serie], utvalg: Utvalg, strategi: Mapping[str, str], ansvar: Mapping[str, frozenset[str]]
) -> list[Serie]:
    """The series that pass. `strategi` and `ansvar` say where a measure belongs and which units answer for it."""
    return [
        en
        for en in serier
        if _har_ord(en, utvalg.ord)
        and (not utvalg.strategi or any(strategi.get(t) == utvalg.strategi for t in en.tiltak))
        and (not utvalg.enhet or any(utvalg.enhet in ansvar.get(t, ()) for t in en.tiltak))
        and (not utvalg.opphav or en.opphav == utvalg.opphav)
    ]


def _har_ord(serie: Serie, skrevet: str) -> bool:
    i_alt = " ".join((serie.navn, serie.enhet, serie.kilde or "", serie.gruppe or "", *serie.tiltak)).casefold()
    return all(ett in i_alt for ett in skrevet.casefold().split())
