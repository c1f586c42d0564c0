"""Lists and their counts are read off an index, whatever the number of referrals.

A case is found under the filters of its unit's list by marks that triggers keep. The indexes are made beside the
service: on SQLite one at a time, each of which holds those who write for two or three seconds a million referrals.
Making and filling the table of marks holds them for six.
"""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

ONLY_ADDS = True
_BIGINT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

_ANSWER = "svar_innen IS NOT NULL"
_NEW: tuple[tuple[str, str, Sequence[str], str | None], ...] = (
    ("ix_sak_enhet", "sak", ("enhet_id", "opprettet", "id", "begrenset"), None),
    ("ix_sak_ansvarlig", "sak", ("ansvarlig_id", "enhet_id", "opprettet", "id", "begrenset"), None),
    (
        "ix_henvisning_innboks",
        "henvisning",
        ("mottaker_id", "status", "sendt", "lodd", "id", "synlig", "sperret"),
        None,
    ),
    (
        "ix_henvisning_venter",
        "henvisning",
        ("mottaker_id", "status", "koe", "sendt", "lodd", "id", "synlig", "sperret"),
        None,
    ),
    (
        "ix_henvisning_koe",
        "henvisning",
        ("tiltak_id", "status", "koe", "sendt", "lodd", "id", "mottaker_id", "synlig", "sperret"),
        None,
    ),
    ("ix_henvisning_tilbudt", "henvisning", ("mottaker_id", "status", "koe", "sendt", "lodd", "id"), _ANSWER),
    ("ix_tildeling_tiltak", "tildeling", ("tiltak_id", "aar", "tilstand"), None),
    ("ix_tildeling_ute", "tildeling", ("tiltak_id", "aar", "gitt", "id"), "slutt IS NULL"),
    ("ix_innsynslogg_soek", "innsynslogg", ("user_id", "tid", "detalj"), "hva = 'sak_soekt'"),
)
_OLD: tuple[tuple[str, str, Sequence[str], str | None], ...] = (
    ("ix_sak_enhet", "sak", ("enhet_id", "opprettet", "id"), None),
    ("ix_sak_ansvarlig", "sak", ("ansvarlig_id", "opprettet", "id"), None),
    ("ix_henvisning_innboks", "henvisning", ("mottaker_id", "synlig", "status", "sendt", "id"), None),
    ("ix_henvisning_koe", "henvisning", ("tiltak_id", "status", "koe", "sendt", "lodd"), None),
    ("ix_henvisning_avsender", "henvisning", ("avsender_id", "status", "endret", "id"), None),
    ("ix_henvisning_beskjed", "henvisning", ("avsender_id", "beskjed_siden"), None),
    ("ix_henvisning_svar", "henvisning", ("avsender_id", "svar_innen"), None),
)

_OPEN = (
    "('utkast', 'venter_samtykke', 'sendt', 'mottatt', 'under_behandling', 'paa_vent', 'venteliste', 'innvilget',"
    " 'i_gang', 'paaklaget')"
)
_MARKS = {
    "utkast": "h.status = 'utkast'",
    "samtykke": "h.status = 'venter_samtykke'",
    "spoersmaal": "h.status = 'paa_vent' AND h.spoersmaal IS NOT NULL",
    "beskjed": "h.beskjed_siden IS NOT NULL",
    "tilbud": "h.svar_innen IS NOT NULL",
    "aapne": f"h.status IN {_OPEN}",
    "avsluttede": f"NOT EXISTS (SELECT 1 FROM henvisning a WHERE a.sak_id = h.sak_id AND a.status IN {_OPEN})",
}
_VIEW = "CREATE VIEW saksmerke_naa AS " + " UNION ALL ".join(
    f"SELECT h.sak_id AS sak_id, '{mark}' AS merke FROM henvisning h WHERE NOT h.sperret AND {holds}"
    for mark, holds in _MARKS.items()
)
_COLUMNS = "status, spoersmaal, beskjed_siden, svar_innen, sperret"

_ONES = ", ".join(
    f"max(CASE WHEN NOT h.sperret AND ({holds}) THEN 1 ELSE 0 END) AS {mark}"
    for mark, holds in _MARKS.items()
    if mark != "avsluttede"
)
_NAMES = ", ".join(f"('{mark}')" for mark in _MARKS)
_CASES = " ".join(f"WHEN '{mark}' THEN f.{mark}" for mark in _MARKS)
_FILL = (
    f"INSERT INTO saksmerke (enhet_id, merke, opprettet, sak_id) WITH f AS MATERIALIZED (SELECT sak_id, {_ONES},"
    f" max(CASE WHEN NOT h.sperret THEN 1 ELSE 0 END) - max(CASE WHEN h.status IN {_OPEN} THEN 1 ELSE 0 END)"
    f" AS avsluttede FROM henvisning h GROUP BY sak_id), m(merke) AS (VALUES {_NAMES})"
    " SELECT s.enhet_id, m.merke, s.opprettet, s.id FROM f JOIN sak s ON s.id = f.sak_id CROSS JOIN m"
    f" WHERE CASE m.merke {_CASES} END = 1 ORDER BY s.enhet_id, m.merke, s.opprettet, s.id"
)
"""What the view says, for all cases in one reading of the referrals, in the order of the table."""

_GONE = (
    "DELETE FROM saksmerke WHERE sak_id = {sak} AND merke NOT IN (SELECT merke FROM saksmerke_naa WHERE sak_id = {sak})"
)
_COME = (
    "INSERT INTO saksmerke (enhet_id, merke, opprettet, sak_id)"
    " SELECT DISTINCT s.enhet_id, n.merke, s.opprettet, s.id FROM saksmerke_naa n JOIN sak s ON s.id = n.sak_id"
)


