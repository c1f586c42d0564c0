"""What happens to the referrals of the made-up town, from registering to the decision."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from koordinering.demo.beskrivelse import Handling, Henvisning, Samtykke, Steg
from koordinering.demo.fordelinger import Loep
from koordinering.demo.gang import status
from koordinering.demo.spill import Gang, dag_for
from koordinering.demo.utdeling import Utdeling
from koordinering.saker.rules.behov import Spoersmaal
from koordinering.saker.rules.overganger import Avslagsgrunn, Status
from koordinering.tiltak.rules import Mekanikk

_KAN_TREKKES = frozenset(
    {Status.SENDT, Status.MOTTATT, Status.UNDER_BEHANDLING, Status.PAA_VENT, Status.VENTELISTE, Status.INNVILGET}
)
VIDERE = {"4a-3": "4b-11", "4b-11": "4a-3", "4b-5": "4b-11", "2a-2": "4a-5", "4a-5": "2a-2", "4b-9": "4b-11"}
"""Where a referral may be sent on to."""


@dataclass(frozen=True)
class Oppdrag:
    """How one referral is to go."""

    loep: Loep
    stopp: Status | None = None
    """It gets this far and then waits."""
    utkast: bool = False
    samtykke: datetime | None = None
    """When the consent it waits for comes."""


class Forloep(Utdeling):
    """Plays the years: every event is taken in order of time, and nothing happens after the end."""

    def start(self, henvisning: Henvisning, oppdrag: Oppdrag) -> None:
        """Register the referral and play it as far as no stock is needed."""
        trekning = self._trekning
        personer = trekning.husholdning[henvisning.sak.id].personer
        gang = Gang(henvisning, personer[henvisning.barn.id] if henvisning.barn else None, oppdrag.loep)
        self._ganger[henvisning.id] = gang
        tid = self._registrer(gang, oppdrag)
        if tid is None or henvisning.mottaker is None or oppdrag.stopp is Status.SENDT:
            return
        henvisning.sendt = tid
        if self._gis_straks(gang, oppdrag):
            self._naar(tid + timedelta(seconds=1), partial(self._gi_straks, gang))
            return
        self._behandle(gang, tid, oppdrag)

    def _registrer(self, gang: Gang, oppdrag: Oppdrag) -> datetime | None:
        """The moment it is sent, None when it is not."""
        h = gang.henvisning
        handling = Handling.REGISTRER_UTKAST if oppdrag.utkast else Handling.REGISTRER
        if self._gjoer(gang, h.opprettet, handling, h.av) is None or oppdrag.stopp is Status.UTKAST:
            return None
        if oppdrag.utkast:
            sendes = self._etter(h.opprettet, "utkast")
            return sendes if self._gjoer(gang, sendes, Handling.SEND, h.av) else None
        if not h.venter:
            return h.opprettet
        if oppdrag.samtykke is not None:
            gitt = self._gjoer(gang, oppdrag.samtykke, Handling.SAMTYKKE_GITT, h.av)
            return oppdrag.samtykke if gitt else None
        if oppdrag.stopp is None:
            naar = self._etter(h.opprettet, "venter_hoeyst")
            self._gjoer(gang, naar, Handling.TREKK, h.av, self._kode("grunner.trekk"))
        return None

    def _gis_straks(self, gang: Gang, oppdrag: Oppdrag) -> bool:
        h = gang.henvisning
        kort = Mekanikk.KORT in self._byen.tiltak[h.tiltak].slag
        return kort and h.mottaker == h.sak.enhet and oppdrag.stopp is None and not oppdrag.utkast

    def _behandle(self, gang: Gang, tid: datetime, oppdrag: Oppdrag) -> None:
        """From sent to the decision."""
        loep, h = oppdrag.loep, gang.henvisning
        tid, mottaker = self._etter(tid, "mottatt"), self._mottaker(gang)
        if loep is Loep.TRUKKET and oppdrag.stopp is None and self._rng.random() < 0.4:
            self._gjoer(gang, tid, Handling.TREKK, h.av, self._kode("grunner.trekk"))
            return
        handling = Handling.MOTTA if oppdrag.stopp is Status.MOTTATT else Handling.TA_IMOT
        if self._gjoer(gang, tid, handling, mottaker) is None or oppdrag.stopp is Status.MOTTATT:
            return
        if oppdrag.stopp is not None:
            self._stopp(gang, tid, oppdrag.stopp, mottaker)
            return
        if loep is Loep.SPURT or loep is Loep.PAA_VENT:
            venter_til = self._paa_vent(gang, tid, loep, mottaker)
            if venter_til is None:
                return
            tid = venter_til
        self._naar(self._etter(tid, "avgjort"), partial(self._avgjoer, gang))

    def _stopp(self, gang: Gang, tid: datetime, stopp: Status, mottaker: int) -> None:
        """What waits today stands where it was left."""
        gang.ferdig = True
        senere = self._etter(tid, "behandling")
        if stopp is Status.PAA_VENT:
            if self._rng.random() < 0.6:
                self._gjoer(gang, senere, Handling.SPOER, mottaker, self._rng.choice(list(Spoersmaal)).value)
            else:
                self._gjoer(gang, senere, Handling.VENT, mottaker, self._kode("grunner.paa_vent"))
        elif stopp is Status.VENTELISTE:
            self._gjoer(gang, senere, Handling.VENTELISTE, mottaker)
        elif stopp is Status.PAAKLAGET:
            grunn = Avslagsgrunn.UTENFOR_MAALGRUPPE.value
            if self._gjoer(gang, senere, Handling.AVSLAA, mottaker, grunn):
                self._gjoer(gang, self._etter(senere, "behandling"), Handling.KLAG, gang.henvisning.av)

    def _paa_vent(self, gang: Gang, tid: datetime, loep: Loep, mottaker: int) -> datetime | None:
        tid = self._etter(tid, "behandling")
        if loep is Loep.SPURT:
            if self._gjoer(gang, tid, Handling.SPOER, mottaker, self._rng.choice(list(Spoersmaal)).value) is None:
                return None
            tid = self._etter(tid, "svar")
            svar = self._gjoer(gang, tid, Handling.SVAR, gang.henvisning.av, self._kode("grunner.svar"))
            return tid if svar else None
        if self._gjoer(gang, tid, Handling.VENT, mottaker, self._kode("grunner.paa_vent")) is None:
            return None
        tid = self._etter(tid, "svar")
        return tid if self._gjoer(gang, tid, Handling.FORTSETT, mottaker) else None

    # --- The decision ------------------------------------------------------------------------------------

    def _avgjoer(self, gang: Gang, tid: datetime) -> None:
        if gang.ferdig:
            return
        loep, h = gang.loep, gang.henvisning
        if loep is Loep.TRUKKET:
            self._gjoer(gang, tid, Handling.TREKK, h.av, self._kode("grunner.trekk"))
        elif loep is Loep.VIDERESENDT and self._videresend(gang, tid):
            gang.ferdig = True
        elif loep in {Loep.AVSLAATT, Loep.KLAGE, Loep.GJENAAPNET}:
            self._avslaa(gang, tid)
        else:
            self._gi_eller_vent(gang, tid)

    def _avslaa(self, gang: Gang, tid: datetime) -> None:
        mottaker = self._mottaker(gang)
        if self._gjoer(gang, tid, Handling.AVSLAA, mottaker, self._kode("grunner.avslag")) is None:
            return
        if gang.loep is Loep.KLAGE and self._byen.tiltak[gang.henvisning.tiltak].enkeltvedtak:
            self._klag(gang, tid, mottaker)
        elif gang.loep is Loep.GJENAAPNET:
            tid = self._etter(tid, "klage")
            if self._gjoer(gang, tid, Handling.GJENAAPNE, mottaker, self._kode("grunner.gjenaapning")):
                gang.loep = Loep.VANLIG
                self._naar(self._etter(tid, "avgjort"), partial(self._avgjoer, gang))

    def _klag(self, gang: Gang, tid: datetime, mottaker: int) -> None:
        tid = self._etter(tid, "klage")
        if self._gjoer(gang, tid, Handling.KLAG, gang.henvisning.av) is None:
            return
        tid = self._etter(tid, "klage")
        if not self._med("loep.medhold"):
            self._gjoer(gang, tid, Handling.OPPRETTHOLD, mottaker)
        elif self._gjoer(gang, tid, Handling.MEDHOLD, mottaker):
            gang.loep = Loep.VANLIG
            self._naar(self._etter(tid, "avgjort"), partial(self._avgjoer, gang))

    def _videresend(self, gang: Gang, tid: datetime) -> bool:
        """Send on where there is somewhere to send it, and a consent for that unit."""
        h = gang.henvisning
        til = VIDERE.get(h.tiltak)
        if til is None or h.barn is None or not self._trekning.passer(til, h.barn.foedselsaar, tid.year):
            return False
        ny_mottaker = self._byen.tiltak[til].mottaker
        if ny_mottaker in {None, h.mottaker} or not _har_grunnlag(h, ny_mottaker or "", tid):
            return False
        mottaker = self._mottaker(gang)
        if self._gjoer(gang, tid, Handling.VIDERESEND, mottaker, self._kode("grunner.videresending")) is None:
            return True
        ny = self._trekning.henvisning(h.sak, til, h.barn, tid)
        ny.sendt, ny.lodd, ny.videresendt_fra, ny.av = h.sendt, h.lodd, h, h.av
        videre = Gang(ny, gang.person, Loep.VANLIG)
        self._ganger[ny.id] = videre
        self._gjoer(videre, tid, Handling.VIDERESENDT_HIT, mottaker)
        self._behandle(videre, tid, Oppdrag(Loep.VANLIG))
        return True

    # --- Consents withdrawn ------------------------------------------------------------------------------

    def trekk_samtykke(self, henvisninger: list[Henvisning], samtykke: Samtykke, tid: datetime) -> None:
        """The consent ends at this moment: what is not given is withdrawn, what is given stands as it is."""
        self._naar(tid, partial(self._trekk_samtykke, henvisninger, samtykke))

    def _trekk_samtykke(self, henvisninger: list[Henvisning], samtykke: Samtykke, tid: datetime) -> None:
        samtykke.trukket = tid
        for h in [h for h in henvisninger if h.mottaker == samtykke.mottaker and h.opprettet <= tid]:
            gang = self._ganger[h.id]
            gang.glem_etter(tid)
            gang.ferdig = True
            if not gang.gitt and status(h) in _KAN_TREKKES:
                self._nr += 1
                h.steg.append(Steg(tid, Handling.SAMTYKKE_TRUKKET, h.av, nr=self._nr))


def _har_grunnlag(henvisning: Henvisning, mottaker: str, tid: datetime) -> bool:
    sak = henvisning.sak
    return mottaker == sak.enhet or any(staar(s, tid) for s in sak.samtykker if s.mottaker == mottaker)


def staar(samtykke: Samtykke, tid: datetime) -> bool:
    """Whether the consent stands at this moment."""
    utloept = samtykke.gyldig_til is not None and samtykke.gyldig_til < dag_for(tid)
    return samtykke.gitt <= tid and samtykke.trukket is None and not utloept
