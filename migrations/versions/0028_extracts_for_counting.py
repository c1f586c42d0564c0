"""What counting needs of each case, ready packed, and triggers that take it away when the case is changed.

Nothing is filled in here but the list of cases that wait for it: a job makes them, a few thousand at a time, and
until then counting reads the cases themselves.
"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

ONLY_ADDS = True
_BIGINT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

LAAS = 2811
"""PostgreSQL's advisory lock: shared by all that change cases, alone for whoever makes extracts."""

_HENVISNING = "(SELECT sak_id FROM henvisning WHERE id = {rad}.henvisning_id)"
KILDER = {
    "barn": ("{rad}.sak_id", None),
    "henvisning": ("{rad}.sak_id", None),
    "tildeling": (_HENVISNING, None),
    "hendelse": (_HENVISNING, "{rad}.slag = 'status'"),
}
"""Each table that an extract is made of: how a row tells its case, and which rows count."""

_DEL = (
    "DO $$ DECLARE hvem name; BEGIN FOR hvem IN SELECT DISTINCT pg_get_userbyid(a.grantee) FROM pg_class c,"
    " aclexplode(c.relacl) a WHERE c.oid = 'henvisning'::regclass AND a.privilege_type = 'UPDATE'"
    " AND a.grantee NOT IN (0, c.relowner) LOOP"
    " EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON telleutdrag, telleventer TO %I', hvem);"
    " END LOOP; END $$"
)
"""Who may change cases may do what the triggers do, with their rights: the service goes on while the next versions,
which take a minute at a million referrals, are made."""

_ALENE = (
    "DO $$ BEGIN SET LOCAL lock_timeout = '1500ms'; FOR forsoek IN 1..3 LOOP"
    f" BEGIN LOCK TABLE sak, {', '.join(KILDER)} IN SHARE ROW EXCLUSIVE MODE; RETURN;"
    " EXCEPTION WHEN lock_not_available OR deadlock_detected THEN"
    " IF forsoek = 3 THEN RAISE lock_not_available; END IF; PERFORM pg_sleep(0.25); END; END LOOP; END $$"
)
"""What the triggers and the key ask for, at once or not at all: nobody who registers a family is met halfway, and those
who come wait behind this for a moment, not for five seconds."""


def _sqlite() -> None:
    for tabell, (sak, naar) in KILDER.items():
        for navn, hva, rader in (
            ("ny", "INSERT", ("NEW",)),
            ("endret", "UPDATE", ("OLD", "NEW")),
            ("slettet", "DELETE", ("OLD",)),
        ):
            vilkaar = f"WHEN {' OR '.join(naar.format(rad=rad) for rad in rader)} " if naar else ""
            saker = ", ".join(sak.format(rad=rad) for rad in rader)
            op.execute(
                f"CREATE TRIGGER {tabell}_telles_{navn} AFTER {hva} ON {tabell} {vilkaar}BEGIN"
                f" DELETE FROM telleutdrag WHERE sak_id IN ({saker});"
                # not OR IGNORE: what a foreign key sets off pays no heed to it
                " INSERT INTO telleventer (sak_id) SELECT id FROM sak"
                f" WHERE id IN ({saker}) AND id NOT IN (SELECT sak_id FROM telleventer); END"
            )


def _postgresql() -> None:
    op.execute(
        "CREATE FUNCTION telles_paa_nytt(en bigint, annen bigint) RETURNS void LANGUAGE plpgsql AS $$ BEGIN"
        f" PERFORM pg_advisory_xact_lock_shared({LAAS});"
        " DELETE FROM telleutdrag WHERE sak_id IN (en, annen);"
        " INSERT INTO telleventer (sak_id) SELECT id FROM sak WHERE id IN (en, annen) ORDER BY id"
        " ON CONFLICT DO NOTHING; END $$"
    )
    for tabell, (sak, naar) in KILDER.items():
        rader = {"INSERT": ("NEW",), "UPDATE": ("OLD", "NEW"), "DELETE": ("OLD",)}
        kropp = " ".join(
            f"IF TG_OP = '{hva}'{_og(naar, r)} THEN PERFORM telles_paa_nytt({sak.format(rad=r[0])},"
            f" {sak.format(rad=r[-1])}); END IF;"
            for hva, r in rader.items()
        )
        op.execute(
            f"CREATE FUNCTION {tabell}_telles() RETURNS trigger LANGUAGE plpgsql AS"
            f" $$ BEGIN {kropp} RETURN NULL; END $$"
        )
        op.execute(
            f"CREATE TRIGGER {tabell}_telles AFTER INSERT OR UPDATE OR DELETE ON {tabell}"
            f" FOR EACH ROW EXECUTE FUNCTION {tabell}_telles()"
        )
    op.execute(_DEL)


