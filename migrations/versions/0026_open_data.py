"""Open data: who answers for it, and when each release was open to all; and the plan's frozen reports."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

_BIGINT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_WHEN = sa.DateTime(timezone=True)
_NOW_OPEN = sa.text("lukket IS NULL")

_SAYS = "a frozen report never changes"
_SQLITE = tuple(
    f"CREATE TRIGGER planrapport_{navn} BEFORE {hva} ON planrapport BEGIN SELECT RAISE(ABORT, '{_SAYS}'); END"
    for navn, hva in (("endres_ikke", "UPDATE"), ("slettes_ikke", "DELETE"))
)
_POSTGRESQL = (
    "CREATE FUNCTION planrapport_fast() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    f" RAISE EXCEPTION '{_SAYS}' USING ERRCODE = 'integrity_constraint_violation'; END $$",
    "CREATE TRIGGER planrapport_fast BEFORE UPDATE OR DELETE ON planrapport"
    " FOR EACH ROW EXECUTE FUNCTION planrapport_fast()",
)


def upgrade() -> None:
    op.create_table(
        "aapen_publisering",
        sa.Column("id", _BIGINT, nullable=False),
        sa.Column("publisering_id", _BIGINT, nullable=False),
        sa.Column("aapnet", _WHEN, nullable=False),
        sa.Column("aapnet_av_id", _BIGINT, nullable=False),
        sa.Column("lukket", _WHEN, nullable=True),
        sa.Column("lukket_av_id", _BIGINT, nullable=True),
        sa.ForeignKeyConstraint(
            ["publisering_id"], ["publisering.id"], name=op.f("fk_aapen_publisering_publisering_id")
        ),
        sa.ForeignKeyConstraint(["aapnet_av_id"], ["user_konto.id"], name=op.f("fk_aapen_publisering_aapnet_av_id")),
        sa.ForeignKeyConstraint(["lukket_av_id"], ["user_konto.id"], name=op.f("fk_aapen_publisering_lukket_av_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_aapen_publisering")),
    )
    op.create_index(op.f("ix_aapen_publisering_publisering_id"), "aapen_publisering", ["publisering_id"])
    op.create_index(
        "uq_aapen_publisering_naa",
        "aapen_publisering",
        ["publisering_id"],
        unique=True,
        sqlite_where=_NOW_OPEN,
        postgresql_where=_NOW_OPEN,
    )
    op.create_table(
        "aapne_data",
        sa.Column("id", _BIGINT, autoincrement=False, nullable=False),
        sa.Column("orgnr", sa.Text(), nullable=False),
        sa.Column("kontakt", sa.Text(), nullable=False),
        sa.Column("epost", sa.Text(), nullable=False),
        sa.Column(
            "lisens",
            sa.Enum("CC_BY_4_0", "NLOD_2_0", "CC0", name="lisens", native_enum=False, length=60),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_aapne_data")),
    )
    op.create_table(
        "planrapport",
        sa.Column("id", _BIGINT, autoincrement=False, nullable=False),
        sa.Column("aar", _BIGINT, nullable=False),
        sa.Column("nr", _BIGINT, nullable=False),
        sa.Column("innhold", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("laget", _WHEN, nullable=False),
        sa.Column("laget_av_id", _BIGINT, nullable=True),
        sa.ForeignKeyConstraint(["laget_av_id"], ["user_konto.id"], name=op.f("fk_planrapport_laget_av_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_planrapport")),
        sa.UniqueConstraint("aar", "nr", name=op.f("uq_planrapport_aar_nr")),
    )
    for statement in _SQLITE if op.get_bind().dialect.name == "sqlite" else _POSTGRESQL:
        op.execute(statement)


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER planrapport_fast ON planrapport")
        op.execute("DROP FUNCTION planrapport_fast")
    op.drop_table("planrapport")
    op.drop_table("aapne_data")
    op.drop_table("aapen_publisering")
