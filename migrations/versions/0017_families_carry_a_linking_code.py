"""Families can carry a linking code: sealed on the case, with an index of it."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sak", sa.Column("koblingskode", sa.LargeBinary(), nullable=True))
    op.add_column("sak", sa.Column("kodeindeks", sa.LargeBinary(), nullable=True))
    op.create_index("ix_sak_kodeindeks", "sak", ["kodeindeks"])


def downgrade() -> None:
    # The mode is not one the older program knows; its links are lost with the codes.
    op.execute("UPDATE kommune SET koblingsmodus = 'ingen' WHERE koblingsmodus = 'referanse'")
    op.drop_index("ix_sak_kodeindeks", "sak")
    op.drop_column("sak", "kodeindeks")
    op.drop_column("sak", "koblingskode")
