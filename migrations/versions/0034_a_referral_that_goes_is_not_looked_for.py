"""An index of what was sent on: a referral that is deleted is not looked for among all of them.

Whoever deletes one has to find what was sent on from it, to let go of that. Most referrals were not sent on from
another, and have no place in the index.
"""

from contextlib import AbstractContextManager, nullcontext

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

ONLY_ADDS = True

_NAME = "ix_henvisning_videresendt_fra_id"


def _sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _beside() -> AbstractContextManager[None]:
    return nullcontext() if _sqlite() else op.get_context().autocommit_block()


def _drop() -> None:
    op.execute(f"DROP INDEX {'' if _sqlite() else 'CONCURRENTLY'} IF EXISTS {_NAME}")


def upgrade() -> None:
    sent_on = sa.text("videresendt_fra_id IS NOT NULL")
    with _beside():
        _drop()  # one that was stopped in the middle is no good
        op.create_index(
            _NAME,
            "henvisning",
            ["videresendt_fra_id"],
            postgresql_concurrently=True,
            sqlite_where=sent_on,
            postgresql_where=sent_on,
        )


def downgrade() -> None:
    with _beside():
        _drop()
