"""A short transaction of its own: all of it or nothing, faults as SQLAlchemy tells them, the connection always given
back."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, cast

import pytest
from flask import Flask
from sqlalchemy import Table, bindparam, func, insert, select, text
from sqlalchemy.exc import IntegrityError, OperationalError, PendingRollbackError
from sqlalchemy.pool import QueuePool

from koordinering.audit import Hva, record
from koordinering.db import db, now, own_connection, transaction, writing, writing_connection
from koordinering.konto.models import Grense
from koordinering.motor import toem_logg
from koordinering.setning import Setning
from koordinering.sidevei import Sidevei
from koordinering.users import User

_INN = Setning[()](insert(cast(Table, Grense.__table__)).inline(), ("noekkel", "aapner", "antall"))
_ANTALL = Setning[int](select(func.count()).select_from(Grense).where(Grense.noekkel == bindparam("noekkel")))


def _rad(noekkel: bytes) -> dict[str, Any]:
    return {"noekkel": noekkel, "aapner": now(), "antall": 1}


def _skriv_bare(vei: Sidevei, saa: Callable[[Sidevei], None]) -> None:
    _INN.kjoer(_rad(b"a"), paa=vei)
    saa(vei)


def _skriv_og(vei: Sidevei, saa: Callable[[Sidevei], None]) -> None:
    _skriv_bare(vei, saa)
    _INN.kjoer(_rad(b"b"), paa=vei)


def _tabbe(_vei: Sidevei) -> None:
    raise LookupError


def _kutt(vei: Sidevei) -> None:
    pid = vei.connection.driver_connection.info.backend_pid
    db.session.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})


def _skrevet(noekkel: bytes) -> int:
    db.session.rollback()
    return int(_ANTALL.verdi({"noekkel": noekkel}))


@pytest.fixture
def i_bruk(app: Flask) -> Any:
    """How many connections are lent; as many after as before, or the pool would be empty one day."""
    pool = cast(QueuePool, db.engine.pool)
    db.session.rollback()
    foer = pool.checkedout()
    yield pool.checkedout
    db.session.rollback()
    assert pool.checkedout() == foer


def test_what_is_written_stands_when_the_block_ends(i_bruk: Any) -> None:
    with own_connection() as vei:
        _INN.kjoer(_rad(b"a"), paa=vei)
        assert writing()
        assert writing_connection() is vei
        assert i_bruk() == 1
    assert not writing()
    assert i_bruk() == 0
    assert _skrevet(b"a") == 1


def test_nothing_stands_where_something_goes_wrong_between(i_bruk: Any) -> None:
    with pytest.raises(LookupError), own_connection() as vei:
        _skriv_og(vei, _tabbe)
    assert not writing()
    assert _skrevet(b"a") == 0


def test_a_statement_that_fails_ends_it(i_bruk: Any) -> None:
    def feiler(vei: Sidevei) -> None:
        with pytest.raises(IntegrityError) as feil:
            _INN.kjoer(_rad(b"a"), paa=vei)
        assert feil.value.statement is not None
        assert i_bruk() == 0, "given back at once"

    with pytest.raises(AttributeError), own_connection() as vei:
        _skriv_og(vei, feiler)  # there is no transaction to go on writing in
    with pytest.raises(PendingRollbackError), own_connection() as vei:
        _skriv_bare(vei, feiler)  # nor one to end
    assert not writing()
    assert (_skrevet(b"a"), _skrevet(b"b")) == (0, 0)


def _stans(*_om: object) -> None:
    raise db.engine.dialect.loaded_dbapi.OperationalError("disk I/O error")


@pytest.mark.parametrize("ledd", ["do_begin", "do_commit"])
def test_a_database_that_fails_as_it_begins_or_commits_is_told(
    monkeypatch: pytest.MonkeyPatch, i_bruk: Any, ledd: str
) -> None:
    monkeypatch.setattr(db.engine.dialect, ledd, _stans)
    with pytest.raises(OperationalError, match="disk I/O error"), own_connection() as vei:
        _INN.kjoer(_rad(b"a"), paa=vei)
    monkeypatch.undo()
    assert not writing()
    assert _skrevet(b"a") == 0


def test_a_database_that_cannot_be_reached_is_told(monkeypatch: pytest.MonkeyPatch, i_bruk: Any) -> None:
    monkeypatch.setattr(db.engine, "raw_connection", _stans)
    with pytest.raises(OperationalError), own_connection():
        pytest.fail("nothing to write on")
    assert not writing()


@pytest.mark.bare_postgresql
def test_a_connection_that_was_cut_is_not_lent_again(i_bruk: Any) -> None:
    with pytest.raises(OperationalError) as feil, own_connection() as vei:
        _skriv_og(vei, _kutt)
    assert feil.value.connection_invalidated
    assert _skrevet(b"a") == 0
    record(Hva.LISTE_LEST, av=None)  # by another


def test_one_is_never_inside_another(i_bruk: Any) -> None:
    with own_connection(), pytest.raises(RuntimeError), own_connection():
        pytest.fail("two that wait for each other")


@pytest.mark.bare_sqlite
def test_what_was_read_from_a_file_that_is_moved_is_not_written_to_it(app: Flask, folk: Any) -> None:
    fil = Path(str(db.engine.url.database))
    db.session.rollback()
    toem_logg(db.engine)
    foer = _linjer(fil)
    kopi, borte = fil.with_name("kopi"), fil.with_name("borte")
    shutil.copy(fil, kopi)
    assert db.session.scalar(select(User.id).limit(1)) is not None
    for endelse in ("-wal", "-shm", ""):
        fil.with_name(fil.name + endelse).rename(borte.with_name(borte.name + endelse))
    kopi.rename(fil)
    with transaction():
        record(Hva.LISTE_LEST, av=None)
    record(Hva.LISTE_LEST, av=None)
    db.session.rollback()
    assert (_linjer(fil), _linjer(borte)) == (foer + 2, foer)


def _linjer(fil: Path) -> int:
    with closing(sqlite3.connect(fil)) as en:
        return int(en.execute("SELECT count(*) FROM innsynslogg").fetchone()[0])
