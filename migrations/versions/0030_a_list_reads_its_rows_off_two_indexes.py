"""What a list shows of each case stands in the index it is found by: half as many pages of the file are read.

On PostgreSQL the indexes are made beside the service; on SQLite those who write wait some seconds a million referrals.
"""

from collections.abc import Sequence

from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

_REFERRALS = ("ix_henvisning_sak", "henvisning", ("sak_id", "opprettet", "id", "tiltak_id", "status"))
_CHILDREN = ("ix_barn_sak", "barn", ("sak_id", "foedselsaar"))
_OLD = ("ix_henvisning_sak_id", "henvisning", ("sak_id",))


def _make(*indexes: tuple[str, str, Sequence[str]]) -> None:
    for name, table, columns in indexes:
        if op.get_bind().dialect.name == "postgresql":  # a try that was stopped leaves one that is no good
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
        op.create_index(name, table, list(columns), postgresql_concurrently=True)


def _drop(*indexes: tuple[str, str, Sequence[str]]) -> None:
    how = "CONCURRENTLY IF EXISTS" if op.get_bind().dialect.name == "postgresql" else ""
    for name, *_ in indexes:
        op.execute(f"DROP INDEX {how} {name}")


def _change(
    new: Sequence[tuple[str, str, Sequence[str]]], old: Sequence[tuple[str, str, Sequence[str]]]
) -> None:
    if op.get_bind().dialect.name == "sqlite":
        _make(*new)
        _drop(*old)
        return
    with op.get_context().autocommit_block():
        _make(*new)
        _drop(*old)


def upgrade() -> None:
    _change((_REFERRALS, _CHILDREN), (_OLD,))


def downgrade() -> None:
    _change((_OLD,), (_REFERRALS, _CHILDREN))
