"""What the units of a coordination share: the time line, notes, and what they have agreed on."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, or_, select
from sqlalchemy.orm import joinedload

from koordinering.db import db, now
from koordinering.saker.models import Henvisning, Sak
from koordinering.saker.rules.overganger import Status
from koordinering.saker.samordning.models import Samordning, Samordningsavtale, Samordningsnotat
from koordinering.saker.samordning.queries.adgang import Adgang
from koordinering.saker.samordning.queries.rekkevidde import andre_saker, dekket, fra_ulaast, staar
from koordinering.saker.samordning.rules import MAKS_VIST, Avtaleslag
from koordinering.sider import Side, hent_side


def tidslinje(adgang_: Adgang, noekkel: str = "") -> Side[Henvisning]:
    """A page of the referrals of the cases that the consent reaches, the newest first. Empty when it does not stand.

    Drafts, and what waits for the consent of its receiver, are not sent and not shown.
    """
    reist = or_(Henvisning.sendt.is_not(None), Henvisning.status == Status.VIST_TIL)
    query = (
        select(Henvisning)
        .join(Samordning, Samordning.id == adgang_.samordning.id)
        .where(
            staar(),
            or_(Henvisning.sak_id == Samordning.sak_id, Henvisning.sak_id.in_(andre_saker())),
            dekket(Henvisning),
            reist,
        )
        .options(joinedload(Henvisning.tiltak), joinedload(Henvisning.sak).joinedload(Sak.enhet))
    )
    return hent_side(db.session(), query, [Henvisning.opprettet, Henvisning.id], synkende=True, noekkel=noekkel)


def notater(adgang_: Adgang) -> list[Samordningsnotat]:
    """The newest notes, newest first; none for a unit that has none, or for others than the registering one after."""
    if not adgang_.notater:
        return []
    query = select(Samordningsnotat).where(
        Samordningsnotat.samordning_id == adgang_.samordning.id, fra_ulaast(Samordningsnotat)
    )
    query = query.order_by(Samordningsnotat.tid.desc(), Samordningsnotat.id.desc()).limit(MAKS_VIST)
    return list(db.session.scalars(query))


def avtaler(adgang_: Adgang) -> list[Samordningsavtale]:
    """What the units have agreed on, step by step, the newest first."""
    query = select(Samordningsavtale).where(
        Samordningsavtale.samordning_id == adgang_.samordning.id, fra_ulaast(Samordningsavtale)
    )
    return list(db.session.scalars(query.order_by(Samordningsavtale.id.desc()).limit(MAKS_VIST)))


_SISTE = (
    select(func.max(Samordningsavtale.id))
    .where(Samordningsavtale.samordning_id.in_(bindparam("ider", expanding=True)), fra_ulaast(Samordningsavtale))
    .group_by(Samordningsavtale.samordning_id, Samordningsavtale.slag)
)
_GJELDENDE = select(Samordningsavtale).where(Samordningsavtale.id.in_(_SISTE))


def gjeldende(samordning_ider: Collection[int]) -> Mapping[tuple[int, Avtaleslag], Samordningsavtale]:
    """The newest step of each kind, of several coordinations at once."""
    rader = db.session.scalars(_GJELDENDE, {"ider": sorted(samordning_ider)})
    return {(rad.samordning_id, rad.slag): rad for rad in rader}


@dataclass(frozen=True)
class Avtalt:
    """What holds now: the meeting that is to come, and who follows up."""

    moete: datetime | None
    hvem: str


def avtalt(samordning_ider: Collection[int]) -> Mapping[int, Avtalt]:
    """What holds now in several coordinations. One query, and none where there are none."""
    siste, naa = gjeldende(samordning_ider) if samordning_ider else {}, now()
    ut: dict[int, Avtalt] = {}
    for en in samordning_ider:
        moetet, oppfoelger = siste.get((en, Avtaleslag.MOETE)), siste.get((en, Avtaleslag.OPPFOELGER))
        kommer = moetet is not None and moetet.moete is not None and moetet.moete >= naa
        ut[en] = Avtalt(moetet.moete if moetet and kommer else None, oppfoelger.hvem if oppfoelger else "")
    return ut
