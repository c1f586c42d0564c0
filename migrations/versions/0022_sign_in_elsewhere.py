"""Single sign-on: attempts under way, who is which account, requests that wait, sessions that came from an issuer."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_BIGINT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_WHEN = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "oidc_forsoek",
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("nettleser", sa.LargeBinary(), nullable=False),
        sa.Column("utsteder", sa.Text(), nullable=False),
        sa.Column("neste", sa.Text(), nullable=True),
        sa.Column("utloeper", _WHEN, nullable=False),
        sa.Column("okt_id", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["okt_id"], ["okt.id"], name=op.f("fk_oidc_forsoek_okt_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_oidc_forsoek")),
    )
    op.create_index(op.f("ix_oidc_forsoek_okt_id"), "oidc_forsoek", ["okt_id"])
    op.create_index(op.f("ix_oidc_forsoek_utloeper"), "oidc_forsoek", ["utloeper"])
    op.create_table(
        "oidc_identitet",
        sa.Column("id", _BIGINT, autoincrement=False, nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("subjekt", sa.Text(), nullable=False),
        sa.Column("user_id", _BIGINT, nullable=False),
        sa.Column("opprettet", _WHEN, nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_konto.id"], name=op.f("fk_oidc_identitet_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_oidc_identitet")),
        sa.UniqueConstraint("issuer", "subjekt", name=op.f("uq_oidc_identitet_issuer_subjekt")),
    )
    op.create_index(op.f("ix_oidc_identitet_user_id"), "oidc_identitet", ["user_id"])
    op.create_table(
        "oidc_forespoersel",
        sa.Column("id", _BIGINT, autoincrement=False, nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("subjekt", sa.Text(), nullable=False),
        sa.Column("kode", sa.Text(), nullable=False),
        sa.Column("opprettet", _WHEN, nullable=False),
        sa.Column("sist", _WHEN, nullable=False),
        sa.Column("avvist", _WHEN, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_oidc_forespoersel")),
        sa.UniqueConstraint("issuer", "subjekt", name=op.f("uq_oidc_forespoersel_issuer_subjekt")),
        sa.UniqueConstraint("kode", name=op.f("uq_oidc_forespoersel_kode")),
    )
    op.create_index(op.f("ix_oidc_forespoersel_sist"), "oidc_forespoersel", ["sist"])
    op.create_table(
        "oidc_okt",
        sa.Column("okt_id", sa.LargeBinary(), nullable=False),
        sa.Column("utsteder", sa.Text(), nullable=False),
        sa.Column("id_token", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["okt_id"], ["okt.id"], name=op.f("fk_oidc_okt_okt_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("okt_id", name=op.f("pk_oidc_okt")),
    )


def downgrade() -> None:
    for tabell in ("oidc_okt", "oidc_forespoersel", "oidc_identitet", "oidc_forsoek"):
        op.drop_table(tabell)
