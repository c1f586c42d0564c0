"""Why a child got what it got in a proposal, and not what it wished for more: causes that can be removed and tried."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from koordinering.tekst import N_, Kode
from koordinering.tildeling.rules import Hvorfor
from koordinering.tildeling.rules.forslag import MAKS_OENSKE, UTEN_OENSKE, Runde, Soeker, enheter


class Aarsak(Kode):
    """What stands between a child and one of its wishes."""

    STROEKET = "stroeket", N_("Strøket fra runden.")
    ANNEN_HENVISNING = "annen_henvisning", N_("Barnet får plass gjennom en annen henvisning.")
    INGEN_TILBUD = "ingen_tilbud", N_("Ingen tilbud i runden.")
    PASSER_IKKE = "passer_ikke", N_("Tilbudene passer ikke.")
    SOESKEN = "soesken", N_("Søsknene skal være sammen, og ingen tilbud passer for alle.")
    FULLT = "fullt", N_("Alle plassene er foreslått til andre.")


@dataclass(frozen=True)
class Fordi:
    """One cause."""

    oenske: int
    """The wish that it stands in the way of: 1, 2, 3; UTEN_OENSKE for a child whose wishes are not told."""
    aarsak: Aarsak
    grunner: tuple[Hvorfor, ...] = ()
    """What hvorfor_ikke says, where offers do not fit."""
    plasser: int = 0
    """Free places in the offers of this wish that fit, where all went to others."""
    foran: int = 0
    """Children who stand in front and fit the same offers, where all places went to others."""


@dataclass(frozen=True)
class Bakgrunn:
    """What is known of a referral beside the offers that it can have."""

    oensker: int
    """How many wishes are told; 0: any place is as good."""
    avvist: Mapping[int, tuple[int, tuple[Hvorfor, ...]]] = field(default_factory=dict)
    """Offers that it cannot have → which wish each is, and why not."""


def forklar(runde: Runde, plass: Mapping[int, int], soeker: Soeker, bakgrunn: Bakgrunn) -> tuple[Fordi, ...]:
    """Why this child did not get each wish that is better than what it got; empty when it got its first."""
    fikk = soeker.valg[plass[soeker.id]] if soeker.id in plass else UTEN_OENSKE + 1
    ranger = range(1, min(bakgrunn.oensker, MAKS_OENSKE) + 1) if bakgrunn.oensker else (UTEN_OENSKE,)
    andre = soeker.id not in plass and any(s.barn == soeker.barn and s.id in plass for s in runde.soekere)
    if andre:
        return (Fordi(ranger[0], Aarsak.ANNEN_HENVISNING),)
    return tuple(_hindring(runde, soeker, bakgrunn, rang) for rang in ranger if rang < fikk)


def _hindring(runde: Runde, soeker: Soeker, bakgrunn: Bakgrunn, rang: int) -> Fordi:
    mulige = [t for t, r in soeker.valg.items() if r == rang]
    if not mulige:
        grunner = [g for r, gg in bakgrunn.avvist.values() if r == rang for g in gg]
        if not grunner:
            return Fordi(rang, Aarsak.INGEN_TILBUD)
        return Fordi(rang, Aarsak.PASSER_IKKE, tuple(h for h in Hvorfor if h in grunner))
    if soeker.sammen is not None and not _felles(runde, soeker, mulige):
        return Fordi(rang, Aarsak.SOESKEN)
    plasser = sum(runde.plasser.get(t, 0) for t in mulige)
    return Fordi(rang, Aarsak.FULLT, plasser=plasser, foran=len(set(_foran(runde, soeker, mulige))))


def _felles(runde: Runde, soeker: Soeker, mulige: list[int]) -> bool:
    """Whether one of these offers fits all of the siblings and could ever hold them."""
    for enhet in enheter(runde):
        if soeker in enhet.medlemmer:
            return any(t in enhet.valg and runde.plasser[t] >= len(enhet.medlemmer) for t in mulige)
    return False


def _foran(runde: Runde, soeker: Soeker, mulige: list[int]) -> Iterator[int]:
    for annen in runde.soekere:
        if annen.id == soeker.id:
            return
        if annen.barn != soeker.barn and any(t in annen.valg for t in mulige):
            yield annen.barn
