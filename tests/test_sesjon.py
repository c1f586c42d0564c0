"""A session's transaction, begun by a statement that is ready to be sent and taken over by what the session does."""

import time
from typing import Any, cast

import pytest
from flask import Flask
from sqlalchemy import Table, bindparam, event, func, insert, select, text, update
from sqlalchemy.exc import IntegrityError, OperationalError, PendingRollbackError
from sqlalchemy.pool import QueuePool

from koordinering import sesjon
from koordinering.db import db, now, own_connection, transaction, writing
from koordinering.konto.models import Grense
from koordinering.objekter import kolonner, objekter
from koordinering.setning import Setning
from koordinering.users import Enhet

_INN = Setning[()](insert(cast(Table, Grense.__table__)).inline(), ("noekkel", "aapner", "antall"))
_ANTALL = Setning[int](select(func.count()).select_from(Grense))
_ENHETEN = Setning[*tuple[Any, ...]](select(*kolonner(Enhet)).where(Enhet.id == bindparam("id")))
_ENDRE = Setning[()](update(cast(Table, Enhet.__table__)).where(Enhet.id == bindparam("hvem")).values(navn="Noe annet"))


def _rad(noekkel: bytes) -> dict[str, Any]:
    return {"noekkel": noekkel, "aapner": now(), "antall": 1}


def _legg_til(noekkel: bytes) -> None:
    db.session.add(Grense(**_rad(noekkel)))


def _antall() -> int:
    """What stands, seen from outside."""
    with db.engine.connect() as forbindelse:
        return int(forbindelse.scalar(select(func.count()).select_from(Grense)) or 0)


@pytest.fixture(autouse=True)
def i_bruk(app: Flask) -> Any:
    """How many connections are lent; none is kept when a test is through."""
    pool = cast(QueuePool, db.engine.pool)
    db.session.rollback()
    assert pool.checkedout() == 0
    yield pool.checkedout
    db.session.rollback()
    assert pool.checkedout() == 0


def test_what_the_session_reads_and_what_a_statement_reads_is_one_transaction(i_bruk: Any) -> None:
    assert _ANTALL.verdi() == 0
    with db.engine.begin() as en_annen:
        en_annen.execute(insert(cast(Table, Grense.__table__)), [_rad(b"a")])
    senere = 0 if db.engine.dialect.name == "sqlite" else 1  # what only reads has no transaction on PostgreSQL
    assert len(db.session.scalars(select(Grense)).all()) == senere
    assert _ANTALL.verdi() == senere
    assert i_bruk() == 1
    db.session.rollback()
    assert _ANTALL.verdi() == 1


def test_what_is_written_beside_what_the_session_reads_is_written_on_its_connection(i_bruk: Any) -> None:
    en = db.session.scalars(select(Enhet.id).limit(1)).one()
    db.session.rollback()
    [enhet] = objekter(_ENHETEN, Enhet, {"id": en})
    foer = enhet.navn
    lest_paa = _driver(db.session())
    with own_connection() as vei:
        assert vei.connection.driver_connection is lest_paa
        _INN.kjoer(_rad(b"a"), paa=vei)
        assert i_bruk() == 1
    assert i_bruk() == 1
    assert _ANTALL.verdi() == 1, "what is read next is of a later moment"
    assert _driver(db.session()) is lest_paa
    with db.engine.begin() as en_annen:
        en_annen.execute(text("UPDATE enhet SET navn = 'Noe annet' WHERE id = :id"), {"id": en})
    assert enhet.navn == foer
    with transaction():
        assert enhet.navn == "Noe annet"
        _INN.kjoer(_rad(b"b"))
        assert i_bruk() == 1
    assert i_bruk() == 0
    assert _antall() == 2


def _driver(session: Any) -> Any:
    return session.forbindelse().connection.driver_connection


@pytest.mark.parametrize(
    "saa",
    [
        db.session.rollback,
        db.session.remove,
        lambda: _skriv_ingenting(),
        lambda: _spoer_og_slipp(),
        lambda: _legg_til_alene(b"b"),
    ],
    ids=["rollback", "remove", "commit", "query", "flush"],
)
def test_what_was_lent_goes_back_to_the_pool_in_the_end(saa: Any, i_bruk: Any) -> None:
    _ANTALL.verdi()
    with own_connection() as vei:
        _INN.kjoer(_rad(b"a"), paa=vei)
    assert i_bruk() == 1
    saa()
    assert i_bruk() == 0


