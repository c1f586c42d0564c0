"""How long a closed case stays, what holds one back, and when its decisions were written for the archive."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_REASON = sa.Enum("klage", "innsyn", "paagaar", "krav", "annet", name="holdegrunn", native_enum=False, length=60)
_INTEGER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    with op.batch_alter_table("kommune", schema=None) as batch_op:
        batch_op.add_column(sa.Column("sak_maaneder", _INTEGER, nullable=False, server_default="24"))
    with op.batch_alter_table("kommune", schema=None) as batch_op:
        batch_op.alter_column("sak_maaneder", existing_type=_INTEGER, server_default=None)
    with op.batch_alter_table("sak", schema=None) as batch_op:
        batch_op.add_column(sa.Column("holdes_til", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("holdegrunn", _REASON, nullable=True))
        batch_op.add_column(sa.Column("holdetekst", sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column("arkivert", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("sak", schema=None) as batch_op:
        for column in ("arkivert", "holdetekst", "holdegrunn", "holdes_til"):
            batch_op.drop_column(column)
    with op.batch_alter_table("kommune", schema=None) as batch_op:
        batch_op.drop_column("sak_maaneder")
