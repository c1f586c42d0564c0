"""A whole made-up town: families, cases, referrals and stock for some years, the same for the same seed."""

import random
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import partial

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from koordinering.db import OSLO, db, i_dag, transaction
from koordinering.demo.beskrivelse import Henvisning, Sak
from koordinering.demo.besoek import Besoek
from koordinering.demo.evalueringer import Evalueringer
from koordinering.demo.fordelinger import Loep, les
from koordinering.demo.forloep import VIDERE, Forloep, Oppdrag, staar
from koordinering.demo.grunnlag import Framdrift, blindindekser, les_byen, midnatt
from koordinering.demo.lagene import skriv_lag
from koordinering.demo.midler import skriv_midler
from koordinering.demo.oppstilling import Oppstilling
from koordinering.demo.runder import runder_i_byen
from koordinering.demo.samordninger import samordne_i_byen
from koordinering.demo.skriver import Rader
from koordinering.demo.tilbudte import tilby_i_byen
from koordinering.demo.trekning import Husholdning, Tiltaksinfo, Trekning
from koordinering.demo.utstyrsrader import skriv_utstyr
from koordinering.errors import DomainError
from koordinering.saker.models import Sak as Saksrad
from koordinering.saker.rules.overganger import Status
from koordinering.statistikk.queries import siste as siste_bilder
from koordinering.statistikk.services import lag_bilde
from koordinering.tekst import N_
from koordinering.tiltak.lag.models import Lag
from koordinering.tiltak.models import Tiltak
from koordinering.tiltak.rules import Mekanikk

_VANLIG_LAGER, _SKRIVELAGER = -16_384, -262_144
"""KiB of pages that SQLite keeps in memory: always (db.py), and while a whole town is written."""


class IkkeTom(DomainError):
    """There are cases already: a town is only made in an empty place."""

    status = 409
    melding = N_("Det finnes saker fra før. Demobyen lages bare i en tom database.")


def lag_by(familier: int, aar: tuple[int, int], froe: int, framdrift: Framdrift, *, dag: date | None = None) -> None:
    """Fill an empty demo with so many families a year, from the first year to the last.

    Nothing happens on `dag` (today) or later. The town is written in one transaction of its own: a stop leaves
    nothing of it. Ends with a snapshot of each year's counts (`tell_aarene`). Raises IkkeTom, FordelingFeil.
    """
    dag = dag or i_dag()
    by = Demoby(familier, range(aar[0], aar[1] + 1), froe, framdrift, dag)
    by.spill()
    with transaction() as session:
        by.skriv(session)
        by.gi_midler(session)
        by.tilby(session, froe, dag)
        Evalueringer(session, by.aar, froe, dag).skriv()
    tell_aarene(framdrift, dag=dag)


def tell_aarene(framdrift: Framdrift, *, dag: date | None = None) -> None:
    """A snapshot of each year that has cases and no snapshot yet. Safe to repeat; a transaction for each."""
    dag = dag or i_dag()
    aar = _aar_med_saker()
    talte = siste_bilder(aar)
    for nr, et in enumerate(aar):
        framdrift(N_("Teller årene"), nr, len(aar))
        if et not in talte and date(et, 1, 1) < dag:
            lag_bilde(et, min(date(et, 12, 31), dag), av=None)


def _aar_med_saker() -> range:
    foerste = db.session.scalar(select(func.min(Saksrad.opprettet)))
    siste = db.session.scalar(select(func.max(Saksrad.opprettet)))
    if foerste is None or siste is None:
        return range(0)
    return range(foerste.astimezone(OSLO).year, siste.astimezone(OSLO).year + 1)


