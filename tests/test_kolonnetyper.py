"""The short ways of values to the driver and back are SQLAlchemy's own ways; and what a day in Norway is."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import BindParameter, Boolean, Enum, LargeBinary, bindparam, func, select
from sqlalchemy.types import TypeEngine

from koordinering import db as databasen
from koordinering.audit import Hva, Innslag
from koordinering.db import Base, db, i_dag, tilfeldig_id
from koordinering.kolonnetyper import Utc, inn
from koordinering.setning import Setning
from koordinering.users import User

_PROEVER: dict[type[TypeEngine[Any]], list[Any]] = {
    Boolean: [None, True, False],
    LargeBinary: [None, b"", b"\x00\xff"],
    Utc: [None, datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=UTC), datetime(1, 1, 1, tzinfo=UTC)],
}


def _proever(slag: TypeEngine[Any]) -> list[Any]:
    if isinstance(slag, Enum):
        return [None, *(slag.enum_class or slag.enums)]
    return next((proever for hva, proever in _PROEVER.items() if isinstance(slag, hva)), [])


def _bytes(verdi: Any) -> Any:
    """What is in what a driver holds bytes in: sqlite3 in a memoryview, psycopg in an object of its own."""
    return bytes(verdi) if isinstance(verdi, memoryview) else getattr(verdi, "obj", verdi)


def test_a_value_of_every_column_comes_to_the_driver_as_sqlalchemy_gives_it(app: Flask) -> None:
    dialekt, proevd = db.engine.dialect, set()
    for kolonne in (kolonne for tabell in Base.metadata.sorted_tables for kolonne in tabell.columns):
        slag: Any = kolonne.type
        sqlalchemys = slag._cached_bind_processor(dialekt)
        var = inn(slag, dialekt, sqlalchemys)
        for verdi in _proever(slag):
            ventet = _bytes(verdi if sqlalchemys is None else sqlalchemys(verdi))
            assert _bytes(verdi if var is None else var(verdi)) == ventet, kolonne
            proevd.add(type(slag))
    assert proevd >= {Boolean, Enum, LargeBinary, Utc}


@pytest.mark.parametrize("galt", [2, "ja"])
def test_what_is_no_yes_and_no_no_is_refused(app: Flask, galt: Any) -> None:
    slag, dialekt = Boolean(), db.engine.dialect
    vei = inn(slag, dialekt, slag._cached_bind_processor(dialekt))
    assert vei is not None
    with pytest.raises((TypeError, ValueError)):
        vei(galt)


@pytest.mark.parametrize(
    "tid",
    [
        datetime(2026, 7, 1, 0, 30, 0, 5, tzinfo=UTC),
        datetime(2026, 7, 1, 2, 30, tzinfo=timezone(timedelta(hours=2))),
        datetime(2026, 12, 31, 23, 59, 59, 999999, tzinfo=ZoneInfo("America/New_York")),
    ],
)
def test_a_moment_goes_to_the_database_and_comes_back_in_utc(app: Flask, tid: datetime) -> None:
    setning = Setning[datetime](select(bindparam("tid", type_=Utc()), bindparam("tid", type_=Utc())))
    for _ in range(2):  # the same moment twice, and then another
        [svar] = setning.alle({"tid": tid})
        assert tuple(svar) == (tid, tid)
        assert all(en.tzinfo is UTC for en in svar)
    assert setning.verdi({"tid": tid + timedelta(seconds=1)}) == tid + timedelta(seconds=1)


def test_a_moment_without_a_zone_is_refused(app: Flask) -> None:
    with pytest.raises(ValueError, match="naive"):
        Setning[datetime](select(bindparam("tid", type_=Utc()))).alle({"tid": datetime(2026, 1, 1)})  # noqa: DTZ001


def test_lists_of_codes_and_a_name_that_stands_twice_go_as_sqlalchemy_sends_them(app: Flask, folk: Any) -> None:
    hva: BindParameter[Any] = bindparam("hva", expanding=True)
    hvem: BindParameter[int] = bindparam("hvem")
    query = select(func.count(Innslag.id), hvem).where(
        Innslag.hva.in_(hva), (Innslag.user_id == hvem) | (Innslag.user_id < hvem)
    )
    setning = Setning[int, int](query)
    bruker = db.session.scalar(select(func.max(User.id)))
    for koder in ([Hva.INN], list(Hva), []):
        verdier = {"hva": koder, "hvem": bruker}
        assert list(map(tuple, setning.alle(verdier))) == list(map(tuple, db.session.execute(query, verdier)))


@pytest.mark.parametrize(
    ("tid", "ventet"),
    [
        (datetime(2026, 1, 1, 22, 59, 59, tzinfo=UTC), date(2026, 1, 1)),
        (datetime(2026, 1, 1, 23, 0, 0, tzinfo=UTC), date(2026, 1, 2)),
        (datetime(2026, 7, 1, 21, 59, 59, tzinfo=UTC), date(2026, 7, 1)),
        (datetime(2026, 7, 1, 22, 0, 0, tzinfo=UTC), date(2026, 7, 2)),
        (datetime(2026, 3, 28, 23, 30, tzinfo=UTC), date(2026, 3, 29)),  # the night when clocks go on
        (datetime(2026, 10, 25, 22, 59, tzinfo=UTC), date(2026, 10, 25)),  # and the day when they have gone back
    ],
)
def test_a_day_begins_at_midnight_in_norway(monkeypatch: pytest.MonkeyPatch, tid: datetime, ventet: date) -> None:
    for litt in (timedelta(seconds=-1), timedelta(), timedelta(minutes=59)):
        naa = tid + litt
        monkeypatch.setattr(databasen, "time", naa.timestamp)
        assert i_dag() == naa.astimezone(databasen.OSLO).date()
    monkeypatch.setattr(databasen, "time", tid.timestamp)
    assert i_dag() == ventet


def test_a_key_is_odd_and_has_62_bits() -> None:
    noekler = {tilfeldig_id() for _ in range(1000)}
    assert len(noekler) == 1000
    assert all(en & 1 and 0 < en < 1 << 62 for en in noekler)
    assert max(noekler).bit_length() > 58
