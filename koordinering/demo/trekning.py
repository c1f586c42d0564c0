"""Who lives in the demo's town and what each family is referred to, drawn from the distributions."""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from koordinering.demo.beskrivelse import Barn, Henvisning, Sak, Samtykke
from koordinering.demo.fordelinger import Fordelinger, Vekter
from koordinering.demo.kalender import Kalender
from koordinering.saker.rules import referanse
from koordinering.saker.rules.behov import (
    MAKS_OENSKER,
    STANDARD_OPPLYSNINGER,
    Behov,
    Grunnlag,
    Opplysning,
    SamtykkeFra,
    Samtykkemaate,
    Spurt,
)
from koordinering.saker.rules.identitetsnummer import syntetisk
from koordinering.saker.rules.registrering import gjelder_familien
from koordinering.saker.rules.samtykke import foerste, hvem_kan_samtykke
from koordinering.tiltak.rules import Aktivitet, Kortenhet, Mekanikk

_FORSOEK = 8


@dataclass(slots=True, eq=False)
class Person:
    """A child of the town, the same in every case it stands in."""

    foedselsaar: int
    blindindeks: bytes | None = field(default=None, repr=False)
    faatt: set[tuple[str, int]] = field(default_factory=set)
    """Measures it has been given something of, by year."""


@dataclass(slots=True, eq=False)
class Husholdning:
    """Children who live together, and the cases that services have about them."""

    barn: list[Person]
    saker: dict[str, Sak] = field(default_factory=dict)
    personer: dict[int, Person] = field(default_factory=dict)
    """The child behind each case's child, by the id of the row."""
    deler_barn: bool = False
    """One of the children has another home too."""
    kort: set[tuple[int, int]] = field(default_factory=set)
    """Years and cases in which a card has been given that counts."""

    def har_kort(self, sak: Sak, tid: datetime) -> bool:
        """Whether the case has had this year's card. Whoever hands it out registers too, so no other unit's counts."""
        return (tid.year, sak.id) in self.kort


@dataclass(frozen=True)
class Tiltaksinfo:
    """What the draw needs to know of a measure."""

    mottaker: str | None
    slag: frozenset[Mekanikk]
    enkeltvedtak: bool


@dataclass(frozen=True)
class Byen:
    """What stands still while the town is drawn."""

    fordelinger: Fordelinger
    kalender: Kalender
    tiltak: Mapping[str, Tiltaksinfo]
    henvisere: Mapping[str, Sequence[int]]
    """Users who register, by unit."""
    mottakere: Mapping[str, Sequence[int]]
    """Users who receive, by unit."""
    kortansvarlig: int
    """The user who closes a year's cards."""
    hjemler: Sequence[tuple[str, date, date | None]]
    samtykkealder: int
    slutt: datetime
    """Nothing happens after this moment."""


Indekser = Callable[[Sequence[str]], Sequence[bytes]]