class Demoby:
    """The town on its way from distributions to rows."""

    def __init__(self, familier: int, aar: range, froe: int, framdrift: Framdrift, dag: date) -> None:
        self.aar = aar
        self._familier = familier
        self._skala = familier / 100
        self._framdrift = framdrift
        self._rng = random.Random(froe)  # noqa: S311 - made-up data that must come out the same each time
        self._fordelinger = les()
        self._froe = froe
        self._slutt = min(midnatt(dag), midnatt(date(aar.stop, 1, 1)))
        self.saker: list[Sak] = []
        self._kjente: list[Husholdning] = []
        with transaction() as session:
            _krev_tom(session)
            self._roller, self.byen = les_byen(session, self._fordelinger, self._slutt, aar)
            self.oppstilling = Oppstilling(self._rng, self._fordelinger, self._skala)
            self.lager = self.oppstilling.lager(aar, self._slutt, dict(self.byen.tiltak))
        self._trekning = Trekning(self.byen, self._rng, self._indekser)
        self._forloep = Forloep(self.byen, self._trekning, self.lager, self._rng)
        self.besoek = Besoek(aar, froe, self._slutt, self._roller)
        self._kort_i_aar = 0

    def _indekser(self, numre: Sequence[str]) -> Sequence[bytes]:
        return blindindekser(numre, self._framdrift)

    # --- Playing -----------------------------------------------------------------------------------------

    def spill(self) -> None:
        """Let the years go by."""
        for et in self.aar:
            self._ett_aar(et)
            til = min(self._slutt, midnatt(date(et + 1, 1, 1)))
            self._forloep.kjoer(til, partial(self._spilt, et, til))

    def _spilt(self, aar: int, til: datetime, tid: datetime) -> None:
        fra = midnatt(date(aar, 1, 1))  # the first year begins with places given the autumn before
        self._framdrift(N_("Spiller dagene i {aar}").format(aar=aar), max(0, (tid - fra).days), (til - fra).days)

    def _ett_aar(self, et: int) -> None:
        siste = et == self.aar[-1]
        paagaar = self._ventende() if siste else []
        husholdninger = len(paagaar) // 2
        gamle = self._gjengangere(self._familier)
        nye = self._trekning.husholdninger(et, max(1, self._familier - len(gamle)))
        self._kort_i_aar = 0
        alle = [*gamle, *nye]
        for nr, husholdning in enumerate(alle):
            if nr % 500 == 0:
                self._framdrift(N_("Trekker familier for {aar}").format(aar=et), nr, len(alle))
            # some families are met these days, and their referrals wait
            if nr >= len(alle) - husholdninger and husholdning in nye:
                self._i_disse_dager(husholdning, paagaar)
            else:
                self._gjennom_aaret(husholdning, et)
        self._kjente = nye

    def _gjengangere(self, antall: int) -> list[Husholdning]:
        andel = self._fordelinger.andel["familie.gjengangere"]
        hoeyst = min(len(self._kjente), int(antall * andel))
        # those with a child in two homes come with the other home's families in mind: left out
        return [h for h in self._rng.sample(self._kjente, hoeyst) if not h.deler_barn]

    def _gjennom_aaret(self, husholdning: Husholdning, et: int) -> None:
        kalender = self.byen.kalender
        maaned = self._fordelinger.vekter["maaneder"].trekk(self._rng)
        tid = kalender.tid(self._rng, kalender.dag_i(self._rng, et, maaned))
        tjenester = self._trekning.tjenester()
        if len(husholdning.barn) != len([b for b in husholdning.barn if et - b.foedselsaar <= 24]):
            return  # one of them has grown up
        for enhet in tjenester:
            if tid >= self._slutt or tid.year != et:
                return
            self._registrer(husholdning, enhet, tid)
            tid = kalender.etter(self._rng, tid, self._fordelinger.dager["neste_tjeneste"])

    def _registrer(self, husholdning: Husholdning, enhet: str, tid: datetime) -> None:
        sak, ny = self._trekning.sak(husholdning, enhet, tid)
        if ny:
            self.saker.append(sak)
        elif any(h.venter for h in sak.henvisninger):
            return  # what waits for the same consent would be sent together with the new
        henvisninger = self._trekning.henvisninger(sak, tid, kort=self._kort_igjen(tid))
        self._kort_i_aar += sum(h.tiltak == self._fordelinger.korttiltak for h in henvisninger)
        oppdrag = [(h, self._fordelinger.vekter["loep.vekter"].trekk(self._rng)) for h in henvisninger]
        venter = self._samtykker(sak, oppdrag, tid)
        for henvisning, loep in oppdrag:
            henvisning.venter = henvisning.mottaker in venter
            utkast = not henvisning.venter and self._rng.random() < self._fordelinger.andel["loep.utkast"]
            samtykke = venter.get(henvisning.mottaker or "")
            self._forloep.start(henvisning, Oppdrag(loep, utkast=utkast, samtykke=samtykke))
        self._kanskje_trekk(sak, tid)

    def _kort_igjen(self, tid: datetime) -> bool:
        """In the last year fewer ask for a card, so that there are some left to hand out."""
        if tid.year != self.aar[-1]:
            return True
        tall = self._fordelinger.tall
        return self._kort_i_aar < (tall["kort.antall"] - tall["kort.ugitt_i_aar"]) * max(1.0, self._skala)

    def _samtykker(
        self, sak: Sak, oppdrag: Sequence[tuple[Henvisning, Loep]], tid: datetime
    ) -> Mapping[str, datetime | None]:
        """Give what the referrals need; tell which units are waited for, and until when."""
        mottakere = {h.mottaker: None for h, _ in oppdrag}
        for h, loep in oppdrag:
            if loep is Loep.VIDERESENDT and h.tiltak in VIDERE:
                mottakere.setdefault(self.byen.tiltak[VIDERE[h.tiltak]].mottaker, None)
        venter: dict[str, datetime | None] = {}
        for mottaker in mottakere:
            if mottaker is None or mottaker == sak.enhet:
                continue
            if any(staar(s, tid) for s in sak.samtykker if s.mottaker == mottaker):
                continue
            if self._rng.random() >= self._fordelinger.andel["loep.venter_samtykke"]:
                self._trekning.samtykke(sak, mottaker, tid)
                continue
            venter[mottaker] = None
            gis = self.byen.kalender.etter(self._rng, tid, self._fordelinger.dager["samtykke"])
            if self._rng.random() >= self._fordelinger.andel["loep.venter_uten_svar"] and gis < self._slutt:
                self._trekning.samtykke(sak, mottaker, gis)
                venter[mottaker] = gis
        return venter

    def _kanskje_trekk(self, sak: Sak, tid: datetime) -> None:
        for samtykke in sak.samtykker:
            fersk = samtykke.gitt == tid and samtykke.fra is not None
            if fersk and self._rng.random() < self._fordelinger.andel["samtykke.trukket"]:
                naar = self.byen.kalender.etter(self._rng, tid, (3, 40))
                self._forloep.trekk_samtykke(sak.henvisninger, samtykke, naar)

    # --- What waits today --------------------------------------------------------------------------------

    def _ventende(self) -> list[Status]:
        # a large town has much under way already: what is laid on top grows slower than the town
        skala = min(self._skala, self._skala**0.5)
        antall = self._fordelinger.paagaar.items()
        alle = [status for status, n in antall for _ in range(max(1, round(n * skala)))]
        self._rng.shuffle(alle)
        return alle

    def _i_disse_dager(self, husholdning: Husholdning, paagaar: list[Status]) -> None:
        """A family of the last days, with up to three referrals that have come no further."""
        kalender, virkedager = self.byen.kalender, self._fordelinger.tall["paagaar.virkedager"]
        enhet = self._trekning.tjenester()[0]
        dag = kalender.foer(self._slutt.date(), self._rng.randint(virkedager // 2, virkedager))
        tid = kalender.tid(self._rng, dag)
        sak, ny = self._trekning.sak(husholdning, enhet, tid)
        if not ny:
            return
        self.saker.append(sak)
        valgte: list[tuple[Henvisning, Status]] = []
        for _ in range(3):
            if paagaar and (henvisning := self._henvisning_til(sak, paagaar[-1], tid)):
                valgte.append((henvisning, paagaar.pop()))
        if not valgte:
            self._trekning.henvisning(sak, "4b-3", None, tid)
            self._forloep.start(sak.henvisninger[0], Oppdrag(Loep.VANLIG))
            return
        # one who waits for consent waits at a unit that no other referral of the case is sent to
        uten = {h.mottaker for h, status in valgte if status is Status.VENTER_SAMTYKKE}
        for mottaker in dict.fromkeys(h.mottaker for h, _ in valgte if h.mottaker not in {*uten, enhet}):
            self._trekning.samtykke(sak, mottaker or "", tid)
        for henvisning, status in valgte:
            henvisning.venter = henvisning.mottaker in uten
            self._forloep.start(henvisning, Oppdrag(Loep.VANLIG, status, utkast=status is Status.UTKAST))

    def _henvisning_til(self, sak: Sak, status: Status, tid: datetime) -> Henvisning | None:
        """A referral that can stand in this status."""
        brukt = {h.mottaker for h in sak.henvisninger if h.venter}
        finnes = {(h.tiltak, h.barn) for h in sak.henvisninger}
        for _ in range(12):
            tiltak = str(self._fordelinger.vekter["tiltak.barn"].trekk(self._rng))
            info, barn = self.byen.tiltak[tiltak], self._rng.choice(sak.barn)
            passer = self._trekning.passer(tiltak, barn.foedselsaar, tid.year) and (tiltak, barn) not in finnes
            if not passer or not _kan_staa(status, info) or info.mottaker in {*brukt, sak.enhet}:
                continue
            alt_sendt = any(h.mottaker == info.mottaker for h in sak.henvisninger)
            if status is Status.VENTER_SAMTYKKE and alt_sendt:
                continue
            henvisning = self._trekning.henvisning(sak, tiltak, barn, tid)
            henvisning.venter = status is Status.VENTER_SAMTYKKE
            return henvisning
        return None

    def gi_midler(self, session: Session) -> None:
        """The money, and what was paid for with it, once the town is written."""
        lagene = session.scalars(select(Lag).order_by(Lag.navn)).all()
        skriv_midler(session, lagene, self.aar, self._froe, self._slutt)

    def tilby(self, session: Session, froe: int, dag: date) -> None:
        """What is under way with those who wait, and between the units, once the town is written."""
        gir = {enhet: brukere[0] for enhet, brukere in self.byen.mottakere.items()}
        tilby_i_byen(session, gir, froe, dag)
        runder_i_byen(session, gir, froe, dag)
        samordne_i_byen(session, self.byen.kalender, froe, self._slutt)

    # --- Writing -----------------------------------------------------------------------------------------

    def skriv(self, session: Session) -> None:
        """The stock as it ended, and all cases in the order in which they were made. Raises IkkeTom."""
        _krev_tom(session)  # the years took their time: somebody else may have made a town meanwhile
        for tiltak_id in self._fordelinger.enkeltvedtak:
            session.get_one(Tiltak, tiltak_id).enkeltvedtak = True
        _stort_lager(session, _SKRIVELAGER)
        lagene = skriv_lag(session, self._fordelinger, self._froe)
        self.oppstilling.skriv(session, self.lager, lagene, self._framdrift)
        skriv_utstyr(session, self._fordelinger.utstyr, self._froe, date(self.aar[0], 1, 1), self._slutt)
        rader = Rader(session, self._roller, self.oppstilling.plasser)
        self.saker.sort(key=lambda sak: (sak.opprettet, sak.id))
        for nr, sak in enumerate(self.saker):
            if nr % 1000 == 0:
                self._framdrift(N_("Skriver saker"), nr, len(self.saker))
            if sak.henvisninger:
                rader.legg_til(sak)
        rader.skriv()
        self.besoek.skriv(session, [lagene[navn].id for navn in sorted(lagene)])
        _stort_lager(session, _VANLIG_LAGER)
        self._framdrift(N_("Skriver saker"), len(self.saker), len(self.saker))


def _krev_tom(session: Session) -> None:
    if session.scalar(select(Saksrad.id).limit(1)) is not None:
        raise IkkeTom


def _stort_lager(session: Session, sider: int) -> None:
    """Let SQLite keep more in memory: rows with random keys land all over the file."""
    if session.get_bind().dialect.name == "sqlite":
        session.connection().exec_driver_sql(f"PRAGMA cache_size={sider}")


def _kan_staa(status: Status, info: Tiltaksinfo) -> bool:
    if info.mottaker is None:
        return False
    if status is Status.PAAKLAGET:
        return info.enkeltvedtak
    return status is not Status.VENTELISTE or Mekanikk.FRIPLASS in info.slag
