"""What the inclusion consultant has under way in the made-up town: offered places, and answers."""

import random
from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from koordinering.audit import Hva, Innslag
from koordinering.db import OSLO
from koordinering.saker.models import Hendelse, Henvisning
from koordinering.tildeling.models import Plasstilbud
from koordinering.tildeling.queries.tilbudt import neste_kandidater
from koordinering.tildeling.rules.runde import TELLER_SOM_TILBUDT, Tilbudssvar
from koordinering.tiltak.models import Plass, Tilbud
from koordinering.tiltak.rules import Plasstilstand
from koordinering.users import User

_FRIST = timedelta(days=6)
_SER_PAA = 60
"""Offers that are looked through for somebody to offer a place."""
_HOEYST_VENTER = 2
"""Offers of one unit that are not answered: the rest of those who fit are left for the proposal."""
_HENDELSE = {Tilbudssvar.NEI: "takket_nei", Tilbudssvar.UTLOEPT: "tilbud_utloept"}


def tilby_i_byen(session: Session, gir: Mapping[str, int], froe: int, dag: date) -> None:
    """Offer places to some who wait, as if done in the days before; some have said no, and some have not answered.

    `gir`: the user of each unit who gives. Inside the caller's transaction, after the town is written.
    """
    rng = random.Random(froe)  # noqa: S311 - made-up data that must come out the same each time
    query = select(Tilbud).where(Tilbud.trukket.is_(None), Tilbud.sesong_til >= dag).options(joinedload(Tilbud.tiltak))
    spurt, venter = set[int](), Counter[str]()
    for tilbud in session.scalars(query.order_by(Tilbud.id).limit(_SER_PAA)).all():
        if venter[tilbud.enhet_id] >= _HOEYST_VENTER:
            continue
        passer = [h for h in neste_kandidater(tilbud) if h.id not in spurt][:2]
        venter[tilbud.enhet_id] += bool(passer)
        spurt |= {h.id for h in passer}
        for nr, henvisning in enumerate(passer):
            plass = _ledig(session, tilbud)
            if plass is None:
                break
            svar = Tilbudssvar.VENTER if nr == 0 else rng.choice(sorted(TELLER_SOM_TILBUDT))
            _tilby(session, _Tilbyr(henvisning, tilbud, plass, svar, gir[tilbud.enhet_id]), rng, dag)
        session.flush()


def _ledig(session: Session, tilbud: Tilbud) -> Plass | None:
    query = select(Plass).where(Plass.beholdning_id == tilbud.beholdning_id, Plass.tilstand == Plasstilstand.LEDIG)
    return session.scalar(query.order_by(Plass.nummer).limit(1))


class _Tilbyr:
    """One place to one child, by one person."""

    def __init__(self, h: Henvisning, tilbud: Tilbud, plass: Plass, svar: Tilbudssvar, user_id: int) -> None:
        self.henvisning, self.tilbud, self.plass, self.svar, self.user_id = h, tilbud, plass, svar, user_id


def _tilby(session: Session, t: _Tilbyr, rng: random.Random, dag: date) -> None:
    h, venter = t.henvisning, t.svar is Tilbudssvar.VENTER
    laget = h.endret + timedelta(minutes=rng.randint(1, 4))
    frist = datetime.combine(dag, time(23, 59), tzinfo=OSLO) + _FRIST if venter else laget + timedelta(minutes=30)
    session.add(
        Plasstilbud(
            id=rng.getrandbits(62) | 1,
            henvisning_id=h.id,
            plass_id=t.plass.id,
            tilbud_id=t.tilbud.id,
            laget=laget,
            laget_av=t.user_id,
            frist=frist,
            svar=t.svar,
            svart=None if venter else laget + timedelta(minutes=10),
        )
    )
    _hendelse(session, t, "tilbudt", laget, Hva.TILBUDT)
    if venter:
        h.svar_innen = frist
        t.plass.tilstand = Plasstilstand.TILBUDT
    else:
        _hendelse(session, t, _HENDELSE[t.svar], laget + timedelta(minutes=10), Hva.TATT_TILBAKE)
    session.flush()


def _hendelse(session: Session, t: _Tilbyr, slag: str, tid: datetime, hva: Hva) -> None:
    h = t.henvisning
    egen = slag == "tilbudt"
    session.add(
        Hendelse(
            henvisning_id=h.id,
            tid=tid,
            user_id=t.user_id if egen else None,
            enhet_id=h.mottaker_id if egen else None,
            slag=slag,
            til=str(t.plass.nummer),
        )
    )
    logg(session, hva, tid, t.user_id if egen else None, ("henvisning", h.id, h.mottaker_id))


def logg(session: Session, hva: Hva, tid: datetime, user_id: int | None, ting: tuple[str, int, str | None]) -> None:
    """An entry of the log, as it would have been written then."""
    slag, id_, enhet_id = ting
    roller = ",".join(sorted(session.get_one(User, user_id).roller)) if user_id is not None else ""
    session.add(
        Innslag(tid=tid, hva=hva, user_id=user_id, roller=roller, enhet_id=enhet_id, gjelder=slag, gjelder_id=id_)
    )
