"""Statements sent straight to the driver say and mean the same as SQLAlchemy's own, and new rows are a flush's rows."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, cast

import pytest
from flask import Flask
from sqlalchemy import Select, Table, bindparam, event, func, insert, inspect, select, text
from sqlalchemy.exc import IntegrityError, OperationalError, ProgrammingError
from sqlalchemy.orm.attributes import instance_dict, instance_state

from koordinering.audit import Hva, Innslag
from koordinering.db import Base, db, i_dag, own_connection, own_transaction, tilfeldig_id, transaction
from koordinering.nye_rader import ny_rad, sett_inn_ledig, skriv
from koordinering.objekter import knytt, kolonner, objekt, objekter
from koordinering.saker.models import Barn, Hendelse, Henvisning, Oenske, Sak, SakBehov, Sakshendelse, Samtykke
from koordinering.saker.rules.behov import Behov, Grunnlag, JaNeiVetIkke, SamtykkeFra, Samtykkemaate, Spurt
from koordinering.saker.rules.overganger import Status
from koordinering.setning import Setning
from koordinering.tiltak.models import Tiltak
from koordinering.tiltak.rules import Aktivitet
from koordinering.users import Enhet, Kommune, Rolletildeling, User, kommune
from tests import fabrikk

SAKENE = (Sak, Barn, Oenske, SakBehov, Samtykke, Sakshendelse, Henvisning, Hendelse)


@contextmanager
def hoert() -> Iterator[list[str]]:
    """What the engine's listeners hear meanwhile."""
    setninger: list[str] = []

    def lytt(*om: Any) -> None:
        setninger.append(om[2])

    event.listen(db.engine, "before_cursor_execute", lytt)
    try:
        yield setninger
    finally:
        event.remove(db.engine, "before_cursor_execute", lytt)


# --- Reading ---------------------------------------------------------------------------------------------


def test_every_table_is_read_as_sqlalchemy_reads_it(app: Flask, folk: Any) -> None:
    fabrikk.sak(folk.nav1, barna=[fabrikk.barn()], tiltak=[("4a-3", 0), ("4b-2", None)])
    lest = set()
    for mapper in Base.registry.mappers:
        klasse: type[Base] = mapper.class_
        query: Select[*tuple[Any, ...]] = select(*kolonner(klasse)).order_by(*mapper.primary_key).limit(50)
        ventet = list(map(tuple, db.session.execute(query).all()))
        assert list(map(tuple, Setning(query).alle())) == ventet, klasse
        lest |= {klasse} if ventet else set()
    assert lest >= {*SAKENE, User, Rolletildeling, Kommune, Tiltak, Innslag}


@pytest.mark.parametrize("antall", [0, 1, 3])
def test_a_list_is_as_long_as_it_is(app: Flask, folk: Any, antall: int) -> None:
    ider = sorted(u.id for u in vars(folk).values())[:antall]
    setning = Setning[int, str](
        select(User.id, User.brukernavn).where(User.id.in_(bindparam("ider", expanding=True))).order_by(User.id)
    )
    for ut in (ider, ider[:1], ider):  # the same statement, with lists of other lengths between
        rader = setning.alle({"ider": ut})
        assert [(rad.id, rad.brukernavn) for rad in rader] == [(i, db.session.get_one(User, i).brukernavn) for i in ut]


def test_what_is_written_into_the_text_decides_which_text_it_is(app: Flask, folk: Any) -> None:
    hva = bindparam("hva", literal_execute=True, type_=Innslag.__table__.c.hva.type)
    setning = Setning[int](select(func.count(Innslag.id)).where(Innslag.hva == hva, Innslag.user_id == folk.nav1.id))
    with own_connection() as connection:
        for _ in range(2):
            Setning[()](insert(cast(Table, Innslag.__table__)).inline(), ("hva", "user_id", "roller")).kjoer(
                {"hva": Hva.LISTE_LEST, "user_id": folk.nav1.id, "roller": ""}, paa=connection
            )
    db.session.rollback()
    assert setning.verdi({"hva": Hva.LISTE_LEST}) == 2
    assert setning.verdi({"hva": Hva.SAK_LEST}) == 0
    assert setning.verdi({"hva": Hva.LISTE_LEST}) == 2


def test_a_default_fills_in_and_gives_way(app: Flask) -> None:
    setning = Setning[()](insert(cast(Table, Innslag.__table__)).inline(), ("hva", "user_id", "roller"))
    da = datetime(2001, 2, 3, 4, 5, 6, 7, tzinfo=UTC)
    with own_connection() as connection:
        setning.kjoer({"hva": Hva.UT, "user_id": 1, "roller": ""}, paa=connection)
        setning.kjoer({"hva": Hva.UT, "user_id": 1, "roller": "", "tid": da}, paa=connection)
    eldst, nyest = db.session.scalars(select(Innslag.tid).where(Innslag.hva == Hva.UT).order_by(Innslag.tid))
    assert eldst == da
    assert abs((datetime.now(UTC) - nyest).total_seconds()) < 60


