"""Which cases have had their time, which soon have, and what keeps one back: written once, for the list and the act."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    case,
    exists,
    func,
    literal,
    not_,
    or_,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute, aliased, joinedload

from koordinering.access import vilkaar
from koordinering.db import OSLO, db, i_dag
from koordinering.kolonnetyper import Utc
from koordinering.personvern.krav.models import Krav, Kravdel
from koordinering.personvern.sletting.rules import Venter, slettes_fra, trekk_fra, varsles_til
from koordinering.roles import Rettighet
from koordinering.saker.models import Hendelse, Henvisning, Sak, Saksmerke
from koordinering.saker.queries.utkast import bare_utkast, hendt_i_saken, seneste, sist_roert
from koordinering.saker.rules import utkast
from koordinering.saker.rules.merker import Merke
from koordinering.saker.rules.overganger import AAPNE, Status
from koordinering.sider import Side, hent_side
from koordinering.tildeling.models import Plasstilbud, Tildeling
from koordinering.tildeling.rules.runde import Tilbudssvar
from koordinering.tiltak.models import Tiltak
from koordinering.users import Enhet, User, kommune

VEDTAK = (Status.INNVILGET, Status.AVSLAATT)
"""A referral that comes to one of these has been decided."""


@dataclass(frozen=True)
class Snart:
    """A case on the warning list."""

    sak: Sak
    fra: date
    """The first night on which its age allows it to be deleted."""
    holdt: bool
    """Held back on that day or, when it is past, today."""
    venter: Venter | None
    """What it waits for when that night is past and it is here still; None before, and when it is held back."""


@dataclass(frozen=True)
class Stilling:
    """How many cases of one unit stand where. Numbers for those who run the installation, who see no case."""

    enhet: str
    slettes: int
    venter: int
    """On their decisions being written for the archive."""
    holdt: int
    snart: int
    """More that have had their time within the next month."""


def siste() -> ColumnElement[datetime]:
    """When something last happened in the case or a referral of it. Who keeps it and how long does not count."""
    henvist = select(func.max(Henvisning.endret)).where(Henvisning.sak_id == Sak.id)
    hendt = (
        select(func.max(Hendelse.tid))
        .join(Henvisning, Henvisning.id == Hendelse.henvisning_id)
        .where(Henvisning.sak_id == Sak.id)
    )
    return seneste(hendt_i_saken(), henvist, hendt)


def _holder_noe() -> ColumnElement[bool]:
    """Something is still given or offered: a unit is never left with nobody to give it back."""
    gitt = select(Tildeling.id).join(Henvisning, Henvisning.id == Tildeling.henvisning_id)
    tilbudt = select(Plasstilbud.id).join(Henvisning, Henvisning.id == Plasstilbud.henvisning_id)
    return or_(
        gitt.where(Henvisning.sak_id == Sak.id, Tildeling.slutt.is_(None)).correlate(Sak).exists(),
        tilbudt.where(Henvisning.sak_id == Sak.id, Plasstilbud.svar == Tilbudssvar.VENTER).correlate(Sak).exists(),
    )


def modne(dag: date, maaneder: int, *blant: ColumnElement[bool]) -> list[ColumnElement[bool]]:
    """Cases that on this day have had their time: closed for so many months, or nothing but old drafts.

    `blant` says which cases are asked about at all.
    """
    avsluttet, roert = _midnatt(trekk_fra(dag, maaneder)), _midnatt(utkast.roert_foer(dag))
    avsluttede = select(Sak.id).where(
        *blant,
        Sak.opprettet < avsluttet,
        ~exists(Henvisning.id).where(Henvisning.sak_id == Sak.id, Henvisning.status.in_(sorted(AAPNE))),
        not_(_holder_noe()),
        siste() < avsluttet,
    )
    utkastet = and_(*blant, Sak.opprettet < roert, bare_utkast(), sist_roert() < roert)
    gamle = [mulige.where(exists(Sak.id).where(Sak.id == id_, utkastet)) for id_, mulige in _kan_vaere_utkast(roert)]
    return [Sak.id.in_(union_all(avsluttede.correlate(None), *gamle))]


def _kan_vaere_utkast(foer: datetime) -> Iterator[tuple[InstrumentedAttribute[int], Select[int]]]:
    """Cases from before this moment that may be nothing but drafts, few of all: their ids' column, and what gives them.

    Those that are marked so, and the locked ones, which have no mark of a draft. Whoever asks about one unit begins
    with these too: begun with the unit's cases, each of them would be tried.
    """
    laast = aliased(Sak)
    enhetene = Saksmerke.enhet_id.in_(select(Enhet.id))  # what the marks are kept by comes first
    utkast_eller_tom = Saksmerke.merke.in_((Merke.UTKAST, Merke.TOM))
    yield Saksmerke.sak_id, select(Saksmerke.sak_id).where(enhetene, utkast_eller_tom, Saksmerke.opprettet < foer)
    yield laast.id, select(laast.id).where(laast.begrenset.is_not(None))


def _midnatt(dag: date) -> datetime:
    return datetime.combine(dag, time(), OSLO)


def fri(dag: date) -> ColumnElement[bool]:
    """Not held back on this day, not locked for the family, and no request of the family's waits for its answer."""
    krav = select(Krav.id).where(Krav.sak_id == Sak.id, Krav.ferdig.is_(None))
    deler = select(Kravdel.id).join(Kravdel.krav).where(Kravdel.sak_id == Sak.id, Krav.ferdig.is_(None))
    return and_(
        or_(Sak.holdes_til.is_(None), Sak.holdes_til < dag),
        Sak.begrenset.is_(None),
        not_(krav.correlate(Sak).exists()),
        not_(deler.correlate(Sak).exists()),
    )


