"""Opening a case outside the own inbox takes a reason, and the reason dies with the case."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    heltall = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "aapning",
        sa.Column("id", heltall, nullable=False, autoincrement=False),
        sa.Column("sak_id", heltall, nullable=False),
        sa.Column("user_id", heltall, nullable=False),
        sa.Column("tid", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "grunn",
            sa.Enum(
                "familien",
                "kollega_borte",
                "samarbeid",
                "ledelse",
                "retting",
                "innsyn",
                "annet",
                name="aapningsgrunn",
                native_enum=False,
                length=60,
            ),
            nullable=False,
        ),
        sa.Column("tekst", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["sak_id"], ["sak.id"], name=op.f("fk_aapning_sak_id_sak"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["user_konto.id"], name=op.f("fk_aapning_user_id_user_konto")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_aapning")),
    )
    op.create_index("ix_aapning_sak", "aapning", ["sak_id", "user_id", "tid"])
    op.create_index("ix_aapning_tid", "aapning", ["tid", "id"])


def downgrade() -> None:
    op.drop_table("aapning")
