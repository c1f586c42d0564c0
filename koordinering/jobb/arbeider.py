"""The worker: takes jobs one after another until it is told to stop."""

import logging
import secrets
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from flask import Flask, current_app
from sqlalchemy.exc import SQLAlchemyError

from koordinering.borte import is_away
from koordinering.db import db
from koordinering.jobb import services
from koordinering.jobb.models import Jobb
from koordinering.jobb.rules import LEIE
from koordinering.konto.services import rydd

log = logging.getLogger(__name__)

_PAUSE_S = 1.0
_RYDD_S = 3600.0
_MINUTT_S = 60.0


class Arbeider:
    """One process that works."""

    def __init__(self) -> None:
        self.navn = secrets.token_hex(8)
        self._ryddet = float("-inf")

    def runde(self) -> bool:
        """Take one job and do it; whether there was one."""
        jobb = services.ta(self.navn)
        if jobb is None:
            return False
        arbeid = services.arbeid_av(jobb.slag)
        if arbeid is None:
            services.feilet(jobb, "ukjent_slag")
            return True
        try:
            with self._hold_leien(jobb):
                resultat = arbeid.funksjon(jobb)
            services.ferdig(jobb, resultat)
        except services.Avbrutt:
            self._avbrutt(jobb)
        except Exception as feil:
            if is_away(feil):
                raise  # the lease runs out, and the job is taken again
            # The kind alone: the text of an error may hold what the job read.
            log.error("job %s failed: %s", jobb.slag, type(feil).__name__)
            services.feilet(jobb, type(feil).__name__)
        finally:
            db.session.rollback()
        return True

    def _avbrutt(self, jobb: Jobb) -> None:
        if services.STOPP.is_set():
            services.legg_tilbake(jobb)
        else:
            services.avbrutt(jobb)

    @contextmanager
    def _hold_leien(self, jobb: Jobb) -> Iterator[None]:
        """Renew the lease from a thread while the work runs: one step may last longer than the lease.

        The thread dies with the process, so a dead worker's lease runs out all the same.
        """
        slutt = threading.Event()
        app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # a proxy's own method
        traad = threading.Thread(target=_forny_til, args=(app, jobb, slutt), daemon=True)
        traad.start()
        try:
            yield
        finally:
            slutt.set()
            traad.join()

    def rydd(self) -> None:
        """Once an hour: throw away what has had its time, and order what is due."""
        if time.monotonic() - self._ryddet >= _RYDD_S:
            self._ryddet = time.monotonic()
            rydd()
            services.rydd_jobber()
            services.bestill_det_faste()

    def arbeid(self) -> None:
        """Work until told to stop. A database that is away for a while is waited for."""
        app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # a proxy's own method
        minutt = threading.Thread(target=_hvert_minutt, args=(app,), daemon=True)
        minutt.start()
        while not services.STOPP.is_set():
            try:
                self.rydd()
                if self.runde():
                    continue
            except SQLAlchemyError as feil:
                log.error("job worker: database fault %s", type(getattr(feil, "orig", feil)).__name__)
                db.session.rollback()
            services.STOPP.wait(_PAUSE_S)
        minutt.join()


def _hvert_minutt(app: Flask) -> None:
    """In a thread of its own, so that a long job delays nothing of it. What fails is tried again the next minute."""
    while not services.STOPP.is_set():
        with app.app_context():
            try:
                services.gjoer_det_hyppige()
            except Exception as feil:
                # whatever it is, the thread lives on; the kind alone, as above
                log.error("each minute: %s", type(feil).__name__)
        services.STOPP.wait(_MINUTT_S)


def _forny_til(app: Flask, jobb: Jobb, slutt: threading.Event) -> None:
    with app.app_context():
        while not slutt.wait(LEIE.total_seconds() / 4):
            try:
                services.forny(jobb)
            except services.Avbrutt:
                return  # the work hears of it at its next step
            except SQLAlchemyError:
                continue  # the work itself holds the write lock; the next try comes soon


def arbeid(*, en_runde: bool = False) -> None:
    """What `koordinering jobb` runs, inside the app's context: until SIGTERM or SIGINT, or until the queue is empty."""
    arbeider = Arbeider()
    if en_runde:
        while arbeider.runde():
            pass
        return

    def stopp(_signal: int, _ramme: FrameType | None) -> None:
        services.STOPP.set()

    for nummer in (signal.SIGTERM, signal.SIGINT):
        signal.signal(nummer, stopp)
    arbeider.arbeid()
