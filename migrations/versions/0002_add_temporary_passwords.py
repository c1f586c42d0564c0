"""add temporary passwords."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("user_konto", schema=None) as batch_op:
        batch_op.add_column(sa.Column("passord_midlertidig", sa.Boolean(), nullable=False, server_default=sa.false()))
    # accounts that exist have chosen theirs; from here on the product says it for each
    with op.batch_alter_table("user_konto", schema=None) as batch_op:
        batch_op.alter_column("passord_midlertidig", existing_type=sa.Boolean(), server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("user_konto", schema=None) as batch_op:
        batch_op.drop_column("passord_midlertidig")
