"""Sends the sealed lines of the access log on, in the order of the chains, from where it came the last time.

How far it has come lies in the database, for each receiver and day, so that any machine can go on. A day is held by a
lease: two senders at once send nothing twice. What is sent is noted down when the receiver has it; where the connection
breaks between the two, the block is sent again, and day and number tell the receiver that it is the same.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import or_, select, update

from koordinering import audit
from koordinering.audit import Hva
from koordinering.db import STILT_TILBAKE, db, now, own_transaction
from koordinering.driftsfeil import om_forbindelsen
from koordinering.driftsvalg import Loggmottaker
from koordinering.errors import KoordineringError
from koordinering.personvern.segl import queries
from koordinering.personvern.segl.models import Videresendt
from koordinering.personvern.segl.services.mottak import overlever, siste_i_fil
from koordinering.personvern.segl.services.uttrekk import FELT, verdier_av
from koordinering.tekst import N_
from koordinering.users import User

BLOKK = 500
"""Lines that are handed over at a time."""
LEIE = timedelta(minutes=2)
"""How long a sender holds a day without having handed anything over; longer than a receiver may think."""


class IkkeMottatt(KoordineringError):
    """The receiver did not take the lines, or did not say that it has them: they are sent the next time."""


class SendesAlt(KoordineringError):
    """Another process sends just now."""

    melding = N_("En annen prosess sender loggen videre akkurat nå.")


@dataclass(frozen=True)
class Sending:
    """What a run came to."""

    antall: int
    dag: str | None
    """The last day that the receiver has something of."""
    nr: int


def videresend(
    mottaker: Loggmottaker,
    *,
    fra: str | None = None,
    av: User | None,
    fortell: Callable[[int], object] = lambda _: None,
) -> Sending:
    """Send what is sealed and not sent yet. Outside transaction(). `fra` is the first day, the first time.

    Raises IkkeMottatt and SendesAlt; what has been handed over until then stays noted down.
    """
    arbeid = _Arbeid(mottaker, av, fortell)
    sendt = queries.sendt_til(db.session(), mottaker.navn)
    if sendt is not None:
        # The day before may have got a line since, but none older: what is an hour late is not sealed.
        fra = (date.fromisoformat(sendt[0]) - timedelta(days=1)).isoformat()
    dager = queries.dager_fra(db.session(), fra)
    db.session.rollback()
    for dag in dager:
        arbeid.dagen(dag)
    kommet = queries.sendt_til(db.session(), mottaker.navn)
    db.session.rollback()
    return Sending(arbeid.antall, *(kommet or (None, 0)))


class _Arbeid:
    def __init__(self, mottaker: Loggmottaker, av: User | None, fortell: Callable[[int], object]) -> None:
        self._mottaker, self._av, self._fortell = mottaker, av, fortell
        self._navn = secrets.token_hex(8)
        self.antall = 0

    def dagen(self, dag: str) -> None:
        """Send what is left of a day."""
        min_ = (Videresendt.mottaker == self._mottaker.navn, Videresendt.dag == dag)
        nr = db.session.scalar(select(Videresendt.nr).where(*min_)) or 0
        rest = queries.forseglede(db.session(), dag, nr, 1)
        db.session.rollback()
        if not rest:
            return
        nr = self._etter_filen(dag, self._ta(dag))
        try:
            self._send(dag, nr)
        finally:
            self._noter(dag, holder=None, leie_til=None)

    def _ta(self, dag: str) -> int:
        """Take the day; how far it has come. That it is sent on is itself a line, once for each day and receiver."""
        navn = self._mottaker.navn
        with own_transaction() as session:
            if session.get(Videresendt, (navn, dag)) is None:
                session.add(Videresendt(mottaker=navn, dag=dag))
                session.flush()
                audit.record(Hva.LOGG_EKSPORTERT, av=self._av, detalj=f"videresendt:{dag}")
            naa, leie = now(), Videresendt.leie_til
            # a lease that is longer than any was taken before the clock was set back
            ledig = or_(leie.is_(None), leie < naa, leie > naa + LEIE + STILT_TILBAKE)
            setning = (
                update(Videresendt)
                .where(Videresendt.mottaker == navn, Videresendt.dag == dag, ledig)
                .values(holder=self._navn, leie_til=naa + LEIE)
                .returning(Videresendt.nr)
                .execution_options(synchronize_session=False)
            )
            nr = session.execute(setning).scalar_one_or_none()
        if nr is None:
            raise SendesAlt
        return nr

    def _etter_filen(self, dag: str, nr: int) -> int:
        siste = siste_i_fil(self._mottaker.fil) if self._mottaker.fil is not None else None
        if siste is None or siste[0] != dag or siste[1] <= nr:
            return nr
        self._noter(dag, nr=siste[1], sendt=now())
        return siste[1]

    def _send(self, dag: str, nr: int) -> None:
        while rader := queries.forseglede(db.session(), dag, nr, BLOKK):
            db.session.rollback()  # nothing is held open while the network is waited for
            linjer = [dict(zip(FELT, verdier_av(rad), strict=True)) for rad in rader]
            try:
                overlever(self._mottaker, linjer)
            except OSError as feil:
                grunn = om_forbindelsen(feil)
                raise IkkeMottatt(f"{self._mottaker.navn} tok ikke imot ({grunn}). Det sendes neste gang.") from feil
            nr = rader[-1].nr
            if not self._noter(dag, nr=nr, sendt=now(), leie_til=now() + LEIE):
                raise SendesAlt
            self.antall += len(linjer)
            self._fortell(self.antall)
        db.session.rollback()

    def _noter(self, dag: str, **verdier: object) -> bool:
        """Whether the day is still ours."""
        mitt = (Videresendt.mottaker == self._mottaker.navn, Videresendt.dag == dag, Videresendt.holder == self._navn)
        setning = update(Videresendt).where(*mitt).values(**verdier).returning(Videresendt.dag)
        with own_transaction() as session:
            rad = session.execute(setning.execution_options(synchronize_session=False)).first()
        return rad is not None
