"""The lines of the access log, and which of them a user may read."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, Select, and_, or_, select, true

from koordinering.access import rekkevidde, require
from koordinering.audit import Hva, Innslag, loggenheter
from koordinering.db import OSLO, db
from koordinering.personvern.rules.loggen import Linjeslag
from koordinering.roles import Omfang, Rettighet
from koordinering.saker.models import Henvisning, Sak
from koordinering.saker.samordning.models import Samordning
from koordinering.sider import Side, hent_side
from koordinering.users import Enhet, Rolletildeling, User

MAKS_UTTREKK = 20_000
"""Lines in one file; `koordinering audit export` takes any number."""

_HVER_FOR_SEG = 100
"""Staff that are looked up one by one, each in the order of the index."""

_AV_SLAG: Mapping[Linjeslag, frozenset[Hva]] = {
    Linjeslag.LESING: frozenset(
        {Hva.SAK_LEST, Hva.SAK_GRUNN, Hva.SAK_SOEKT, Hva.HENVISNING_LEST, Hva.LISTE_LEST, Hva.TALL_LEST, Hva.LOGG_LEST}
        | {Hva.UTSTYR_TELEFON, Hva.INNSYN_LEST, Hva.SAMORDNING_LEST}
    ),
    Linjeslag.NEKTELSE: frozenset(
        {Hva.NEKTET, Hva.INN_NEKTET, Hva.UTSTYR_KODE_FEIL, Hva.OPPSLAG_STANSET, Hva.UTTREKK_STANSET}
    ),
    Linjeslag.UTTREKK: frozenset(
        {Hva.TALL_EKSPORTERT, Hva.LOGG_EKSPORTERT, Hva.BUNT_HENTET, Hva.LAPP_SKREVET, Hva.PUBLISERT, Hva.INNSYN_HENTET}
    ),
    Linjeslag.INNLOGGING: frozenset({Hva.INN, Hva.UT, Hva.OKT_AVSLUTTET, Hva.PASSORD_ENDRET}),
    Linjeslag.RETTIGHET: frozenset(
        {Hva.BRUKER_LAGET, Hva.BRUKER_LAAST, Hva.BRUKER_LAAST_OPP, Hva.TITTEL_ENDRET, Hva.KOMMUNE_ENDRET}
        | {Hva.ROLLE_GITT, Hva.ROLLE_ENDRET, Hva.ROLLE_AVSLUTTET, Hva.ROLLE_BEKREFTET}
    ),
}

LINJER_AV_SLAG: Mapping[Linjeslag, frozenset[Hva]] = {
    **_AV_SLAG,
    Linjeslag.ENDRING: frozenset(Hva) - frozenset().union(*_AV_SLAG.values()),
}
"""Each act in one kind: what is named nowhere changes something."""


@dataclass(frozen=True)
class Loggfilter:
    """What to look for; None is everything. Days are whole days in Norway, both included."""

    brukernavn: str | None = None
    slag: Linjeslag | None = None
    hva: Hva | None = None
    fra: date | None = None
    til: date | None = None
    enhet_id: str | None = None
    sak_id: int | None = None
    """Lines about this case and its referrals."""


@dataclass(frozen=True)
class Loggside:
    """A page of the log, and the names of the users and units on it."""

    side: Side[Innslag]
    brukernavn: Mapping[int, str]
    enheter: Mapping[str, str]
    """Names of the units that the reader may know of: a leader is not told whose case her staff opened."""


def ser_alt(user: User) -> bool:
    """Whether the user reads the lines of every unit."""
    return Omfang.ALLE in rekkevidde(user, Rettighet.LOGG_LES)


def synlige(user: User) -> ColumnElement[bool]:
    """The lines that the user may read: all, or those of the unit's own cases and of its own staff."""
    if ser_alt(user):
        return true()
    egne = sorted(loggenheter(user))
    return or_(Innslag.enhet_id.in_(egne), Innslag.user_id.in_(_stab(egne)))


def _stab(enheter: Sequence[str]) -> Select[int]:
    return select(Rolletildeling.user_id).where(Rolletildeling.enhet_id.in_(enheter))


