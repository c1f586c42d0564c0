"""Which cases the database has other marks of than those they should have."""

from typing import Any

from sqlalchemy import Select, column, select, table

from koordinering.db import db
from koordinering.saker.models import Sak, Saksmerke

_NAA = table("saksmerke_naa", column("sak_id"), column("merke"))


def skal_ha() -> Select[Any]:
    """The marks that cases should have, as rows of Saksmerke, worked out from the referrals: one from each of them."""
    return select(Sak.enhet_id, _NAA.c.merke, Sak.opprettet, Sak.id).join(Sak, Sak.id == _NAA.c.sak_id)


def feilmerkede() -> list[int]:
    """Cases that lack a mark or have one too many. All cases are looked at: half a minute at a million referrals."""
    har = select(Saksmerke.enhet_id, Saksmerke.merke, Saksmerke.opprettet, Saksmerke.sak_id)
    mangler, for_mye = skal_ha().except_(har).subquery(), har.except_(skal_ha()).subquery()
    return list(db.session.scalars(select(mangler.c.id).union(select(for_mye.c.sak_id)).order_by("id")))
