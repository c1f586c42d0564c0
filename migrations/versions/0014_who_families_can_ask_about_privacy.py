"""The office that families can ask about privacy: its name, e-mail and telephone."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_COLUMNS = ("personvern_kontor", "personvern_epost", "personvern_telefon")


def upgrade() -> None:
    with op.batch_alter_table("kommune", schema=None) as batch_op:
        for column in _COLUMNS:
            batch_op.add_column(sa.Column(column, sa.Text(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("kommune", schema=None) as batch_op:
        for column in reversed(_COLUMNS):
            batch_op.drop_column(column)