def test_a_value_that_is_missing_is_a_fault_here_and_not_in_the_database(app: Flask) -> None:
    with hoert() as setninger, pytest.raises(KeyError, match="ider"):
        Setning[int](select(User.id).where(User.id.in_(bindparam("ider", expanding=True)))).alle()
    assert setninger == []


def test_a_value_that_was_missing_once_is_not_missing_for_good(app: Flask) -> None:
    setning = Setning[str](select(Enhet.id).where(Enhet.id == bindparam("id"), Enhet.orden >= bindparam("orden")))
    en = db.session.scalars(select(Enhet.id).limit(1)).one()
    with hoert() as setninger, pytest.raises(KeyError, match="orden"):
        setning.alle({"id": en})
    assert setninger == []
    assert setning.verdiene({"id": en, "orden": 0, "mer": 1}) == [en]


def test_what_the_session_holds_back_is_written_before_it_reads(app: Flask, folk: Any) -> None:
    sak = fabrikk.sak(folk.nav1)
    setning = Setning[str](select(Sak.referanse).where(Sak.id == bindparam("sak")))
    with transaction() as session:
        session.get_one(Sak, sak.id).referanse = "F-0000-00"
        assert setning.verdi({"sak": sak.id}) == "F-0000-00"
        session.rollback()


# --- Whoever listens, and faults -------------------------------------------------------------------------


def test_listeners_hear_it_before_and_after(app: Flask) -> None:
    etter: list[str] = []

    def lytt(*om: Any) -> None:
        etter.append(om[2])

    event.listen(db.engine, "after_cursor_execute", lytt)
    try:
        with hoert() as foer:
            Setning[str](select(Enhet.id)).alle()
    finally:
        event.remove(db.engine, "after_cursor_execute", lytt)
    assert len(foer) == 1
    assert foer == etter


def test_a_listeners_own_fault_goes_on_as_it_is(app: Flask) -> None:
    def stans(*_om: Any) -> None:
        raise LookupError("stans")

    event.listen(db.engine, "before_cursor_execute", stans)
    try:
        with pytest.raises(LookupError, match="stans"):
            Setning[str](select(Enhet.id)).alle()
    finally:
        event.remove(db.engine, "before_cursor_execute", stans)


def test_faults_are_sqlalchemys_and_the_next_transaction_is_whole(app: Flask, folk: Any, database: str) -> None:
    sak = fabrikk.sak(folk.nav1)
    rad = {kolonne.key: getattr(sak, kolonne.key) for kolonne in Sak.__table__.columns}
    setning = Setning[()](insert(cast(Table, Sak.__table__)).inline(), tuple(rad))
    with pytest.raises(IntegrityError), transaction() as session:
        setning.kjoer(rad, paa=session.connection())
    borte = OperationalError if database == "sqlite" else ProgrammingError
    with pytest.raises(borte), transaction():
        Setning[int](select(func.count()).select_from(Table("finnes_ikke", Base.metadata.__class__()))).alle()
    assert Setning[int](select(func.count(Sak.id))).verdi() == 1


@pytest.mark.bare_sqlite
def test_a_code_that_no_list_has_is_told_as_sqlalchemy_tells_it(app: Flask, folk: Any) -> None:
    fabrikk.sak(folk.nav1, barna=[fabrikk.barn()], tiltak=[("4a-3", 0)])
    db.session.rollback()
    with own_transaction() as session:
        session.execute(text("UPDATE henvisning SET status = 'ukjent'"))
    setning = Setning[Status](select(Henvisning.status))
    with pytest.raises(LookupError, match="'ukjent' is not among the defined enum values"):
        list(setning.alle()[0])


# --- Objects ---------------------------------------------------------------------------------------------


def test_an_object_is_the_sessions_own(app: Flask, folk: Any) -> None:
    id_ = fabrikk.sak(folk.nav1).id
    setning = Setning[*tuple[Any, ...]](select(*kolonner(Sak)).where(Sak.id == bindparam("sak")))
    db.session.expunge_all()
    (foerst,) = objekter(setning, Sak, {"sak": id_})
    assert db.session.get(Sak, id_) is foerst
    assert objekter(setning, Sak, {"sak": id_}) == [foerst]
    assert inspect(foerst).persistent
    assert not db.session.is_modified(foerst)
    assert [b.lopenummer for b in foerst.barn] == [1]  # what was not read is read when it is asked for
    with transaction() as session:
        (igjen,) = objekter(setning, Sak, {"sak": id_})
        igjen.i_maalgruppe = not igjen.i_maalgruppe
        session.flush()
        assert igjen.versjon == 2  # it is changed as any other


