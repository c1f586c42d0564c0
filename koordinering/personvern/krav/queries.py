"""Requests and parts that a user reaches, and everything that is stored about one case."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Insert, Select, and_, exists, insert, literal, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from koordinering.access import enheter, require, visible
from koordinering.audit import Innslag
from koordinering.db import db, i_dag, now
from koordinering.errors import FinnesIkke
from koordinering.kolonnetyper import TilfeldigIBasen
from koordinering.personvern.krav.models import Krav, Kravdel
from koordinering.personvern.krav.rules.frist import AlleredeFerdig, Delsvar, Kravslag
from koordinering.personvern.queries.loggfilter import LINJER_AV_SLAG, om_saken
from koordinering.personvern.rules.loggen import Linjeslag
from koordinering.roles import Rettighet
from koordinering.saker import queries as saker
from koordinering.saker.models import Aapning, Barn, Henvisning, Sak, Sakshendelse, Samtykke
from koordinering.saker.samordning import services as samordning
from koordinering.saker.samordning.services import Samordnet
from koordinering.sider import Side, hent_side
from koordinering.tekst import N_, Kode
from koordinering.tildeling.models import Plasstilbud, Tildeling
from koordinering.users import Rolletildeling, User

MAKS_LESNINGER = 5_000
"""Readings that one answer lists, the newest; no family's case has as many, and the answer says so when it is cut."""


class Kravfilter(Kode):
    """The named filters of the lists of requests."""

    AAPNE = "aapne", N_("Åpne")
    OVER_FRISTEN = "over_fristen", N_("Over fristen")
    BEGRENSET = "begrenset", N_("Begrenset nå")
    FERDIGE = "ferdige", N_("Besvart")
    FOR_SENT = "for_sent", N_("Besvart for sent")


def _avgrens(filter_: Kravfilter) -> ColumnElement[bool]:
    vilkaar: dict[Kravfilter, ColumnElement[bool]] = {
        Kravfilter.AAPNE: Krav.ferdig.is_(None),
        Kravfilter.OVER_FRISTEN: and_(Krav.ferdig.is_(None), Krav.frist < i_dag()),
        Kravfilter.BEGRENSET: begrenset_naa(),
        Kravfilter.FERDIGE: Krav.ferdig.is_not(None),
        Kravfilter.FOR_SENT: Krav.ferdig > Krav.frist,
    }
    return vilkaar[filter_]


def begrenset_naa() -> ColumnElement[bool]:
    """Requests that hold a case locked."""
    laast = exists().where(Sak.id == Krav.sak_id, Sak.begrenset.is_not(None))
    return and_(Krav.slag == Kravslag.BEGRENSNING, Krav.ferdig.is_not(None), Krav.opphevet.is_(None), laast)


def _side(query: Select[Krav], filter_: Kravfilter, noekkel: str) -> Side[Krav]:
    """The deadline that comes first is first, so what is overdue stands on top; answered ones newest first."""
    ferdige = filter_ in {Kravfilter.FERDIGE, Kravfilter.FOR_SENT}
    query = query.where(_avgrens(filter_)).options(joinedload(Krav.enhet), joinedload(Krav.ansvarlig))
    orden = [Krav.ferdig, Krav.id] if ferdige else [Krav.frist, Krav.id]
    return hent_side(db.session(), query, orden, synkende=ferdige, noekkel=noekkel)


def side(user: User, filter_: Kravfilter, noekkel: str = "") -> Side[Krav]:
    """A page of the requests about the unit's own cases."""
    query = visible(select(Krav), Krav, user, Rettighet.KRAV_BEHANDLE)
    return _side(query.where(Krav.slag != Kravslag.SAMLET), filter_, noekkel)


def samlede(user: User, filter_: Kravfilter, noekkel: str = "") -> Side[Krav]:
    """A page of the joint answers that the user's unit puts together."""
    query = visible(select(Krav), Krav, user, Rettighet.KRAV_SAMLE)
    return _side(query.where(Krav.slag == Kravslag.SAMLET), filter_, noekkel)


def tilsyn(user: User, filter_: Kravfilter, noekkel: str = "") -> Side[Krav]:
    """A page of every unit's requests, for who watches over the deadlines: never which case."""
    require(user, Rettighet.KRAV_TILSYN)
    return _side(select(Krav), filter_, noekkel)


def krav(user: User, krav_id: int) -> Krav:
    """A request about one of the unit's own cases. Raises FinnesIkke."""
    query = select(Krav).where(Krav.id == krav_id, Krav.slag != Kravslag.SAMLET)
    return _funnet(db.session.scalar(visible(query, Krav, user, Rettighet.KRAV_BEHANDLE)))


