"""The year's cards carry a version, so that a page opened before somebody's change is told."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    heltall = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    with op.batch_alter_table("kortaar", schema=None) as batch_op:
        batch_op.add_column(sa.Column("versjon", heltall, nullable=False, server_default="1"))
    with op.batch_alter_table("kortaar", schema=None) as batch_op:
        batch_op.alter_column("versjon", existing_type=heltall, existing_nullable=False, server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("kortaar", schema=None) as batch_op:
        batch_op.drop_column("versjon")
