"""Drafts that nobody sent are deleted after 30 days (DESIGN.md section 4)."""

from datetime import timedelta

from sqlalchemy import delete, exists, select

from koordinering import audit, crypto, noekkellager
from koordinering.audit import Hva, Ting
from koordinering.db import db, now, transaction
from koordinering.saker.models import Henvisning, Sak
from koordinering.saker.rules.overganger import Status

UTKAST_LEVER = timedelta(days=30)
"""How long an unsent draft is kept."""

_OM_GANGEN = 500


def slett_gamle_utkast() -> int:
    """Delete drafts past their time, and cases that were nothing but such drafts; tells how many drafts.

    The installation does it itself, once an hour, some hundred at a time: the write lock is held briefly.
    """
    slettet = 0
    while True:
        with transaction():
            antall = _en_runde()
        slettet += antall
        if antall < _OM_GANGEN:
            return slettet


def _en_runde() -> int:
    gamle = db.session.execute(
        select(Henvisning.id, Henvisning.sak_id, Henvisning.avsender_id)
        .where(Henvisning.status == Status.UTKAST, ~Henvisning.sperret, Henvisning.opprettet < now() - UTKAST_LEVER)
        .order_by(Henvisning.opprettet, Henvisning.id)
        .limit(_OM_GANGEN)
    ).all()
    if not gamle:
        return 0
    for henvisning_id, _, enhet_id in gamle:
        audit.record(Hva.HENVISNING_SLETTET, av=None, gjelder=Ting("henvisning", henvisning_id, enhet_id))
    db.session.execute(delete(Henvisning).where(Henvisning.id.in_([rad.id for rad in gamle])))
    tomme = db.session.execute(
        select(Sak.id, Sak.enhet_id).where(
            Sak.id.in_({rad.sak_id for rad in gamle}),
            Sak.opprettet < now() - UTKAST_LEVER,
            ~exists().where(Henvisning.sak_id == Sak.id),
        )
    ).all()
    for sak_id, enhet_id in tomme:
        audit.record(Hva.SAK_SLETTET, av=None, gjelder=Ting("sak", sak_id, enhet_id))
    db.session.execute(delete(Sak).where(Sak.id.in_([rad.id for rad in tomme])))
    noekkellager.slett(crypto.SAK, [rad.id for rad in tomme])
    return len(gamle)
