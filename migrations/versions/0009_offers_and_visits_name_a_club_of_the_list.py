"""Offers and visits name a club of the list; the text stays where none is meant without doubt."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_TEKSTER = (("tilbud", "arrangoer"), ("klubbesoek", "lag"))
"""The tables that named a club as text, and the column that it stands in."""


def upgrade() -> None:
    heltall = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    for tabell, kolonne in _TEKSTER:
        with op.batch_alter_table(tabell, schema=None) as batch_op:
            batch_op.add_column(sa.Column("lag_id", heltall, nullable=True))
            batch_op.alter_column(kolonne, existing_type=sa.Text(), nullable=True)
            batch_op.create_foreign_key(op.f(f"fk_{tabell}_lag_id"), "lag", ["lag_id"], ["id"])
    _knytt()
    with op.batch_alter_table("tilbud", schema=None) as batch_op:
        batch_op.create_check_constraint(op.f("ck_tilbud_en_arrangoer"), "(lag_id IS NULL) <> (arrangoer IS NULL)")
        batch_op.create_index(batch_op.f("ix_tilbud_lag_id"), ["lag_id"], unique=False)
    with op.batch_alter_table("klubbesoek", schema=None) as batch_op:
        batch_op.create_check_constraint(op.f("ck_klubbesoek_ett_lag"), "(lag_id IS NULL) <> (lag IS NULL)")
        batch_op.create_index("ix_klubbesoek_lag", ["lag_id", "dag", "id"], unique=False)


def _knytt() -> None:
    """Link every text that is the name of one club and no other, whichever letters are capital."""
    forbindelse = op.get_bind()
    etter_navn: dict[str, list[int]] = {}
    for lag_id, navn in forbindelse.execute(sa.text("SELECT id, navn FROM lag")):
        etter_navn.setdefault(_likt(navn), []).append(lag_id)
    for tabell, kolonne in _TEKSTER:
        endring = sa.text(f"UPDATE {tabell} SET lag_id = :lag_id, {kolonne} = NULL WHERE {kolonne} = :tekst")
        for (tekst,) in forbindelse.execute(sa.text(f"SELECT DISTINCT {kolonne} FROM {tabell}")).all():
            lagene = etter_navn.get(_likt(tekst), [])
            if len(lagene) == 1:
                forbindelse.execute(endring, {"lag_id": lagene[0], "tekst": tekst})


def _likt(navn: str) -> str:
    # Compared here and not in SQL: SQLite's lower() leaves Æ, Ø and Å as they are.
    return " ".join(navn.split()).casefold()


def downgrade() -> None:
    with op.batch_alter_table("klubbesoek", schema=None) as batch_op:
        batch_op.drop_index("ix_klubbesoek_lag")
        batch_op.drop_constraint(op.f("ck_klubbesoek_ett_lag"), type_="check")
    with op.batch_alter_table("tilbud", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_tilbud_lag_id"))
        batch_op.drop_constraint(op.f("ck_tilbud_en_arrangoer"), type_="check")
    for tabell, kolonne in _TEKSTER:
        navnet = f"(SELECT lag.navn FROM lag WHERE lag.id = {tabell}.lag_id)"
        op.execute(f"UPDATE {tabell} SET {kolonne} = {navnet} WHERE lag_id IS NOT NULL")
        with op.batch_alter_table(tabell, schema=None) as batch_op:
            batch_op.alter_column(kolonne, existing_type=sa.Text(), nullable=False)
            batch_op.drop_constraint(op.f(f"fk_{tabell}_lag_id"), type_="foreignkey")
            batch_op.drop_column("lag_id")
