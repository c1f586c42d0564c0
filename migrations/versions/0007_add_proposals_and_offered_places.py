"""Proposals, places offered with a deadline, moves in the waiting order, and what more is told of an offer."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "forslag",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("enhet_id", sa.Text(), nullable=False),
        sa.Column("tiltak_id", sa.Text(), nullable=False),
        sa.Column(
            "status",
            sa.Enum("utkast", "bekreftet", "forkastet", name="forslagsstatus", native_enum=False, length=60),
            nullable=False,
        ),
        sa.Column("maate", sa.Enum("gi", "tilby", name="maate", native_enum=False, length=60), nullable=False),
        sa.Column("frist_dager", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("laget", sa.DateTime(timezone=True), nullable=False),
        sa.Column("laget_av", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("bekreftet", sa.DateTime(timezone=True), nullable=True),
        sa.Column("bekreftet_av", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("bevis", sa.JSON(), nullable=False),
        sa.Column("tall", sa.JSON(), nullable=False),
        sa.Column("versjon", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["bekreftet_av"], ["user_konto.id"], name=op.f("fk_forslag_bekreftet_av")),
        sa.ForeignKeyConstraint(["enhet_id"], ["enhet.id"], name=op.f("fk_forslag_enhet_id")),
        sa.ForeignKeyConstraint(["laget_av"], ["user_konto.id"], name=op.f("fk_forslag_laget_av")),
        sa.ForeignKeyConstraint(["tiltak_id"], ["tiltak.id"], name=op.f("fk_forslag_tiltak_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_forslag")),
    )
    with op.batch_alter_table("forslag", schema=None) as batch_op:
        batch_op.create_index("ix_forslag_enhet", ["enhet_id", "laget", "id"], unique=False)

    op.create_table(
        "forslag_linje",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("forslag_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("henvisning_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("orden", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tilbud_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("oenske", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("laast", sa.Boolean(), nullable=False),
        sa.Column("stroeket", sa.Boolean(), nullable=False),
        sa.Column("fordi", sa.JSON(), nullable=False),
        sa.Column("gjort", sa.Boolean(), nullable=True),
        sa.Column("utfall", sa.JSON(), nullable=False),
        sa.CheckConstraint("NOT (laast AND stroeket)", name=op.f("ck_forslag_linje_laast_eller_stroeket")),
        sa.ForeignKeyConstraint(
            ["forslag_id"], ["forslag.id"], name=op.f("fk_forslag_linje_forslag_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["henvisning_id"], ["henvisning.id"], name=op.f("fk_forslag_linje_henvisning_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["tilbud_id"], ["tilbud.id"], name=op.f("fk_forslag_linje_tilbud_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_forslag_linje")),
        sa.UniqueConstraint("forslag_id", "henvisning_id", name=op.f("uq_forslag_linje_forslag_id_henvisning_id")),
    )
    with op.batch_alter_table("forslag_linje", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_forslag_linje_henvisning_id"), ["henvisning_id"], unique=False)

    op.create_table(
        "forslag_tilbud",
        sa.Column("forslag_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tilbud_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("lodd", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["forslag_id"], ["forslag.id"], name=op.f("fk_forslag_tilbud_forslag_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["tilbud_id"], ["tilbud.id"], name=op.f("fk_forslag_tilbud_tilbud_id")),
        sa.PrimaryKeyConstraint("forslag_id", "tilbud_id", name=op.f("pk_forslag_tilbud")),
    )
    with op.batch_alter_table("forslag_tilbud", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_forslag_tilbud_tilbud_id"), ["tilbud_id"], unique=False)

    op.create_table(
        "plasstilbud",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("henvisning_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("plass_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tilbud_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("laget", sa.DateTime(timezone=True), nullable=False),
        sa.Column("laget_av", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("frist", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "svar",
            sa.Enum("venter", "ja", "nei", "utloept", "trukket", name="tilbudssvar", native_enum=False, length=60),
            nullable=False,
        ),
        sa.Column("svart", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["henvisning_id"], ["henvisning.id"], name=op.f("fk_plasstilbud_henvisning_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["laget_av"], ["user_konto.id"], name=op.f("fk_plasstilbud_laget_av")),
        sa.ForeignKeyConstraint(["plass_id"], ["plass.id"], name=op.f("fk_plasstilbud_plass_id")),
        sa.ForeignKeyConstraint(["tilbud_id"], ["tilbud.id"], name=op.f("fk_plasstilbud_tilbud_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plasstilbud")),
    )
    with op.batch_alter_table("plasstilbud", schema=None) as batch_op:
        batch_op.create_index("ix_plasstilbud_frist", ["svar", "frist"], unique=False)
        batch_op.create_index("ix_plasstilbud_henvisning", ["henvisning_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_plasstilbud_tilbud_id"), ["tilbud_id"], unique=False)
        batch_op.create_index(
            "uq_plasstilbud_aapen_henvisning",
            ["henvisning_id"],
            unique=True,
            sqlite_where=sa.text("svar = 'venter'"),
            postgresql_where=sa.text("svar = 'venter'"),
        )
        batch_op.create_index(
            "uq_plasstilbud_aapen_plass",
            ["plass_id"],
            unique=True,
            sqlite_where=sa.text("svar = 'venter'"),
            postgresql_where=sa.text("svar = 'venter'"),
        )

    with op.batch_alter_table("henvisning", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("koe", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False, server_default="0")
        )
        batch_op.add_column(sa.Column("sammen", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("svar_innen", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index("ix_henvisning_svar", ["avsender_id", "svar_innen"], unique=False)
        batch_op.drop_index(batch_op.f("ix_henvisning_koe"))
        batch_op.create_index("ix_henvisning_koe", ["tiltak_id", "status", "koe", "sendt", "lodd"], unique=False)

    # The rows that were there have their values: from here on the models give them.
    with op.batch_alter_table("henvisning", schema=None) as batch_op:
        batch_op.alter_column("koe", existing_type=sa.BigInteger(), server_default=None)
        batch_op.alter_column("sammen", existing_type=sa.Boolean(), server_default=None)

    with op.batch_alter_table("tilbud", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("ordinaer_pris_oere", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.add_column(sa.Column("bekreftet", sa.Date(), nullable=True))
        batch_op.create_check_constraint(op.f("ck_tilbud_ordinaer_pris"), "ordinaer_pris_oere >= 0")


def downgrade() -> None:
    with op.batch_alter_table("tilbud", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_tilbud_ordinaer_pris"), type_="check")
        batch_op.drop_column("bekreftet")
        batch_op.drop_column("ordinaer_pris_oere")

    with op.batch_alter_table("henvisning", schema=None) as batch_op:
        batch_op.drop_index("ix_henvisning_koe")
        batch_op.create_index(batch_op.f("ix_henvisning_koe"), ["tiltak_id", "status", "sendt", "lodd"], unique=False)
        batch_op.drop_index("ix_henvisning_svar")
        batch_op.drop_column("svar_innen")
        batch_op.drop_column("sammen")
        batch_op.drop_column("koe")

    with op.batch_alter_table("plasstilbud", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_plasstilbud_aapen_plass",
            sqlite_where=sa.text("svar = 'venter'"),
            postgresql_where=sa.text("svar = 'venter'"),
        )
        batch_op.drop_index(
            "uq_plasstilbud_aapen_henvisning",
            sqlite_where=sa.text("svar = 'venter'"),
            postgresql_where=sa.text("svar = 'venter'"),
        )
        batch_op.drop_index(batch_op.f("ix_plasstilbud_tilbud_id"))
        batch_op.drop_index("ix_plasstilbud_henvisning")
        batch_op.drop_index("ix_plasstilbud_frist")

    op.drop_table("plasstilbud")
    with op.batch_alter_table("forslag_tilbud", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_forslag_tilbud_tilbud_id"))

    op.drop_table("forslag_tilbud")
    with op.batch_alter_table("forslag_linje", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_forslag_linje_henvisning_id"))

    op.drop_table("forslag_linje")
    with op.batch_alter_table("forslag", schema=None) as batch_op:
        batch_op.drop_index("ix_forslag_enhet")

    op.drop_table("forslag")
