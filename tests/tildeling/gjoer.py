"""Short words for what these tests do again and again, each in a transaction of its own."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from sqlalchemy import select
from werkzeug.test import TestResponse

from koordinering.db import db, transaction
from koordinering.saker.models import Henvisning, Sak
from koordinering.saker.rules.overganger import Status
from koordinering.tildeling import services
from koordinering.tildeling.models import Plasstilbud, Tildeling
from koordinering.tildeling.rules.runde import Tilbudssvar
from koordinering.tiltak.models import Beholdning, Plass, Tilbud
from koordinering.tiltak.rules import Plasstilstand
from koordinering.users import User
from tests import fabrikk
from tests.nettleser import Nettleser


class LeserPaaNytt(Nettleser):
    """A browser after whose every request the test sees what was written."""

    def som(self, user: User) -> "LeserPaaNytt":
        """A new browser, signed in as this user."""
        user_id = user.id
        db.session.rollback()
        return LeserPaaNytt(self.app, user_id)

    def _kjoer(self, metode: str, url: str, **kw: Any) -> TestResponse:
        svar = super()._kjoer(metode, url, **kw)
        db.session.rollback()
        return svar


def gjoer(tjeneste: Callable[..., Any], henvisning: Henvisning | int, *valg: Any, av: User, **kw: Any) -> Any:
    """Run one service on a referral, as a request would."""
    id_ = henvisning if isinstance(henvisning, int) else henvisning.id
    with transaction():
        av = db.session.get_one(User, av.id)
        valg = tuple(db.session.get_one(type(v), v.id) if isinstance(v, Tilbud) else v for v in valg)
        return tjeneste(db.session.get_one(Henvisning, id_), *valg, av=av, **kw)


def ta_imot(sak: Sak, av: User, nr: int = 0) -> Henvisning:
    """The case's referral, received and under way."""
    henvisning = sak.henvisninger[nr]
    gjoer(services.ta_imot, henvisning, av=av)
    return henvisning


def venter_paa_plass(folk: Any, **barnet: Any) -> Henvisning:
    """A child that Nav has referred to a free place, and that waits for one."""
    henvisning = ta_imot(fabrikk.sak(folk.nav1, barna=[fabrikk.barn(**barnet)]), folk.inkludering1)
    gjoer(services.sett_paa_venteliste, henvisning, av=folk.inkludering1)
    return henvisning


def status(henvisning: Henvisning) -> Status:
    """Where the referral stands now."""
    return henvisning.status


def tilstander(beholdning_id: int) -> Counter[Plasstilstand]:
    """How many units are in each state."""
    return Counter(db.session.scalars(select(Plass.tilstand).where(Plass.beholdning_id == beholdning_id)))


def sjekk_beholdning(beholdning_id: int) -> None:
    """The states add up to the stock, and what is in use or offered is exactly what somebody has."""
    tall = tilstander(beholdning_id)
    antall = db.session.scalars(select(Beholdning.antall).where(Beholdning.id == beholdning_id)).one()
    assert sum(tall.values()) - tall[Plasstilstand.STENGT] == antall
    holdt = db.session.scalars(
        select(Tildeling.plass_id)
        .join(Plass, Plass.id == Tildeling.plass_id)
        .where(Plass.beholdning_id == beholdning_id, Tildeling.slutt.is_(None))
    ).all()
    assert len(holdt) == len(set(holdt)) == tall[Plasstilstand.OPPTATT]
    tilbudt = db.session.scalars(
        select(Plasstilbud.plass_id)
        .join(Plass, Plass.id == Plasstilbud.plass_id)
        .where(Plass.beholdning_id == beholdning_id, Plasstilbud.svar == Tilbudssvar.VENTER)
    ).all()
    assert len(tilbudt) == len(set(tilbudt)) == tall[Plasstilstand.TILBUDT]
