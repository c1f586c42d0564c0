"""Which of a case's children a consent was given for, and whether for the whole family.

Consents from before have nothing there, which is read as the children that the case had on the day they were given.
The column may be empty and has no default: no row is rewritten, and none is read.
"""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("samtykke", sa.Column("gjelder", sa.JSON(), nullable=True))


def downgrade() -> None:
    op.drop_column("samtykke", "gjelder")
