"""Narrowing a queue by what its receiver may see of each child, and by nothing else."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, Text, and_, cast, func, null, or_, select

from koordinering.db import db, i_dag
from koordinering.saker.models import Barn, Henvisning, Hjemmel, Oenske, Samtykke
from koordinering.saker.rules.innsyn import dekkes_av
from koordinering.saker.rules.samtykke import FAMILIEN
from koordinering.sider import STOERRELSE, Side, hent_side
from koordinering.tildeling.queries.innsyn import INNHOLD
from koordinering.tildeling.queries.koe import VENTEORDEN, koedeler
from koordinering.tildeling.rules import Aldersgruppe, foedselsaar_i
from koordinering.tiltak.rules import Aktivitet
from koordinering.users import User

T = TypeVar("T", bound=Select[Any])


@dataclass(frozen=True)
class Koefilter:
    """What a queue is narrowed by; empty fields narrow nothing."""

    oenske: Aktivitet | None = None
    """An activity among the child's wishes."""
    gruppe: Aldersgruppe | None = None


def snevr_inn(query: T, filter_: Koefilter) -> T:
    """The referrals that the filter asks for, as far as the consent tells their receiver; the rest are left out.

    A filter must not tell what the page does not: a child whose wish is not told is not found by it.
    """
    if filter_.oenske is not None:
        oensket = select(Oenske.barn_id).where(Oenske.barn_id == Henvisning.barn_id, Oenske.aktivitet == filter_.oenske)
        query = query.where(oensket.exists(), _faar_se("oenske.aktivitet"))
    if filter_.gruppe is not None:
        fra, til = foedselsaar_i(filter_.gruppe, i_dag().year)
        i_gruppen = select(Barn.id).where(Barn.id == Henvisning.barn_id, Barn.foedselsaar.between(fra, til))
        query = query.where(i_gruppen.exists(), _faar_se("barn.foedselsaar"))
    return query


def koeside(
    user: User, tiltak: Collection[str], filter_: Koefilter, noekkel: str = "", stoerrelse: int = STOERRELSE
) -> Side[Henvisning]:
    """A page of the queue of these measures, so narrowed, in waiting order."""
    deler = [snevr_inn(del_, filter_) for del_ in koedeler(user, tiltak)]
    query = select(Henvisning).options(*INNHOLD)
    return hent_side(db.session(), query, VENTEORDEN, noekkel=noekkel, stoerrelse=stoerrelse, deler=deler)


def _faar_se(felt: str) -> ColumnElement[bool]:
    """What innsyn() answers, as a condition: everything of one's own cases, else what a consent that stands covers."""
    dag = i_dag()
    hvem = func.coalesce(cast(Henvisning.barn_id, Text), FAMILIEN)
    dekker = (
        select(Samtykke.id)
        .outerjoin(Samtykke.hjemmel)
        .where(
            Samtykke.sak_id == Henvisning.sak_id,
            Samtykke.mottaker_id == Henvisning.mottaker_id,
            Samtykke.trukket.is_(None),
            Samtykke.gitt <= dag,
            or_(Samtykke.gyldig_til.is_(None), Samtykke.gyldig_til >= dag),
            or_(
                Samtykke.hjemmel_id.is_(None),
                and_(Hjemmel.gyldig_fra <= dag, or_(Hjemmel.gyldig_til.is_(None), Hjemmel.gyldig_til >= dag)),
            ),
            or_(Samtykke.gjelder.is_(null()), cast(Samtykke.gjelder, Text).contains('"' + hvem + '"')),
            cast(Samtykke.opplysninger, Text).contains(f'"{dekkes_av(felt).value}"', autoescape=True),
        )
    )
    return or_(Henvisning.avsender_id == Henvisning.mottaker_id, dekker.exists())
