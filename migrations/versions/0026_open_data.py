"""Open data: who answers for it, and when each release was open to all."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

_BIGINT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_WHEN = sa.DateTime(timezone=True)
_NOW_OPEN = sa.text("lukket IS NULL")


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


def downgrade() -> None:
    op.drop_table("aapne_data")
    op.drop_table("aapen_publisering")
