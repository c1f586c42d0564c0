"""The key store itself: a database of its own with one wrapped data key for each row that needs one.

A key is committed before the row that it belongs to: a key without a row opens nothing and does no harm.
"""

import secrets
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from typing import cast

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    LargeBinary,
    MetaData,
    Table,
    Text,
    create_engine,
    func,
    literal_column,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.schema import CreateSchema
from sqlalchemy.sql.elements import ColumnElement

from koordinering import crypto
from koordinering.db import db, writing_session
from koordinering.kolonnetyper import HELTALL, Utc
from koordinering.motor import prepare_engine
from koordinering.setning import Setning
from koordinering.sidevei import Sidevei

BIND = "noekkellager"
"""The name of the key store among the application's databases."""
SKJEMA = "noekkellager"
"""Its schema in PostgreSQL: `pg_dump --schema` and `--exclude-schema` keep its backups apart."""

tabeller = MetaData(schema=SKJEMA)
noekkel = Table(
    "noekkel",
    tabeller,
    Column("tabell", Text, primary_key=True),
    Column("rad", HELTALL, primary_key=True, autoincrement=False),
    Column("innpakket", LargeBinary, nullable=False),
)
slettet = Table(
    "slettet",
    tabeller,
    Column("tabell", Text, primary_key=True),
    Column("rad", HELTALL, primary_key=True, autoincrement=False),
    Column("tid", Utc(), nullable=False, index=True),
)
"""What has been deleted, as table and random id: a restored backup of the data forgets it again."""
merke = Table("lager", tabeller, Column("merke", Text, primary_key=True))
"""One random word, so that another installation's key store is known."""

_MINNE = "datanoekler"
Rad = tuple[str, int, bytes]
"""Table, row and wrapped key."""


def valg(url: str, pool: Mapping[str, object] = MappingProxyType({})) -> dict[str, object]:
    """How an engine of the key store is made: on SQLite the file is the schema. `pool`: its connections."""
    if url.startswith("sqlite"):
        return {"url": url, "execution_options": {"schema_translate_map": {SKJEMA: None}}, **pool}
    return {"url": url, **pool}


def lag_engine(url: str) -> Engine:
    """An engine outside the application: for the commands that change the schema."""
    om = valg(url)
    engine = create_engine(str(om.pop("url")), **om)
    prepare_engine(engine)
    return engine


@contextmanager
def begge(url: str, lager_url: str) -> Iterator[tuple[Engine, Engine]]:
    """The database and its key store outside the application, until the block is left."""
    data, lager = create_engine(url), lag_engine(lager_url)
    prepare_engine(data)
    try:
        yield data, lager
    finally:
        data.dispose()
        lager.dispose()


def engine() -> Engine:
    """The application's key store."""
    return db.engines[BIND]


def lukk() -> None:
    """Let go of every connection of the application, to the database and to the key store."""
    for en in db.engines.values():
        en.dispose()


def opprett(connection: Connection) -> None:
    """Make the tables and the mark where they are not."""
    if connection.dialect.name == "postgresql":
        connection.execute(CreateSchema(SKJEMA, if_not_exists=True))
    tabeller.create_all(connection)
    if connection.scalar(select(merke.c.merke)) is None:
        connection.execute(merke.insert().values(merke=secrets.token_hex(16)))


# --- Keys ------------------------------------------------------------------------------------------------


def _minne(noekler: crypto.Noekler) -> dict[tuple[str, int], bytes]:
    """What this session has read with these master keys: a page with many notes of one case asks once."""
    info = (writing_session() or db.session()).info
    lest_med, minne = info.get(_MINNE, (None, {}))
    if lest_med is not noekler:
        minne = {}
        info[_MINNE] = (noekler, minne)
    return cast("dict[tuple[str, int], bytes]", minne)


def glem() -> None:
    """Forget what this session has read."""
    _minne(crypto.gjeldende()).clear()


def hent(tabell: str, rader: Collection[int]) -> dict[int, bytes]:
    """The wrapped keys of these rows, in one query. A row whose key is gone is left out: its values are forgotten."""
    kjente = _minne(crypto.gjeldende())
    ukjente = sorted({rad for rad in rader if (tabell, rad) not in kjente})
    if ukjente:
        query = select(noekkel.c.rad, noekkel.c.innpakket).where(noekkel.c.tabell == tabell, noekkel.c.rad.in_(ukjente))
        with engine().connect() as connection:
            kjente |= {(tabell, rad): innpakket for rad, innpakket in connection.execute(query)}
    return {rad: kjente[tabell, rad] for rad in rader if (tabell, rad) in kjente}


def hent_eller_lag(tabell: str, rader: Collection[int]) -> dict[int, bytes]:
    """The wrapped keys of these rows, made and committed where there are none."""
    finnes = hent(tabell, rader)
    mangler = [rad for rad in rader if rad not in finnes]
    if not mangler:
        return finnes
    lag(tabell, mangler)
    return finnes | hent(tabell, mangler)  # read again: another process may have been first


def lag(tabell: str, rader: Collection[int]) -> None:
    """Make keys for rows that have none, committed at once; for rows that were made now it is all there is to do."""
    noekler = crypto.gjeldende()
    laget = {rad: crypto.ny_datanoekkel(noekler, tabell, rad) for rad in rader}
    nye = skriv((tabell, rad, innpakket) for rad, innpakket in laget.items())
    if nye == len(laget):
        minne = _minne(noekler)
        minne |= {(tabell, rad): innpakket for rad, innpakket in laget.items()}


def skriv(rader: Iterable[Rad]) -> int:
    """Put keys in the store, committed at once, and tell how many. One that is there already stays."""
    verdier = [{"tabell": tabell, "rad": rad, "innpakket": innpakket} for tabell, rad, innpakket in rader]
    if not verdier:
        return 0
    with Sidevei(engine()) as vei:
        return _SETT_INN[vei.dialect.name].mange(verdier, paa=vei)


def sett_inn(dialekt: str, tabell: Table) -> sqlite.Insert | postgresql.Insert:
    """An INSERT that leaves what is there alone."""
    insert = sqlite.insert if dialekt == "sqlite" else postgresql.insert
    return insert(tabell).on_conflict_do_nothing()


_SETT_INN = {
    dialekt: Setning[()](sett_inn(dialekt, tabell), tabell.c.keys())
    for dialekt, tabell in (
        ("sqlite", noekkel.to_metadata(MetaData(), schema=cast(str, None))),  # a file of its own has no schema
        ("postgresql", noekkel),
    )
}
"""Made once: a key is put in with each case."""


def hoved_av(kolonne: ColumnElement[bytes]) -> ColumnElement[bytes]:
    """The two bytes of a sealed value that say which master key it was sealed with."""
    return func.substr(kolonne, literal_column("2"), literal_column("2"), type_=LargeBinary())


def per_hovednoekkel(connection: Connection, kolonne: ColumnElement[bytes]) -> dict[int, int]:
    """How many values of a column each master key has sealed."""
    hoved = hoved_av(kolonne)
    rader = connection.execute(select(hoved, func.count()).where(kolonne.is_not(None)).group_by(hoved))
    return {int.from_bytes(nummer, "big"): antall for nummer, antall in rader}
