"""How far the access log has been sent on to whoever watches for attacks: one row for each receiver and day."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

_BIGINT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_WHEN = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "videresendt",
        sa.Column("mottaker", sa.Text(), nullable=False),
        sa.Column("dag", sa.Text(), nullable=False),
        sa.Column("nr", _BIGINT, nullable=False),
        sa.Column("sendt", _WHEN, nullable=True),
        sa.Column("holder", sa.Text(), nullable=True),
        sa.Column("leie_til", _WHEN, nullable=True),
        sa.PrimaryKeyConstraint("mottaker", "dag", name=op.f("pk_videresendt")),
    )


def downgrade() -> None:
    op.drop_table("videresendt")