def test_what_was_changed_here_stays_and_what_was_let_go_of_is_filled_in(app: Flask, folk: Any) -> None:
    sak, setning = fabrikk.sak(folk.nav1), Setning[*tuple[Any, ...]](select(*kolonner(Sak)))
    db.session.refresh(sak)
    rad, session = setning.alle()[0], db.session()
    with session.no_autoflush:
        sak.referanse = "F-0000-00"
        assert objekt(session, Sak, rad) is sak
        assert sak.referanse == "F-0000-00"
        session.expire(sak, ["enhet_id", "opprettet"])
        with hoert() as setninger:
            objekt(session, Sak, rad)
            assert sak.enhet_id == "nav"
        assert setninger == []
        session.rollback()


def test_an_empty_key_is_no_object(app: Flask) -> None:
    assert objekt(db.session(), Enhet, [None] * len(kolonner(Enhet))) is None


def test_what_it_leads_to_already_stays(app: Flask, folk: Any) -> None:
    sak = fabrikk.sak(folk.nav1)
    barna = list(sak.barn)
    knytt(sak, barn=[], samtykker=[])
    assert sak.barn == barna
    assert not db.session.is_modified(sak)


def test_a_users_roles_are_read_once_in_a_transaction(app: Flask, folk: Any) -> None:
    user = db.session.get_one(User, folk.nav1.id)
    with transaction(), hoert() as setninger:
        assert {r.enhet.kortnavn for r in user.gjeldende} == {"Nav Lillehammer"}
        assert not user.laast
        assert user.gjeldende
    assert len(setninger) == 1


def test_a_role_that_was_taken_is_gone_in_the_next_transaction(app: Flask, folk: Any) -> None:
    user = db.session.get_one(User, folk.nav1.id)
    assert user.gjeldende
    with transaction() as session:
        for rolle in list(user.rolletildelinger):
            session.delete(rolle)
    with transaction():
        assert user.gjeldende == []


def test_the_municipality_is_read_anew_in_each_transaction(app: Flask) -> None:
    assert kommune().samtykkealder == 16
    with transaction():
        kommune().samtykkealder = 15
    with hoert() as setninger:
        assert kommune().samtykkealder == 15
        assert kommune() is kommune()
    assert len(setninger) == 1


# --- New rows --------------------------------------------------------------------------------------------


def _familie(user: User, referanse: str) -> list[Base]:
    """A case and all that hangs on one, the case first; they name by key what they point to."""
    sak, barn = tilfeldig_id(), tilfeldig_id()
    grunnlag = {"grunnlag": Grunnlag.SAMTYKKE, "maate": Samtykkemaate.SKRIFTLIG, "fra": SamtykkeFra.FORESATT}
    return [
        ny_rad(
            Sak, id=sak, referanse=referanse, enhet_id="nav", ansvarlig_id=user.id, i_maalgruppe=True
        ),
        *_henvist(sak, barn, user),
        ny_rad(Sakshendelse, sak_id=sak, user_id=user.id, slag="registrert"),
        ny_rad(
            Samtykke, sak_id=sak, mottaker_id="to_kultur_fritid", **grunnlag, opplysninger=["alder", "oensker"],
            gitt=i_dag(), registrert_av=user.id,
        ),
        *(ny_rad(SakBehov, sak_id=sak, behov=behov) for behov in (Behov.UTSTYR, Behov.FERIE)),
        *(
            ny_rad(Oenske, barn_id=barn, rekkefoelge=nr, aktivitet=aktivitet)
            for nr, aktivitet in enumerate((Aktivitet.FOTBALL, Aktivitet.SKI), 1)
        ),
        ny_rad(
            Barn, id=barn, sak_id=sak, lopenummer=1, foedselsaar=2015, deltar=JaNeiVetIkke.NEI, spurt=Spurt.JA
        ),
    ]  # fmt: skip


def _henvist(sak: int, barn: int, user: User) -> Iterator[Base]:
    tiltak = db.session.get_one(Tiltak, "4a-3")
    for barnet in (barn, None):
        id_ = tilfeldig_id()
        yield ny_rad(Hendelse, henvisning_id=id_, user_id=user.id, enhet_id="nav", slag="status")
        yield ny_rad(
            Henvisning, id=id_, sak_id=sak, barn_id=barnet, tiltak_id=tiltak.id, avsender_id="nav",
            mottaker_id=tiltak.mottaker_id,
        )  # fmt: skip


