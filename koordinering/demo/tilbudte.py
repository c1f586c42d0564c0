"""What the inclusion consultant has under way in the made-up town: offered places, answers, and a draft proposal."""

import random
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from koordinering.audit import Hva, Innslag
from koordinering.db import OSLO
from koordinering.saker.models import Hendelse, Henvisning
from koordinering.tildeling.models import Forslag, Forslagslinje, Forslagstilbud, Plasstilbud
from koordinering.tildeling.queries import forslag as runder
from koordinering.tildeling.queries.tilbudt import neste_kandidater
from koordinering.tildeling.rules.runde import TELLER_SOM_TILBUDT, Tilbudssvar
from koordinering.tildeling.services.forslag import loesning, skriv_loesning
from koordinering.tiltak.models import Plass, Tilbud
from koordinering.tiltak.rules import Plasstilstand
from koordinering.users import Enhet, User

_FRIST = timedelta(days=6)
_SER_PAA = 60
"""Offers that are looked through for somebody to offer a place."""
_HENDELSE = {Tilbudssvar.NEI: "takket_nei", Tilbudssvar.UTLOEPT: "tilbud_utloept"}


def tilby_i_byen(session: Session, gir: Mapping[str, int], froe: int, dag: date) -> None:
    """Offer places to some who wait, as if done in the days before; some have said no, and some have not answered.

    `gir`: the user of each unit who gives. Inside the caller's transaction, after the town is written.
    """
    rng = random.Random(froe)  # noqa: S311 - made-up data that must come out the same each time
    query = select(Tilbud).where(Tilbud.trukket.is_(None), Tilbud.sesong_til >= dag).options(joinedload(Tilbud.tiltak))
    spurt: set[int] = set()
    for tilbud in session.scalars(query.order_by(Tilbud.id).limit(_SER_PAA)).all():
        passer = [h for h in neste_kandidater(tilbud) if h.id not in spurt][:2]
        spurt |= {h.id for h in passer}
        for nr, henvisning in enumerate(passer):
            plass = _ledig(session, tilbud)
            if plass is None:
                break
            svar = Tilbudssvar.VENTER if nr == 0 else rng.choice(sorted(TELLER_SOM_TILBUDT))
            _tilby(session, _Tilbyr(henvisning, tilbud, plass, svar, gir[tilbud.enhet_id]), rng, dag)
        session.flush()
    _utkast(session, gir, rng, dag)


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
    _logg(session, hva, tid, t.user_id if egen else None, ("henvisning", h.id, h.mottaker_id))


def _logg(session: Session, hva: Hva, tid: datetime, user_id: int | None, ting: tuple[str, int, str | None]) -> None:
    slag, id_, enhet_id = ting
    roller = ",".join(sorted(session.get_one(User, user_id).roller)) if user_id is not None else ""
    session.add(
        Innslag(tid=tid, hva=hva, user_id=user_id, roller=roller, enhet_id=enhet_id, gjelder=slag, gjelder_id=id_)
    )


def _utkast(session: Session, gir: Mapping[str, int], rng: random.Random, dag: date) -> None:
    """A draft of each unit that keeps offers and has somebody in the queue, made the evening before."""
    laget = datetime.combine(dag, time(), tzinfo=OSLO) - timedelta(hours=9)
    for enhet in session.scalars(select(Enhet).where(Enhet.id.in_(select(Tilbud.enhet_id))).order_by(Enhet.id)):
        user = session.get_one(User, gir[enhet.id])
        query = select(Tilbud).where(Tilbud.enhet_id == enhet.id, Tilbud.trukket.is_(None), Tilbud.sesong_til >= dag)
        tilbud = list(session.scalars(query.options(joinedload(Tilbud.tiltak)).order_by(Tilbud.id)))
        if not tilbud:
            continue
        koeer = {id_: runder.i_runden(user, id_) for id_ in sorted({t.tiltak_id for t in tilbud})}
        lengste, henvisninger = max(koeer.items(), key=lambda koe: len(koe[1]))
        tilbud = [t for t in tilbud if t.tiltak_id == lengste][: runder.MAKS_TILBUD]
        if henvisninger:
            _ett_utkast(session, user, tilbud, henvisninger, rng, laget)


def _ett_utkast(
    session: Session,
    user: User,
    tilbud: list[Tilbud],
    henvisninger: list[Henvisning],
    rng: random.Random,
    laget: datetime,
) -> None:
    lodd = {t.id: rng.getrandbits(62) for t in tilbud}
    forslag = Forslag(
        id=rng.getrandbits(62) | 1,
        enhet_id=tilbud[0].enhet_id,
        tiltak_id=tilbud[0].tiltak_id,
        laget=laget,
        laget_av=user.id,
    )
    forslag.tilbud = [Forslagstilbud(tilbud_id=id_, lodd=nummer) for id_, nummer in lodd.items()]
    forslag.linjer = [
        Forslagslinje(id=rng.getrandbits(62) | 1, henvisning_id=h.id, orden=nr) for nr, h in enumerate(henvisninger, 1)
    ]
    session.add(forslag)
    session.flush()
    grunnlag = runder.grunnlag(user, henvisninger, sorted(tilbud, key=lambda t: lodd[t.id]), {})
    skriv_loesning(forslag, forslag.linjer, loesning(grunnlag))
    _logg(session, Hva.FORSLAG_LAGET, laget, user.id, ("forslag", forslag.id, forslag.enhet_id))
    session.flush()
