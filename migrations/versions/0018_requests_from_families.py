"""Requests from families, parts of a joint answer, the lock on a case, and who puts joint answers together."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_BIGINT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_WHEN = sa.DateTime(timezone=True)


def upgrade() -> None:
    with op.batch_alter_table("kommune", schema=None) as batch_op:
        batch_op.add_column(sa.Column("innsyn_enhet_id", sa.Text(), nullable=True))
        batch_op.create_foreign_key("fk_kommune_innsyn_enhet_id", "enhet", ["innsyn_enhet_id"], ["id"])
    op.add_column("sak", sa.Column("begrenset", _WHEN, nullable=True))
    op.add_column("henvisning", sa.Column("sperret", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "krav",
        sa.Column("id", _BIGINT, autoincrement=False, nullable=False),
        sa.Column("slag", sa.String(60), nullable=False),
        sa.Column("enhet_id", sa.Text(), nullable=False),
        sa.Column("sak_id", _BIGINT, nullable=True),
        sa.Column("mottatt", sa.Date(), nullable=False),
        sa.Column("frist", sa.Date(), nullable=False),
        sa.Column("utsatt", sa.String(60), nullable=True),
        sa.Column("svarfrist", _WHEN, nullable=True),
        sa.Column("sjekket", sa.JSON(), nullable=False),
        sa.Column("registrert", _WHEN, nullable=False),
        sa.Column("ansvarlig_id", _BIGINT, nullable=False),
        sa.Column("ferdig", sa.Date(), nullable=True),
        sa.Column("utfall", sa.String(60), nullable=True),
        sa.Column("grunn", sa.String(60), nullable=True),
        sa.Column("rettet", sa.JSON(), nullable=False),
        sa.Column("opphevet", _WHEN, nullable=True),
        sa.Column("versjon", _BIGINT, nullable=False),
        sa.CheckConstraint("(ferdig IS NULL) = (utfall IS NULL)", name=op.f("ck_krav_svar")),
        sa.CheckConstraint("(slag = 'samlet') = (svarfrist IS NOT NULL)", name=op.f("ck_krav_svarfrist")),
        sa.ForeignKeyConstraint(["ansvarlig_id"], ["user_konto.id"], name=op.f("fk_krav_ansvarlig_id")),
        sa.ForeignKeyConstraint(["enhet_id"], ["enhet.id"], name=op.f("fk_krav_enhet_id")),
        sa.ForeignKeyConstraint(["sak_id"], ["sak.id"], name=op.f("fk_krav_sak_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_krav")),
    )
    op.create_index("ix_krav_enhet", "krav", ["enhet_id", "frist", "id"])
    op.create_index("ix_krav_frist", "krav", ["frist", "id"])
    op.create_index("ix_krav_ferdig", "krav", ["ferdig", "id"])
    op.create_index(op.f("ix_krav_sak_id"), "krav", ["sak_id"])
    op.create_index(
        "uq_krav_aapent",
        "krav",
        ["sak_id", "slag"],
        unique=True,
        sqlite_where=sa.text("ferdig IS NULL"),
        postgresql_where=sa.text("ferdig IS NULL"),
    )
    op.create_table(
        "kravdel",
        sa.Column("id", _BIGINT, autoincrement=False, nullable=False),
        sa.Column("krav_id", _BIGINT, nullable=False),
        sa.Column("sak_id", _BIGINT, nullable=False),
        sa.Column("enhet_id", sa.Text(), nullable=False),
        sa.Column("svar", sa.String(60), nullable=True),
        sa.Column("grunn", sa.String(60), nullable=True),
        sa.Column("svart", _WHEN, nullable=True),
        sa.Column("svart_av", _BIGINT, nullable=True),
        sa.Column("innhold", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("(svar IS NULL) = (svart IS NULL)", name=op.f("ck_kravdel_svart")),
        sa.CheckConstraint("innhold IS NULL OR svar = 'godkjent'", name=op.f("ck_kravdel_innhold")),
        sa.ForeignKeyConstraint(["enhet_id"], ["enhet.id"], name=op.f("fk_kravdel_enhet_id")),
        sa.ForeignKeyConstraint(["krav_id"], ["krav.id"], name=op.f("fk_kravdel_krav_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["sak_id"], ["sak.id"], name=op.f("fk_kravdel_sak_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["svart_av"], ["user_konto.id"], name=op.f("fk_kravdel_svart_av")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kravdel")),
        sa.UniqueConstraint("krav_id", "sak_id", name=op.f("uq_kravdel_krav_id_sak_id")),
    )
    op.create_index("ix_kravdel_enhet", "kravdel", ["enhet_id", "krav_id"])
    op.create_index(op.f("ix_kravdel_sak_id"), "kravdel", ["sak_id"])


def downgrade() -> None:
    op.drop_table("kravdel")
    op.drop_table("krav")
    with op.batch_alter_table("henvisning", schema=None) as batch_op:
        batch_op.drop_column("sperret")
    with op.batch_alter_table("sak", schema=None) as batch_op:
        batch_op.drop_column("begrenset")
    with op.batch_alter_table("kommune", schema=None) as batch_op:
        batch_op.drop_constraint("fk_kommune_innsyn_enhet_id", type_="foreignkey")
        batch_op.drop_column("innsyn_enhet_id")