def med_vedtak() -> ColumnElement[bool]:
    """A measure that is set as enkeltvedtak has been decided in it."""
    query = (
        select(Hendelse.id)
        .join(Henvisning, Henvisning.id == Hendelse.henvisning_id)
        .join(Tiltak, Tiltak.id == Henvisning.tiltak_id)
    )
    return (
        query.where(
            Henvisning.sak_id == Sak.id,
            Tiltak.enkeltvedtak,
            Hendelse.slag == "status",
            Hendelse.til.in_([status.value for status in VEDTAK]),
        )
        .correlate(Sak)
        .exists()
    )


def i_arkivet() -> ColumnElement[bool]:
    """It has no decision to keep, or they have been written for the archive and nothing has happened since."""
    return or_(not_(med_vedtak()), and_(Sak.arkivert.is_not(None), Sak.arkivert > siste()))


def forfalte(*, i_arkiv: bool = True) -> list[ColumnElement[bool]]:
    """What goes tonight (`i_arkiv`), or what would if its decisions were in the archive."""
    idag = i_dag()
    klare = i_arkivet()
    return [*modne(idag, kommune().sak_maaneder), fri(idag), klare if i_arkiv else not_(klare)]


def passert(dag: date) -> tuple[int, int]:
    """Cases that were due by that day and are there still: those that could have gone, and those whose decisions wait.

    For whoever keeps the machine, who sees that a night's run did not do its work.
    """
    gjelder = [*modne(dag, kommune().sak_maaneder), fri(i_dag())]
    teller = [
        db.session.scalar(select(func.count()).select_from(Sak).where(*gjelder, klare)) or 0
        for klare in (i_arkivet(), not_(i_arkivet()))
    ]
    return teller[0], teller[1]


def ider(hvilke: Sequence[ColumnElement[bool]]) -> list[int]:
    """Their ids, the oldest first. Read whole: what is deleted meanwhile moves nothing."""
    return list(db.session.scalars(select(Sak.id).where(*hvilke).order_by(Sak.opprettet, Sak.id)))


