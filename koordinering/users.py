"""Accounts, units and the municipality ("User", never "Bruker": in Norwegian that is the citizen)."""

import hashlib
from collections.abc import Sequence
from datetime import date, datetime
from operator import itemgetter
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    Index,
    Select,
    UniqueConstraint,
    bindparam,
    false,
    inspect,
    literal_column,
    select,
)
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import InstrumentedAttribute, Mapped, Session, mapped_column, object_session, relationship
from sqlalchemy.orm.attributes import instance_dict, instance_state

from koordinering.db import Base, db, i_dag, now
from koordinering.objekter import kolonner, objekt, steder
from koordinering.roles import Omfang, Rolle
from koordinering.setning import Setning
from koordinering.tekst import N_, Kode


class Koblingsmodus(Kode):
    """How cases about the same child find each other (DESIGN.md section 6)."""

    INGEN = "ingen", N_("Saker kobles ikke")
    NUMMER = "nummer", N_("Saker kobles med fødselsnummer som glemmes med en gang")
    REFERANSE = "referanse", N_("Saker kobles med en kode som familien tar med seg")


class Kommune(Base):
    """The municipality's own choices. One row."""

    __tablename__ = "kommune"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    navn: Mapped[str]
    koblingsmodus: Mapped[Koblingsmodus] = mapped_column(default=Koblingsmodus.INGEN)
    dpia_dato: Mapped[date | None]
    """Date of the decision on the data protection impact assessment that linking by number rests on."""
    dpia_referanse: Mapped[str | None]
    registrer_kjoenn: Mapped[bool] = mapped_column(default=False)
    terskel: Mapped[int] = mapped_column(default=5)
    """Smallest count that is shown, 3 to 10 (DISCLOSURE.md)."""
    sekunder: Mapped[int] = mapped_column(default=300)
    """How long the protection of a year's tables may look for a lighter pattern."""
    to_personer: Mapped[bool] = mapped_column(default=True)
    """Another person than the one who made a release must release it."""
    sak_maaneder: Mapped[int] = mapped_column(default=24)
    """Calendar months from a closed case's last event until it is deleted."""
    samtykkealder: Mapped[int] = mapped_column(default=16)
    """Age in years from which the young person can give the consent."""
    meldeplikt_lenke: Mapped[str | None]
    """The municipality's own page about the duty to report, shown on the registering page."""
    personvern_kontor: Mapped[str | None]
    """The office that families ask about privacy, such as «Personvernombudet»; never a person's name."""
    personvern_epost: Mapped[str | None]
    """The office's own address."""
    personvern_telefon: Mapped[str | None]
    """The office's own number."""
    innsyn_enhet_id: Mapped[str | None] = mapped_column(ForeignKey("enhet.id"))
    """The unit whose leader puts joint answers to families together; None: there is no joint answer."""

    def avtrykk(self) -> str:
        """Tells whether anything has been changed since a page was shown."""
        valg = [str(getattr(self, kolonne.key)) for kolonne in inspect(type(self)).column_attrs]
        return hashlib.sha256("\n".join(valg).encode()).hexdigest()[:16]


class Enhet(Base):
    """A unit of the plan or an operator. Access is scoped by it."""

    __tablename__ = "enhet"

    id: Mapped[str] = mapped_column(primary_key=True)
    navn: Mapped[str]
    kortnavn: Mapped[str]
    henviser: Mapped[bool] = mapped_column(default=False)
    """Meets families and refers them: a class of its own in the counts."""
    helse: Mapped[bool] = mapped_column(default=False)
    """Health personnel: no free text of any kind leaves this unit."""
    orden: Mapped[int] = mapped_column(default=100)


_FIRE = itemgetter("rolle", "enhet_id", "fra", "til")


class User(Base):
    """Somebody who signs in. No personal name: a user name, and a title that the workplace knows."""

    __tablename__ = "user_konto"

    id: Mapped[int] = mapped_column(primary_key=True)
    brukernavn: Mapped[str] = mapped_column(unique=True)
    visningsnavn: Mapped[str]
    epost: Mapped[str | None]
    """Where reminders that say only that something is due are sent; optional, and of no use for signing in."""
    passord_hash: Mapped[str | None]
    passord_midlertidig: Mapped[bool] = mapped_column(default=False)
    """Somebody else has seen the password: nothing opens before the user has chosen her own."""
    laast: Mapped[bool] = mapped_column(default=False)
    """Locked by SYSTEMFORVALTER; never by wrong passwords."""
    demo: Mapped[bool] = mapped_column(default=False)
    """Made by the demo; production refuses to start with such a user."""
    opprettet: Mapped[datetime] = mapped_column(default=now)
    sist_inne: Mapped[datetime | None]

    rolletildelinger: Mapped[list["Rolletildeling"]] = relationship(
        back_populates="user",
        cascade="all, delete-orphan",
        order_by="Rolletildeling.id",
        foreign_keys="Rolletildeling.user_id",
    )

    # What Flask-Login asks of a user; written out so that this module needs no web package.
    is_authenticated = True
    is_anonymous = False

    @property
    def is_active(self) -> bool:
        """A locked account cannot sign in."""
        return not self.laast

    def get_id(self) -> str:
        """The key as text, for Flask-Login."""
        return str(self.id)

    @property
    def gjeldende(self) -> list["Rolletildeling"]:
        """The roles held today."""
        _les_paa_nytt(self)
        dag = i_dag()
        return [r for r in self.rolletildelinger if r.fra <= dag and (r.til is None or dag <= r.til)]

    @property
    def plasser(self) -> list[tuple[Rolle, str]]:
        """The roles held today, each with its unit: what every question of rights begins with."""
        _les_paa_nytt(self)
        dag = i_dag()
        try:  # asked for one by one they cost more than all else that a question of rights does
            alle = [_FIRE(instance_dict(rolle)) for rolle in self.rolletildelinger]
        except KeyError:  # the session has let go of one, or one is new and not all is said of it
            alle = [(rolle.rolle, rolle.enhet_id, rolle.fra, rolle.til) for rolle in self.rolletildelinger]
        return [(rolle, enhet_id) for rolle, enhet_id, fra, til in alle if fra <= dag and (til is None or dag <= til)]

    @property
    def roller(self) -> frozenset[Rolle]:
        """The kinds of role held today, whatever the unit."""
        return frozenset([rolle for rolle, _ in self.plasser])

    def __repr__(self) -> str:
        return f"User({self.id})"


