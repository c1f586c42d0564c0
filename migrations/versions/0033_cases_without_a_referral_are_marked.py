"""The cases that have no referral already get their mark: on PostgreSQL one at a time, beside those who work.

It stands by itself: stopped here, 0032 is whole, and is gone on from or gone back from.
"""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

ONLY_ADDS = True

_EMPTY = "NOT EXISTS (SELECT 1 FROM henvisning h WHERE h.sak_id = s.id)"
_MARK = (
    "INSERT INTO saksmerke (enhet_id, merke, opprettet, sak_id)"
    f" SELECT s.enhet_id, 'tom', s.opprettet, s.id FROM sak s WHERE {_EMPTY}{{only}} ON CONFLICT DO NOTHING"
)
_HAVE = (
    "PERFORM 1 FROM sak s JOIN enhet e ON e.id = s.enhet_id WHERE s.id = {case} FOR KEY SHARE;"
    " PERFORM pg_advisory_xact_lock({case})"
)
"""The rows that the foreign keys ask for, and then the case as the triggers have it (0029), in the order in which
whoever adds a referral has them: whoever had it before is seen, and whoever comes later corrects the mark."""


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(_MARK.format(only=""))
        return
    with op.get_context().autocommit_block():
        for case in op.get_bind().scalars(sa.text(f"SELECT s.id FROM sak s WHERE {_EMPTY}")).all():
            mark = _MARK.format(only=f" AND s.id = {int(case)}")
            op.execute(f"DO $$ BEGIN {_HAVE.format(case=int(case))}; {mark}; END $$")


def downgrade() -> None:
    """The triggers of 0032 keep the marks, and its downgrade takes them away."""
