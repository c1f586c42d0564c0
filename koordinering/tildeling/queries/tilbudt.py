"""Places that are offered with a deadline, and who is next when one is not taken."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Select, select, union_all
from sqlalchemy.orm import joinedload

from koordinering.db import db
from koordinering.saker.models import Henvisning
from koordinering.saker.rules.overganger import Status
from koordinering.tildeling.models import Plasstilbud, Tildeling
from koordinering.tildeling.queries.fakta import grunner_mot_tilbud, kandidater, plasser_i
from koordinering.tildeling.queries.innsyn import INNHOLD, innsyn
from koordinering.tildeling.queries.koe import VENTEORDEN, foer
from koordinering.tildeling.rules import Hvorfor
from koordinering.tildeling.rules.runde import Tilbudssvar
from koordinering.tiltak.models import Plass, Tilbud

SER_ETTER = 200
"""How far down the list somebody is looked for who can be offered a place."""


def aapent(henvisning: Henvisning) -> Plasstilbud | None:
    """What the referral is offered now; None when nothing is."""
    return aapne([henvisning]).get(henvisning.id)


def siste(henvisning: Henvisning) -> Plasstilbud | None:
    """What the referral was offered last, answered or not."""
    query = select(Plasstilbud).where(Plasstilbud.henvisning_id == henvisning.id)
    return db.session.scalars(query.order_by(Plasstilbud.laget.desc(), Plasstilbud.id.desc()).limit(1)).first()


def aapne(henvisninger: Collection[Henvisning]) -> Mapping[int, Plasstilbud]:
    """What each of these referrals is offered now, by the referral's id; one query."""
    query = (
        select(Plasstilbud)
        .where(
            Plasstilbud.henvisning_id.in_(sorted(h.id for h in henvisninger)),
            Plasstilbud.svar == Tilbudssvar.VENTER,
        )
        .options(joinedload(Plasstilbud.plass), joinedload(Plasstilbud.tilbud))
    )
    return {p.henvisning_id: p for p in db.session.scalars(query)}


def utloepte(naa: datetime) -> list[int]:
    """Ids of the offers that nobody has answered in time, the oldest first; not of a case that is locked."""
    query = select(Plasstilbud.id).join(Plasstilbud.henvisning).where(~Henvisning.sperret)
    query = query.where(Plasstilbud.svar == Tilbudssvar.VENTER, Plasstilbud.frist < naa)
    return list(db.session.scalars(query.order_by(Plasstilbud.frist, Plasstilbud.id)))


def neste_kandidater(tilbud: Tilbud, *, sist: int | None = None) -> list[Henvisning]:
    """Those on the waiting list who fit an offer and wish for it, or wish for nothing told; in waiting order.

    Weighed on each family's own case: the offering itself asks across cases. Who has said no to this offer is not
    asked again. `sist`: whose deadline has just passed comes after the others.
    """
    sa_nei = select(Plasstilbud.henvisning_id).where(
        Plasstilbud.tilbud_id == tilbud.id, Plasstilbud.svar == Tilbudssvar.NEI
    )
    query = _venter_paa(tilbud).where(Henvisning.id.not_in(sa_nei)).limit(SER_ETTER)
    passer = _passer_for(tilbud, db.session.scalars(query).unique().all())
    return sorted(passer, key=lambda h: h.id == sist)


def foran_om_plass(henvisning: Henvisning, tilbud: Tilbud, *, hoeyst: int) -> list[Henvisning]:
    """Those who stand before this referral on the waiting list, and whom the offer fits and who wish for it.

    Looks at so many of the list as `hoeyst` says. Weighed on each family's own case, as for who is next.
    """
    query = _venter_paa(tilbud).where(foer(henvisning)).limit(hoeyst)
    return _passer_for(tilbud, db.session.scalars(query).unique().all())


def _venter_paa(tilbud: Tilbud) -> Select[Henvisning]:
    """The waiting list of the offer's measure, in waiting order."""
    return (
        select(Henvisning)
        .where(
            Henvisning.tiltak_id == tilbud.tiltak_id,
            Henvisning.mottaker_id == tilbud.enhet_id,
            Henvisning.synlig,
            ~Henvisning.sperret,
            Henvisning.status == Status.VENTELISTE,
        )
        .options(*INNHOLD)
        .order_by(*VENTEORDEN)
    )


def _passer_for(tilbud: Tilbud, liste: Sequence[Henvisning]) -> list[Henvisning]:
    fakta, ting = kandidater(liste), plasser_i({tilbud.id: tilbud})[tilbud.id]
    passer = [h for h in liste if not set(grunner_mot_tilbud(None, fakta[h.id], ting, h)) - {Hvorfor.KAN_IKKE_NAA}]
    return [h for h in passer if tilbud.aktivitet in (oensker := innsyn(h).oensker) or not oensker]


def sist_holdt(henvisning: Henvisning) -> tuple[Plass, Tilbud] | None:
    """The place in an offer that the referral last had or was offered, and which offer it is; None when none was."""
    gitt = select(Tildeling.plass_id, Tildeling.gitt.label("tid")).where(
        Tildeling.henvisning_id == henvisning.id, Tildeling.plass_id.is_not(None)
    )
    tilbudt = select(Plasstilbud.plass_id, Plasstilbud.laget).where(Plasstilbud.henvisning_id == henvisning.id)
    holdt = union_all(gitt, tilbudt).subquery()
    query = (
        select(Plass, Tilbud)
        .join(holdt, holdt.c.plass_id == Plass.id)
        .join(Tilbud, Tilbud.beholdning_id == Plass.beholdning_id)
        .options(joinedload(Tilbud.tiltak))
        .order_by(holdt.c.tid.desc(), Plass.id)
        .limit(1)
    )
    rad = db.session.execute(query).one_or_none()
    return (rad[0], rad[1]) if rad is not None else None
