"""Figures of the plan's indicators as series: their points, every version of them, and who changed what."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

_BIGINT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_WHEN = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "serie",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("navn", sa.Text(), nullable=False),
        sa.Column("enhet", sa.Text(), nullable=False),
        sa.Column("omraade", sa.Text(), nullable=True),
        sa.Column("opphav", sa.String(60), nullable=False),
        sa.Column("kilde", sa.Text(), nullable=True),
        sa.Column("telledefinisjon", sa.Text(), nullable=True),
        sa.Column("maaneder", sa.Boolean(), nullable=False),
        sa.Column("maal", sa.Double(), nullable=True),
        sa.Column("maal_tekst", sa.Text(), nullable=True),
        sa.Column("noekkel", sa.Text(), nullable=True),
        sa.Column("avsluttet", sa.Boolean(), nullable=False),
        sa.Column("avsluttet_grunn", sa.Text(), nullable=True),
        sa.Column("versjon", _BIGINT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_serie")),
        sa.UniqueConstraint("noekkel", name=op.f("uq_serie_noekkel")),
    )
    op.create_table(
        "serie_tiltak",
        sa.Column("serie_id", sa.Text(), nullable=False),
        sa.Column("tiltak_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["serie_id"], ["serie.id"], name=op.f("fk_serie_tiltak_serie_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["tiltak_id"], ["tiltak.id"], name=op.f("fk_serie_tiltak_tiltak_id")),
        sa.PrimaryKeyConstraint("serie_id", "tiltak_id", name=op.f("pk_serie_tiltak")),
    )
    op.create_index(op.f("ix_serie_tiltak_tiltak_id"), "serie_tiltak", ["tiltak_id"])
    op.create_table(
        "serieendring",
        sa.Column("id", _BIGINT, autoincrement=False, nullable=False),
        sa.Column("slag", sa.String(60), nullable=False),
        sa.Column("tid", _WHEN, nullable=False),
        sa.Column("av_id", _BIGINT, nullable=True),
        sa.ForeignKeyConstraint(["av_id"], ["user_konto.id"], name=op.f("fk_serieendring_av_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_serieendring")),
    )
    op.create_index(op.f("ix_serieendring_av_id"), "serieendring", ["av_id"])
    op.create_table(
        "seriepunkt",
        sa.Column("id", _BIGINT, autoincrement=False, nullable=False),
        sa.Column("serie_id", sa.Text(), nullable=False),
        sa.Column("periode", sa.Text(), nullable=False),
        sa.Column("versjon", _BIGINT, nullable=False),
        sa.Column("gjeldende", sa.Boolean(), nullable=False),
        sa.Column("slettet", sa.Boolean(), nullable=False),
        sa.Column("verdi", sa.Double(), nullable=True),
        sa.Column("tegn", sa.Text(), nullable=True),
        sa.Column("kilde", sa.Text(), nullable=True),
        sa.Column("telledefinisjon", sa.Text(), nullable=True),
        sa.Column("brudd", sa.Boolean(), nullable=False),
        sa.Column("brudd_grunn", sa.Text(), nullable=True),
        sa.Column("kommunenummer", sa.Text(), nullable=True),
        sa.Column("endring_id", _BIGINT, nullable=False),
        sa.ForeignKeyConstraint(["serie_id"], ["serie.id"], name=op.f("fk_seriepunkt_serie_id")),
        sa.ForeignKeyConstraint(["endring_id"], ["serieendring.id"], name=op.f("fk_seriepunkt_endring_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seriepunkt")),
        sa.UniqueConstraint("serie_id", "periode", "versjon", name=op.f("uq_seriepunkt_serie_id_periode_versjon")),
    )
    op.create_index(
        "ix_seriepunkt_gjeldende",
        "seriepunkt",
        ["serie_id", "periode"],
        unique=True,
        sqlite_where=sa.text("gjeldende"),
        postgresql_where=sa.text("gjeldende"),
    )
    op.create_index(op.f("ix_seriepunkt_endring_id"), "seriepunkt", ["endring_id"])


def downgrade() -> None:
    for tabell in ("seriepunkt", "serieendring", "serie_tiltak", "serie"):
        op.drop_table(tabell)
