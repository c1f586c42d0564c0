"""From units and classes to the raw counts of one table of the catalogue."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from datetime import date

from koordinering.statistikk.disclosure import BARN, FAMILIER, Dimensjon, Noekkel, Raatall, RawCounts, Slag
from koordinering.statistikk.measures.brukslesing import Brukt
from koordinering.statistikk.measures.grunnlag import Grunnlag
from koordinering.statistikk.measures.katalog import Definisjon
from koordinering.statistikk.measures.pengelesing import Penger
from koordinering.statistikk.measures.rutenett import Delt, Enheter, Inndeling, Rutenett


@dataclass(frozen=True, repr=False)
class Spoersmaal:
    """What one table counts: units, one division per dimension, and cells that cannot have a count."""

    enheter: Enheter
    delt: tuple[Delt, ...]
    strukturelle: Callable[[Noekkel], bool] = lambda _noekkel: False


@dataclass(repr=False)
class Sammenheng:
    """What the tables of one telling share."""

    aar: int
    dato: date
    grunnlag: Grunnlag
    tidligere: Grunnlag
    """Referrals of earlier years that were given something in this one, or waited at its end."""
    bruk: Brukt
    penger: Penger
    betalt_for: Grunnlag
    """Referrals that the year's budget set money aside for, whenever they were sent."""
    _eiere: dict[Hashable, int] = field(default_factory=dict)

    def eier(self, univers: str, familie: int) -> int:
        """A family's number in this telling; says in which order it was met and nothing else."""
        return self._eiere.setdefault((univers, familie), len(self._eiere))


def raatall(definisjon: Definisjon, spoersmaal: Spoersmaal, alt: Sammenheng) -> RawCounts:
    """Count the question's units into the cells of its table."""
    dimensjoner = tuple(
        Dimensjon(kode, etikett, delt.kategorier)
        for (kode, etikett), delt in zip(definisjon.dimensjoner.items(), spoersmaal.delt, strict=True)
    )
    inndelinger = [
        Inndeling(dimensjon, delt.klasse) for dimensjon, delt in zip(dimensjoner, spoersmaal.delt, strict=True)
    ]
    nett = Rutenett(spoersmaal.enheter, inndelinger)
    celler = _celler(definisjon, spoersmaal, nett)
    return RawCounts(
        kode=definisjon.kode,
        tittel=definisjon.tittel,
        aar=alt.aar,
        dimensjoner=dimensjoner,
        kolonner=definisjon.kolonner,
        celler=celler,
        telledefinisjoner=definisjon.telledefinisjoner,
        oeyeblikksbilde=alt.dato,
        # What was given before the measure came to be given otherwise is still counted.
        strukturelle=frozenset(n for n in nett.noekler if spoersmaal.strukturelle(n) and not celler[n].tall[0]),
        eiere=_eiere(nett, spoersmaal.enheter, alt),
    )


def _celler(definisjon: Definisjon, spoersmaal: Spoersmaal, nett: Rutenett) -> dict[Noekkel, Raatall]:
    """The first column counts the units themselves, the others whoever stands behind them."""
    koder = [kolonne.kode for kolonne in definisjon.kolonner]
    ulike = {kode: nett.ulike(kode).tolist() for kode in spoersmaal.enheter.bak}
    tall: Sequence[Sequence[int]] = [nett.antall().tolist(), *(ulike[kode] for kode in koder[1:])]
    utelatt = [ulike[kode] for kode in (BARN, FAMILIER) if kode in ulike and kode not in koder]
    beloep = definisjon.kolonner[0].slag is Slag.BELOEP
    stoerste = nett.stoerste().tolist() if beloep else [0] * len(nett.noekler)
    return {
        noekkel: Raatall(
            tuple(kolonne[nr] for kolonne in tall),
            min((personer[nr] for personer in utelatt), default=None),
            stoerste[nr],
        )
        for nr, noekkel in enumerate(nett.noekler)
    }


def _eiere(nett: Rutenett, enheter: Enheter, alt: Sammenheng) -> dict[int, frozenset[Noekkel]] | None:
    """The families that fill cells alone; None where nobody is registered and it is not known."""
    if FAMILIER not in enheter.bak:
        return None
    alene: dict[int, set[Noekkel]] = {}
    for familie, noekkel in nett.alene(FAMILIER):
        alene.setdefault(alt.eier(enheter.univers, familie), set()).add(noekkel)
    return {eier: frozenset(noekler) for eier, noekler in alene.items()}
