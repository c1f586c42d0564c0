"""Where a user gets into a coordination from, and who can be named in one."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from sqlalchemy import Select, bindparam, exists, not_, or_, select, union
from sqlalchemy.orm import aliased, selectinload

from koordinering.access import innenfor, rekkevidde, visible
from koordinering.db import db, i_dag
from koordinering.errors import FinnesIkke
from koordinering.kolonnetyper import HELTALL
from koordinering.roles import Omfang, Rettighet
from koordinering.saker.models import Barn, Henvisning, Sak
from koordinering.saker.queries.saker import har_rettighet
from koordinering.saker.queries.saker import kolleger as med_rettighet
from koordinering.saker.samordning.models import Samordning, SamordningEnhet
from koordinering.saker.samordning.queries.rekkevidde import DELTA, andre_saker, deltakere, med_mottatt, staar
from koordinering.saker.samordning.rules import gjelder, har_notater
from koordinering.tiltak.models import Tiltak
from koordinering.users import Enhet, Rolletildeling, User


@dataclass(frozen=True)
class Adgang:
    """Where somebody stands in a coordination: for which unit, and from which case."""

    deltaker: SamordningEnhet
    sak_id: int
    """The own case, or for a receiving unit the case that the referral is from. What is written goes with it."""

    @property
    def samordning(self) -> Samordning:
        """The consent."""
        return self.deltaker.samordning

    @property
    def gjelder(self) -> bool:
        """Whether the consent stands today; the unit that registered it also finds one that has ended."""
        s = self.samordning
        return gjelder(s.gitt, s.gyldig_til, s.trukket, i_dag())

    @property
    def notater(self) -> bool:
        """Whether the unit writes and reads notes here."""
        andre = [e.enhet.helse for e in self.samordning.enheter if e is not self.deltaker]
        return har_notater(self.deltaker.enhet.helse, andre)


def fra_sak(user: User, sak: Sak) -> list[SamordningEnhet]:
    """The unit's lines in what stands and reaches this case, the newest first. The case is one the user may open."""
    query = _fra_sak(frozenset(rekkevidde(user, DELTA).items()), i_dag())
    return list(db.session.scalars(query, {"sak": sak.id, "enhet": sak.enhet_id}))


@lru_cache(maxsize=64)
def _fra_sak(reach: frozenset[tuple[Omfang, frozenset[str]]], dag: date) -> Select[SamordningEnhet]:
    """Made once a day for all who reach the same: putting it together costs more than asking it."""
    sak_id, deres, vaart = bindparam("sak", type_=HELTALL), aliased(Barn), aliased(Barn)
    med_samme_barn = (
        select(deres.sak_id).join(vaart, vaart.blindindeks == deres.blindindeks).where(vaart.sak_id == sak_id)
    )
    egen = select(Sak.id).where(Sak.id == sak_id)
    return deltakere().where(
        staar(dag),
        SamordningEnhet.enhet_id == bindparam("enhet"),
        Samordning.sak_id.in_(union(egen, med_samme_barn)),
        or_(Samordning.sak_id == sak_id, andre_saker().where(Sak.id == sak_id).exists()),
        innenfor(SamordningEnhet, dict(reach)),
    )


_REGISTRERTE = (
    select(Samordning)
    .where(Samordning.sak_id == bindparam("sak"))
    .options(selectinload(Samordning.enheter))
    .order_by(Samordning.registrert.desc(), Samordning.id.desc())
)


def registrerte(sak: Sak) -> list[Samordning]:
    """The consents that stand on the case itself, also those that have ended, the newest first."""
    return list(db.session.scalars(_REGISTRERTE, {"sak": sak.id}))


def fra_henvisning(user: User, henvisning: Henvisning) -> list[SamordningEnhet]:
    """The receiving unit's lines in what stands and covers this referral, the newest first."""
    query = deltakere().where(
        staar(),
        SamordningEnhet.enhet_id == henvisning.mottaker_id,
        med_mottatt(bare=henvisning.id),
    )
    return list(db.session.scalars(visible(query, SamordningEnhet, user, DELTA)))


def henvisning(user: User, henvisning_id: int) -> Henvisning:
    """A referral that the user reaches for coordinating: received, or the unit's own. Else FinnesIkke."""
    query = select(Henvisning).where(Henvisning.id == henvisning_id)
    funnet = db.session.scalar(visible(query, Henvisning, user, DELTA))
    if funnet is None:
        raise FinnesIkke
    return funnet


def adgang(linjer: Collection[SamordningEnhet], sak_id: int, samordning_id: int) -> Adgang:
    """The one asked for among those the user reaches. Raises FinnesIkke."""
    funnet = next((d for d in linjer if d.samordning_id == samordning_id), None)
    if funnet is None:
        raise FinnesIkke
    return Adgang(funnet, sak_id)


def egen_eller_staaende(user: User, sak: Sak) -> list[SamordningEnhet]:
    """As fra_sak, and also what the unit itself has registered on the case and has ended."""
    egne = deltakere().where(Samordning.sak_id == sak.id, SamordningEnhet.enhet_id == sak.enhet_id)
    naa = fra_sak(user, sak)
    ider = {d.id for d in naa}
    return [*naa, *(d for d in db.session.scalars(visible(egne, SamordningEnhet, user, DELTA)) if d.id not in ider)]


def samordning(user: User, sak: Sak, samordning_id: int) -> Samordning:
    """A consent that stands on this case, for whoever may register in it. Raises FinnesIkke."""
    query = select(Samordning).join(Samordning.sak).where(Samordning.id == samordning_id, Sak.id == sak.id)
    funnet = db.session.scalar(visible(query, Sak, user, Rettighet.SAK_REGISTRER))
    if funnet is None:
        raise FinnesIkke
    return funnet


def kan_nevnes(sak: Sak) -> list[Enhet]:
    """The other units that a family can name: they refer or receive, and somebody there can take part."""
    med_folk = exists().where(har_rettighet(Enhet.id, DELTA), Rolletildeling.user_id == User.id, not_(User.laast))
    deltar = or_(Enhet.henviser, Enhet.id.in_(select(Tiltak.mottaker_id)))
    query = select(Enhet).where(Enhet.id != sak.enhet_id, med_folk, deltar)
    return list(db.session.scalars(query.order_by(Enhet.orden, Enhet.id)))


def kolleger(enhet_id: str) -> list[User]:
    """Those in the unit who can follow up."""
    return med_rettighet(enhet_id, DELTA)