class Rolletildeling(Base):
    """One role in one unit, from and to a date (both included)."""

    __tablename__ = "rolletildeling"
    __table_args__ = (
        UniqueConstraint("user_id", "rolle", "enhet_id", "fra"),
        Index("ix_rolletildeling_bekreftet", "bekreftet", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_konto.id", ondelete="CASCADE"), index=True)
    rolle: Mapped[Rolle]
    enhet_id: Mapped[str] = mapped_column(ForeignKey("enhet.id"))
    fra: Mapped[date] = mapped_column(default=i_dag)
    til: Mapped[date | None]
    bekreftet: Mapped[date] = mapped_column(default=i_dag)
    """The day somebody last said that it is needed: when it was given, or confirmed since."""
    bekreftet_av_id: Mapped[int | None] = mapped_column(ForeignKey("user_konto.id", ondelete="SET NULL"))
    """Who confirmed it; None where nobody has since it was given, and for the machine."""

    user: Mapped[User] = relationship(back_populates="rolletildelinger", foreign_keys=[user_id])
    enhet: Mapped[Enhet] = relationship(lazy="joined")
    bekreftet_av: Mapped[User | None] = relationship(foreign_keys=[bekreftet_av_id], lazy="raise")

    @classmethod
    def tilgangsvilkaar(cls, omfang: Omfang, enheter: frozenset[str]) -> ColumnElement[bool]:
        """A right belongs to the unit that it is held in."""
        return cls.enhet_id.in_(sorted(enheter)) if omfang is Omfang.ENHET else false()

    def tilgangsenhet(self, omfang: Omfang) -> str | None:
        """The unit that it is held in."""
        return self.enhet_id if omfang is Omfang.ENHET else None


_EN_RAD: ColumnElement[int] = literal_column("1")
_BRUKERENS = User, Rolletildeling, Enhet, Kommune


def med_bruker(*foran: InstrumentedAttribute[Any]) -> Select[*tuple[Any, ...]]:
    """A query of these columns and, after them, what user_av() takes; it says itself how it comes to the user.

    The municipality's settings come along: most pages ask for them, and a statement of their own costs more.
    """
    brukerens = [kolonne for klasse in _BRUKERENS for kolonne in kolonner(klasse)]
    return select(*foran, *brukerens).order_by(Rolletildeling.id)


def fra_bruker(query: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """What belongs to the user that the query has come to."""
    return (
        query.outerjoin(User.rolletildelinger).outerjoin(Rolletildeling.enhet).outerjoin(Kommune, Kommune.id == _EN_RAD)
    )


_BRUKEREN = Setning[*tuple[Any, ...]](fra_bruker(med_bruker().select_from(User)).where(User.id == bindparam("user")))


def user_av(session: Session, rader: Sequence[Sequence[Any]]) -> User | None:
    """The user of rows that hold what med_bruker() asks for, one for each role."""
    brukeren, rollen, enheten, kommunen = steder(*_BRUKERENS)
    roller = [objekt(session, Rolletildeling, rad[rollen], enhet=objekt(session, Enhet, rad[enheten])) for rad in rader]
    _hold(session, objekt(session, Kommune, rader[0][kommunen]))
    return objekt(session, User, rader[0][brukeren], rolletildelinger=[en for en in roller if en is not None])


def _les_paa_nytt(user: User) -> None:
    """Read a user and the roles in one go, where the session has let go of them: at each transaction it does."""
    if "rolletildelinger" in instance_dict(user):
        return
    tilstand = instance_state(user)
    if tilstand.key is None or object_session(user) is not db.session():
        return
    rader = _BRUKEREN.alle({"user": tilstand.key[1][0]})
    if rader:
        user_av(db.session(), rader)


_HOLDT = "kommune"
_KOMMUNEN = Setning[*tuple[Any, ...]](select(*kolonner(Kommune)).where(Kommune.id == _EN_RAD))


def _hold(session: Session, kommunen: Kommune | None) -> None:
    """The session knows its rows as long as somebody holds them: it is held here."""
    session.info[_HOLDT] = kommunen


def kommune() -> Kommune:
    """The municipality's settings; read once per transaction. Raises NoResultFound where there are none.

    They come along with who is signed in, and are read anew when the session has let go of them.
    """
    session = db.session()
    funnet: Kommune | None = session.info.get(_HOLDT)
    if funnet is None or funnet not in session or instance_state(funnet).expired_attributes:
        rad = _KOMMUNEN.en()
        if rad is None:
            raise NoResultFound
        funnet = objekt(session, Kommune, rad)
        _hold(session, funnet)
    return cast(Kommune, funnet)
