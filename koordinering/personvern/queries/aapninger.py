"""Why cases outside somebody's own inbox were opened."""

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload

from koordinering.access import require
from koordinering.audit import loggenheter
from koordinering.db import db
from koordinering.personvern.queries.loggfilter import ser_alt
from koordinering.roles import Rettighet
from koordinering.saker.models import Aapning, Sak
from koordinering.saker.rules.innboks import Aapningsgrunn
from koordinering.sider import Side, hent_side
from koordinering.users import User


def aapninger(user: User, grunn: Aapningsgrunn | None = None, noekkel: str = "") -> Side[Aapning]:
    """A page of the answers within what the user may read of the log, the newest first; none about a locked case."""
    require(user, Rettighet.LOGG_LES)
    query = select(Aapning).join(Aapning.sak).where(Sak.begrenset.is_(None))
    query = query.options(contains_eager(Aapning.sak).joinedload(Sak.enhet), joinedload(Aapning.user))
    if not ser_alt(user):
        query = query.where(Sak.enhet_id.in_(sorted(loggenheter(user))))
    if grunn is not None:
        query = query.where(Aapning.grunn == grunn)
    return hent_side(db.session(), query, [Aapning.tid, Aapning.id], synkende=True, noekkel=noekkel)
