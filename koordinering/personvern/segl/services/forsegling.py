"""Seals the lines that have come since the last time: in order, in blocks, and signs how far it came."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Row, insert
from sqlalchemy.orm import Session

from koordinering.db import OSLO, now, own_transaction
from koordinering.personvern.segl import queries, rules
from koordinering.personvern.segl.models import Loggsegl
from koordinering.personvern.segl.services import hoder
from koordinering.personvern.segl.services.hoder import Hode, Hodefil, HodeneErSkadet
from koordinering.signatur import Signeringsnoekkel, les_noekkel


@dataclass(frozen=True)
class Loggsted:
    """Where the heads and the key lie: outside the database."""

    hoder: Path
    noekkelfil: Path

    def noekkel(self) -> Signeringsnoekkel:
        """The signing key. Raises ConfigError."""
        return les_noekkel(self.noekkelfil)


_i_bruk: list[Loggsted] = []


def ta_i_bruk(sted: Loggsted) -> None:
    """Say where this process's heads are. One process serves one installation."""
    _i_bruk[:] = [sted]


def hvert_minutt() -> None:
    """What the worker does: seals what is new, where this machine has the signing key."""
    if _i_bruk and _i_bruk[0].noekkelfil.exists():
        forsegl(_i_bruk[0])


def forsegl(sted: Loggsted, *, naa: datetime | None = None) -> int:
    """Seal every line up to now, and sign the heads; how many lines there were.

    Outside transaction(). May be stopped anywhere: each block is one transaction, what is sealed and not signed is
    signed the next time. Raises HodeneErSkadet, and ConfigError where the key cannot be read.
    """
    sted.noekkel()  # that cannot be read: no folder is made for what nobody signs
    with hoder.laas(sted.hoder):
        arbeid = _Forsegling(sted.hoder, sted.noekkel(), naa or now())  # it may have been changed while we waited
        antall = 0
        while blokk := arbeid.neste():
            antall += len(blokk)
            if len(blokk) < queries.BLOKK:
                break
            arbeid.signer(ferdig=False)
        arbeid.signer(ferdig=True)
        return antall


class _Forsegling:
    """One run, under the lock."""

    def __init__(self, mappe: Path, noekkel: Signeringsnoekkel, naa: datetime) -> None:
        self._mappe, self._noekkel, self._naa = mappe, noekkel, rules.tidstekst(naa)
        self._fil = self._dagens(naa.astimezone(OSLO).date().isoformat())
        self._fra = _foer(self._fil.til) if self._fil.til else None
        self._etter: tuple[str, int] | None = None
        self._ender: dict[str, Hode] = {}
        """The last seal of each day that this run has to do with."""
        with own_transaction() as session:
            # also what a run that was stopped has sealed and not signed
            for dag in queries.dager_fra(session, rules.dagen(self._fra) if self._fra else None):
                self._ende(session, dag)

    def _dagens(self, idag: str) -> Hodefil:
        """Today's file as it is, or a new one after the last."""
        dager = hoder.dager(self._mappe)
        if not dager:
            return self._aapning(idag)
        siste = hoder.les(self._mappe, self._noekkel, dager[-1])
        if siste.segldag >= idag:
            return siste
        return Hodefil(idag, siste.avtrykk, siste.til, {}, "")

    def _aapning(self, idag: str) -> Hodefil:
        """The first file, on the disk before the first seal: seals without any file are then always a theft of it."""
        with own_transaction() as session:
            if queries.noe_er_forseglet(session):
                raise HodeneErSkadet
        fil = Hodefil(idag, None, None, {}, "")
        hoder.skriv(self._mappe, self._noekkel, fil)
        return fil

    def _ende(self, session: Session, dag: str) -> Hode:
        if dag not in self._ender:
            self._ender[dag] = Hode(*queries.siste_segl(session, dag))
        return self._ender[dag]

    def neste(self) -> Sequence[Row[Any]]:
        """Seal the next block in a transaction of its own; the lines of it."""
        with own_transaction() as session:
            blokk = queries.uforseglet(session, self._fra, self._naa, self._etter)
            if blokk:
                session.execute(insert(Loggsegl), [self._segl(session, linje) for linje in blokk])
                self._etter = (blokk[-1].tid, blokk[-1].id)
        return blokk

    def _segl(self, session: Session, linje: Row[Any]) -> dict[str, Any]:
        dag = rules.dagen(linje.tid)
        ende = self._ende(session, dag)
        ny = Hode(ende.antall + 1, rules.lenke(ende.hash, dag, ende.antall + 1, self._naa, tuple(linje)))
        self._ender[dag] = ny
        return {
            "dag": dag,
            "nr": ny.antall,
            "innslag_id": linje.id,
            "forseglet": rules.les_tid(self._naa),
            "hash": ny.hash,
        }

    def signer(self, *, ferdig: bool) -> None:
        """Sign how far each day has come, where it goes on from what was signed before.

        A day that does not is left with its old head: what somebody has rewritten is never signed.
        """
        til = self._naa if ferdig else self._etter[0] if self._etter else self._fil.til
        with own_transaction() as session:
            nye = {dag: hode for dag, hode in self._ender.items() if hode.antall and self._gaar_videre(session, dag)}
        self._fil = replace(self._fil, til=til, hoder={**self._fil.hoder, **nye})
        hoder.skriv(self._mappe, self._noekkel, self._fil)

    def _gaar_videre(self, session: Session, dag: str) -> bool:
        signert = self._signert(dag)
        return signert is None or (
            signert.antall <= self._ender[dag].antall and queries.hash_av(session, dag, signert.antall) == signert.hash
        )

    def _signert(self, dag: str) -> Hode | None:
        """The day's newest head, in today's file or an earlier one; none lies before the day itself."""
        if dag in self._fil.hoder:
            return self._fil.hoder[dag]
        for segldag in reversed(hoder.dager(self._mappe)):
            if segldag < dag:
                break
            if segldag != self._fil.segldag:
                funnet = hoder.les(self._mappe, self._noekkel, segldag).hoder.get(dag)
                if funnet is not None:
                    return funnet
        return None


def _foer(til: str) -> str:
    return rules.tidstekst(rules.les_tid(til) - rules.SLAKK)
