"""releases and stored patterns."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


_FROZEN = (
    "id", "nummer", "aar", "bilde_dato", "raaavtrykk", "hensyn", "koblingsmodus", "definisjonsversjon", "koder",
    "erstatter_id", "laget", "laget_av_id", "kontrollert", "kontrollert_av_id", "kontroll_ok", "kontroll",
    "kontroll_hensyn", "publisert", "publisert_av_id", "terskel", "programversjon", "sha256",
)  # fmt: skip
_WITHDRAWAL = ("status", "trukket", "trukket_av_id", "trekkgrunn", "trekktekst")


def _changed(columns: tuple[str, ...], differs: str, cast: str = "") -> str:
    return " OR ".join(f"NEW.{column}{cast} {differs} OLD.{column}{cast}" for column in columns)


def _forbidden(differs: str, cast: str = "") -> str:
    """A released row changes in what is frozen, or its withdrawal is changed once more, or it becomes anything else."""
    return (
        f"OLD.nummer IS NOT NULL AND ({_changed(_FROZEN, differs, cast)}"
        f" OR (OLD.status = 'trukket' AND ({_changed(_WITHDRAWAL, differs, cast)}))"
        f" OR NEW.status NOT IN ('publisert', 'trukket'))"
    )


# The statements below are put together from the names above and nothing else.
_SAYS = "what is released never changes"
_SQLITE = (
    f"CREATE TRIGGER publisering_endres_ikke BEFORE UPDATE ON publisering WHEN {_forbidden('IS NOT')}"
    f" BEGIN SELECT RAISE(ABORT, '{_SAYS}'); END",
    "CREATE TRIGGER publisering_slettes_ikke BEFORE DELETE ON publisering WHEN OLD.nummer IS NOT NULL"
    f" BEGIN SELECT RAISE(ABORT, '{_SAYS}'); END",
    "CREATE TRIGGER publisert_tabell_endres_ikke BEFORE UPDATE ON publisert_tabell"
    f" BEGIN SELECT RAISE(ABORT, '{_SAYS}'); END",
    "CREATE TRIGGER publisert_tabell_slettes_ikke BEFORE DELETE ON publisert_tabell"
    f" BEGIN SELECT RAISE(ABORT, '{_SAYS}'); END",
    "CREATE TRIGGER publisert_tabell_faar_ikke_flere BEFORE INSERT ON publisert_tabell"
    " WHEN (SELECT nummer FROM publisering WHERE id = NEW.publisering_id) IS NOT NULL"
    f" BEGIN SELECT RAISE(ABORT, '{_SAYS}'); END",
)
_STOP = f"RAISE EXCEPTION '{_SAYS}' USING ERRCODE = 'integrity_constraint_violation';"
_POSTGRESQL = (
    "CREATE FUNCTION publisering_fast() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    f" IF TG_OP = 'DELETE' THEN IF OLD.nummer IS NOT NULL THEN {_STOP} END IF; RETURN OLD; END IF;"
    f" IF {_forbidden('IS DISTINCT FROM', '::text')} THEN {_STOP} END IF; RETURN NEW; END $$",
    "CREATE TRIGGER publisering_fast BEFORE UPDATE OR DELETE ON publisering"
    " FOR EACH ROW EXECUTE FUNCTION publisering_fast()",
    "CREATE FUNCTION publisert_tabell_fast() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    " IF TG_OP = 'INSERT' AND (SELECT nummer FROM publisering WHERE id = NEW.publisering_id) IS NULL"
    f" THEN RETURN NEW; END IF; {_STOP} END $$",
    "CREATE TRIGGER publisert_tabell_fast BEFORE INSERT OR UPDATE OR DELETE ON publisert_tabell"
    " FOR EACH ROW EXECUTE FUNCTION publisert_tabell_fast()",
)


def upgrade() -> None:
    op.create_table(
        "moenster",
        sa.Column("avtrykk", sa.Text(), nullable=False),
        sa.Column("laget", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tabeller", sa.JSON(), nullable=False),
        sa.Column("rapport", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("avtrykk", name=op.f("pk_moenster")),
    )
    op.create_table(
        "publisering",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("nummer", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "status",
            sa.Enum(
                "utkast", "kontrollert", "publisert", "trukket", name="publiseringsstatus", native_enum=False, length=60
            ),
            nullable=False,
        ),
        sa.Column("aar", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("bilde_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("bilde_dato", sa.Date(), nullable=False),
        sa.Column("raaavtrykk", sa.Text(), nullable=False),
        sa.Column("hensyn", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "koblingsmodus",
            sa.Enum("ingen", "nummer", name="koblingsmodus", native_enum=False, length=60),
            nullable=False,
        ),
        sa.Column("definisjonsversjon", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("koder", sa.JSON(), nullable=False),
        sa.Column("erstatter_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("laget", sa.DateTime(timezone=True), nullable=False),
        sa.Column("laget_av_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kontrollert", sa.DateTime(timezone=True), nullable=True),
        sa.Column("kontrollert_av_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("kontroll_ok", sa.Boolean(), nullable=True),
        sa.Column("kontroll", sa.Text(), nullable=True),
        sa.Column("kontroll_hensyn", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("publisert", sa.DateTime(timezone=True), nullable=True),
        sa.Column("publisert_av_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("terskel", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("programversjon", sa.Text(), nullable=True),
        sa.Column("sha256", sa.Text(), nullable=True),
        sa.Column("trukket", sa.DateTime(timezone=True), nullable=True),
        sa.Column("trukket_av_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "trekkgrunn",
            sa.Enum(
                "feil_tall",
                "feil_maate",
                "personvern",
                "erstattet",
                "annet",
                name="trekkgrunn",
                native_enum=False,
                length=60,
            ),
            nullable=True,
        ),
        sa.Column("trekktekst", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["bilde_id"], ["oeyeblikksbilde.id"], name=op.f("fk_publisering_bilde_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["erstatter_id"], ["publisering.id"], name=op.f("fk_publisering_erstatter_id")),
        sa.ForeignKeyConstraint(
            ["kontrollert_av_id"], ["user_konto.id"], name=op.f("fk_publisering_kontrollert_av_id")
        ),
        sa.ForeignKeyConstraint(["laget_av_id"], ["user_konto.id"], name=op.f("fk_publisering_laget_av_id")),
        sa.ForeignKeyConstraint(["publisert_av_id"], ["user_konto.id"], name=op.f("fk_publisering_publisert_av_id")),
        sa.ForeignKeyConstraint(["trukket_av_id"], ["user_konto.id"], name=op.f("fk_publisering_trukket_av_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publisering")),
        sa.UniqueConstraint("nummer", name=op.f("uq_publisering_nummer")),
    )
    with op.batch_alter_table("publisering", schema=None) as batch_op:
        batch_op.create_index("ix_publisering_aar", ["aar", "nummer"], unique=False)
        batch_op.create_index(batch_op.f("ix_publisering_erstatter_id"), ["erstatter_id"], unique=False)

    op.create_table(
        "publisert_tabell",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("publisering_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("orden", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kode", sa.Text(), nullable=False),
        sa.Column("tittel", sa.Text(), nullable=False),
        sa.Column("innhold", sa.Text(), nullable=False),
        sa.Column("raatall", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["publisering_id"], ["publisering.id"], name=op.f("fk_publisert_tabell_publisering_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publisert_tabell")),
        sa.UniqueConstraint("publisering_id", "kode", name=op.f("uq_publisert_tabell_publisering_id_kode")),
    )
    with op.batch_alter_table("kommune", schema=None) as batch_op:
        batch_op.add_column(sa.Column("to_personer", sa.Boolean(), nullable=False, server_default=sa.true()))

    # Working figures in an older form that nothing reads any more: the year is counted anew.
    op.execute("DELETE FROM bildetabell")
    op.execute("DELETE FROM oeyeblikksbilde")
    with op.batch_alter_table("oeyeblikksbilde", schema=None) as batch_op:
        batch_op.add_column(sa.Column("raaavtrykk", sa.Text(), nullable=False))
        batch_op.add_column(sa.Column("hensyn", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False))
        batch_op.add_column(sa.Column("rapport", sa.JSON(), nullable=True))
        batch_op.drop_column("uten_kobling")
    _lock_released()


def _lock_released() -> None:
    """Triggers that keep what is released as it was: only a withdrawal may be added, and the snapshot may go."""
    dialect = op.get_bind().dialect.name
    for statement in _SQLITE if dialect == "sqlite" else _POSTGRESQL:
        op.execute(statement)


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER publisert_tabell_fast ON publisert_tabell")
        op.execute("DROP TRIGGER publisering_fast ON publisering")
        op.execute("DROP FUNCTION publisert_tabell_fast")
        op.execute("DROP FUNCTION publisering_fast")
    op.execute("DELETE FROM bildetabell")
    op.execute("DELETE FROM oeyeblikksbilde")
    with op.batch_alter_table("oeyeblikksbilde", schema=None) as batch_op:
        batch_op.add_column(sa.Column("uten_kobling", sa.INTEGER(), nullable=True))
        batch_op.drop_column("rapport")
        batch_op.drop_column("hensyn")
        batch_op.drop_column("raaavtrykk")

    with op.batch_alter_table("kommune", schema=None) as batch_op:
        batch_op.drop_column("to_personer")

    op.drop_table("publisert_tabell")
    with op.batch_alter_table("publisering", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_publisering_erstatter_id"))
        batch_op.drop_index("ix_publisering_aar")

    op.drop_table("publisering")
    op.drop_table("moenster")
