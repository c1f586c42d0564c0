"""Giving in the made-up town: cards, places and follow-up go out, come back and are waited for."""

import random
from datetime import date, datetime, timedelta
from functools import partial
from itertools import islice

from koordinering.db import OSLO
from koordinering.demo.beskrivelse import Handling, Steg
from koordinering.demo.kalender import er_virkedag
from koordinering.demo.lager import AAPNER_FOER, Enheter, Lager, Sesong
from koordinering.demo.spill import Gang, Spill, dag_for
from koordinering.demo.trekning import Byen, Trekning
from koordinering.demo.venteliste import Venteliste
from koordinering.saker.rules.overganger import Avslagsgrunn, Avslutningsgrunn, Trekkgrunn
from koordinering.tiltak.rules import Mekanikk

_PROEVES = 50
"""How far down the list of the cards somebody is looked for who can be given one."""


class Utdeling(Spill):
    """What is decided when there is something to give, and what becomes of it."""

    def __init__(self, byen: Byen, trekning: Trekning, lager: Lager, rng: random.Random) -> None:
        super().__init__(byen, trekning, lager, rng)
        self._venteliste = Venteliste()
        self._planlegg_stenging()
        self._planlegg_sesonger()

    # --- Giving ------------------------------------------------------------------------------------------

    def _gi_straks(self, gang: Gang, tid: datetime) -> None:
        """Registering and giving are the same person's: the card is handed over, or the family waits."""
        h, husholdning = gang.henvisning, self._trekning.husholdning[gang.henvisning.sak.id]
        kort = self._lager.kort.get(tid.year)
        steg = self._gjoer(gang, tid, Handling.GI_STRAKS, h.av)
        if steg is None:
            return
        if husholdning.har_kort(h.sak, tid):
            self._gjoer(gang, self._etter(tid, "mottatt"), Handling.AVSLAA, h.av, Avslagsgrunn.TAK_NAADD.value)
        elif kort is None or not kort.noe_ledig or self._andre_foerst(kort, tid):
            self._vent(gang, tid)
        else:
            self._ta_kort(gang, steg, kort, tid)
            self._kort_ut(gang, tid)

    def _andre_foerst(self, kort: Enheter, tid: datetime) -> bool:
        """Whether as many wait as there are cards free, leaving out those whose own case has had this year's."""
        ledige = kort.antall - len(kort.brukte) - len(kort.tapte)
        venter = islice(self._venteliste.i_koe(self._byen.fordelinger.korttiltak, None), ledige + _PROEVES)
        saker = [gang.henvisning.sak.id for gang in venter]
        return sum((tid.year, id_) not in self._trekning.husholdning[id_].kort for id_ in saker) >= ledige

    def _ta_kort(self, gang: Gang, steg: Steg, kort: Enheter, tid: datetime) -> None:
        self._trekning.husholdning[gang.henvisning.sak.id].kort.add((tid.year, gang.henvisning.sak.id))
        self._ta(gang, steg, kort, tid.year)

    def _gi_eller_vent(self, gang: Gang, tid: datetime) -> None:
        if self._taket_naadd(gang, tid):
            self._gjoer(gang, tid, Handling.AVSLAA, self._mottaker(gang), Avslagsgrunn.TAK_NAADD.value)
        elif not self._proev(gang, tid) and self._gjoer(gang, tid, Handling.VENTELISTE, self._mottaker(gang)):
            self._vent(gang, tid)

    def _taket_naadd(self, gang: Gang, tid: datetime) -> bool:
        h = gang.henvisning
        if Mekanikk.KORT in self._byen.tiltak[h.tiltak].slag:
            return self._trekning.husholdning[h.sak.id].har_kort(h.sak, tid)
        return gang.person is not None and (h.tiltak, tid.year) in gang.person.faatt

    def _proev(self, gang: Gang, tid: datetime) -> bool:
        """Give what there is; False when nothing fits."""
        slag = self._byen.tiltak[gang.henvisning.tiltak].slag
        if Mekanikk.KORT in slag:
            return self._proev_kort(gang, tid)
        if Mekanikk.FRIPLASS in slag:
            sesong = self._finn_sesong(gang, dag_for(tid))
            return sesong is not None and self._gi_plass(gang, sesong, tid)
        steg = self._gjoer(gang, tid, Handling.GI, self._mottaker(gang))
        if steg:
            self._merk(gang, steg, tid.year)
            self._beskjed(gang, tid)
            self._start_og_slutt(gang, tid, self._etter(tid, "start"), None)
        return True

    def _proev_kort(self, gang: Gang, tid: datetime) -> bool:
        kort = self._lager.kort.get(tid.year)
        husholdning = self._trekning.husholdning[gang.henvisning.sak.id]
        if kort is None or not kort.noe_ledig or husholdning.har_kort(gang.henvisning.sak, tid):
            return False
        steg = self._gjoer(gang, tid, Handling.GI, self._mottaker(gang))
        if steg:
            self._ta_kort(gang, steg, kort, tid)
            hentes = self._beskjed(gang, tid)
            if hentes and self._gjoer(gang, self._etter(hentes, "beskjed"), Handling.START, self._mottaker(gang)):
                self._kort_ut(gang, gang.henvisning.steg[-1].tid)
        return True

    def _finn_sesong(self, gang: Gang, dag: date) -> Sesong | None:
        """An offer with what the child wishes for most, or another one where the family takes what there is."""
        barn = gang.henvisning.barn
        if barn is None:
            return None
        aapne = [s for s in self._lager.aapne(gang.henvisning.tiltak, dag) if s.passer(barn.foedselsaar) and s.ledig()]
        if gang.person is not None:
            aapne = [s for s in aapne if (s.rekke.tiltak, s.fra.year) not in gang.person.faatt]
        for oenske in barn.oensker:
            for sesong in aapne:
                if sesong.rekke.aktivitet is oenske:
                    return sesong
        tar_annet = not barn.oensker or self._med("friplass.annen_aktivitet")
        return self._rng.choice(aapne) if aapne and tar_annet else None

    def _gi_plass(self, gang: Gang, sesong: Sesong, tid: datetime) -> bool:
        gruppe = sesong.ledig()
        if gruppe is None:
            return False
        steg = self._gjoer(gang, tid, Handling.GI, self._mottaker(gang))
        if steg:
            self._ta(gang, steg, gruppe, sesong.fra.year)
            self._beskjed(gang, tid)
            foerste = self._byen.kalender.tid(self._rng, sesong.fra)
            begynner = self._etter(max(tid, foerste), "start")
            self._start_og_slutt(gang, tid, begynner, self._byen.kalender.tid(self._rng, sesong.til))
        return True

    def _ta(self, gang: Gang, steg: Steg, enheter: Enheter, aar: int) -> None:
        gang.enheter, gang.plass, gang.holder = enheter, enheter.ta(), True
        steg.plass, steg.beholdning = gang.plass, enheter.id
        self._merk(gang, steg, aar)

    def _merk(self, gang: Gang, steg: Steg, aar: int) -> None:
        steg.aar = aar
        gang.gitt, gang.venter = True, False
        gang.henvisning.tildelinger.append(self._trekning.ny_id())
        if gang.person is not None:
            gang.person.faatt.add((gang.henvisning.tiltak, aar))

    def _beskjed(self, gang: Gang, tid: datetime) -> datetime | None:
        """The referrer tells the family; None when the task is left undone, or is not done yet."""
        naar = self._etter(tid, "beskjed")
        if naar > self._byen.slutt or not self._med("loep.beskjed_gitt"):
            return None
        self._gjoer(gang, naar, Handling.BESKJED, gang.henvisning.av)
        return naar

    # --- Afterwards --------------------------------------------------------------------------------------

    def _start_og_slutt(self, gang: Gang, tid: datetime, begynner: datetime, slutter: datetime | None) -> None:
        """The child comes or does not, and what was given ends in its time."""
        mottaker = self._mottaker(gang)
        begynner = max(begynner, gang.henvisning.steg[-1].tid + timedelta(minutes=1))
        if slutter is None:
            slutter = self._etter(begynner, "oppfoelging")
        elif self._med("friplass.ikke_moett"):
            self._naar(begynner, partial(self._avslutt, gang, Handling.IKKE_MOETT, None))
            return
        if begynner >= slutter:
            begynner = self._byen.kalender.etter(self._rng, gang.henvisning.steg[-1].tid, (0, 0))
        if begynner > self._byen.slutt:
            return
        self._gjoer(gang, begynner, Handling.START, mottaker)
        grunn = self._kode("grunner.avslutning")
        if grunn != Avslutningsgrunn.FULLFOERT.value and self._med("friplass.avbrutt"):
            slutter = min(slutter, self._byen.kalender.etter(self._rng, begynner, (15, 80)))
        else:
            grunn = Avslutningsgrunn.FULLFOERT.value
        slutter = max(slutter, begynner + timedelta(days=1))
        slutter = self._byen.kalender.etter(self._rng, self._byen.kalender.tid(self._rng, dag_for(slutter)), (0, 5))
        self._naar(slutter, partial(self._avslutt, gang, Handling.AVSLUTT, grunn))

    def _avslutt(self, gang: Gang, handling: Handling, grunn: str | None, tid: datetime) -> None:
        if gang.ferdig:
            return
        gang.glem_etter(tid)
        steg = self._gjoer(gang, tid, handling, self._mottaker(gang), grunn)
        if steg is None:
            return
        if handling is Handling.AVSLUTT and gang.henvisning.barn is not None:
            steg.deltar = self._byen.fordelinger.vekter["grunner.deltar_ved_slutt"].trekk(self._rng)
        if handling is Handling.AVSLUTT and gang.enheter is None:
            # drawn by the referral's own key, so that the rest of the town does not depend on it
            rng = random.Random(gang.henvisning.id)  # noqa: S311 - made-up data that must come out the same
            steg.resultat = self._byen.fordelinger.vekter["grunner.resultat"].trekk(rng)
        gang.ferdig = True
        if gang.enheter is None or gang.plass is None:
            return
        gang.holder = False
        if handling is Handling.MELD_TAPT:
            gang.enheter.mist(gang.plass)
            return
        gang.enheter.gi_tilbake(gang.plass)
        self._naar(tid + timedelta(minutes=self._rng.randint(3, 12)), partial(self._til_neste, gang.enheter))

    def _kort_ut(self, gang: Gang, tid: datetime) -> None:
        """The card is out; some come back and some are lost before the year is over."""
        naar = self._byen.kalender.etter(self._rng, tid, (10, 90))
        if naar.astimezone(OSLO).year != tid.astimezone(OSLO).year:
            return
        if self._med("kort.tilbakelevert"):
            self._naar(naar, partial(self._avslutt, gang, Handling.LEVER_TILBAKE, None))
        elif self._med("kort.tapt"):
            self._naar(naar, partial(self._avslutt, gang, Handling.MELD_TAPT, None))

    # --- Waiting -----------------------------------------------------------------------------------------

    def _vent(self, gang: Gang, tid: datetime) -> None:
        h = gang.henvisning
        self._venteliste.legg_til(gang, h.sendt or tid)
        self._naar(self._etter(tid, "venter_hoeyst"), partial(self._gi_opp, gang))

    def _gi_opp(self, gang: Gang, tid: datetime) -> None:
        if gang.ferdig or not gang.venter:
            return
        gang.ferdig, gang.venter = True, False
        if self._rng.random() < 0.5:
            grunn = self._rng.choice([Trekkgrunn.FAMILIEN_OENSKER_IKKE, Trekkgrunn.LOEST_PAA_ANNEN_MAATE])
            self._gjoer(gang, tid, Handling.TREKK, gang.henvisning.av, grunn.value)
        else:
            grunn_ = Avslagsgrunn.INGEN_KAPASITET.value
            self._gjoer(gang, tid, Handling.AVSLAA, self._mottaker(gang), grunn_)

    def _til_neste(self, enheter: Enheter, tid: datetime) -> None:
        """What came free goes to the first who fits."""
        sesong = self._lager.sesong_med.get(enheter.id)
        if sesong is None:
            foerste = islice(self._venteliste.i_koe(self._byen.fordelinger.korttiltak, None), _PROEVES)
            any(self._proev_kort(gang, tid) for gang in foerste)
        elif sesong.gis(dag_for(tid)):
            for gang in self._venteliste.i_koe(sesong.rekke.tiltak, sesong.rekke.aktivitet):
                if self._vil_ha(gang, sesong) and self._gi_plass(gang, sesong, tid):
                    return

    def _vil_ha(self, gang: Gang, sesong: Sesong) -> bool:
        barn, person = gang.henvisning.barn, gang.person
        if barn is None or person is None or (sesong.rekke.tiltak, sesong.fra.year) in person.faatt:
            return False
        return sesong.passer(barn.foedselsaar)

    def _planlegg_sesonger(self) -> None:
        for sesong in self._lager.sesonger:
            aapner = self._byen.kalender.tid(self._rng, sesong.fra - AAPNER_FOER)
            self._naar(aapner, partial(self._fordel, sesong))

    def _fordel(self, sesong: Sesong, tid: datetime) -> None:
        """The season's places are given to those who have waited."""
        for gang in list(self._venteliste.i_koe(sesong.rekke.tiltak, sesong.rekke.aktivitet)):
            if self._vil_ha(gang, sesong) and not self._gi_plass(gang, sesong, tid):
                return

    # --- The turn of the year ----------------------------------------------------------------------------

    def _planlegg_stenging(self) -> None:
        for aar in self._lager.kort:
            dag = date(aar + 1, 1, 2)
            while not er_virkedag(dag):
                dag += timedelta(days=1)
            tid = datetime(dag.year, dag.month, dag.day, 8, 0, tzinfo=OSLO)
            self._naar(tid.astimezone(self._byen.slutt.tzinfo), partial(self._steng, aar))

    def _steng(self, aar: int, tid: datetime) -> None:
        """The new-year routine: cards that are out expire, those left are taken out, and those who wait are next."""
        kort = self._lager.kort[aar]
        av = self._byen.kortansvarlig
        for gang in self._ganger.values():
            if gang.enheter is kort and gang.holder:
                gang.glem_etter(tid)
                self._gjoer(gang, tid, Handling.UTLOEP, av)
                gang.ferdig, gang.holder = True, False
        kort.steng(tid)
        neste = self._lager.kort.get(aar + 1)
        if neste is not None:
            venter = list(self._venteliste.i_koe(self._byen.fordelinger.korttiltak, None))
            for nr, gang in enumerate(venter[: neste.antall]):
                self._naar(tid + timedelta(minutes=40, seconds=30 * nr), partial(self._gi_ventende, gang))

    def _gi_ventende(self, gang: Gang, tid: datetime) -> None:
        if gang.venter and not gang.ferdig:
            self._proev_kort(gang, tid)
