"""Cursors that a connection keeps give what new ones give, and no more of them are kept than there is use for."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import BigInteger, Integer, bindparam, event, func, literal, select
from sqlalchemy.exc import DataError, OperationalError

from koordinering.db import db, own_connection
from koordinering.sending import KURSORER, MEST
from koordinering.setning import Setning, sesjonens
from koordinering.users import Enhet, User

ANTALL = 300
_ALLE = select(literal(1).label("n")).cte("alle", recursive=True)
_ALLE = _ALLE.union_all(select(_ALLE.c.n + 1).where(_ALLE.c.n < ANTALL))
RADER = Setning[int](select(_ALLE.c.n).where(_ALLE.c.n <= bindparam("mest")).order_by(_ALLE.c.n))
ENHETER = Setning[str](select(Enhet.id).where(Enhet.orden >= bindparam("fra")).order_by(Enhet.orden))


@contextmanager
def sendt_paa() -> Iterator[list[Any]]:
    """The cursors that statements are sent on meanwhile."""
    kursorer: list[Any] = []

    def lytt(_forbindelse: Any, cursor: Any, *_om: Any) -> None:
        kursorer.append(cursor)

    event.listen(db.engine, "before_cursor_execute", lytt)
    try:
        yield kursorer
    finally:
        event.remove(db.engine, "before_cursor_execute", lytt)


def holdte(forbindelse: Any) -> dict[str, Any] | None:
    ut: dict[str, Any] | None = forbindelse.connection.info.get(KURSORER)
    return ut


def test_a_text_has_its_cursor_on_postgresql(app: Flask, database: str) -> None:
    with sendt_paa() as kursorer:
        alle = ENHETER.verdiene({"fra": 0})
        assert ENHETER.verdiene({"fra": 1}) == alle[1:]
        RADER.alle({"mest": 1})
        assert ENHETER.verdiene({"fra": 0}) == alle
    forste, andre, annen, tredje = kursorer
    assert annen is not forste
    assert (forste is andre is tredje) == (database == "postgresql")
    assert (holdte(sesjonens()) is not None) == (database == "postgresql")


def test_nothing_of_what_was_sent_or_given_stays_with_a_cursor(app: Flask, database: str) -> None:
    lengde = Setning[int](select(func.length(bindparam("ord", type_=Enhet.__table__.c.navn.type))))
    with sendt_paa() as kursorer:
        for mest in (1, ANTALL, 0, ANTALL):
            assert RADER.verdiene({"mest": mest}) == list(range(1, mest + 1))
        assert RADER.kjoer({"mest": ANTALL}) in (ANTALL, -1)
        assert [lengde.verdi({"ord": en}) for en in ("hemmelig" * 1000, "x", "")] == [8000, 1, 0]
    if database == "postgresql":
        assert len({id(en) for en in kursorer}) == 2
        for en in kursorer:
            assert (en.pgresult, en._results, en._query, en._tx.pgresult) == (None, [], None, None)


@pytest.mark.bare_postgresql
def test_another_psycopg_than_is_known_here_keeps_none(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    class Annen:
        """Without what is asked of a cursor beyond PEP 249."""

        def __init__(self, ekte: Any) -> None:
            self.ekte = ekte

        def __getattr__(self, navn: str) -> Any:
            return getattr(self.ekte, {"_reset": "finnes_ikke"}.get(navn, navn))

    alle = ENHETER.verdiene({"fra": 0})
    driver: Any = sesjonens().connection.dbapi_connection
    ny = driver.cursor
    (holdte(sesjonens()) or {}).clear()
    monkeypatch.setattr(driver, "cursor", lambda: Annen(ny()))
    with sendt_paa() as kursorer:
        assert [ENHETER.verdiene({"fra": 0}) for _ in range(3)] == [alle] * 3
    assert (len({id(en) for en in kursorer}), [en.closed for en in kursorer]) == (3, [True] * 3)
    assert holdte(sesjonens()) == {}


def test_values_go_in_their_order_and_by_name_where_one_is_named_twice(app: Flask, database: str) -> None:
    """psycopg looks up each that has a name; two of them would be two to PostgreSQL."""
    to_ganger = Setning[str](select(Enhet.id).where(Enhet.orden.in_([bindparam("n"), bindparam("n") + 1])))
    tekster: list[str] = []

    def lytt(*om: Any) -> None:
        tekster.append(om[2])

    event.listen(db.engine, "before_cursor_execute", lytt)
    try:
        assert to_ganger.verdiene({"n": 0}) == ENHETER.verdiene({"fra": 0})[:2]
    finally:
        event.remove(db.engine, "before_cursor_execute", lytt)
    if database == "postgresql":
        assert ("%(n)s" in tekster[0], "%s" in tekster[0]) == (True, False)
        assert ("%(" in tekster[1], "%s" in tekster[1]) == (False, True)


def test_a_listener_may_send_another_text(app: Flask) -> None:
    def lytt(_f: Any, _cursor: Any, tekst: str, verdier: Any, *_om: Any) -> tuple[str, Any]:
        return tekst.replace("enhet.orden >=", "enhet.orden <"), verdier

    alle = ENHETER.verdiene({"fra": 0})
    event.listen(db.engine, "before_cursor_execute", lytt, retval=True)
    try:
        assert ENHETER.verdiene({"fra": 2}) == alle[:2]
    finally:
        event.remove(db.engine, "before_cursor_execute", lytt)
    assert ENHETER.verdiene({"fra": 2}) == alle[2:]


@pytest.mark.bare_postgresql  # sqlite3's are not kept
def test_so_many_are_kept_and_those_used_last(app: Flask) -> None:
    def spoer(nr: int) -> None:
        Setning[int](select(literal(1).label(f"nr{nr}"))).verdi()

    with sendt_paa() as kursorer:
        for nr in range(MEST + 1):
            spoer(nr)
            spoer(0)
        siste = kursorer[-2]
        spoer(MEST)
        spoer(1)
    assert len({id(en) for en in kursorer[1::2][: MEST + 1]}) == 1, "the one that is asked all the time stays"
    assert kursorer[-2] is siste
    assert kursorer[-1] is not kursorer[2], "the one that nobody had asked for the longest time is gone"
    assert kursorer[2].closed
    alle = holdte(sesjonens())
    assert alle is not None
    assert len(alle) == MEST


def test_a_listener_that_asks_the_same_has_another(app: Flask) -> None:
    alle = ENHETER.verdiene({"fra": 0})
    hoert: list[Any] = []

    def lytt(*om: Any) -> None:
        if not hoert:
            hoert.append(None)
            hoert[0] = ENHETER.verdiene({"fra": 2})

    event.listen(db.engine, "after_cursor_execute", lytt)
    try:
        assert ENHETER.verdiene({"fra": 1}) == alle[1:]
    finally:
        event.remove(db.engine, "after_cursor_execute", lytt)
    assert hoert == [alle[2:]]
    assert ENHETER.verdiene({"fra": 0}) == alle


def test_a_fault_takes_its_cursor_along(app: Flask, database: str) -> None:
    """The next transaction on the same connection asks the same and gets its answer."""
    skjult = bindparam("deles_paa", type_=Integer)
    deling = Setning[int](select(func.abs(100 / skjult if database == "postgresql" else func.json(skjult))))
    god, daarlig = (10, 0) if database == "postgresql" else (1, "{")
    with sendt_paa() as kursorer:
        with own_connection() as connection:
            deling.verdi({"deles_paa": god}, paa=connection)
        with pytest.raises((DataError, OperationalError)), own_connection() as connection:
            deling.verdi({"deles_paa": daarlig}, paa=connection)
        with own_connection() as connection:
            assert deling.verdi({"deles_paa": god}, paa=connection) == god
    if database == "postgresql":
        assert kursorer[0] is kursorer[1]
        assert kursorer[2] is not kursorer[1]


def test_a_connection_that_is_made_anew_has_none(app: Flask, database: str) -> None:
    alle = ENHETER.verdiene({"fra": 0})
    sesjonens().connection.invalidate()
    db.session.rollback()
    assert ENHETER.verdiene({"fra": 0}) == alle
    if database == "postgresql":
        assert list(holdte(sesjonens()) or {}) == [ENHETER._oversatt["postgresql"].eneste.tekst]  # type: ignore[union-attr]


def test_a_value_that_is_named_twice_is_one(app: Flask) -> None:
    """Two would be two expressions to PostgreSQL, and one grouped by what is not the other."""
    plass = User.id % bindparam("deler", type_=Integer)
    setning = Setning[int, int](select(plass, func.count()).group_by(plass).order_by(plass))
    vanlig = select(plass, func.count()).group_by(plass).order_by(plass)
    for deler in (2, 3):
        ventet = list(map(tuple, db.session.execute(vanlig, {"deler": deler})))
        assert list(map(tuple, setning.alle({"deler": deler}))) == ventet


@settings(max_examples=40)
@given(st.lists(st.one_of(st.none(), st.integers(-(2**62), 2**62), st.text("abc%ø'", max_size=4)), max_size=8))
def test_values_of_another_kind_and_size_come_after_each_other(app: Flask, gitt: list[Any]) -> None:
    """What was found out of the first ones does not decide what the next ones are."""
    tall = Setning[Any](select(bindparam("verdi", type_=BigInteger)))
    ord_ = Setning[Any](select(bindparam("verdi", type_=Enhet.__table__.c.navn.type)))
    for en in gitt:
        setning = ord_ if isinstance(en, str) else tall
        assert setning.verdi({"verdi": en}) == en
    db.session.rollback()
