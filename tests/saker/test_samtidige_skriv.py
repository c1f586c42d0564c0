"""Two who write about one case at the same moment, each in a transaction of its own."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from koordinering.db import db, i_dag, transaction
from koordinering.errors import Endret
from koordinering.saker import services
from koordinering.saker.models import Barn, Henvisning, Sak, Samtykke
from koordinering.saker.rules.overganger import Status
from koordinering.saker.services import NyttBarn
from koordinering.tildeling import services as tildeling
from koordinering.tildeling.services import utloep
from koordinering.users import User
from tests import fabrikk
from tests.saker.skjema import AAR, indeks, nummer, registrert
from tests.tildeling.gjoer import gjoer, ta_imot

TIL = "inkluderingskonsulent"


@contextmanager
def _imens(app: Flask, annen: Callable[[], object]) -> Iterator[Future[object]]:
    """What is inside happens first, and the other one begins before it is committed: it must wait."""

    def kjoer() -> object:
        with app.app_context():
            try:
                return annen()
            finally:
                db.session.remove()

    with ThreadPoolExecutor(1) as kjoerer:
        with transaction():
            fremtid: Future[object] = Future()
            yield fremtid
            kjoert = kjoerer.submit(kjoer)
            wait([kjoert], timeout=0.4)
            assert not kjoert.done(), "it did not wait"
        try:
            fremtid.set_result(kjoert.result(timeout=30))
        except Endret as feil:
            fremtid.set_exception(feil)


def _legg_til(sak_id: int, user_id: int, nytt: NyttBarn, versjon: int) -> int:
    sak, av = db.session.get_one(Sak, sak_id), db.session.get_one(User, user_id)
    return services.legg_til_barn(sak, nytt, av=av, versjon=versjon).id


def test_the_same_child_added_by_two_at_once_is_one_child(app: Flask, folk: Any) -> None:
    sak, en, annen = registrert(folk.nav1), folk.nav1.id, folk.nav2.id
    sak_id, versjon = sak.id, sak.versjon
    nytt = NyttBarn(AAR - 6, blindindeks=indeks(nummer()))

    def den_andre() -> int:
        with transaction():
            return _legg_til(sak_id, annen, nytt, versjon)

    with _imens(app, den_andre) as svar:
        _legg_til(sak_id, en, nytt, versjon)
    with pytest.raises(Endret):
        svar.result()
    assert db.session.scalar(select(func.count()).select_from(Barn).where(Barn.sak_id == sak_id)) == 2


def _utloept(folk: Any, *, gitt: bool) -> tuple[int, int]:
    """A referral that the receiver has, given or not, and whose consent ran out yesterday."""
    henvisning = ta_imot(fabrikk.sak(folk.nav1), folk.inkludering1)
    if gitt:
        gjoer(tildeling.gi, henvisning, fabrikk.tilbud(folk.inkludering1), av=folk.inkludering1)
    with transaction():
        samtykke = db.session.scalars(select(Samtykke).where(Samtykke.sak_id == henvisning.sak_id)).one()
        samtykke.gyldig_til = i_dag() - timedelta(days=1)
    return henvisning.sak_id, henvisning.id


def _samtykk(sak_id: int, user_id: int) -> None:
    sak, av = db.session.get_one(Sak, sak_id), db.session.get_one(User, user_id)
    services.registrer_samtykke(sak, fabrikk.samtykke(TIL), av=av)


def _staar(henvisning_id: int) -> tuple[Status, bool]:
    db.session.rollback()
    henvisning = db.session.get_one(Henvisning, henvisning_id)
    return henvisning.status, henvisning.synlig


def test_a_consent_registered_while_the_old_one_is_swept_away_holds_the_referral_up(app: Flask, folk: Any) -> None:
    user_id = folk.nav1.id
    sak_id, henvisning_id = _utloept(folk, gitt=False)
    with _imens(app, tildeling.trekk_utloepte) as svar:
        _samtykk(sak_id, user_id)
    assert svar.result() == 0
    assert _staar(henvisning_id) == (Status.UNDER_BEHANDLING, True)


@pytest.mark.parametrize(
    ("gitt", "etterpaa"), [(False, (Status.TRUKKET, False)), (True, (Status.INNVILGET, True))], ids=["waits", "given"]
)
def test_a_consent_registered_just_after_the_sweep_sees_what_it_did(
    app: Flask, folk: Any, gitt: bool, etterpaa: tuple[Status, bool]
) -> None:
    user_id = folk.nav1.id
    sak_id, henvisning_id = _utloept(folk, gitt=gitt)

    def registrerer() -> None:
        with transaction():
            _samtykk(sak_id, user_id)

    with _imens(app, registrerer) as svar:
        assert utloep._skjul(db.session.get_one(Henvisning, henvisning_id))
    svar.result()
    assert _staar(henvisning_id) == etterpaa