def _og(naar: str | None, rader: tuple[str, ...]) -> str:
    return f" AND ({' OR '.join(naar.format(rad=rad) for rad in rader)})" if naar else ""


def upgrade() -> None:
    """The long part first, while nobody is held up: then the triggers and keys, which hold the cases for a moment."""
    lite = op.get_bind().dialect.name == "sqlite"
    navn = op.f("fk_telleventer_sak_id_sak")
    noekkel = sa.ForeignKeyConstraint(["sak_id"], ["sak.id"], name=navn, ondelete="CASCADE")
    op.create_table(
        "telleventer",
        sa.Column("sak_id", _BIGINT, autoincrement=False, nullable=False),
        *([noekkel] if lite else []),
        sa.PrimaryKeyConstraint("sak_id", name=op.f("pk_telleventer")),
    )
    op.execute("INSERT INTO telleventer (sak_id) SELECT id FROM sak ORDER BY id")
    op.create_table(
        "tellekode",
        sa.Column("id", _BIGINT, nullable=False),
        sa.Column("kode", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tellekode")),
        sa.UniqueConstraint("kode", name=op.f("uq_tellekode_kode")),
    )
    if not lite:
        op.execute(_ALENE)
    _utdragene()
    if lite:
        _sqlite()
        return
    _postgresql()
    # cases that came or went while the list was made
    op.execute("DELETE FROM telleventer v WHERE NOT EXISTS (SELECT 1 FROM sak WHERE sak.id = v.sak_id)")
    op.execute(
        "INSERT INTO telleventer (sak_id) SELECT id FROM sak"
        " WHERE NOT EXISTS (SELECT 1 FROM telleventer v WHERE v.sak_id = sak.id)"
    )
    # what is there is looked through by 0029, beside the service
    op.create_foreign_key(navn, "telleventer", "sak", ["sak_id"], ["id"], ondelete="CASCADE", postgresql_not_valid=True)


def _utdragene() -> None:
    op.create_table(
        "telleutdrag",
        sa.Column("aar", _BIGINT, autoincrement=False, nullable=False),
        sa.Column("sak_id", _BIGINT, autoincrement=False, nullable=False),
        sa.Column("sist", _BIGINT, nullable=False),
        sa.Column("venter", sa.Boolean(), nullable=False),
        sa.Column("henvist", sa.LargeBinary(), nullable=False),
        sa.Column("barn", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["sak_id"], ["sak.id"], name=op.f("fk_telleutdrag_sak_id_sak"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("aar", "sak_id", name=op.f("pk_telleutdrag")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_telleutdrag_sak", "telleutdrag", ["sak_id"])
    op.create_index("ix_telleutdrag_sist", "telleutdrag", ["sist"])
    op.create_index(
        "ix_telleutdrag_venter",
        "telleutdrag",
        ["aar"],
        sqlite_where=sa.text("venter = 1"),
        postgresql_where=sa.text("venter"),
    )


def downgrade() -> None:
    lite = op.get_bind().dialect.name == "sqlite"
    if not lite:  # a 0029 that was stopped leaves what it has made
        op.execute("DROP VIEW IF EXISTS saksmerke_naa")
        op.execute("DROP FUNCTION IF EXISTS saksmerke_holdes() CASCADE")
        op.execute("DROP FUNCTION IF EXISTS saksmerke_fylles(bigint[], boolean)")
        op.execute("DROP TABLE IF EXISTS saksmerke")
    for tabell in KILDER:
        if lite:
            for navn in ("ny", "endret", "slettet"):
                op.execute(f"DROP TRIGGER {tabell}_telles_{navn}")
        else:
            op.execute(f"DROP TRIGGER {tabell}_telles ON {tabell}")
            op.execute(f"DROP FUNCTION {tabell}_telles()")
    if not lite:
        op.execute("DROP FUNCTION telles_paa_nytt(bigint, bigint)")
    op.drop_table("tellekode")
    op.drop_table("telleventer")
    op.drop_table("telleutdrag")
