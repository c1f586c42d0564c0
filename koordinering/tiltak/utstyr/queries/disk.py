"""The counter: whose station it is, who stands there now, and how much waits today."""

from dataclasses import dataclass

from sqlalchemy import Select, func, select

from koordinering.access import enheter, rekkevidde, visible
from koordinering.db import db, i_dag
from koordinering.errors import FinnesIkke
from koordinering.roles import Omfang, Rettighet, Rolle
from koordinering.sider import TELLES_TIL
from koordinering.tiltak.utstyr.models import Operatoer, Reservasjon, Utlaan, Utstyrsvalg, Vakt
from koordinering.tiltak.utstyr.rules.tilstander import LAANETID_DAGER
from koordinering.users import Enhet, Rolletildeling, User


def min_enhet(user: User) -> str:
    """The unit whose equipment the user keeps; the first by its code where there are several. Raises FinnesIkke."""
    mine = sorted(enheter(user, Rettighet.UTSTYR_LAAN))
    if not mine:
        raise FinnesIkke
    return mine[0]


def valg(enhet_id: str) -> Utstyrsvalg:
    """The unit's choices; where it has made none, the defaults, which are no row yet."""
    lagret = db.session.get(Utstyrsvalg, enhet_id)
    return lagret or Utstyrsvalg(enhet_id=enhet_id, laanetid=LAANETID_DAGER, eget_system=False)


@dataclass(frozen=True)
class Disk:
    """Who stands at the counter now."""

    nummer: int | None
    """The number of the operator, None when nobody has shown a code."""
    kreves: bool
    """Codes are in use at this counter: nothing is lent or taken back by nobody."""

    @property
    def mangler(self) -> bool:
        """Somebody must show a code first."""
        return self.kreves and self.nummer is None


def disk(user: User, okt_id: bytes) -> Disk:
    """Who stands at this session's counter. One query."""
    mine = sorted(enheter(user, Rettighet.UTSTYR_LAAN))
    aktive = select(Operatoer).where(Operatoer.enhet_id.in_(mine), Operatoer.aktiv, Operatoer.kode_hash.is_not(None))
    ved = aktive.join(Vakt, Vakt.operatoer_id == Operatoer.id).where(Vakt.okt_id == okt_id)
    query = select(ved.with_only_columns(Operatoer.nummer).scalar_subquery(), aktive.exists())
    nummer, kreves = db.session.execute(query).one()
    return Disk(nummer, bool(kreves))


def styrte_enheter(user: User) -> list[Enhet]:
    """The units whose operators the user may manage: the own, or every unit that runs an equipment bank."""
    naar = rekkevidde(user, Rettighet.UTSTYR_OPERATOER)
    query = select(Enhet).order_by(Enhet.orden, Enhet.id)
    if Omfang.ALLE in naar:
        med_rolle = select(Rolletildeling.enhet_id).where(Rolletildeling.rolle == Rolle.UTSTYRSOPERATOER)
        return list(db.session.scalars(query.where(Enhet.id.in_(med_rolle))))
    return list(db.session.scalars(query.where(Enhet.id.in_(sorted(naar.get(Omfang.ENHET, frozenset()))))))


def operatoerer(user: User) -> list[Operatoer]:
    """The operators that the user may manage, by unit and number."""
    query = visible(select(Operatoer), Operatoer, user, Rettighet.UTSTYR_OPERATOER)
    return list(db.session.scalars(query.order_by(Operatoer.enhet_id, Operatoer.nummer)))


def operatoer(user: User, operatoer_id: int) -> Operatoer:
    """One operator that the user may manage. Raises FinnesIkke."""
    query = visible(select(Operatoer).where(Operatoer.id == operatoer_id), Operatoer, user, Rettighet.UTSTYR_OPERATOER)
    funnet = db.session.scalar(query)
    if funnet is None:
        raise FinnesIkke
    return funnet


def tellinger(user: User) -> dict[str, int]:
    """What waits at the counter today, in one query; each count stops one past TELLES_TIL."""
    mine, dag = sorted(enheter(user, Rettighet.UTSTYR_LAAN)), i_dag()
    ute = select(Utlaan.id).where(Utlaan.enhet_id.in_(mine), Utlaan.inn.is_(None))
    holdt = select(Reservasjon.id).where(Reservasjon.enhet_id.in_(mine), Reservasjon.slutt.is_(None))
    deler: dict[str, Select[int]] = {
        "forfalt": ute.where(Utlaan.forfall < dag),
        "i_dag": ute.where(Utlaan.forfall == dag),
        "reservert": holdt,
        "deler": ute.where(Utlaan.delvis.is_not(None)),
        "ute": ute,
    }
    talt = [
        select(func.count()).select_from(del_.limit(TELLES_TIL + 1).subquery()).scalar_subquery()
        for del_ in deler.values()
    ]
    return dict(zip(deler, db.session.execute(select(*talt)).one(), strict=True))
