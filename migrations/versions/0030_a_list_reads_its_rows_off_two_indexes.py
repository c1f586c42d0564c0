"""What a list shows of each case stands in the index it is found by: half as many pages of the file are read.

The indexes are made beside the service: on SQLite one at a time, each a second or two a million referrals.
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext

from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

ONLY_ADDS = True
_REFERRALS = ("ix_henvisning_sak", "henvisning", ("sak_id", "opprettet", "id", "tiltak_id", "status"))
_CHILDREN = ("ix_barn_sak", "barn", ("sak_id", "foedselsaar"))
_OLD = ("ix_henvisning_sak_id", "henvisning", ("sak_id",))


def _make(*indexes: tuple[str, str, Sequence[str]]) -> None:
    """A try that was stopped leaves indexes: on PostgreSQL one that may be no good, on SQLite whole ones."""
    beside = "CONCURRENTLY" if op.get_bind().dialect.name == "postgresql" else ""
    for name, table, columns in indexes:
        op.execute(f"DROP INDEX {beside} IF EXISTS {name}")
        op.create_index(name, table, list(columns), postgresql_concurrently=True)
        _let_go()


def _drop(*indexes: tuple[str, str, Sequence[str]]) -> None:
    beside = "CONCURRENTLY" if op.get_bind().dialect.name == "postgresql" else ""
    for name, *_ in indexes:
        op.execute(f"DROP INDEX {beside} IF EXISTS {name}")


def _let_go() -> None:
    config = op.get_context().config
    if config is not None:
        config.attributes["slipp"]()


def _beside() -> AbstractContextManager[None]:
    return nullcontext() if op.get_bind().dialect.name == "sqlite" else op.get_context().autocommit_block()


def upgrade() -> None:
    with _beside():
        _make(_REFERRALS, _CHILDREN)
        _drop(_OLD)


def downgrade() -> None:
    with _beside():
        _make(_OLD)
        _drop(_REFERRALS, _CHILDREN)
