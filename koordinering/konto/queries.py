"""Reading accounts, rights and sessions: the user who asks comes first."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, Select, exists, false, func, or_, select, true
from sqlalchemy.orm import aliased, joinedload, selectinload

from koordinering.access import can, rekkevidde, require, vilkaar
from koordinering.db import db, i_dag, now
from koordinering.errors import FinnesIkke
from koordinering.konto.models import Okt
from koordinering.konto.rules import BEKREFTES_ETTER
from koordinering.roles import Omfang, Rettighet, Rolle
from koordinering.sider import Side, hent_side
from koordinering.tekst import N_, Kode
from koordinering.users import Enhet, Rolletildeling, User


class Brukerfilter(Kode):
    """Which accounts to look at."""

    ALLE = "alle", N_("Alle")
    ALDRI_INNE = "aldri_inne", N_("Har aldri logget inn")
    LAAST = "laast", N_("Låst")
    UTEN_ROLLE = "uten_rolle", N_("Uten rolle nå")


@dataclass(frozen=True)
class Brukersoek:
    """What the list of accounts is narrowed to; empty is everything."""

    tekst: str = ""
    """Part of the user name or the title."""
    rolle: Rolle | None = None
    enhet_id: str = ""
    filter_: Brukerfilter = Brukerfilter.ALLE


def brukere(user: User, soek: Brukersoek, noekkel: str = "") -> Side[User]:
    """A page of accounts with their roles, by user name."""
    require(user, Rettighet.BRUKER_LES)
    query = select(User).options(selectinload(User.rolletildelinger)).where(*_passer(soek))
    return hent_side(db.session(), query, [User.brukernavn], noekkel=noekkel)


def _passer(soek: Brukersoek) -> Iterable[ColumnElement[bool]]:
    har_naa = [Rolletildeling.user_id == User.id, gjelder_naa()]
    if soek.tekst:
        ord_ = soek.tekst.lower()
        yield or_(
            User.brukernavn.contains(ord_, autoescape=True),
            func.lower(User.visningsnavn).contains(ord_, autoescape=True),
        )
    if soek.rolle is not None:
        har_naa.append(Rolletildeling.rolle == soek.rolle)
    if soek.enhet_id:
        har_naa.append(Rolletildeling.enhet_id == soek.enhet_id)
    if soek.rolle is not None or soek.enhet_id:
        yield exists().where(*har_naa)
    if soek.filter_ is Brukerfilter.ALDRI_INNE:
        yield User.sist_inne.is_(None)
    elif soek.filter_ is Brukerfilter.LAAST:
        yield User.laast.is_(True)
    elif soek.filter_ is Brukerfilter.UTEN_ROLLE:
        yield ~exists().where(Rolletildeling.user_id == User.id, gjelder_naa())


def gjelder_naa() -> ColumnElement[bool]:
    """Rights that hold today."""
    dag = i_dag()
    return (Rolletildeling.fra <= dag) & (Rolletildeling.til.is_(None) | (Rolletildeling.til >= dag))


def bruker(user: User, user_id: int) -> User:
    """One account. Raises FinnesIkke."""
    require(user, Rettighet.BRUKER_LES)
    funnet = db.session.get(User, user_id)
    if funnet is None:
        raise FinnesIkke
    return funnet


def roller(user: User, eier: User) -> list[Rolletildeling]:
    """All rights of an account, also those that have ended and that have not begun: the newest first."""
    require(user, Rettighet.BRUKER_LES)
    query = (
        select(Rolletildeling)
        .where(Rolletildeling.user_id == eier.id)
        .options(joinedload(Rolletildeling.bekreftet_av))
        .order_by(Rolletildeling.fra.desc(), Rolletildeling.id.desc())
        .limit(200)
    )
    return list(db.session.scalars(query))


def rolle(user: User, rolle_id: int) -> Rolletildeling:
    """One right, for who gives rights. Raises FinnesIkke."""
    require(user, Rettighet.BRUKER_ENDRE)
    funnet = db.session.get(Rolletildeling, rolle_id)
    if funnet is None:
        raise FinnesIkke
    return funnet


def enheter(user: User) -> list[Enhet]:
    """Every unit, in the order of the plan."""
    require(user, Rettighet.BRUKER_LES)
    return list(db.session.scalars(select(Enhet).order_by(Enhet.orden, Enhet.kortnavn, Enhet.id)))


class Rettighetsfilter(Kode):
    """Which of the rights to look at."""

    ALLE = "alle", N_("Alle")
    MINE = "mine", N_("Over fristen, og din oppgave")
    FORFALT = "forfalt", N_("Over fristen")


class Hinder(Kode):
    """Why it is not for this user to confirm a right."""

    EGEN = "egen", N_("Din egen rolle må en annen bekrefte.")
    LEDEREN = "lederen", N_("Lederen i enheten bekrefter denne.")


Ledere = Mapping[str, frozenset[int]]
"""Unit to the accounts that lead it today and can sign in."""


def ledere(tildelinger: Iterable[Rolletildeling]) -> Ledere:
    """Who leads the units of these rights: one query."""
    query = (
        select(Rolletildeling.enhet_id, Rolletildeling.user_id)
        .join(User, User.id == Rolletildeling.user_id)
        .where(
            Rolletildeling.enhet_id.in_(sorted({t.enhet_id for t in tildelinger})),
            Rolletildeling.rolle == Rolle.ENHETSLEDER,
            User.laast.is_(False),
            gjelder_naa(),
        )
    )
    funnet: dict[str, set[int]] = {}
    for enhet_id, user_id in db.session.execute(query):
        funnet.setdefault(enhet_id, set()).add(user_id)
    return {enhet_id: frozenset(hvem) for enhet_id, hvem in funnet.items()}


def hinder(user: User, tildeling: Rolletildeling, alle_ledere: Ledere) -> Hinder | None:
    """Why this user may not confirm it, who reaches it; None when she may.

    The unit's leader confirms; who keeps all users does where no other leader can.
    """
    if tildeling.user_id == user.id:
        return Hinder.EGEN
    if tildeling.enhet_id in rekkevidde(user, Rettighet.RETTIGHET_BEKREFT).get(Omfang.ENHET, frozenset()):
        return None
    return Hinder.LEDEREN if alle_ledere.get(tildeling.enhet_id, frozenset()) - {tildeling.user_id} else None


def _min_oppgave(user: User) -> ColumnElement[bool]:
    """The same as hinder() in SQL, among the rights that the user reaches."""
    leder, konto = aliased(Rolletildeling), aliased(User)
    dag = i_dag()
    annen_leder = exists().where(
        leder.enhet_id == Rolletildeling.enhet_id,
        leder.user_id != Rolletildeling.user_id,
        leder.rolle == Rolle.ENHETSLEDER,
        leder.fra <= dag,
        or_(leder.til.is_(None), leder.til >= dag),
        konto.id == leder.user_id,
        konto.laast.is_(False),
    )
    rekker = rekkevidde(user, Rettighet.RETTIGHET_BEKREFT)
    egne = Rolletildeling.enhet_id.in_(sorted(rekker.get(Omfang.ENHET, ())))
    uten_leder = ~annen_leder if Omfang.ALLE in rekker else false()
    return (Rolletildeling.user_id != user.id) & (egne | uten_leder)


def rettighetsvalg(user: User, filter_: Rettighetsfilter) -> Select[Rolletildeling]:
    """The rights that hold today and that the user reaches, under a filter."""
    naadd = vilkaar(Rolletildeling, user, Rettighet.RETTIGHET_BEKREFT)
    query = select(Rolletildeling).where(naadd, gjelder_naa())
    if filter_ is not Rettighetsfilter.ALLE:
        query = query.where(Rolletildeling.bekreftet < i_dag() - BEKREFTES_ETTER)
    return query.where(_min_oppgave(user) if filter_ is Rettighetsfilter.MINE else true())


def rettigheter(user: User, filter_: Rettighetsfilter, noekkel: str = "") -> Side[Rolletildeling]:
    """A page of them, the one that was confirmed longest ago first."""
    require(user, Rettighet.RETTIGHET_BEKREFT)
    query = rettighetsvalg(user, filter_).options(
        joinedload(Rolletildeling.user), joinedload(Rolletildeling.bekreftet_av)
    )
    return hent_side(db.session(), query, [Rolletildeling.bekreftet, Rolletildeling.id], noekkel=noekkel)


def rettighet(user: User, rolle_id: int) -> Rolletildeling:
    """One right that the user is to confirm or end. Raises FinnesIkke."""
    require(user, Rettighet.RETTIGHET_BEKREFT)
    funnet = db.session.get(Rolletildeling, rolle_id)
    if funnet is None or not can(user, Rettighet.RETTIGHET_BEKREFT, funnet):
        raise FinnesIkke
    return funnet


def egne_okter(user: User, tomgang: timedelta) -> list[Okt]:
    """The user's own running sessions, the one used last first."""
    naa = now()
    query = (
        select(Okt)
        .where(
            Okt.user_id == user.id,
            Okt.avsluttet.is_(None),
            Okt.utloeper > naa,
            Okt.sist_brukt > naa - tomgang,
        )
        .order_by(Okt.sist_brukt.desc(), Okt.id)
        .limit(50)
    )
    return list(db.session.scalars(query))