def _spoer_og_slipp() -> None:
    assert len(db.session.scalars(select(Grense)).all()) == 1
    db.session.rollback()


def _legg_til_alene(noekkel: bytes) -> None:
    with transaction():
        _legg_til(noekkel)


def test_nothing_is_lent_back_where_what_was_beside_failed(i_bruk: Any) -> None:
    def proev() -> None:
        with own_connection() as vei:
            _INN.kjoer(_rad(b"a"), paa=vei)
            raise LookupError

    _ANTALL.verdi()
    with pytest.raises(LookupError):
        proev()
    assert i_bruk() == 0
    assert _ANTALL.verdi() == 0
    with transaction():
        _INN.kjoer(_rad(b"a"))
    assert _antall() == 1


def test_a_connection_that_cannot_be_used_again_is_not(i_bruk: Any) -> None:
    _ANTALL.verdi()
    lest_paa = _driver(db.session())
    lest_paa.close()
    with own_connection() as vei:
        assert vei.connection.driver_connection is not lest_paa
        _INN.kjoer(_rad(b"a"), paa=vei)
    assert _ANTALL.verdi() == 1


@pytest.mark.parametrize("senere", [0.0, 60.0])
@pytest.mark.parametrize("lest", [lambda: _ANTALL.verdi(), lambda: _skriv_ved_siden(b"x")], ids=["read", "lent"])
def test_after_slow_work_the_pool_looks_at_it_first(monkeypatch: pytest.MonkeyPatch, lest: Any, senere: float) -> None:
    tatt: list[Any] = []
    event.listen(db.engine, "checkout", lambda *om: tatt.append(om[0]))
    _ANTALL.verdi()
    lest()
    foer = len(tatt)
    naa = time.monotonic() + senere
    monkeypatch.setattr(sesjon, "monotonic", lambda: naa)
    with transaction():
        _INN.kjoer(_rad(b"a"))
    assert len(tatt) == foer + (1 if senere else 0)


def _skriv_ved_siden(noekkel: bytes) -> None:
    with own_connection() as vei:
        _INN.kjoer(_rad(noekkel), paa=vei)


@pytest.mark.bare_postgresql
def test_a_connection_that_was_cut_under_slow_work_is_made_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    _ANTALL.verdi()
    pid = _driver(db.session()).info.backend_pid
    with db.engine.connect() as en_annen:
        en_annen.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})
    monkeypatch.setattr(sesjon, "_FERSK_S", -1)
    with transaction():
        _INN.kjoer(_rad(b"a"))
    assert _antall() == 1


@pytest.mark.bare_postgresql
def test_a_connection_that_was_cut_after_it_was_lent_is_not_read_by(monkeypatch: pytest.MonkeyPatch) -> None:
    _ANTALL.verdi()
    with own_connection() as vei:
        pid = vei.connection.driver_connection.info.backend_pid
        _INN.kjoer(_rad(b"a"), paa=vei)
    with db.engine.connect() as en_annen:
        en_annen.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})
    monkeypatch.setattr(sesjon, "_FERSK_S", -1)
    assert _ANTALL.verdi() == 1


def test_what_was_read_before_a_commit_that_failed_is_read_anew(monkeypatch: pytest.MonkeyPatch, i_bruk: Any) -> None:
    en, foer = db.session.execute(select(Enhet.id, Enhet.navn).limit(1)).one()
    db.session.rollback()
    lest: list[Enhet] = []

    def full(_forbindelse: Any) -> None:
        raise cast(Any, db.engine.dialect.loaded_dbapi).OperationalError("disk full")

    def proev() -> None:
        with transaction(), monkeypatch.context() as om:
            _ENDRE.kjoer({"hvem": en})
            lest.extend(objekter(_ENHETEN, Enhet, {"id": en}))
            assert lest[0].navn == "Noe annet"
            om.setattr(db.engine.dialect, "do_commit", full)
            db.session.commit()

    with pytest.raises(OperationalError):
        proev()
    assert i_bruk() == 0
    assert lest[0].navn == foer


@pytest.mark.parametrize("hvor", ["do_begin", "do_execute", "do_commit", "do_rollback"])
@pytest.mark.parametrize("slag", [KeyboardInterrupt, MemoryError])
def test_what_is_broken_off_anywhere_leaves_nothing_open(
    hvor: str, slag: type[BaseException], monkeypatch: pytest.MonkeyPatch, i_bruk: Any
) -> None:
    def brytes(*_om: Any) -> None:
        raise slag

    _ANTALL.verdi()
    with monkeypatch.context() as om, pytest.raises(slag):  # noqa: PT012 - where in it, is what differs
        om.setattr(db.engine.dialect, hvor, brytes)
        _skriv_ved_siden(b"a")
    assert (i_bruk(), writing()) == (0, False)
    assert _ANTALL.verdi() == 0
    _skriv_ved_siden(b"b")
    assert _ANTALL.verdi() == 1


