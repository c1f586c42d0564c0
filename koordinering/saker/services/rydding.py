"""Drafts that nobody sent are deleted after 30 days, and then their case (DESIGN.md section 4)."""

from collections.abc import Collection
from datetime import date, timedelta

from sqlalchemy import delete, or_, select

from koordinering import audit
from koordinering.audit import Hva, Ting
from koordinering.db import OSLO, db, i_dag, now, transaction
from koordinering.saker.models import Henvisning, Sak
from koordinering.saker.queries.utkast import bare_utkast, sist_roert
from koordinering.saker.rules.overganger import Status
from koordinering.saker.rules.utkast import UTKAST_LEVER, slettes_fra
from koordinering.saker.services.sak import noe_hindrer_sletting

_OM_GANGEN = 500


def slett_gamle_utkast() -> int:
    """Delete drafts past their time, but for those of a case that is held back; tells how many.

    The installation does it itself, once an hour, some hundred at a time: the write lock is held briefly. A case that
    is left without a measure goes at night, with the other cases that have had their time (personvern.sletting).
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
        select(Henvisning.id, Henvisning.avsender_id)
        .join(Sak, Sak.id == Henvisning.sak_id)
        .where(
            Henvisning.status == Status.UTKAST,
            ~Henvisning.sperret,
            Henvisning.opprettet < now() - UTKAST_LEVER,
            or_(Sak.holdes_til.is_(None), Sak.holdes_til < i_dag()),
        )
        .order_by(Henvisning.opprettet, Henvisning.id)
        .limit(_OM_GANGEN)
        # One that somebody sends just now is no draft any more. The case too: it is marked when its last one goes.
        .with_for_update(of=(Henvisning, Sak), key_share=True, skip_locked=True)
    ).all()
    for henvisning_id, enhet_id in gamle:
        audit.record(Hva.HENVISNING_SLETTET, av=None, gjelder=Ting("henvisning", henvisning_id, enhet_id))
    db.session.execute(delete(Henvisning).where(Henvisning.id.in_([rad.id for rad in gamle])))
    return len(gamle)


def utkastet_slettes(sak: Sak, henvisninger: Collection[Henvisning]) -> date | None:
    """The day whose night takes the case if nobody touches it, where it is nothing but drafts; else None.

    None too while a request of the family's waits for its answer. Asks nothing about a case where something was sent.
    """
    if any(h.status is not Status.UTKAST for h in henvisninger):
        return None
    sist = db.session.scalar(select(sist_roert()).where(Sak.id == sak.id, bare_utkast()))
    if sist is None or noe_hindrer_sletting(sak):
        return None
    i_morgen = i_dag() + timedelta(days=1)
    etter_hold = i_morgen if sak.holdes_til is None else sak.holdes_til + timedelta(days=1)
    return max(slettes_fra(sist.astimezone(OSLO).date()), etter_hold, i_morgen)
