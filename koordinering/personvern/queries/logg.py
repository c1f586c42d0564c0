"""Pages of the access log, and files of it: the lines that a user may read."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select

from koordinering.access import require
from koordinering.audit import Innslag, loggenheter
from koordinering.db import db
from koordinering.personvern.queries.loggfilter import Loggfilter, ser_alt, stab, synlige, vilkaar
from koordinering.personvern.queries.loggvei import uten_indeks, velg_vei
from koordinering.roles import Rettighet
from koordinering.saker.models import Sak
from koordinering.sider import Side, hent_side
from koordinering.users import Enhet, User

MAKS_UTTREKK = 20_000
"""Lines in one file; `koordinering audit export` takes any number."""

_HVER_FOR_SEG = 100
"""Staff that are looked up one by one, each in the order of the index."""


@dataclass(frozen=True)
class Loggside:
    """A page of the log, and the names of the users and units on it."""

    side: Side[Innslag]
    brukernavn: Mapping[int, str]
    enheter: Mapping[str, str]
    """Names of the units that the reader may know of: a leader is not told whose case her staff opened."""


@dataclass(frozen=True)
class _Deler:
    """A leader's lines in parts that each come in an index's own order."""

    vises: Sequence[Select[int]]
    """A line can be in two of them: that of a member of the staff about the unit's own case."""
    telles: Sequence[Select[int]]
    """Each line in one. The unit's own come first: they are mostly more than are counted."""


def _utvalg(user: User, valg: Loggfilter) -> tuple[Select[Any], _Deler | None]:
    """What a row is read from, and the parts that the list is made of; no parts where the whole log is walked."""
    vei = velg_vei(user, valg)
    if vei is not None:
        resten = (synlige(user, uten_indeks), *vilkaar(vei.resten, uten_indeks))
        deler = [select(Innslag.id).where(del_, *resten) for del_ in vei.deler]
        return select(Innslag), _Deler(deler, deler)
    alt = vilkaar(valg)
    if ser_alt(user):
        return select(Innslag).where(*alt), None
    return select(Innslag), _egne(user, alt)


def _egne(user: User, alt: Sequence[ColumnElement[bool]]) -> _Deler:
    egne = sorted(loggenheter(user))
    ansatte = sorted(db.session.scalars(stab(egne).distinct()))
    andres = or_(Innslag.enhet_id.is_(None), Innslag.enhet_id.not_in(egne))
    linje = select(Innslag.id).where(*alt)
    enhetens = [linje.where(Innslag.enhet_id == enhet) for enhet in egne]
    av_stab = (
        [Innslag.user_id == en for en in ansatte] if len(ansatte) <= _HVER_FOR_SEG else [Innslag.user_id.in_(ansatte)]
    )
    return _Deler(
        [*enhetens, *(linje.where(en) for en in av_stab)], [*enhetens, *(linje.where(en, andres) for en in av_stab)]
    )


def logg(user: User, valg: Loggfilter, noekkel: str = "") -> Loggside:
    """A page of the lines the user may read, the newest first."""
    require(user, Rettighet.LOGG_LES)
    query, deler = _utvalg(user, valg)
    vises, telles = (deler.vises, deler.telles) if deler is not None else (None, None)
    side = hent_side(db.session(), query, [Innslag.id], synkende=True, noekkel=noekkel, deler=vises, telles=telles)
    return Loggside(side, navn_paa(side.rader), _enhetsnavn(user))


def uttrekk(user: User, valg: Loggfilter) -> tuple[Sequence[Innslag], Mapping[int, str], Mapping[str, str]]:
    """The lines for a file, the newest first, one more than it may hold when there are too many; and their names."""
    require(user, Rettighet.LOGG_LES)
    vei = velg_vei(user, valg)
    hvor = (
        (synlige(user), *vilkaar(valg))
        if vei is None
        else (or_(*vei.deler), synlige(user, uten_indeks), *vilkaar(vei.resten, uten_indeks))
    )
    query = select(Innslag).where(*hvor).order_by(Innslag.id.desc()).limit(MAKS_UTTREKK + 1)
    linjer = db.session.scalars(query).all()
    return linjer, navn_paa(linjer), _enhetsnavn(user)


def _enhetsnavn(user: User) -> Mapping[str, str]:
    query = select(Enhet.id, Enhet.kortnavn)
    if not ser_alt(user):
        query = query.where(Enhet.id.in_(sorted(loggenheter(user))))
    return dict(db.session.execute(query).all())


def navn_paa(linjer: Collection[Innslag]) -> Mapping[int, str]:
    """The user names on these lines."""
    ider = {i.user_id for i in linjer if i.user_id is not None}
    ider |= {i.gjelder_id for i in linjer if i.gjelder == "bruker" and i.gjelder_id is not None}
    return dict(db.session.execute(select(User.id, User.brukernavn).where(User.id.in_(ider))).all())


def saken(user: User, *, referanse: str | None = None, sak_id: int | None = None) -> Sak | None:
    """The case, by reference or id, when the user reads the log of its unit. Nothing of it is shown but these two."""
    require(user, Rettighet.LOGG_LES)
    query = select(Sak).where(Sak.referanse == referanse if referanse is not None else Sak.id == sak_id)
    if not ser_alt(user):
        query = query.where(Sak.enhet_id.in_(sorted(loggenheter(user))))
    return db.session.scalar(query)


def enheter_i_loggen(user: User) -> list[Enhet]:
    """The units whose lines the user can ask for."""
    require(user, Rettighet.LOGG_LES)
    query = select(Enhet).order_by(Enhet.orden, Enhet.navn, Enhet.id)
    if not ser_alt(user):
        query = query.where(Enhet.id.in_(sorted(loggenheter(user))))
    return list(db.session.scalars(query))
