"""A case without a referral has a mark, and a locked case an index: what nothing was sent from is found at once.

The marks and what writes them are 0029's. A case has the new mark from its own trigger until its first referral comes,
and again when its last one goes. Those that have none already are marked in 0033.
"""

from contextlib import AbstractContextManager, nullcontext

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

ONLY_ADDS = True

_OPEN = (
    "('utkast', 'venter_samtykke', 'sendt', 'mottatt', 'under_behandling', 'paa_vent', 'venteliste', 'innvilget',"
    " 'i_gang', 'paaklaget')"
)
_MARKS = {
    "utkast": "h.status = 'utkast'",
    "samtykke": "h.status = 'venter_samtykke'",
    "spoersmaal": "h.status = 'paa_vent' AND h.spoersmaal IS NOT NULL",
    "beskjed": "h.beskjed_siden IS NOT NULL",
    "tilbud": "h.svar_innen IS NOT NULL",
    "aapne": f"h.status IN {_OPEN}",
    "avsluttede": f"NOT EXISTS (SELECT 1 FROM henvisning a WHERE a.sak_id = h.sak_id AND a.status IN {_OPEN})",
}
_OLD = "VIEW saksmerke_naa AS " + " UNION ALL ".join(
    f"SELECT h.sak_id AS sak_id, '{mark}' AS merke FROM henvisning h WHERE NOT h.sperret AND {holds}"
    for mark, holds in _MARKS.items()
)
"""As 0029 made it."""

_EMPTY = "NOT EXISTS (SELECT 1 FROM henvisning h WHERE h.sak_id = s.id)"
_NEW = f"{_OLD} UNION ALL SELECT s.id AS sak_id, 'tom' AS merke FROM sak s WHERE {_EMPTY}"

_ALONE = (
    "DO $$ BEGIN SET LOCAL lock_timeout = '1500ms'; FOR attempt IN 1..3 LOOP"
    " BEGIN LOCK TABLE sak, henvisning IN SHARE ROW EXCLUSIVE MODE; RETURN;"
    " EXCEPTION WHEN lock_not_available OR deadlock_detected THEN"
    " IF attempt = 3 THEN RAISE lock_not_available; END IF; PERFORM pg_sleep(0.25); END; END LOOP; END $$"
)
"""What the view and the trigger ask for, at once or not at all: see 0029."""


def _sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _beside() -> AbstractContextManager[None]:
    return nullcontext() if _sqlite() else op.get_context().autocommit_block()


def _view(view: str) -> None:
    if _sqlite():
        op.execute("DROP VIEW saksmerke_naa")
        op.execute(f"CREATE {view}")
    else:
        op.execute(f"CREATE OR REPLACE {view}")  # whoever could read it still can


def _trigger_sqlite() -> None:
    op.execute(
        "CREATE TRIGGER saksmerke_sak AFTER INSERT ON sak BEGIN INSERT OR IGNORE INTO saksmerke"
        " (enhet_id, merke, opprettet, sak_id) SELECT NEW.enhet_id, 'tom', NEW.opprettet, NEW.id"
        " WHERE NOT EXISTS (SELECT 1 FROM henvisning h WHERE h.sak_id = NEW.id); END"
    )


def _trigger_postgresql() -> None:
    """Deferred: a case that is registered with its referrals never has the mark."""
    op.execute(
        "CREATE FUNCTION saksmerke_begynnes() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " INSERT INTO saksmerke (enhet_id, merke, opprettet, sak_id)"
        " SELECT s.enhet_id, 'tom', s.opprettet, s.id FROM sak s"
        f" WHERE s.id = NEW.id AND {_EMPTY} ON CONFLICT DO NOTHING; RETURN NULL; END $$"
    )
    op.execute(
        "CREATE CONSTRAINT TRIGGER saksmerke_sak AFTER INSERT ON sak DEFERRABLE INITIALLY DEFERRED"
        " FOR EACH ROW EXECUTE FUNCTION saksmerke_begynnes()"
    )


def upgrade() -> None:
    with _beside():
        beside = "" if _sqlite() else "CONCURRENTLY"
        op.execute(f"DROP INDEX {beside} IF EXISTS ix_sak_begrenset")
        locked = sa.text("begrenset IS NOT NULL")
        op.create_index(
            "ix_sak_begrenset",
            "sak",
            ["begrenset"],
            postgresql_concurrently=True,
            sqlite_where=locked,
            postgresql_where=locked,
        )
    if not _sqlite():
        op.execute(_ALONE)
    _view(_NEW)
    (_trigger_sqlite if _sqlite() else _trigger_postgresql)()


def downgrade() -> None:
    with _beside():
        op.execute(f"DROP INDEX {'' if _sqlite() else 'CONCURRENTLY'} IF EXISTS ix_sak_begrenset")
    if _sqlite():
        op.execute("DROP TRIGGER saksmerke_sak")
    else:
        op.execute(_ALONE)
        op.execute("DROP TRIGGER saksmerke_sak ON sak")
        op.execute("DROP FUNCTION saksmerke_begynnes()")
    _view(_OLD)
    op.execute("DELETE FROM saksmerke WHERE merke = 'tom'")
