"""Unsent drafts are deleted after 30 days; when their case goes stands in tests/personvern/test_utkast_slettes.py."""

from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import func, select, update

from koordinering.audit import Hva, Innslag
from koordinering.db import db, now, transaction
from koordinering.jobb.services import bestill_det_faste
from koordinering.saker.models import Henvisning, Sak
from koordinering.saker.rules.overganger import Status
from koordinering.saker.services import slett_gamle_utkast
from tests import fabrikk


def _eldes(sak_id: int, dager: int, *, bare_utkast: bool = True) -> None:
    med = {"opprettet": now() - timedelta(days=dager)}
    with transaction() as session:
        session.execute(update(Sak).where(Sak.id == sak_id).values(med))
        query = update(Henvisning).where(Henvisning.sak_id == sak_id).values(med)
        session.execute(query.where(Henvisning.status == Status.UTKAST) if bare_utkast else query)


def test_old_drafts_are_gone_and_young_ones_stay(app: Flask, folk: Any) -> None:
    gammel, ung = fabrikk.sak(folk.nav1, utkast=True).id, fabrikk.sak(folk.nav1, utkast=True).id
    _eldes(gammel, 31)
    _eldes(ung, 29)
    assert slett_gamle_utkast() == 1
    assert db.session.scalars(select(Henvisning.sak_id)).all() == [ung]
    assert db.session.scalar(select(func.count()).where(Innslag.hva == Hva.HENVISNING_SLETTET)) == 1
    assert slett_gamle_utkast() == 0


def test_a_sent_referral_keeps_its_case(app: Flask, folk: Any) -> None:
    sak_id = fabrikk.sak(folk.nav1, tiltak=[("4b-1", None)]).id
    with transaction():
        fra = db.session.get_one(Sak, sak_id)
        db.session.add(Henvisning(sak=fra, tiltak_id="4a-3", barn=fra.barn[0], avsender_id="nav"))
    _eldes(sak_id, 40)
    bestill_det_faste()
    db.session.rollback()
    assert db.session.scalars(select(Henvisning.status)).all() == [Status.VIST_TIL]
