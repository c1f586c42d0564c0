"""Lists and their counts are read off an index, whatever the number of referrals.

A case is found under the filters of its unit's list by marks that triggers keep. The indexes are made beside the
service: on SQLite one at a time, each of which holds those who write for two or three seconds a million referrals.
Making and filling the table of marks holds them for six. On PostgreSQL the table and its triggers are made in a moment
of their own, and the cases that were there before get their marks some hundreds at a time.
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext

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
    f" AS avsluttede FROM henvisning h{{of}} GROUP BY sak_id), m(merke) AS (VALUES {_NAMES})"
    " SELECT s.enhet_id, m.merke, s.opprettet, s.id FROM f JOIN sak s ON s.id = f.sak_id CROSS JOIN m"
    f" WHERE CASE m.merke {_CASES} END = 1 ORDER BY s.enhet_id, m.merke, s.opprettet, s.id"
)
"""What the view says, for all cases or some in one reading of their referrals, in the order of the table."""

_GONE = (
    "DELETE FROM saksmerke WHERE sak_id = {sak} AND merke NOT IN (SELECT merke FROM saksmerke_naa WHERE sak_id = {sak})"
)
_COME = (
    "INSERT INTO saksmerke (enhet_id, merke, opprettet, sak_id)"
    " SELECT DISTINCT s.enhet_id, n.merke, s.opprettet, s.id FROM saksmerke_naa n JOIN sak s ON s.id = n.sak_id"
)

_BATCH = 500
"""Each case of a batch has a lock in a table that all connections share: 6,400 places where nobody has changed it."""

_ALONE = (
    "DO $$ BEGIN SET LOCAL lock_timeout = '1500ms'; FOR attempt IN 1..3 LOOP"
    " BEGIN LOCK TABLE enhet, sak, henvisning IN SHARE ROW EXCLUSIVE MODE; RETURN;"
    " EXCEPTION WHEN lock_not_available OR deadlock_detected THEN"
    " IF attempt = 3 THEN RAISE lock_not_available; END IF; PERFORM pg_sleep(0.25); END; END LOOP; END $$"
)
"""What the constraints and triggers ask for, at once or not at all: whoever comes to write waits behind this, so it
lets go in between. Each try is longer than it takes PostgreSQL to send its own tidying away (a second), and the three
of them are the five seconds that an upgrade waits for a table.
"""

_SHARE = (
    "DO $$ DECLARE who name; BEGIN FOR who IN SELECT DISTINCT pg_get_userbyid(a.grantee) FROM pg_class c,"
    " aclexplode(c.relacl) a WHERE c.oid = 'henvisning'::regclass AND a.privilege_type = 'UPDATE'"
    " AND a.grantee NOT IN (0, c.relowner) LOOP"
    " EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON saksmerke TO %I', who);"
    " EXECUTE format('GRANT SELECT ON saksmerke_naa TO %I', who); END LOOP; END $$"
)
"""Who may write referrals may write their marks: the triggers work with the rights of whoever writes, from now on."""

_FILL_SOME = (
    "CREATE OR REPLACE FUNCTION saksmerke_fylles(cases bigint[], patient boolean) RETURNS bigint[] LANGUAGE plpgsql"
    " AS $$ DECLARE mine bigint[]; BEGIN IF patient THEN PERFORM pg_advisory_xact_lock(cases[1]); END IF;"
    " mine := ARRAY(SELECT s.id FROM sak s JOIN enhet e ON e.id = s.enhet_id WHERE s.id = ANY (cases)"
    " FOR KEY SHARE SKIP LOCKED);"
    " mine := ARRAY(SELECT id FROM unnest(mine) id WHERE pg_try_advisory_xact_lock(id));"
    f" {_FILL.format(of=' WHERE h.sak_id = ANY (mine)')} ON CONFLICT DO NOTHING;"
    " RETURN ARRAY(SELECT id FROM sak WHERE id = ANY (cases) EXCEPT SELECT unnest(mine)); END $$"
)
"""A transaction that marks those of the cases that nobody else has, and says which are left.

It has each case as the trigger has it, before it looks at its referrals: whoever had it before is seen, and whoever
gets it later sees these marks and corrects them. It has the rows that the foreign keys ask for, too. It never waits for
one thing while it holds another, so nobody is thrown out for its sake; a patient one waits first, for its one case.
"""


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


def _make_marks() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    op.create_table(
        "saksmerke",
        sa.Column("enhet_id", sa.Text(), nullable=False),
        sa.Column("merke", sa.String(length=60), nullable=False),
        sa.Column("opprettet", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sak_id", _BIGINT, nullable=False),
        sa.ForeignKeyConstraint(["enhet_id"], ["enhet.id"], name=op.f("fk_saksmerke_enhet_id")),
        sa.ForeignKeyConstraint(["sak_id"], ["sak.id"], name=op.f("fk_saksmerke_sak_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("enhet_id", "merke", "opprettet", "sak_id", name=op.f("pk_saksmerke")),
        sqlite_with_rowid=False,
    )
    op.execute(_VIEW)
    (_triggers_sqlite if sqlite else _triggers_postgresql)()


def _index_marks() -> None:
    op.create_index("ix_saksmerke_sak", "saksmerke", ["sak_id"])


def _make_postgresql() -> None:
    """All or nothing, and kept: a try that was stopped later leaves them, and they have kept the marks since."""
    if sa.inspect(op.get_bind()).has_table("saksmerke"):
        return
    op.execute(_ALONE)
    _make_marks()
    _index_marks()
    op.execute(_SHARE)


def _fill_postgresql() -> None:
    """From the first case each time: what is marked stays, and a case that comes meanwhile is the triggers'."""
    op.execute(_FILL_SOME)  # not a temporary one: whoever owns the tables need not be allowed those
    after, left = -1, list[int]()
    while cases := _ids("SELECT id FROM sak WHERE id > :after ORDER BY id LIMIT :some", after=after, some=_BATCH):
        left += _filled(cases)
        after = cases[-1]
    for case in left:
        while _filled([case], patient=True):
            # somebody deletes it, or its unit: waited for by statements that hold nothing, as long as for a table
            _ids("SELECT id FROM sak WHERE id = :case FOR KEY SHARE", case=case)
            _ids("SELECT 1 FROM enhet WHERE id = (SELECT enhet_id FROM sak WHERE id = :case) FOR KEY SHARE", case=case)
    op.execute("DROP FUNCTION saksmerke_fylles(bigint[], boolean)")


def _filled(cases: Sequence[int], *, patient: bool = False) -> Sequence[int]:
    asked = "SELECT unnest(saksmerke_fylles(CAST(:cases AS bigint[]), :patient))"
    return _ids(asked, cases=list(cases), patient=patient)


def _ids(question: str, **values: object) -> Sequence[int]:
    return op.get_bind().scalars(sa.text(question), values).all()


def upgrade() -> None:
    with _beside():
        _drop(_OLD)
        _make(_NEW)
    if op.get_bind().dialect.name == "sqlite":
        _make_marks()
        op.execute(_FILL.format(of=""))
        _index_marks()
        return
    _make_postgresql()
    with _beside():
        _fill_postgresql()
        op.execute("ALTER TABLE telleventer VALIDATE CONSTRAINT fk_telleventer_sak_id_sak")  # of 0028


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