def test_what_the_session_asks_for_inside_is_refused_and_does_not_wait_for_itself() -> None:
    _ANTALL.verdi()
    with own_connection(), pytest.raises(PendingRollbackError):
        _ANTALL.verdi()
    assert _ANTALL.verdi() == 0


def _setning_alene() -> None:
    _INN.kjoer(_rad(b"a"))


def _setning_og_saa_flush() -> None:
    _INN.kjoer(_rad(b"a"))
    _legg_til(b"b")
    db.session.flush()
    _INN.kjoer(_rad(b"c"))


def _flush_ved_slutt() -> None:
    _INN.kjoer(_rad(b"a"))
    _legg_til(b"b")


def _foerst_lest() -> None:
    db.session.get(Grense, b"x")
    _INN.kjoer(_rad(b"a"))


_MAATER = [(_setning_alene, 1), (_setning_og_saa_flush, 3), (_flush_ved_slutt, 2), (_foerst_lest, 1)]


@pytest.mark.parametrize(("skriv", "antall"), _MAATER)
def test_what_is_written_either_way_stands_together(skriv: Any, antall: int, i_bruk: Any) -> None:
    with transaction():
        skriv()
        assert i_bruk() == 1
    assert i_bruk() == 0
    assert _antall() == antall


@pytest.mark.parametrize(("skriv", "antall"), _MAATER)
def test_what_is_written_either_way_goes_together(skriv: Any, antall: int, i_bruk: Any) -> None:
    def proev() -> None:
        with transaction():
            skriv()
            assert _ANTALL.verdi() == antall
            raise LookupError

    with pytest.raises(LookupError):
        proev()
    assert i_bruk() == 0
    assert _antall() == 0


def test_a_savepoint_holds_what_a_statement_does_in_it() -> None:
    with transaction() as session:
        _INN.kjoer(_rad(b"a"))
        angres = session.begin_nested()
        _INN.kjoer(_rad(b"b"))
        angres.rollback()
        with session.begin_nested():
            _INN.kjoer(_rad(b"c"))
    db.session.rollback()
    assert {g.noekkel for g in db.session.scalars(select(Grense))} == {b"a", b"c"}


@pytest.mark.parametrize(
    "saa",
    [lambda: _INN.kjoer(_rad(b"b")), lambda: _legg_til(b"b"), lambda: None],
    ids=["statement", "flush", "nothing"],
)
def test_after_a_statement_that_failed_nothing_goes_on_as_if_it_had_not(saa: Any) -> None:
    def proev() -> None:
        with transaction():
            _INN.kjoer(_rad(b"a"))
            with pytest.raises(IntegrityError):
                _INN.kjoer(_rad(b"a"))
            saa()

    with pytest.raises(PendingRollbackError):
        proev()
    assert _antall() == 0


def test_what_only_reads_begins_anew_after_a_statement_that_failed() -> None:
    _ANTALL.verdi()
    with pytest.raises(Exception, match="ingen"):
        Setning[int](text("SELECT * FROM ingen")).alle()
    assert _ANTALL.verdi() == 0
    assert db.session.scalars(select(Grense)).all() == []


@pytest.mark.parametrize("slutt", [db.session.rollback, lambda: _skriv_ingenting()], ids=["rollback", "commit"])
def test_what_was_read_is_read_anew_in_the_next_transaction(slutt: Any) -> None:
    en = db.session.scalars(select(Enhet.id).order_by(Enhet.id).limit(1)).one()
    db.session.rollback()
    [enhet] = objekter(_ENHETEN, Enhet, {"id": en})
    foer = enhet.navn
    with db.engine.begin() as forbindelse:
        forbindelse.execute(text("UPDATE enhet SET navn = 'Noe annet' WHERE id = :id"), {"id": en})
    assert enhet.navn == foer
    slutt()
    assert enhet.navn == "Noe annet"


def _skriv_ingenting() -> None:
    with transaction():
        _ANTALL.verdi()


def test_a_session_that_is_let_go_of_gives_back_what_it_read_by(i_bruk: Any) -> None:
    _ANTALL.verdi()
    assert i_bruk() == 1
    db.session.remove()
    assert i_bruk() == 0
