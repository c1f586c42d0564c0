"""The proposal: who gets which place in a round, as plain data in and out. The optimum itself is found in loeser.

Nothing here knows a club, a referrer or a family: a child is a number in waiting order, an offer a number in the
order of its lot, so that no distribution can depend on who keeps the one or sent the other.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from koordinering.tekst import N_, Kode

UTEN_OENSKE = 4
"""The rank of every place for a child whose wishes are not told."""

MAKS_OENSKE = 3


@dataclass(frozen=True)
class Soeker:
    """One referral in the round."""

    id: int
    barn: int
    """The child; two referrals of the same child are two rows with the same number."""
    valg: Mapping[int, int]
    """The offers it can have (hvorfor_ikke says nothing) → which wish each is: 1, 2, 3, or UTEN_OENSKE."""
    sammen: int | None = None
    """Siblings who are to be together have the same number here."""
    laast: int | None = None
    """The offer it keeps, whatever else is best."""


@dataclass(frozen=True)
class Tak:
    """Of these pairs (referral, offer) no more than so many: a ceiling, or one child twice in the same offer."""

    par: frozenset[tuple[int, int]]
    hoeyst: int


@dataclass(frozen=True)
class Runde:
    """What is to be distributed."""

    soekere: tuple[Soeker, ...]
    """In waiting order (date sent, then the number drawn once and stored)."""
    plasser: Mapping[int, int]
    """Free places of each offer, the offers in the order of their lots."""
    tak: tuple[Tak, ...] = ()


class Maal(Kode):
    """The goals, in the order in which they are met."""

    FLEST = "flest", N_("Flest mulig barn får plass")
    LENGST = "lengst", N_("De som har stått lengst i køen, først")
    FOERSTE = "foerste", N_("Flest mulig får sitt første ønske")
    ANDRE = "andre", N_("Så flest mulig sitt andre ønske")
    TREDJE = "tredje", N_("Så flest mulig sitt tredje ønske")
    BEST = "best", N_("Best ønske til dem som står først")


@dataclass(frozen=True)
class Steg:
    """One goal as it was met: what was reached, and the bound that the solver proved nobody can pass."""

    maal: Maal
    verdi: int
    grense: int

    @property
    def bevist(self) -> bool:
        """Nothing better exists under the goals before."""
        return self.verdi == self.grense


@dataclass(frozen=True)
class Fordeling:
    """Who gets what, and how good it is."""

    plass: Mapping[int, int]
    """Referral → offer; who gets nothing is not there."""
    bevis: tuple[Steg, ...] = ()

    @property
    def optimal(self) -> bool:
        """Every goal is proved."""
        return all(steg.bevist for steg in self.bevis)


@dataclass(frozen=True)
class Tall:
    """What a distribution comes to."""

    foerste: int
    """Children with their first wish."""
    oenske: int
    """Children with one of their wishes."""
    plass: int
    """Children with any place, those without a told wish too."""
    ingen: int
    ledig: int
    """Places left."""


def tell(runde: Runde, plass: Mapping[int, int]) -> Tall:
    """Count children, each by the best place that one of its referrals gets."""
    best: dict[int, int] = {}
    for s in runde.soekere:
        rang = s.valg.get(plass[s.id], UTEN_OENSKE) if s.id in plass else 99
        best[s.barn] = min(best.get(s.barn, 99), rang)
    ranger = list(best.values())
    return Tall(
        foerste=sum(r == 1 for r in ranger),
        oenske=sum(r <= MAKS_OENSKE for r in ranger),
        plass=sum(r <= UTEN_OENSKE for r in ranger),
        ingen=sum(r > UTEN_OENSKE for r in ranger),
        ledig=sum(runde.plasser.values()) - len(plass),
    )


# --- Who is given a place together ------------------------------------------------------------------------


@dataclass(frozen=True)
class Enhet:
    """Referrals that get places in the same offer or none: one, or siblings who asked to be together."""

    medlemmer: tuple[Soeker, ...]
    valg: tuple[int, ...]
    """The offers that all of them can have, in the order of the offers."""

    def rang(self, tilbud: int) -> int:
        """The worst wish that this offer is for any of them."""
        return max(m.valg[tilbud] for m in self.medlemmer)


def enheter(runde: Runde) -> tuple[Enhet, ...]:
    """The round's referrals as units, in the waiting order of their first member.

    Who is locked stands alone: the rest of the siblings are solved for again.
    """
    grupper: dict[tuple[str, int], list[Soeker]] = {}
    for s in runde.soekere:
        alene = s.sammen is None or s.laast is not None
        grupper.setdefault(("alene", s.id) if alene or s.sammen is None else ("sammen", s.sammen), []).append(s)
    orden = {tilbud: nr for nr, tilbud in enumerate(runde.plasser)}
    return tuple(Enhet(tuple(medlemmer), _felles(medlemmer, orden)) for medlemmer in grupper.values())


def _felles(medlemmer: Sequence[Soeker], orden: Mapping[int, int]) -> tuple[int, ...]:
    laast = medlemmer[0].laast
    if laast is not None:
        return (laast,) if laast in medlemmer[0].valg else ()
    alle_kan = orden.keys() & medlemmer[0].valg.keys()
    for medlem in medlemmer[1:]:
        alle_kan &= medlem.valg.keys()
    return tuple(sorted(alle_kan, key=orden.__getitem__))


# --- First come, first served: what the proposal is compared with --------------------------------------------


def foerst_til_moella(runde: Runde) -> dict[int, int]:
    """Each in waiting order takes the best that is left when its turn comes. What is locked is taken first."""
    igjen, plass = dict(runde.plasser), dict[int, int]()
    for enhet in sorted(enheter(runde), key=lambda e: e.medlemmer[0].laast is None):
        for tilbud in sorted(enhet.valg, key=enhet.rang):
            forsoek = plass | {m.id: tilbud for m in enhet.medlemmer}
            if igjen[tilbud] >= len(enhet.medlemmer) and innenfor(runde.tak, forsoek):
                igjen[tilbud] -= len(enhet.medlemmer)
                plass = forsoek
                break
    return plass


def innenfor(tak: Iterable[Tak], plass: Mapping[int, int]) -> bool:
    """Whether a distribution keeps every ceiling."""
    par = set(plass.items())
    return all(len(t.par & par) <= t.hoeyst for t in tak)


# --- The same round with something changed ------------------------------------------------------------------


def med_plasser(runde: Runde, flere: Mapping[int, int]) -> Runde:
    """The round with more places in some offers."""
    return replace(runde, plasser={t: n + flere.get(t, 0) for t, n in runde.plasser.items()})


def hver_for_seg(runde: Runde, sammen: int) -> Runde:
    """The round where these siblings need not be together."""
    return replace(runde, soekere=tuple(replace(s, sammen=None) if s.sammen == sammen else s for s in runde.soekere))
