"""Why a child got what it got in a proposal, and not what it wished for more: causes that can be removed and tried."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from koordinering.tekst import N_, Kode
from koordinering.tildeling.rules import Hvorfor
from koordinering.tildeling.rules.forslag import (
    MAKS_OENSKE,
    UTEN_OENSKE,
    Enhet,
    Runde,
    Soeker,
    enheter,
    innenfor,
)


class Aarsak(Kode):
    """What stands between a child and one of its wishes."""

    STROEKET = "stroeket", N_("Strøket fra runden.")
    ANNEN_HENVISNING = "annen_henvisning", N_("Barnet får plass gjennom en annen henvisning.")
    INGEN_TILBUD = "ingen_tilbud", N_("Ingen tilbud i runden.")
    PASSER_IKKE = "passer_ikke", N_("Tilbudene passer ikke.")
    LAAST = "laast", N_("Barnet er låst til et annet tilbud.")
    SLUPPET = "sluppet", N_("Låsen er sluppet.")
    """She locked the child to an offer that it cannot have (any more)."""
    SOESKEN = "soesken", N_("Søsknene skal være sammen, og ingen tilbud passer for alle.")
    SOESKENPLASSER = "soeskenplasser", N_("Søsknene trenger flere plasser i samme tilbud enn det er igjen.")
    """Those in front and those who are locked leave too few places in each offer."""
    SOESKENVALG = "soeskenvalg", N_("Det er plass, men et annet tilbud gir søsknene bedre ønsker til sammen.")
    FULLT = "fullt", N_("Alle plassene er foreslått til andre.")
    """To children in front, or who are locked to them."""
    FLEST = "flest", N_("Plassene er foreslått til barn lenger bak i køen, for da får flest mulig barn plass.")
    """Goal 1: with this child in, and everybody in front as they are, fewer children would have a place."""
    HELHET = "helhet", N_("Plassene er foreslått til barn lenger bak i køen, for da når fordelingen i alt målene best.")
    """The child has a place; its better wish would cost others more, by the goals in their order."""


@dataclass(frozen=True)
class Fordi:
    """One cause."""

    oenske: int
    """The wish that it stands in the way of: 1, 2, 3; UTEN_OENSKE for a child whose wishes are not told."""
    aarsak: Aarsak
    grunner: tuple[Hvorfor, ...] = ()
    """What hvorfor_ikke says, where offers do not fit."""
    plasser: int = 0
    """FULLT: places in the offers of this wish that fit."""
    foran: int = 0
    """FULLT: children who stand in front and fit the same offers."""
    laaste: int = 0
    """FULLT: children behind who are locked to them."""
    trenger: int = 0
    """SOESKENPLASSER: siblings who are to be together."""
    igjen: int = 0
    """SOESKENPLASSER: the most places that those in front and those locked leave in one offer."""


@dataclass(frozen=True)
class Bakgrunn:
    """What is known of a referral beside the offers that it can have."""

    oensker: int
    """How many wishes are told; 0: any place is as good."""
    avvist: Mapping[int, tuple[int, tuple[Hvorfor, ...]]] = field(default_factory=dict)
    """Offers that it cannot have → which wish each is, and why not."""
    sluppet: int | None = None
    """The offer that the user locked it to and that it cannot have."""


class Forklarer:
    """The explanations of one solved round; what they all rest on is counted once."""

    def __init__(self, runde: Runde, plass: Mapping[int, int]) -> None:
        self._runde, self._plass = runde, plass
        self._soeker = {s.id: s for s in runde.soekere}
        self._enhet = {m.id: enhet for enhet in enheter(runde) for m in enhet.medlemmer}
        nr: dict[int, int] = {}
        for s in runde.soekere:
            nr.setdefault(s.barn, len(nr))
        self._nr = {id_: min(nr[m.barn] for m in enhet.medlemmer) for id_, enhet in self._enhet.items()}
        self._har: dict[int, list[int]] = {}
        for id_, tilbud in plass.items():
            self._har.setdefault(tilbud, []).append(id_)

    def forklar(self, soeker: Soeker, bakgrunn: Bakgrunn) -> tuple[Fordi, ...]:
        """Why this child did not get each wish that is better than what it got; empty when it got its first."""
        plass = self._plass
        fikk = soeker.valg[plass[soeker.id]] if soeker.id in plass else UTEN_OENSKE + 1
        ranger = range(1, min(bakgrunn.oensker, MAKS_OENSKE) + 1) if bakgrunn.oensker else (UTEN_OENSKE,)
        if soeker.id not in plass and any(s.barn == soeker.barn and s.id in plass for s in self._runde.soekere):
            hindringer: tuple[Fordi, ...] = (Fordi(ranger[0], Aarsak.ANNEN_HENVISNING),)
        else:
            hindringer = tuple(self._hindring(soeker, bakgrunn, rang) for rang in ranger if rang < fikk)
        return (*_sluppet(bakgrunn), *hindringer)

    def _hindring(self, soeker: Soeker, bakgrunn: Bakgrunn, rang: int) -> Fordi:
        mulige = [t for t, r in soeker.valg.items() if r == rang]
        if not mulige:
            grunner = [g for r, gg in bakgrunn.avvist.values() if r == rang for g in gg]
            if not grunner:
                return Fordi(rang, Aarsak.INGEN_TILBUD)
            return Fordi(rang, Aarsak.PASSER_IKKE, tuple(h for h in Hvorfor if h in grunner))
        if soeker.laast is not None:
            return Fordi(rang, Aarsak.LAAST)
        enhet = self._enhet[soeker.id]
        felles = [t for t in mulige if t in enhet.valg]
        if not felles:
            return Fordi(rang, Aarsak.SOESKEN)
        aapne = [t for t in felles if self._under_taket(enhet, t)]
        return self._om_plassene(enhet, aapne, rang) if aapne else Fordi(rang, Aarsak.ANNEN_HENVISNING)

    def _under_taket(self, enhet: Enhet, tilbud: int) -> bool:
        """Whether the ceilings would let the unit move to this offer, all others as they are."""
        par = {(m.id, tilbud) for m in enhet.medlemmer}
        tak = [t for t in self._runde.tak if t.par & par]
        return not tak or innenfor(tak, {**self._plass, **dict(par)})

    def _om_plassene(self, enhet: Enhet, tilbud: Sequence[int], rang: int) -> Fordi:
        """The offers suit, and no ceiling stands in the way: who has the places, and why they and not these."""
        trenger = len(enhet.medlemmer)
        igjen = max(self._igjen(enhet, t, bare_foran=True) for t in tilbud)
        if igjen < trenger:
            # With nothing left, more than one may still be too few: then all of it is simply taken.
            if igjen > 0:
                return Fordi(rang, Aarsak.SOESKENPLASSER, trenger=trenger, igjen=igjen)
            plasser = sum(self._runde.plasser[t] for t in tilbud)
            laaste = sum(self._nr[i] > self._nr[enhet.medlemmer[0].id] for t in tilbud for i in self._har.get(t, ()))
            return Fordi(rang, Aarsak.FULLT, plasser=plasser, foran=self._foran(enhet, tilbud), laaste=laaste)
        if enhet.medlemmer[0].id not in self._plass:
            return Fordi(rang, Aarsak.FLEST)
        ledig = max(self._igjen(enhet, t, bare_foran=False) for t in tilbud)
        return Fordi(rang, Aarsak.SOESKENVALG if ledig >= trenger else Aarsak.HELHET)

    def _igjen(self, enhet: Enhet, tilbud: int, *, bare_foran: bool) -> int:
        """Places in the offer beside what others have; `bare_foran`: others in front, or locked."""
        egne, nr = {m.id for m in enhet.medlemmer}, self._nr[enhet.medlemmer[0].id]
        andre = [i for i in self._har.get(tilbud, ()) if i not in egne]
        holdt = [i for i in andre if not bare_foran or self._nr[i] <= nr or self._soeker[i].laast is not None]
        return self._runde.plasser[tilbud] - len(holdt)

    def _foran(self, enhet: Enhet, tilbud: Sequence[int]) -> int:
        nr = self._nr[enhet.medlemmer[0].id]
        return len({s.barn for s in self._runde.soekere if self._nr[s.id] < nr and any(t in s.valg for t in tilbud)})


def _sluppet(bakgrunn: Bakgrunn) -> tuple[Fordi, ...]:
    if bakgrunn.sluppet is None:
        return ()
    oenske, grunner = bakgrunn.avvist.get(bakgrunn.sluppet, (UTEN_OENSKE, ()))
    return (Fordi(oenske, Aarsak.SLUPPET, grunner),)
