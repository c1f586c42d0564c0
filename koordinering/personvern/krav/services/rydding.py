"""Requests and approved parts that have had their time."""

from datetime import timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, Select, delete, select, update

from koordinering.db import db, i_dag, now, transaction
from koordinering.personvern.krav.models import Krav, Kravdel
from koordinering.personvern.krav.rules.frist import Kravslag

KRAV_BLIR = timedelta(days=1095)
"""How long an answered request is kept: three years, so that it can be shown that it was answered in time."""

DEL_BLIR = timedelta(days=90)
"""How long an approved part is kept after the units' time is out, when nobody has closed the joint answer."""


def rydd_krav() -> int:
    """Delete requests whose time is out, and empty parts that were left; tell how many. Opens its own transaction."""
    with transaction():
        gamle = select(Krav.id).where(Krav.svarfrist < now() - DEL_BLIR)
        toemt = db.session.execute(
            update(Kravdel).where(Kravdel.krav_id.in_(gamle), Kravdel.innhold.is_not(None)).values(innhold=None)
        )
        slettet = db.session.execute(delete(Krav).where(Krav.ferdig < i_dag() - KRAV_BLIR, Krav.id.not_in(_laaser())))
    return int(cast(CursorResult[Any], toemt).rowcount + cast(CursorResult[Any], slettet).rowcount)


def _laaser() -> Select[Any]:
    """Requests that still hold a case locked: the only way to it."""
    return select(Krav.id).where(Krav.opphevet.is_(None), Krav.sak_id.is_not(None), Krav.slag == Kravslag.BEGRENSNING)
