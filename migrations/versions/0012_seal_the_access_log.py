"""A seal for each line of the access log, and triggers that refuse to change or delete either of them.

Whole days expire after years (`koordinering audit utloep`), so what is older than the shortest time may be deleted.
The triggers stop a mistake and a program that was led astray; they do not stop the one who owns the tables.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_SAYS = "the access log is only added to"
_YOUNG = {
    "sqlite": {
        "innsynslogg": "OLD.tid > strftime('%Y-%m-%d %H:%M:%f', 'now', '-360 days')",
        "loggsegl": "OLD.dag > date('now', '-360 days')",
    },
    "postgresql": {
        "innsynslogg": "OLD.tid > now() - interval '360 days'",
        "loggsegl": "OLD.dag > to_char(now() - interval '360 days', 'YYYY-MM-DD')",
    },
}
"""What no setting lets expire: the log is kept for a year at least."""


def _lock_sqlite(table: str) -> None:
    stop = f"BEGIN SELECT RAISE(ABORT, '{_SAYS}'); END"
    op.execute(f"CREATE TRIGGER {table}_endres_ikke BEFORE UPDATE ON {table} {stop}")
    op.execute(f"CREATE TRIGGER {table}_slettes_ikke BEFORE DELETE ON {table} WHEN {_YOUNG['sqlite'][table]} {stop}")


def _lock_postgresql(table: str) -> None:
    stop = f"RAISE EXCEPTION '{_SAYS}' USING ERRCODE = 'integrity_constraint_violation';"
    op.execute(
        f"CREATE FUNCTION {table}_fast() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF TG_OP = 'DELETE' THEN IF {_YOUNG['postgresql'][table]} THEN {stop} END IF; RETURN OLD; END IF;"
        f" {stop} END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_fast BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_fast()"
    )
    op.execute(
        f"CREATE TRIGGER {table}_toemmes_ikke BEFORE TRUNCATE ON {table}"
        f" FOR EACH STATEMENT EXECUTE FUNCTION {table}_fast()"
    )


def upgrade() -> None:
    heltall = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "loggsegl",
        sa.Column("dag", sa.Text(), nullable=False),
        sa.Column("nr", heltall, autoincrement=False, nullable=False),
        sa.Column("innslag_id", heltall, nullable=False),
        sa.Column("forseglet", sa.DateTime(timezone=True), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("dag", "nr", name=op.f("pk_loggsegl")),
        sa.UniqueConstraint("innslag_id", name=op.f("uq_loggsegl_innslag_id")),
    )
    op.create_index("ix_innsynslogg_hva", "innsynslogg", ["hva", "id"])
    for table in ("innsynslogg", "loggsegl"):
        (_lock_sqlite if op.get_bind().dialect.name == "sqlite" else _lock_postgresql)(table)


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER innsynslogg_endres_ikke")
        op.execute("DROP TRIGGER innsynslogg_slettes_ikke")
    else:
        op.execute("DROP TRIGGER innsynslogg_fast ON innsynslogg")
        op.execute("DROP TRIGGER innsynslogg_toemmes_ikke ON innsynslogg")
        op.execute("DROP FUNCTION innsynslogg_fast()")
    op.drop_index("ix_innsynslogg_hva", table_name="innsynslogg")
    op.drop_table("loggsegl")
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION loggsegl_fast()")
