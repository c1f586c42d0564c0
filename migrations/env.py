"""Run the migrations on the connection and towards the metadata that the caller puts in `config.attributes`.

`connection` is a live SQLAlchemy connection with no transaction begun, `metadata` the tables of today, `fortell` is
told of each step that is done, `noekkellager` is the engine of the key store, `laasefrist` how long PostgreSQL waits
for a table. What a migration puts in `etterpaa` is done once the database is committed. `slipp` is for a migration of
large tables, see let_go; `noen_andre` is raised where somebody else has taken the step meanwhile.
Nothing else of the application is known here, so that an old migration never depends on new code.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from alembic.operations.ops import MigrationScript
from alembic.runtime.migration import MigrationContext, MigrationInfo
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, TypeDecorator

MERKE = 0x4B4F4F52
"""«KOOR»: the name of the advisory lock in PostgreSQL, and the mark in the head of the SQLite file."""


def driver(connection: Connection) -> Any:
    """The driver's own connection, which begins nothing by itself."""
    return connection.connection.driver_connection


@contextmanager
def without_foreign_keys(connection: Connection) -> Iterator[None]:
    """On SQLite, switch foreign keys off while migrating.

    A batch ALTER drops the old table, and with foreign keys on, ON DELETE CASCADE would empty its children.
    The pragma does nothing inside a transaction, and SQLAlchemy begins one for whatever it is asked to run,
    so it is given to the driver.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    if connection.in_transaction():
        raise RuntimeError("Migrations need a connection with no transaction begun.")
    (before,) = driver(connection).execute("PRAGMA foreign_keys").fetchone()
    driver(connection).execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        driver(connection).execute(f"PRAGMA foreign_keys={before}")


@contextmanager
def one_at_a_time(connection: Connection) -> Iterator[None]:
    """PostgreSQL: let one migrate at a time, and let no change of a table wait long for those who use it.

    The lock is the session's: each migration is a transaction of its own, so that none holds its tables while the
    next one works, and so that an index can be made beside the service (CONCURRENTLY, in an autocommit_block).
    """
    if connection.dialect.name != "postgresql":
        yield
        return
    connection.exec_driver_sql(f"SELECT pg_advisory_lock({MERKE})")
    connection.exec_driver_sql(f"SET lock_timeout = '{context.config.attributes['laasefrist']}'")
    connection.commit()
    try:
        yield
    finally:
        connection.rollback()
        connection.exec_driver_sql("RESET lock_timeout")
        connection.exec_driver_sql(f"SELECT pg_advisory_unlock({MERKE})")
        connection.commit()


def lock(connection: Connection) -> None:
    """Let one migrate at a time, so that two servers that start at once do not both make the same table."""
    if connection.dialect.name == "postgresql":
        return  # one_at_a_time has it
    # A write comes first: a transaction that has read cannot get the lock after another's commit.
    connection.exec_driver_sql(f"PRAGMA application_id={MERKE}")
    if not driver(connection).in_transaction:
        raise RuntimeError("Migrations need an engine that begins its own transactions.")


def let_go(connection: Connection) -> None:
    """SQLite: keep what is done and begin again, so that those who wait to write get their turn.

    A migration that calls it can be stopped between two of its parts and begun anew: what stands before its last part
    does nothing where it is done. It rebuilds no table and takes no row away, and says so (ONLY_ADDS).
    """
    if connection.dialect.name != "sqlite":
        return
    check_foreign_keys(connection)
    driver(connection).execute("COMMIT")
    driver(connection).execute("BEGIN IMMEDIATE")
    now = driver(connection).execute("SELECT version_num FROM alembic_version").fetchone()
    if now != context.config.attributes.setdefault("versjon", now):
        raise context.config.attributes["noen_andre"]


def check_foreign_keys(connection: Connection) -> None:
    """Stop, and so undo what is not kept yet, when a row points at one that is gone.

    Not where all that was done since the last time only adds: it takes a quarter of a minute at a million referrals.
    """
    if connection.dialect.name != "sqlite" or not context.config.attributes.pop("ukontrollert", False):
        return
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    if broken:
        where = ", ".join(sorted({f"{row[0]} → {row[2]}" for row in broken}))
        raise RuntimeError(f"The migration left {len(broken)} rows that point at nothing: {where}")


def number_revision(ctx: MigrationContext, revision: object, directives: list[MigrationScript]) -> None:
    """Number a new migration after the last one: 0007."""
    head = ScriptDirectory.from_config(context.config).get_current_head()
    directives[0].rev_id = f"{int(head or 0) + 1:04}"


def render_item(kind: str, item: object, autogen: AutogenContext) -> str | Literal[False]:
    """Write the plain type behind our own column types: a migration imports no application code."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl_instance!r}"
    return False


def tell_version(ctx: MigrationContext, step: MigrationInfo, heads: Collection[Any], run_args: Any) -> None:
    """Say that a step is done: a large database takes its time."""
    if not getattr(getattr(step.up_revision, "module", None), "ONLY_ADDS", False):
        context.config.attributes["ukontrollert"] = True
    context.config.attributes.pop("versjon", None)
    context.config.attributes["fortell"](step.up_revision_id)


def run(connection: Connection, metadata: MetaData) -> None:
    context.config.attributes["slipp"] = partial(let_go, connection)
    with without_foreign_keys(connection), one_at_a_time(connection):
        context.configure(
            connection=connection,
            target_metadata=metadata,
            render_as_batch=True,
            transactional_ddl=True,
            transaction_per_migration=connection.dialect.name == "postgresql",
            compare_type=True,
            process_revision_directives=number_revision,
            render_item=render_item,
            on_version_apply=tell_version,
        )
        with context.begin_transaction():
            lock(connection)
            context.run_migrations()
            check_foreign_keys(connection)
    for then in context.config.attributes.get("etterpaa", ()):
        then()


run(context.config.attributes["connection"], context.config.attributes["metadata"])