def _make(indexes: Sequence[tuple[str, str, Sequence[str], str | None]]) -> None:
    """A try that was stopped leaves indexes: on PostgreSQL one that may be no good, on SQLite whole ones."""
    beside = "CONCURRENTLY" if op.get_bind().dialect.name == "postgresql" else ""
    for name, table, columns, where in indexes:
        op.execute(f"DROP INDEX {beside} IF EXISTS {name}")
        only = sa.text(where) if where else None
        op.create_index(
            name, table, list(columns), postgresql_concurrently=True, sqlite_where=only, postgresql_where=only
        )
        _let_go()


def _drop(indexes: Sequence[tuple[str, str, Sequence[str], str | None]]) -> None:
    beside = "CONCURRENTLY" if op.get_bind().dialect.name == "postgresql" else ""
    for name, *_ in indexes:
        op.execute(f"DROP INDEX {beside} IF EXISTS {name}")
    _let_go()


def _let_go() -> None:
    config = op.get_context().config
    if config is not None:
        config.attributes["slipp"]()


def _triggers_sqlite() -> None:
    changed = " OR ".join(f"OLD.{c} IS NOT NEW.{c}" for c in _COLUMNS.split(", "))
    for name, when, row in (
        ("ny", "INSERT", "NEW"),
        ("endret", f"UPDATE OF {_COLUMNS}", "NEW"),
        ("slettet", "DELETE", "OLD"),
    ):
        only = f" WHEN {changed}" if name == "endret" else ""
        sak = f"{row}.sak_id"
        come = _COME.replace("INSERT", "INSERT OR IGNORE") + f" WHERE n.sak_id = {sak}"
        op.execute(
            f"CREATE TRIGGER saksmerke_{name} AFTER {when} ON henvisning{only}"
            f" BEGIN {_GONE.format(sak=sak)}; {come}; END"
        )


def _triggers_postgresql() -> None:
    """Deferred: two who change referrals of one case wait for each other first when each has all its other rows."""
    come = f"{_COME} WHERE n.sak_id = saken ON CONFLICT DO NOTHING"
    op.execute(
        "CREATE FUNCTION saksmerke_holdes() RETURNS trigger LANGUAGE plpgsql AS $$"
        " DECLARE saken bigint := CASE WHEN TG_OP = 'DELETE' THEN OLD.sak_id ELSE NEW.sak_id END;"
        " BEGIN PERFORM pg_advisory_xact_lock(saken);"
        f" {_GONE.format(sak='saken')}; {come}; RETURN NULL; END $$"
    )
    changed = " OR ".join(f"OLD.{c} IS DISTINCT FROM NEW.{c}" for c in _COLUMNS.split(", "))
    for name, when, only in (
        ("ny", "INSERT OR DELETE", ""),
        ("endret", f"UPDATE OF {_COLUMNS}", f" WHEN ({changed})"),
    ):
        op.execute(
            f"CREATE CONSTRAINT TRIGGER saksmerke_{name} AFTER {when} ON henvisning DEFERRABLE INITIALLY DEFERRED"
            f" FOR EACH ROW{only} EXECUTE FUNCTION saksmerke_holdes()"
        )


def _beside() -> AbstractContextManager[None]:
    return nullcontext() if op.get_bind().dialect.name == "sqlite" else op.get_context().autocommit_block()


_PK, _UNIT, _CASE = "pk_saksmerke", "fk_saksmerke_enhet_id", "fk_saksmerke_sak_id"


@contextmanager
def _unchecked() -> Iterator[None]:
    """PostgreSQL keeps the key, and asks whether case and unit exist, for each row by itself; for all at once it is
    quicker, and those who write wait meanwhile. The tables are locked from when the constraints were first made."""
    for name in (_CASE, _UNIT, _PK):
        op.drop_constraint(op.f(name), "saksmerke")
    yield
    op.create_primary_key(op.f(_PK), "saksmerke", ["enhet_id", "merke", "opprettet", "sak_id"])
    op.create_foreign_key(op.f(_UNIT), "saksmerke", "enhet", ["enhet_id"], ["id"])
    op.create_foreign_key(op.f(_CASE), "saksmerke", "sak", ["sak_id"], ["id"], ondelete="CASCADE")


def upgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    with _beside():
        _drop(_OLD)
        _make(_NEW)
    op.create_table(
        "saksmerke",
        sa.Column("enhet_id", sa.Text(), nullable=False),
        sa.Column("merke", sa.String(length=60), nullable=False),
        sa.Column("opprettet", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sak_id", _BIGINT, nullable=False),
        sa.ForeignKeyConstraint(["enhet_id"], ["enhet.id"], name=op.f(_UNIT)),
        sa.ForeignKeyConstraint(["sak_id"], ["sak.id"], name=op.f(_CASE), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("enhet_id", "merke", "opprettet", "sak_id", name=op.f(_PK)),
        sqlite_with_rowid=False,
    )
    op.execute(_VIEW)
    (_triggers_sqlite if sqlite else _triggers_postgresql)()
    with nullcontext() if sqlite else _unchecked():
        op.execute(_FILL)
    op.create_index("ix_saksmerke_sak", "saksmerke", ["sak_id"])


def downgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    with _beside():
        _drop(_NEW)
        _make(_OLD)
    for name in ("ny", "endret", *(("slettet",) if sqlite else ())):
        op.execute(f"DROP TRIGGER saksmerke_{name}" + ("" if sqlite else " ON henvisning"))
    if not sqlite:
        op.execute("DROP FUNCTION saksmerke_holdes()")
    op.execute("DROP VIEW saksmerke_naa")
    op.drop_table("saksmerke")