class Trekning:
    """Draws households, cases and referrals; the same seed draws the same."""

    def __init__(self, byen: Byen, rng: random.Random, indekser: Indekser) -> None:
        self.byen = byen
        self.rng = rng
        self.husholdning: dict[int, Husholdning] = {}
        """By case id."""
        self._indekser = indekser
        self._fordelinger = byen.fordelinger
        self._numre: set[str] = set()
        self._referanser: set[str] = set()

    def ny_id(self) -> int:
        """A key with 62 random bits, from the seed."""
        return self.rng.getrandbits(62) | 1

    def _med(self, navn: str) -> bool:
        return self.rng.random() < self._fordelinger.andel[navn]

    def _en(self, navn: str) -> object:
        vekter: Vekter[object] = self._fordelinger.vekter[navn]
        return vekter.trekk(self.rng)

    # --- Households --------------------------------------------------------------------------------------

    def husholdninger(self, aar: int, antall: int) -> list[Husholdning]:
        """So many new households, with the blind index of each child."""
        alle: list[Husholdning] = []
        while len(alle) < antall:
            ny = Husholdning([self._person(aar) for _ in range(self._tall("familie.antall_barn"))])
            alle.append(ny)
            if len(ny.barn) > 1 and len(alle) < antall and self._med("familie.to_hjem"):
                delt = self.rng.choice(ny.barn)
                andre = [self._person(aar) for _ in range(self.rng.randint(1, 2))]
                ny.deler_barn = True
                alle.append(Husholdning([delt, *andre], deler_barn=True))
        self._gi_indekser(alle)
        return alle

    def _tall(self, navn: str) -> int:
        vekter: Vekter[int] = self._fordelinger.vekter[navn]
        return vekter.trekk(self.rng)

    def _person(self, aar: int) -> Person:
        yngst, eldst = str(self._en("familie.alder")).split("-")
        return Person(aar - self.rng.randint(int(yngst), int(eldst)))

    def _gi_indekser(self, husholdninger: Sequence[Husholdning]) -> None:
        """The identity numbers live in this function and are gone when it ends."""
        # a child with two homes stands in two households
        personer = list({id(p): p for h in husholdninger for p in h.barn if p.blindindeks is None}.values())
        med = [p for p in personer if not self._med("familie.barn_uten_nummer")]
        numre = [self._nummer(p.foedselsaar) for p in med]
        for person, indeks in zip(med, self._indekser(numre), strict=True):
            person.blindindeks = indeks

    def _nummer(self, foedselsaar: int) -> str:
        while True:
            foedt = date.fromordinal(date(foedselsaar, 1, 1).toordinal() + self.rng.randrange(365))
            nummer = syntetisk(self.rng, foedt, self._med("familie.d_nummer"))
            if nummer not in self._numre:
                self._numre.add(nummer)
                return nummer

    # --- Cases -------------------------------------------------------------------------------------------

    def tjenester(self) -> list[str]:
        """The services that refer one family in a year, the first one first."""
        vekter: Vekter[str] = self._fordelinger.vekter["tjenester.foerste"]
        antall = self._tall("tjenester.antall")
        valgte: list[str] = []
        while len(valgte) < min(antall, len(vekter.ting)):
            enhet = vekter.trekk(self.rng)
            if enhet not in valgte:
                valgte.append(enhet)
        return valgte

    def sak(self, husholdning: Husholdning, enhet: str, tid: datetime) -> tuple[Sak, bool]:
        """The unit's case about the family, and whether it is a new one: a returning family keeps its case."""
        gammel = husholdning.saker.get(enhet)
        if gammel is not None:
            return gammel, False
        sak = Sak(
            id=self.ny_id(),
            referanse=self._referanse(),
            enhet=enhet,
            ansvarlig=self.rng.choice(self.byen.henvisere[enhet]),
            opprettet=tid,
            i_maalgruppe=self._med("familie.i_maalgruppe"),
            egen_referanse=self._egen_referanse(enhet, tid),
            behov=self._behov(),
            barn=[],
        )
        self._barn(sak, husholdning)
        husholdning.saker[enhet] = sak
        self.husholdning[sak.id] = husholdning
        return sak, True

    def _referanse(self) -> str:
        while (ny := referanse.ny(self.rng)) in self._referanser:
            pass
        self._referanser.add(ny)
        return ny

    def _egen_referanse(self, enhet: str, tid: datetime) -> str | None:
        if self.rng.random() >= self._fordelinger.egen_referanse.get(enhet, 0):
            return None
        return f"{tid.year % 100}-{self.rng.randrange(10_000):04}"

    def _behov(self) -> tuple[Behov, ...]:
        valgte = tuple(b for b, andel in self._fordelinger.behov.items() if self.rng.random() < andel)
        return valgte or (Behov.FRITID,)

    def _barn(self, sak: Sak, husholdning: Husholdning) -> None:
        personer = list(husholdning.barn)
        # where a child has two homes, a case without one of the others could make two families one
        kan_mangle = bool(husholdning.saker) and len(personer) > 1 and not husholdning.deler_barn
        if kan_mangle and self._med("tjenester.mangler_et_barn"):
            personer.pop(self.rng.randrange(len(personer)))
        uten = self._med("familie.sak_uten_nummer")
        for person in personer:
            spurt = self._fordelinger.vekter["barnet.spurt"].trekk(self.rng)
            barn = Barn(
                id=self.ny_id(),
                foedselsaar=person.foedselsaar,
                deltar=self._fordelinger.vekter["barnet.deltar"].trekk(self.rng),
                spurt=spurt,
                oensker=self._oensker() if spurt is Spurt.JA else (),
                blindindeks=None if uten else person.blindindeks,
            )
            sak.barn.append(barn)
            husholdning.personer[barn.id] = person

    def _oensker(self) -> tuple[Aktivitet, ...]:
        """The child's wishes, the dearest first, all different."""
        vekter: Vekter[Aktivitet] = self._fordelinger.vekter["barnet.oensker"]
        antall = min(self._tall("barnet.antall_oensker"), MAKS_OENSKER)
        valgte: list[Aktivitet] = []
        while len(valgte) < antall:
            oenske = vekter.trekk(self.rng)
            if oenske not in valgte:
                valgte.append(oenske)
        return tuple(valgte)

    # --- Referrals ---------------------------------------------------------------------------------------

    def henvisninger(self, sak: Sak, tid: datetime, *, kort: bool) -> list[Henvisning]:
        """New referrals of the case; at least one, and never the same thing twice. `kort`: cards may be asked for."""
        finnes = {(h.tiltak, h.barn) for h in sak.henvisninger if h.tiltak != self._fordelinger.korttiltak}
        valgt: list[tuple[str, Barn | None]] = []
        if self._med("tiltak.familie_andel"):
            valgt += self._for_familien(sak, tid.year, kort)
        for barn in sak.barn:
            if self._med("tiltak.barn_andel"):
                valgt += self._for_barnet(barn, tid.year)
        if not valgt:
            valgt = self._for_barnet(self.rng.choice(sak.barn), tid.year) or [("4b-3", None)]
        nye = [par for par in dict.fromkeys(valgt) if par not in finnes]
        return [self.henvisning(sak, tiltak, barn, tid) for tiltak, barn in nye]

    def henvisning(self, sak: Sak, tiltak: str, barn: Barn | None, tid: datetime) -> Henvisning:
        """One referral, added to its case."""
        ny = Henvisning(
            id=self.ny_id(),
            sak=sak,
            barn=barn,
            tiltak=tiltak,
            mottaker=self.byen.tiltak[tiltak].mottaker,
            lodd=self.rng.getrandbits(62),
            opprettet=tid,
            av=sak.ansvarlig,
        )
        sak.henvisninger.append(ny)
        return ny

    def _for_familien(self, sak: Sak, aar: int, kort: bool) -> list[tuple[str, Barn | None]]:
        for _ in range(_FORSOEK):
            tiltak = str(self._en("tiltak.familie"))
            if tiltak == self._fordelinger.korttiltak and not kort:
                continue
            if not gjelder_familien(tiltak, self.byen.tiltak[tiltak].slag, Kortenhet.FAMILIE):
                continue
            if any(self.passer(tiltak, barn.foedselsaar, aar) for barn in sak.barn):
                return [(tiltak, None)]
        return []

    def _for_barnet(self, barn: Barn, aar: int) -> list[tuple[str, Barn | None]]:
        for _ in range(_FORSOEK):
            tiltak = str(self._en("tiltak.barn"))
            if self.passer(tiltak, barn.foedselsaar, aar):
                return [(tiltak, barn)]
        return []

    def passer(self, tiltak: str, foedselsaar: int, aar: int) -> bool:
        """Whether the measure is for somebody of this age."""
        fra, til = self._fordelinger.alder.get(tiltak, (0, 24))
        return fra <= aar - foedselsaar <= til

    # --- Consent -----------------------------------------------------------------------------------------

    def samtykke(self, sak: Sak, mottaker: str, gitt: datetime) -> Samtykke:
        """What sending to the unit rests on."""
        dag = gitt.date()
        hjemler = [kode for kode, fra, til in self.byen.hjemler if fra <= dag and (til is None or dag <= til)]
        if hjemler and self._med("samtykke.hjemmel"):
            return self._grunnlag(sak, mottaker, gitt, Grunnlag.HJEMMEL, self.rng.choice(hjemler), None)
        # given for the whole family; a young person who is referred speaks alone only where nobody else has to
        kan = hvem_kan_samtykke([b.foedselsaar for b in sak.barn], dag.year, self.byen.samtykkealder)
        henvist = hvem_kan_samtykke(_henvist(sak, mottaker), dag.year, self.byen.samtykkealder)
        velger = SamtykkeFra.UNGDOM in henvist and self._med("samtykke.ungdom")
        fra = SamtykkeFra.UNGDOM if velger and SamtykkeFra.UNGDOM in kan else foerste(kan)
        return self._grunnlag(sak, mottaker, gitt, Grunnlag.SAMTYKKE, None, fra)

    def _grunnlag(
        self, sak: Sak, mottaker: str, gitt: datetime, grunnlag: Grunnlag, hjemmel: str | None, fra: SamtykkeFra | None
    ) -> Samtykke:
        skriftlig = Samtykkemaate.SKRIFTLIG if self._med("samtykke.skriftlig") else Samtykkemaate.MUNTLIG
        avsender = (Opplysning.AVSENDER,) if fra and self._med("samtykke.med_avsender") else ()
        nytt = Samtykke(
            id=self.ny_id(),
            mottaker=mottaker,
            grunnlag=grunnlag,
            hjemmel=hjemmel,
            maate=skriftlig if fra else None,
            fra=fra,
            opplysninger=(*STANDARD_OPPLYSNINGER, *avsender),
            gitt=gitt,
            gyldig_til=date(gitt.year + 1, 12, 31) if fra and self._med("samtykke.utloeper") else None,
            av=sak.ansvarlig,
            ved_registrering=gitt == sak.opprettet,
        )
        sak.samtykker.append(nytt)
        return nytt


def _henvist(sak: Sak, mottaker: str) -> list[int]:
    """Birth years of the children that are referred to the unit; all of them for a family referral."""
    til = [h.barn for h in sak.henvisninger if h.mottaker == mottaker]
    return [b.foedselsaar for b in sak.barn if not til or None in til or b in til]