def aapent(user: User, krav_id: int) -> Krav:
    """As krav(), for doing something with it. Raises AlleredeFerdig."""
    funnet = krav(user, krav_id)
    if funnet.ferdig is not None:
        raise AlleredeFerdig
    return funnet


def samlet(user: User, krav_id: int) -> Krav:
    """A joint answer that the user's unit puts together. Raises FinnesIkke."""
    query = select(Krav).where(Krav.id == krav_id, Krav.slag == Kravslag.SAMLET)
    return _funnet(db.session.scalar(visible(query, Krav, user, Rettighet.KRAV_SAMLE)))


def et_krav(user: User, krav_id: int) -> Krav:
    """A request of either kind, for doing something with it: its case must be one that the user may open.

    Raises FinnesIkke, and TrengerGrunn as any opening does.
    """
    try:
        funnet = krav(user, krav_id)
    except FinnesIkke:
        return samlet(user, krav_id)
    if funnet.sak_id is not None:
        saken(user, funnet.sak_id)
    return funnet


def _funnet(rad: Krav | None) -> Krav:
    if rad is None:
        raise FinnesIkke
    return rad


# --- The case behind a request ------------------------------------------------------------------------------


def saken(user: User, sak_id: int | None) -> Sak:
    """A case of the user's unit, for answering the family. Raises FinnesIkke, and TrengerGrunn as any opening does.

    Who handles an open request about it needs no other reason. Locked, it is reached by that person and by the
    unit's leader alone.
    """
    sak = db.session.get(Sak, sak_id) if sak_id is not None else None
    if sak is None or sak.enhet_id not in enheter(user, Rettighet.KRAV_BEHANDLE):
        raise FinnesIkke
    if _behandler(user, sak):
        return sak
    if sak.begrenset is None:
        return saker.sak(user, sak.id)
    if sak.enhet_id not in enheter(user, Rettighet.KRAV_GODKJENN):
        raise FinnesIkke
    return sak


def _behandler(user: User, sak: Sak) -> bool:
    laast = and_(Krav.slag == Kravslag.BEGRENSNING, Krav.opphevet.is_(None)) if sak.begrenset else None
    gjelder = Krav.ferdig.is_(None) if laast is None else or_(Krav.ferdig.is_(None), laast)
    query = select(Krav.id).where(Krav.sak_id == sak.id, Krav.ansvarlig_id == user.id, gjelder)
    return db.session.scalar(query.limit(1)) is not None


def venter_paa_svar(sak: Sak) -> bool:
    """Whether a request about the case, or a joint answer that it is to have a part in, is open."""
    egne = select(Krav.id).where(Krav.sak_id == sak.id, Krav.ferdig.is_(None))
    deler_ = select(Kravdel.id).join(Kravdel.krav).where(Kravdel.sak_id == sak.id, Krav.ferdig.is_(None))
    return bool(db.session.scalar(select(or_(egne.exists(), deler_.exists()))))


def krav_om(sak: Sak) -> list[Krav]:
    """The requests about a case, oldest first."""
    return list(db.session.scalars(select(Krav).where(Krav.sak_id == sak.id).order_by(Krav.registrert, Krav.id)))


# --- Joint answers ------------------------------------------------------------------------------------------


def deler(user: User, noekkel: str = "") -> Side[Kravdel]:
    """A page of the unit's own parts of joint answers that can be answered or have been, the newest deadline first."""
    query = visible(select(Kravdel).join(Kravdel.krav), Kravdel, user, Rettighet.KRAV_GODKJENN)
    query = query.options(contains_eager(Kravdel.krav), joinedload(Kravdel.sak), joinedload(Kravdel.enhet))
    return hent_side(db.session(), query, [Krav.svarfrist, Kravdel.id], synkende=True, noekkel=noekkel)


def del_(user: User, del_id: int) -> Kravdel:
    """One part, for the leader of the unit whose case it is. Raises FinnesIkke."""
    query = select(Kravdel).where(Kravdel.id == del_id)
    funnet = db.session.scalar(visible(query, Kravdel, user, Rettighet.KRAV_GODKJENN))
    if funnet is None:
        raise FinnesIkke
    return funnet


def godkjente(krav_: Krav) -> list[Kravdel]:
    """The approved parts, in the order of the units; none before the units' time is out, whoever has answered.

    So nobody can tell a unit that says no, or nothing, from one that does not know the family.
    """
    if krav_.svarfrist is None or krav_.svarfrist > now():
        return []
    query = select(Kravdel).where(Kravdel.krav_id == krav_.id, Kravdel.svar == Delsvar.GODKJENT)
    query = query.where(Kravdel.innhold.is_not(None)).options(joinedload(Kravdel.enhet))
    return list(db.session.scalars(query.order_by(Kravdel.enhet_id, Kravdel.id)))