def _rader(sak_id: int) -> dict[str, list[dict[str, Any]]]:
    """All that is stored of a case, without keys, moments and what is drawn."""
    utelatt = {"id", "sak_id", "barn_id", "henvisning_id", "opprettet", "tid", "endret", "referanse"}
    henvisninger, barn = (select(klasse.id).where(klasse.sak_id == sak_id) for klasse in (Henvisning, Barn))
    ut = {}
    for klasse in SAKENE:
        tabell = cast(Table, klasse.__table__)
        vei = {"sak": ("id", [sak_id]), "oenske": ("barn_id", barn), "hendelse": ("henvisning_id", henvisninger)}
        kolonne, der = vei.get(tabell.name, ("sak_id", [sak_id]))
        rader = db.session.execute(select(tabell).where(tabell.c[kolonne].in_(cast(Any, der)))).mappings().all()
        ut[tabell.name] = sorted(
            ({k: v for k, v in rad.items() if k not in utelatt} | {"har barn": rad.get("barn_id") is not None}
             for rad in rader), key=repr,
        )  # fmt: skip
    return ut


def test_a_new_row_leads_where_it_is_told_and_has_no_other_columns(app: Flask) -> None:
    barn = Barn(lopenummer=1)
    sak = Sak(enhet_id="nav", barn=[barn])
    assert barn.sak is sak
    assert (sak.enhet_id, barn.lopenummer) == ("nav", 1)
    with pytest.raises(TypeError, match="fornavn"):
        Barn(fornavn="Aldri")


def test_a_row_made_the_short_way_is_the_same_and_has_no_other_columns() -> None:
    lang, kort = Barn(lopenummer=1, deltar=JaNeiVetIkke.JA), ny_rad(Barn, lopenummer=1, deltar=JaNeiVetIkke.JA)
    assert instance_dict(lang) == instance_dict(kort) | {"_sa_instance_state": instance_state(lang)}
    assert inspect(kort).transient
    for navn in ("fornavn", "oensker"):
        with pytest.raises(TypeError, match=navn):
            ny_rad(Barn, **{navn: []})


def test_rows_beside_the_session_are_those_of_a_flush(app: Flask, folk: Any) -> None:
    skrevet, flushet = [], []
    event.listen(db.session(), "before_flush", lambda *_: flushet.append("flush"))
    with transaction() as session:
        sak, *resten = _familie(folk.nav1, "F-1111-11")
        assert sett_inn_ledig(sak)
        skriv(resten)
        assert not flushet
        assert not any(en in session or inspect(en).persistent for en in (sak, *resten))
    with transaction() as session:
        session.add_all(_familie(folk.nav1, "F-2222-22"))
    assert flushet == ["flush"]
    for sak_id in db.session.scalars(select(Sak.id).order_by(Sak.referanse)):
        skrevet.append(_rader(sak_id))
    assert skrevet[0] == skrevet[1]
    assert [len(rader) for rader in skrevet[0].values()] == [1, 1, 2, 2, 1, 1, 2, 2]


def test_rows_beside_the_session_go_with_its_transaction(app: Flask, folk: Any) -> None:
    with transaction() as session:
        sak, *resten = _familie(folk.nav1, "F-1111-11")
        assert sett_inn_ledig(sak)
        skriv(resten)
        assert session.scalar(select(func.count(Hendelse.id))) == 2
        session.rollback()
    assert [db.session.scalar(select(func.count()).select_from(klasse)) for klasse in SAKENE] == [0] * len(SAKENE)


def test_what_the_session_holds_back_is_written_first(app: Flask, folk: Any) -> None:
    with transaction() as session:
        sak, *resten = cast(Any, _familie(folk.nav1, "F-1111-11"))
        session.add(sak)
        skriv(resten)
        assert inspect(sak).persistent
    assert len(_rader(sak.id)["hendelse"]) == 2


def test_a_row_that_is_somebodys_is_not_written_and_the_transaction_goes_on(app: Flask, folk: Any) -> None:
    fabrikk.sak(folk.nav1)
    tatt = db.session.scalars(select(Sak.referanse)).one()
    with transaction():
        sak, *resten = cast(Any, _familie(folk.nav1, tatt))
        assert not sett_inn_ledig(sak)
        sak.referanse = "F-1111-11"
        assert sett_inn_ledig(sak)
        skriv(resten)
    assert db.session.scalar(select(func.count(Sak.id))) == 2
    assert db.session.scalar(select(func.count(Barn.id)).where(Barn.sak_id == sak.id)) == 1
