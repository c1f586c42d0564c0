"""Playing the demo town's money day by day: time, the ledger, payments and files, as the services would have it."""

import heapq
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial
from itertools import count
from typing import Any

from koordinering.db import OSLO, Base
from koordinering.demo.kalender import er_virkedag
from koordinering.tiltak.lag.models import Lag
from koordinering.tiltak.midler.models import (
    Budsjett,
    Bunt,
    Faktura,
    Midleraar,
    Postering,
    Tilsagn,
    Tilskudd,
    Utbetaling,
)
from koordinering.tiltak.midler.rules import Postslag, Returgrunn, Utbetalingstatus, krever_godkjenning

Steg = Callable[[datetime], None]


@dataclass
class Midlerspill:
    """The money on its way: what has happened by now stands in `rader`, in the order it happened."""

    rng: random.Random
    valg: Mapping[str, Any]
    slutt: datetime
    konsulent: int
    godkjenner: int | None
    rader: list[Base] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._koe: list[tuple[datetime, int, Steg]] = []
        self._nr = count()
        self._bilag: dict[int, int] = {}
        self._bunter = count(1)
        self._klare: list[Utbetaling] = []
        self._godkjente: list[Utbetaling] = []
        self.motposter: dict[int, Postering] = {}
        """Which entry each reversing entry (by its place in `rader`) reverses."""
        self.kilder: dict[int, tuple[Tilskudd | Faktura, Budsjett]] = {}
        """What a payment is for, by its key, with the budget that it comes from."""
        self.aar: dict[int, Midleraar] = {}
        self.budsjetter: dict[tuple[int, str], Budsjett] = {}
        self.lagene: list[Lag] = []
        self.betalte: dict[int, Tilsagn] = {}
        """What was given to a child (by its key), and the money that paid for it."""

    # --- Time ------------------------------------------------------------------------------------------

    def om(self, dag: date | datetime, dager: tuple[int, int], steg: Steg) -> None:
        """Let something happen so many days later, in working hours; what would happen after today never does."""
        fra = dag.astimezone(OSLO).date() if isinstance(dag, datetime) else dag
        naar = fra + timedelta(days=self.rng.randint(*dager))
        while not er_virkedag(naar):
            naar += timedelta(days=1)
        tid = datetime.combine(naar, time(8), OSLO) + timedelta(seconds=self.rng.randrange(7 * 3600))
        self.kl(tid, steg)

    def kl(self, tid: datetime, steg: Steg) -> None:
        """Let something happen at just this time, if that is before today."""
        if tid < self.slutt:
            heapq.heappush(self._koe, (tid, next(self._nr), steg))

    def kjoer(self) -> None:
        """Let it all happen, in order."""
        while self._koe:
            tid, _, steg = heapq.heappop(self._koe)
            steg(tid)

    def treffer(self, navn: str) -> bool:
        """Whether it happens this time."""
        return self.rng.random() < float(self.valg["andeler"][navn])

    def send_tilbake(self, tilsagn_id: int, tid: datetime) -> None:
        """The approver sends back what waits for this place."""
        for utbetaling in (rad for rad in self.rader if isinstance(rad, Utbetaling)):
            kilde, _ = self.kilder[utbetaling.tilskudd_id or utbetaling.faktura_id or 0]
            venter = utbetaling.status is Utbetalingstatus.VENTER
            if venter and isinstance(kilde, Faktura) and kilde.tilsagn_id == tilsagn_id:
                utbetaling.status, utbetaling.grunn = Utbetalingstatus.SENDT_TILBAKE, Returgrunn.MANGLER_BILAG
                utbetaling.avgjort, utbetaling.avgjort_av = tid, self.godkjenner

    def beloep(self, navn: str, trinn: int) -> int:
        """An amount in øre within what the distributions say, in steps of so many kroner."""
        fra, til = self.valg[navn]
        return self.rng.randrange(fra, til, trinn) * 100

    def id(self) -> int:
        """A key of the town's own."""
        return self.rng.getrandbits(62) | 1

    def ny(self, rad: Base) -> None:
        """A row that exists from now on."""
        self.rader.append(rad)

    # --- The ledger --------------------------------------------------------------------------------------

    def bokfoer(self, budsjett: Budsjett, tid: datetime, slag: Postslag, **felt: Any) -> Postering | None:
        """Move the budget with an entry, as the ledger does; None, and nothing done, when it does not reach."""
        ramme, bundet, betalt = (
            getattr(budsjett, navn) + felt.get(navn, 0) for navn in ("ramme_oere", "bundet_oere", "betalt_oere")
        )
        if bundet + betalt > ramme:
            return None
        budsjett.ramme_oere, budsjett.bundet_oere, budsjett.betalt_oere = ramme, bundet, betalt
        post = Postering(budsjett_id=budsjett.id, tid=tid, slag=slag, user_id=self.konsulent, **felt)
        self.ny(post)
        return post

    # --- Payments ----------------------------------------------------------------------------------------

    def betal(self, kilde: Tilskudd | Faktura, budsjett: Budsjett, samlet: int, oere: int, tid: datetime) -> None:
        """Enter a payment; it waits for the approver, or is ready at once below the limit."""
        self._bilag[budsjett.aar] = self._bilag.get(budsjett.aar, 0) + 1
        lag = self._lag(kilde.lag_id)
        grense, egen_konto = self.aar[budsjett.aar].beloepsgrense_oere, not self._bekreftet(lag)
        venter = krever_godkjenning(samlet, grense, egen_konto=egen_konto)
        utbetaling = Utbetaling(
            id=self.id(),
            aar=budsjett.aar,
            nummer=self._bilag[budsjett.aar],
            budsjett_id=budsjett.id,
            lag_id=lag.id,
            kontonummer=lag.kontonummer,
            tilskudd_id=kilde.id if isinstance(kilde, Tilskudd) else None,
            faktura_id=kilde.id if isinstance(kilde, Faktura) else None,
            beloep_oere=oere,
            forfall=max(tid.date() + timedelta(days=14), kilde.forfall if isinstance(kilde, Faktura) else tid.date()),
            status=Utbetalingstatus.VENTER if venter else Utbetalingstatus.KLAR,
            foert=tid,
            foert_av=self.konsulent,
        )
        kilde.paa_vei_oere += oere
        self.aar[budsjett.aar].siste_bilag = utbetaling.nummer
        self.ny(utbetaling)
        if not venter:
            self._klare.append(utbetaling)
        elif self.godkjenner is not None:
            self.om(tid, (1, 12), partial(self._avgjoer, utbetaling))

    def _lag(self, lag_id: int) -> Lag:
        return next(lag for lag in self.lagene if lag.id == lag_id)

    def _bekreftet(self, lag: Lag) -> bool:
        """The consultant wrote every account number herself: somebody else has approved a payment to this one."""
        godkjent = {Utbetalingstatus.KLAR, Utbetalingstatus.EKSPORTERT}
        return any(u.lag_id == lag.id and u.status in godkjent for u in self._godkjente)

    def _avgjoer(self, utbetaling: Utbetaling, tid: datetime) -> None:
        if tid > self.slutt - timedelta(days=7):
            return  # the approver has not come to it yet
        utbetaling.avgjort, utbetaling.avgjort_av = tid, self.godkjenner
        if self.treffer("sendt_tilbake"):
            utbetaling.status, utbetaling.grunn = Utbetalingstatus.SENDT_TILBAKE, self.rng.choice(list(Returgrunn))
            self.om(tid, (3, 20), partial(self._paa_nytt, utbetaling))
            return
        utbetaling.status = Utbetalingstatus.KLAR
        self._godkjente.append(utbetaling)
        self._klare.append(utbetaling)

    def _paa_nytt(self, utbetaling: Utbetaling, tid: datetime) -> None:
        utbetaling.status, utbetaling.foert, utbetaling.grunn = Utbetalingstatus.VENTER, tid, None
        utbetaling.avgjort = utbetaling.avgjort_av = None
        self.om(tid, (1, 12), partial(self._avgjoer, utbetaling))

    def lag_fil(self, tid: datetime) -> None:
        """Put what is ready into a file, as economy does twice a month."""
        if not self._klare or self.godkjenner is None:
            return
        klare, self._klare = self._klare, []
        bunt = Bunt(
            nummer=next(self._bunter),
            laget=tid,
            laget_av=self.godkjenner,
            antall=len(klare),
            sum_oere=sum(u.beloep_oere for u in klare),
        )
        self.ny(bunt)
        for utbetaling in klare:
            self._betalt(utbetaling, bunt.nummer, tid)

    def _betalt(self, utbetaling: Utbetaling, bunt_nummer: int, tid: datetime) -> None:
        kilde, budsjett = self.kilder[utbetaling.tilskudd_id or utbetaling.faktura_id or 0]
        oere = utbetaling.beloep_oere
        utbetaling.status, utbetaling.bunt_nummer = Utbetalingstatus.EKSPORTERT, bunt_nummer
        kilde.paa_vei_oere -= oere
        kilde.betalt_oere += oere
        om = {
            "tilskudd_id": utbetaling.tilskudd_id,
            "tilsagn_id": kilde.tilsagn_id if isinstance(kilde, Faktura) else None,
            "utbetaling_id": utbetaling.id,
        }
        post = self.bokfoer(budsjett, tid, Postslag.BETALT, bundet_oere=-oere, betalt_oere=oere, **om)
        if post is not None and isinstance(kilde, Faktura) and self.treffer("i_retur"):
            self.om(tid, (2, 6), partial(self._i_retur, utbetaling, post, om))

    def _i_retur(self, utbetaling: Utbetaling, post: Postering, om: Mapping[str, Any], tid: datetime) -> None:
        kilde, budsjett = self.kilder[utbetaling.faktura_id or 0]
        oere = utbetaling.beloep_oere
        if kilde.betalt_oere < oere:
            return
        kilde.betalt_oere -= oere
        utbetaling.status = Utbetalingstatus.I_RETUR
        self.bokfoer(budsjett, tid, Postslag.I_RETUR, bundet_oere=oere, betalt_oere=-oere, **om)
        self.motposter[len(self.rader) - 1] = post
        self.om(tid, (2, 8), partial(self.betal, kilde, budsjett, oere, oere))
