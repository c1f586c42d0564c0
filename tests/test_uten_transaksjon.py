"""What only reads has no transaction on PostgreSQL, and changes nothing on either database."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, cast

import pytest
from flask import Flask
from sqlalchemy import Table, delete, func, insert, select, text, update

from koordinering.db import db, now, own_connection, own_transaction, transaction
from koordinering.konto.models import Grense
from koordinering.nye_rader import sett_inn_ledig, skriv
from koordinering.setning import Setning
from koordinering.sidevei import Sidevei
from koordinering.users import Enhet, User

_INN = Setning[()](insert(cast(Table, Grense.__table__)).inline(), ("noekkel", "aapner", "antall"))
_ANTALL = Setning[int](select(func.count()).select_from(Grense))


def _rad(noekkel: bytes = b"a") -> dict[str, Any]:
    return {"noekkel": noekkel, "aapner": now(), "antall": 1}


def _antall() -> int:
    db.session.rollback()
    return int(_ANTALL.verdi())


def _autoflush() -> None:
    db.session.add(Grense(**_rad()))
    db.session.scalars(select(Grense)).all()


def _endret_objekt() -> None:
    db.session.get_one(User, db.session.scalar(select(func.min(User.id)))).visningsnavn = "Noe annet"
    db.session.flush()


_MAATER: list[tuple[str, Callable[[], object]]] = [
    ("autoflush", _autoflush),
    ("object", _endret_objekt),
    ("new rows", lambda: skriv([Grense(**_rad())])),
    ("free", lambda: sett_inn_ledig(Grense(**_rad()))),
    ("one", lambda: _INN.kjoer(_rad())),
    ("many", lambda: _INN.mange([_rad()])),
    ("update", lambda: db.session.execute(update(User).values(visningsnavn="Alle"))),
    ("delete", lambda: db.session.execute(delete(Enhet))),
    ("insert", lambda: db.session.execute(insert(Grense), [_rad()])),
    ("savepoint", db.session.begin_nested),
    ("returning", lambda: db.session.scalar(insert(Grense).values(**_rad()).returning(Grense.antall))),
]


@contextmanager
def _utenfor() -> Iterator[None]:
    yield


@pytest.mark.parametrize("rundt", [_utenfor, own_transaction, own_connection])
@pytest.mark.parametrize("skriv", [hvordan for _, hvordan in _MAATER], ids=[navn for navn, _ in _MAATER])
def test_a_change_outside_a_transaction_is_refused(
    app: Flask, folk: Any, skriv: Callable[[], object], rundt: Callable[[], AbstractContextManager[Any]]
) -> None:
    """Also where another one is open beside the session's: what it writes is that one's."""
    navn = sorted(db.session.scalars(select(User.visningsnavn)))
    with pytest.raises(RuntimeError, match="outside transaction"), rundt():
        skriv()
    assert _antall() == 0
    assert sorted(db.session.scalars(select(User.visningsnavn))) == navn


def _to_og_en_feil(begynn: Callable[[], AbstractContextManager[Any]]) -> None:
    with begynn() as vei:
        paa = vei if isinstance(vei, Sidevei) else vei.connection()
        _INN.kjoer(_rad(b"a"), paa=paa)
        _INN.kjoer(_rad(b"b"), paa=paa)
        raise LookupError


def test_what_failed_in_a_transaction_is_undone_after_reading(app: Flask) -> None:
    """The connection that has just read is the one that is lent next."""
    for begynn in (transaction, own_transaction, own_connection):
        assert _antall() == 0
        db.session.rollback()
        with pytest.raises(LookupError):
            _to_og_en_feil(begynn)
        assert _antall() == 0
    db.session.rollback()
    with db.engine.connect() as connection:
        connection.execute(insert(Grense).values(**_rad()))
        connection.rollback()
    assert _antall() == 0


@pytest.mark.bare_postgresql
def test_a_page_holds_no_transaction_open(app: Flask) -> None:
    pid = db.session.scalar(select(func.pg_backend_pid()))
    tilstand = text("SELECT state, backend_xmin IS NULL FROM pg_stat_activity WHERE pid = :pid")
    with db.engine.connect() as en_annen:
        assert en_annen.execute(tilstand, {"pid": pid}).one() == ("idle", True)
    db.session.rollback()
    with transaction() as session, db.engine.connect() as en_annen:
        pid = session.scalar(select(func.pg_backend_pid()))
        assert en_annen.execute(tilstand, {"pid": pid}).one().state == "idle in transaction"


@pytest.mark.bare_postgresql
def test_what_comes_back_to_the_pool_is_as_it_was(app: Flask) -> None:
    for _ in range(3):
        _antall()
        db.session.rollback()
        laante = [db.engine.raw_connection() for _ in range(3)]
        assert [cast(Any, en.driver_connection).autocommit for en in laante] == [False] * 3
        for en in laante:
            en.close()


@pytest.mark.bare_postgresql
def test_what_the_guards_cannot_see_fails_the_tests(app: Flask) -> None:
    endring = text("INSERT INTO grense (noekkel, aapner, antall) VALUES ('x', now(), 1)")
    for send in (db.session.execute, lambda setning: db.session.connection().execute(setning)):
        with pytest.raises(AssertionError, match="nothing is undone"):
            send(endring)
        db.session.rollback()
    with transaction() as session:
        session.execute(endring)
    assert _antall() == 1
