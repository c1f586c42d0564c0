"""How long the protection may take is the municipality's choice; a release keeps the rules it was made with."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


_FROZEN = (
    "id", "nummer", "aar", "bilde_dato", "raaavtrykk", "hensyn", "koblingsmodus", "definisjonsversjon", "koder",
    "erstatter_id", "laget", "laget_av_id", "kontrollert", "kontrollert_av_id", "kontroll_ok", "kontroll",
    "kontroll_hensyn", "publisert", "publisert_av_id", "terskel", "programversjon", "sha256",
)  # fmt: skip
_WITHDRAWAL = ("status", "trukket", "trukket_av_id", "trekkgrunn", "trekktekst")
_SAYS = "what is released never changes"
_STOP = f"RAISE EXCEPTION '{_SAYS}' USING ERRCODE = 'integrity_constraint_violation';"


def _changed(columns: tuple[str, ...], differs: str, cast: str) -> str:
    return " OR ".join(f"NEW.{column}{cast} {differs} OLD.{column}{cast}" for column in columns)


def _forbidden(frozen: tuple[str, ...], differs: str, cast: str = "") -> str:
    """As in 0003: what is frozen changes, or a withdrawal is changed once more, or it becomes anything else."""
    return (
        f"OLD.nummer IS NOT NULL AND ({_changed(frozen, differs, cast)}"
        f" OR (OLD.status = 'trukket' AND ({_changed(_WITHDRAWAL, differs, cast)}))"
        f" OR NEW.status NOT IN ('publisert', 'trukket'))"
    )


def _lock(frozen: tuple[str, ...]) -> None:
    """Have the triggers of 0003 watch these columns; put together from the names above and nothing else."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER publisering_endres_ikke")
        op.execute(
            f"CREATE TRIGGER publisering_endres_ikke BEFORE UPDATE ON publisering WHEN {_forbidden(frozen, 'IS NOT')}"
            f" BEGIN SELECT RAISE(ABORT, '{_SAYS}'); END"
        )
    else:
        op.execute(
            "CREATE OR REPLACE FUNCTION publisering_fast() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            f" IF TG_OP = 'DELETE' THEN IF OLD.nummer IS NOT NULL THEN {_STOP} END IF; RETURN OLD; END IF;"
            f" IF {_forbidden(frozen, 'IS DISTINCT FROM', '::text')} THEN {_STOP} END IF; RETURN NEW; END $$"
        )


def upgrade() -> None:
    heltall = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    with op.batch_alter_table("kommune", schema=None) as batch_op:
        batch_op.add_column(sa.Column("sekunder", heltall, nullable=False, server_default="300"))
    op.add_column("publisering", sa.Column("regler", sa.JSON(), nullable=True))
    _lock((*_FROZEN, "regler"))


def downgrade() -> None:
    _lock(_FROZEN)
    # Not as a batch: that would make the table anew, without its triggers.
    op.execute("ALTER TABLE publisering DROP COLUMN regler")
    with op.batch_alter_table("kommune", schema=None) as batch_op:
        batch_op.drop_column("sekunder")