def nye_deler(krav_id: int, referanser: Sequence[str], indekser: Sequence[bytes]) -> Insert:
    """Ask the units that have a case with one of these references or children: one statement, whoever has any.

    The program reads nothing of what was found, so that neither answer nor work tells it. Only what the family has
    told itself: the cases that are counted as one are not followed.
    """
    med_barn = select(Barn.sak_id).where(Barn.blindindeks.in_(list(indekser)))
    saker_ = select(TilfeldigIBasen(), literal(krav_id), Sak.id, Sak.enhet_id)
    saker_ = saker_.where(or_(Sak.referanse.in_(list(referanser)), Sak.id.in_(med_barn)))
    return insert(Kravdel).from_select(["id", "krav_id", "sak_id", "enhet_id"], saker_)


# --- Everything that is stored ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Lesning:
    """One time that somebody opened the case or took it out."""

    linje: Innslag
    enhet: str
    """The reader's unit; empty for an account that is gone."""


@dataclass(frozen=True)
class Saksinnhold:
    """What there is about a case, read in a fixed number of queries."""

    sak: Sak
    henvisninger: Sequence[Henvisning]
    hendelser: Sequence[Sakshendelse]
    tildelinger: Sequence[Tildeling]
    plasstilbud: Sequence[Plasstilbud]
    aapninger: Sequence[Aapning]
    samordnet: Samordnet
    krav: Sequence[Krav]
    lesninger: Sequence[Lesning]
    """The newest first, at most MAKS_LESNINGER."""


def innhold(sak: Sak) -> Saksinnhold:
    """All of it, for a case that the user has been let into."""
    db.session.scalars(
        select(Sak)
        .where(Sak.id == sak.id)
        .options(
            joinedload(Sak.enhet),
            selectinload(Sak.barn).selectinload(Barn.oensker),
            selectinload(Sak.behov),
            selectinload(Sak.samtykker).options(joinedload(Samtykke.mottaker), joinedload(Samtykke.hjemmel)),
        )
        .execution_options(populate_existing=True)
    ).one()
    henvisninger = saker.henvisninger(sak)
    ider = [h.id for h in henvisninger]
    tildelinger = select(Tildeling).where(Tildeling.henvisning_id.in_(ider)).order_by(Tildeling.gitt, Tildeling.id)
    tildelinger = tildelinger.options(joinedload(Tildeling.plass), joinedload(Tildeling.periode))
    tilbudt = select(Plasstilbud).where(Plasstilbud.henvisning_id.in_(ider)).order_by(Plasstilbud.laget, Plasstilbud.id)
    aapninger = select(Aapning).where(Aapning.sak_id == sak.id).order_by(Aapning.tid, Aapning.id)
    return Saksinnhold(
        sak=sak,
        henvisninger=henvisninger,
        hendelser=saker.sakshendelser(sak),
        tildelinger=list(db.session.scalars(tildelinger)),
        plasstilbud=list(db.session.scalars(tilbudt.options(joinedload(Plasstilbud.tilbud)))),
        aapninger=list(db.session.scalars(aapninger)),
        samordnet=samordning.om_saken(sak),
        krav=krav_om(sak),
        lesninger=_lesninger(sak),
    )


_LESING = sorted(LINJER_AV_SLAG[Linjeslag.LESING] | LINJER_AV_SLAG[Linjeslag.UTTREKK])


def _lesninger(sak: Sak) -> list[Lesning]:
    query = select(Innslag).where(om_saken(sak.id), Innslag.hva.in_(_LESING))
    linjer = db.session.scalars(query.order_by(Innslag.id.desc()).limit(MAKS_LESNINGER)).all()
    enhetene = _enheter_til({i.user_id for i in linjer if i.user_id is not None})
    return [Lesning(linje, enhetene.get(linje.user_id or 0, "")) for linje in linjer]


def _enheter_til(brukere: set[int]) -> Mapping[int, str]:
    """The units that these users have or have had a role in."""
    query = select(Rolletildeling).where(Rolletildeling.user_id.in_(sorted(brukere))).order_by(Rolletildeling.id)
    ut: dict[int, dict[str, None]] = {}
    for rolle in db.session.scalars(query):
        ut.setdefault(rolle.user_id, {})[rolle.enhet.kortnavn] = None
    return {user_id: ", ".join(navn) for user_id, navn in ut.items()}
