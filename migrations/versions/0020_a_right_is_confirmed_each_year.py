"""When somebody last said that a right is needed, and who."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_BIGINT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("rolletildeling", sa.Column("bekreftet", sa.Date(), nullable=True))
    op.execute("UPDATE rolletildeling SET bekreftet = fra")
    with op.batch_alter_table("rolletildeling", schema=None) as batch_op:
        batch_op.alter_column("bekreftet", existing_type=sa.Date(), nullable=False)
        batch_op.add_column(sa.Column("bekreftet_av_id", _BIGINT, nullable=True))
        batch_op.create_foreign_key(
            "fk_rolletildeling_bekreftet_av_id", "user_konto", ["bekreftet_av_id"], ["id"], ondelete="SET NULL"
        )
    op.create_index("ix_rolletildeling_bekreftet", "rolletildeling", ["bekreftet", "id"])


def downgrade() -> None:
    op.drop_index("ix_rolletildeling_bekreftet", "rolletildeling")
    with op.batch_alter_table("rolletildeling", schema=None) as batch_op:
        batch_op.drop_constraint("fk_rolletildeling_bekreftet_av_id", type_="foreignkey")
        batch_op.drop_column("bekreftet_av_id")
        batch_op.drop_column("bekreftet")
