"""The code list of authorities keeps what was changed in it, when and by whom."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    heltall = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "hjemmelendring",
        sa.Column("id", heltall, nullable=False),
        sa.Column("hjemmel_id", sa.Text(), nullable=False),
        sa.Column("tid", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", heltall, nullable=True),
        sa.Column("felt", sa.Text(), nullable=False),
        sa.Column("fra", sa.Text(), nullable=True),
        sa.Column("til", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["hjemmel_id"], ["hjemmel.id"], name=op.f("fk_hjemmelendring_hjemmel_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user_konto.id"], name=op.f("fk_hjemmelendring_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hjemmelendring")),
    )
    with op.batch_alter_table("hjemmelendring", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_hjemmelendring_hjemmel_id"), ["hjemmel_id"], unique=False)


def downgrade() -> None:
    op.drop_table("hjemmelendring")
