"""What may be seen of a referral by the unit that has sent or received it."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import joinedload

from koordinering.access import vilkaar
from koordinering.db import db, i_dag
from koordinering.errors import FinnesIkke
from koordinering.roles import Rettighet
from koordinering.saker.models import Barn, Henvisning, Hjemmel, Sak, Samtykke
from koordinering.saker.rules.behov import Behov, Opplysning
from koordinering.saker.rules.innsyn import mottaker_ser
from koordinering.saker.rules.samtykke import naar
from koordinering.saker.services.overgang import grunnlag_som_staar
from koordinering.tildeling.rules import Aldersgruppe, aldersgruppe
from koordinering.tiltak.rules import Aktivitet
from koordinering.users import User

INNHOLD = (
    joinedload(Henvisning.tiltak),
    joinedload(Henvisning.barn).selectinload(Barn.oensker),
    joinedload(Henvisning.sak).selectinload(Sak.behov),
    joinedload(Henvisning.sak).selectinload(Sak.samtykker).joinedload(Samtykke.hjemmel),
)
"""What a page about a referral shows, and what decides how much of it: the same few queries for any number."""


@dataclass(frozen=True)
class Innsyn:
    """What the consent or authority lets the receiver see; None and empty where it does not."""

    felter: frozenset[str]
    """The fields that may be seen, as saker.rules.innsyn names them."""
    referanse: str | None
    alder: Aldersgruppe | None
    oensker: tuple[Aktivitet, ...]
    behov: tuple[Behov, ...]
    avsender_id: str | None


def innsyn(henvisning: Henvisning) -> Innsyn:
    """What the receiving unit may see of this referral; everything of its own unit's cases."""
    sak, barn = henvisning.sak, henvisning.barn
    ser = felter(_tillatt(henvisning), egen=henvisning.mottaker_id == sak.enhet_id, sperret=henvisning.sperret)
    return Innsyn(
        felter=ser,
        referanse=sak.referanse if "sak.referanse" in ser else None,
        alder=aldersgruppe(barn.foedselsaar, i_dag().year) if barn and "barn.foedselsaar" in ser else None,
        oensker=tuple(o.aktivitet for o in barn.oensker) if barn and "oenske.aktivitet" in ser else (),
        behov=tuple(b.behov for b in sak.behov) if "sak_behov.behov" in ser else (),
        avsender_id=henvisning.avsender_id if "henvisning.avsender_id" in ser else None,
    )


def felter(tillatt: Collection[Opplysning], *, egen: bool, sperret: bool) -> frozenset[str]:
    """The fields that the receiver of a referral sees: all of its own unit's cases, the fewest of a locked one."""
    if sperret:
        return mottaker_ser(())
    return mottaker_ser(tuple(Opplysning) if egen else tillatt)


def _tillatt(henvisning: Henvisning) -> frozenset[Opplysning]:
    """What the consents and authorities that reach the referral's child, or the family, let its receiver see."""
    staar = grunnlag_som_staar(henvisning.sak, henvisning.mottaker_id or "")
    return frozenset(Opplysning(o) for s in staar if naar(s.gjelder, henvisning.barn_id) for o in s.opplysninger)


def henvisning(user: User, henvisning_id: int) -> Henvisning:
    """A referral that the user's unit has sent, or has received and may see. Raises FinnesIkke."""
    naas = or_(vilkaar(Henvisning, user, Rettighet.SAK_LES), vilkaar(Henvisning, user, Rettighet.HENVISNING_MOTTA))
    funnet = db.session.scalar(select(Henvisning).where(Henvisning.id == henvisning_id, naas).options(*INNHOLD))
    if funnet is None:
        raise FinnesIkke
    return funnet


def med_utloept_grunnlag() -> list[int]:
    """Ids of referrals that a receiver sees and for which some consent or authority has run out, in a fixed order.

    Another may still stand: ask har_grunnlag.
    """
    dag = i_dag()
    om_samme = and_(Samtykke.sak_id == Henvisning.sak_id, Samtykke.mottaker_id == Henvisning.mottaker_id)
    query = select(Henvisning.id).join(Samtykke, om_samme).outerjoin(Samtykke.hjemmel)
    query = query.where(
        Henvisning.synlig,
        ~Henvisning.sperret,
        Henvisning.mottaker_id != Henvisning.avsender_id,
        Samtykke.trukket.is_(None),
        or_(Samtykke.gyldig_til < dag, Hjemmel.gyldig_til < dag),
    )
    return list(db.session.scalars(query.distinct().order_by(Henvisning.id)))
