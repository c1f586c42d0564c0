"""What is asked besides the password, and what a session was begun with."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_BIGINT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TID = sa.DateTime(timezone=True)


def _konto(tabell: str, *, nullable: bool = False) -> tuple[sa.Column[int], sa.ForeignKeyConstraint]:
    return sa.Column("user_id", _BIGINT, nullable=nullable), sa.ForeignKeyConstraint(
        ["user_id"], ["user_konto.id"], name=f"fk_{tabell}_user_id", ondelete="CASCADE"
    )


def upgrade() -> None:
    op.add_column("okt", sa.Column("metode", sa.String(60), nullable=True))
    op.add_column("okt", sa.Column("bevist", _TID, nullable=True))
    op.execute("UPDATE okt SET metode = 'passord', bevist = opprettet")
    with op.batch_alter_table("okt", schema=None) as batch_op:
        batch_op.alter_column("metode", existing_type=sa.String(60), nullable=False)
        batch_op.alter_column("bevist", existing_type=_TID, nullable=False)
    op.create_table(
        "halvokt",
        sa.Column("id", sa.LargeBinary(), primary_key=True),
        *_konto("halvokt"),
        sa.Column("utloeper", _TID, nullable=False),
    )
    op.create_index("ix_halvokt_utloeper", "halvokt", ["utloeper"])
    op.create_table(
        "totp",
        sa.Column("id", _BIGINT, primary_key=True, autoincrement=False),
        *_konto("totp"),
        sa.Column("hemmelighet", sa.LargeBinary(), nullable=False),
        sa.Column("i_bruk", sa.Boolean(), nullable=False),
        sa.Column("siste_steg", _BIGINT, nullable=False),
        sa.Column("opprettet", _TID, nullable=False),
        sa.UniqueConstraint("user_id", "i_bruk", name="uq_totp_user_id_i_bruk"),
    )
    op.create_table(
        "passkey",
        sa.Column("id", _BIGINT, primary_key=True, autoincrement=False),
        *_konto("passkey"),
        sa.Column("navn", sa.Text(), nullable=False),
        sa.Column("noekkel_id", sa.LargeBinary(), nullable=False),
        sa.Column("eier", sa.LargeBinary(), nullable=False),
        sa.Column("offentlig", sa.LargeBinary(), nullable=False),
        sa.Column("teller", _BIGINT, nullable=False),
        sa.Column("opprettet", _TID, nullable=False),
        sa.Column("sist_brukt", _TID, nullable=True),
        sa.UniqueConstraint("noekkel_id", name="uq_passkey_noekkel_id"),
    )
    op.create_index("ix_passkey_user_id", "passkey", ["user_id"])
    op.create_table(
        "gjenopprettingskode",
        sa.Column("id", _BIGINT, primary_key=True, autoincrement=False),
        *_konto("gjenopprettingskode"),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("opprettet", _TID, nullable=False),
    )
    op.create_index("ix_gjenopprettingskode_user_id", "gjenopprettingskode", ["user_id"])
    op.create_table(
        "utfordring",
        sa.Column("id", sa.LargeBinary(), primary_key=True),
        sa.Column("formaal", sa.String(60), nullable=False),
        *_konto("utfordring", nullable=True),
        sa.Column("eier", sa.LargeBinary(), nullable=True),
        sa.Column("utloeper", _TID, nullable=False),
    )
    op.create_index("ix_utfordring_utloeper", "utfordring", ["utloeper"])
    op.create_table(
        "gjenopprettingslenke",
        sa.Column("id", sa.LargeBinary(), primary_key=True),
        *_konto("gjenopprettingslenke"),
        sa.Column("utloeper", _TID, nullable=False),
        sa.UniqueConstraint("user_id", name="uq_gjenopprettingslenke_user_id"),
    )
    op.create_index("ix_gjenopprettingslenke_utloeper", "gjenopprettingslenke", ["utloeper"])


def downgrade() -> None:
    for tabell in ("gjenopprettingslenke", "utfordring", "gjenopprettingskode", "passkey", "totp", "halvokt"):
        op.drop_table(tabell)
    with op.batch_alter_table("okt", schema=None) as batch_op:
        batch_op.drop_column("bevist")
        batch_op.drop_column("metode")