def snart(user: User, noekkel: str = "") -> Side[Snart]:
    """A page of the cases of the user's unit that are deleted within a month unless held back, the first ones first."""
    idag, maaneder = i_dag(), kommune().sak_maaneder
    funnet = _naar(user, idag, maaneder).subquery()

    def les(side: Select[Any]) -> list[Any]:
        return list(db.session.execute(side).all())

    orden = [funnet.c.orden, funnet.c.id]
    rader: Side[Any] = hent_side(db.session(), select(funnet), orden, noekkel=noekkel, les=les)
    hentes = select(Sak, fri(idag), i_arkivet()).where(Sak.id.in_([rad.id for rad in rader.rader]))
    hentet = db.session.execute(hentes.options(joinedload(Sak.ansvarlig)))
    saker = {sak.id: (sak, _venter(er_fri, i_arkiv)) for sak, er_fri, i_arkiv in hentet}
    linjer = [_linje(*saker[rad.id], _fra(rad.siste, rad.utkast, maaneder), idag) for rad in rader.rader]
    return Side(
        linjer, rader.forste, rader.forrige, rader.neste, rader.siste, antall=rader.antall, stoerrelse=rader.stoerrelse
    )


def _naar(user: User, idag: date, maaneder: int) -> Select[Any]:
    """What the warning list is made of: each case, whether it is nothing but drafts, when it was last touched, and
    where in the list it stands."""
    egne, til = vilkaar(Sak, user, Rettighet.SAK_HOLD), varsles_til(idag)
    tid = case((bare_utkast(), sist_roert()), else_=siste())
    funnet = (
        select(Sak.id.label("id"), bare_utkast().label("utkast"), type_coerce(tid, Utc()).label("siste"))
        .where(*modne(til, maaneder, egne))
        .subquery()
    )
    # A draft has days and another case has months: it stands where a case stands that goes the same night.
    netter = [idag + timedelta(days=nr) for nr in range((til - idag).days + 1)]
    som = [
        (funnet.c.siste < _midnatt(utkast.roert_foer(natt)), literal(_midnatt(trekk_fra(natt, maaneder)), Utc()))
        for natt in netter
    ]
    orden = case((~funnet.c.utkast, funnet.c.siste), *som, else_=funnet.c.siste)
    return select(funnet.c.id, funnet.c.utkast, funnet.c.siste, type_coerce(orden, Utc()).label("orden"))


def _venter(er_fri: bool, i_arkiv: bool) -> Venter:
    if not er_fri:
        return Venter.FAMILIEN
    return Venter.NATTEN if i_arkiv else Venter.ARKIVET


def _fra(siste: datetime, er_utkast: bool, maaneder: int) -> date:
    dag = siste.astimezone(OSLO).date()
    return utkast.slettes_fra(dag) if er_utkast else slettes_fra(dag, maaneder)


def _linje(sak: Sak, venter: Venter, fra: date, idag: date) -> Snart:
    holdt = sak.holdes_til is not None and sak.holdes_til >= max(fra, idag)
    return Snart(sak, fra, holdt, None if holdt or fra > idag else venter)


def stillingen() -> list[Stilling]:
    """How many cases of each unit stand where; units with none are left out."""
    idag, maaneder = i_dag(), kommune().sak_maaneder
    deler = (
        forfalte(),
        forfalte(i_arkiv=False),
        [*modne(idag, maaneder), not_(fri(idag))],
        modne(varsles_til(idag), maaneder),
    )
    talt = [
        dict(db.session.execute(select(Sak.enhet_id, func.count()).where(*del_).group_by(Sak.enhet_id)).all())
        for del_ in deler
    ]
    enheter = db.session.execute(select(Enhet.id, Enhet.kortnavn).order_by(Enhet.orden, Enhet.id)).all()
    ut = []
    for enhet_id, navn in enheter:
        slettes, venter, holdt, alle = (tall.get(enhet_id, 0) for tall in talt)
        if alle:
            ut.append(Stilling(navn, slettes, venter, holdt, alle - slettes - venter - holdt))
    return ut