_FOERSTE, _SISTE = date(2000, 1, 1), date(2999, 12, 31)
"""No line lies outside; a moment near the ends of the calendar cannot be moved to another time zone."""


def _midnatt(dag: date) -> datetime:
    return datetime.combine(min(max(dag, _FOERSTE), _SISTE), time(), OSLO)


def _vilkaar(valg: Loggfilter) -> list[ColumnElement[bool]]:
    vilkaar: list[ColumnElement[bool]] = []
    if valg.brukernavn:
        vilkaar.append(Innslag.user_id.in_(select(User.id).where(User.brukernavn == valg.brukernavn)))
    if valg.slag is not None:
        vilkaar.append(Innslag.hva.in_(LINJER_AV_SLAG[valg.slag]))
    if valg.hva is not None:
        vilkaar.append(Innslag.hva == valg.hva)
    if valg.fra is not None:
        vilkaar.append(Innslag.tid >= _midnatt(valg.fra))
    if valg.til is not None and valg.til < date.max:
        vilkaar.append(Innslag.tid < _midnatt(valg.til + timedelta(days=1)))
    if valg.enhet_id is not None:
        vilkaar.append(Innslag.enhet_id == valg.enhet_id)
    if valg.sak_id is not None:
        vilkaar.append(om_saken(valg.sak_id))
    return vilkaar


def om_saken(sak_id: int) -> ColumnElement[bool]:
    """Lines about the case and its referrals."""
    henvisninger = select(Henvisning.id).where(Henvisning.sak_id == sak_id)
    samordninger = select(Samordning.id).where(Samordning.sak_id == sak_id)
    return or_(
        and_(Innslag.gjelder == "sak", Innslag.gjelder_id == sak_id),
        and_(Innslag.gjelder == "samordning", Innslag.gjelder_id.in_(samordninger)),
        and_(Innslag.gjelder == "henvisning", Innslag.gjelder_id.in_(henvisninger)),
    )


@dataclass(frozen=True)
class _Deler:
    """A leader's lines in parts that each come in an index's own order."""

    vises: Sequence[Select[int]]
    """A line can be in two of them: that of a member of the staff about the unit's own case."""
    telles: Sequence[Select[int]]
    """Each line in one. The unit's own come first: they are mostly more than are counted."""


def _deler(user: User, vilkaar: Sequence[ColumnElement[bool]]) -> _Deler | None:
    """None for who reads all of them."""
    if ser_alt(user):
        return None
    egne = sorted(loggenheter(user))
    stab = sorted(db.session.scalars(_stab(egne).distinct()))
    andres = or_(Innslag.enhet_id.is_(None), Innslag.enhet_id.not_in(egne))
    linje = select(Innslag.id).where(*vilkaar)
    enhetens = [linje.where(Innslag.enhet_id == enhet) for enhet in egne]
    av_stab = [Innslag.user_id == en for en in stab] if len(stab) <= _HVER_FOR_SEG else [Innslag.user_id.in_(stab)]
    return _Deler(
        [*enhetens, *(linje.where(en) for en in av_stab)], [*enhetens, *(linje.where(en, andres) for en in av_stab)]
    )


def logg(user: User, valg: Loggfilter, noekkel: str = "") -> Loggside:
    """A page of the lines the user may read, the newest first."""
    require(user, Rettighet.LOGG_LES)
    vilkaar = _vilkaar(valg)
    deler = _deler(user, vilkaar)
    query = select(Innslag) if deler is not None else select(Innslag).where(*vilkaar)
    vises, telles = (deler.vises, deler.telles) if deler is not None else (None, None)
    side = hent_side(db.session(), query, [Innslag.id], synkende=True, noekkel=noekkel, deler=vises, telles=telles)
    return Loggside(side, navn_paa(side.rader), _enhetsnavn(user))


def uttrekk(user: User, valg: Loggfilter) -> tuple[Sequence[Innslag], Mapping[int, str], Mapping[str, str]]:
    """The lines for a file, the newest first, one more than it may hold when there are too many; and their names."""
    require(user, Rettighet.LOGG_LES)
    query = select(Innslag).where(synlige(user), *_vilkaar(valg)).order_by(Innslag.id.desc()).limit(MAKS_UTTREKK + 1)
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
