"""Wrapped data keys move from the rows that they open to a key store of their own.

The two databases are not committed together. Going up, the keys are in the store before they leave the rows; going
down, they are back in the rows before the store lets them go. Stopped anywhere, the same command does the rest.
"""

import secrets

import sqlalchemy as sa
from alembic import context, op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_HELTALL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TABELLER = ("sak", "utlaan", "utstyrsreservasjon")
_OM_GANGEN = 1_000

_lager = sa.MetaData(schema="noekkellager")
_noekkel = sa.Table(
    "noekkel",
    _lager,
    sa.Column("tabell", sa.Text(), primary_key=True),
    sa.Column("rad", _HELTALL, primary_key=True, autoincrement=False),
    sa.Column("innpakket", sa.LargeBinary(), nullable=False),
)
_slettet = sa.Table(
    "slettet",
    _lager,
    sa.Column("tabell", sa.Text(), primary_key=True),
    sa.Column("rad", _HELTALL, primary_key=True, autoincrement=False),
    sa.Column("tid", sa.DateTime(timezone=True), nullable=False),
    sa.Index("ix_slettet_tid", "tid"),
)
_merke = sa.Table("lager", _lager, sa.Column("merke", sa.Text(), primary_key=True))


def upgrade() -> None:
    op.create_table(
        "noekkelkontroll",
        sa.Column("hoved", _HELTALL, autoincrement=False, nullable=False),
        sa.Column("verdi", sa.LargeBinary(), nullable=False),
        sa.Column("fjernet", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("hoved", name=op.f("pk_noekkelkontroll")),
    )
    op.create_table(
        "noekkelsletting",
        sa.Column("tabell", sa.Text(), nullable=False),
        sa.Column("rad", _HELTALL, autoincrement=False, nullable=False),
        sa.Column("tid", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tabell", "rad", name=op.f("pk_noekkelsletting")),
    )
    lager = context.config.attributes["noekkellager"]
    with lager.begin() as connection:
        if lager.dialect.name == "postgresql":
            connection.execute(sa.schema.CreateSchema("noekkellager", if_not_exists=True))
        _lager.create_all(connection)
        if connection.scalar(sa.select(_merke.c.merke)) is None:
            connection.execute(_merke.insert().values(merke=secrets.token_hex(16)))
        for tabell in _TABELLER:
            _til_lageret(connection, tabell)
    with op.batch_alter_table("utlaan", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_utlaan_telefon_og_noekkel"), type_="check")
        batch_op.drop_column("noekkel")
    # not as a batch: that would make the tables anew, without their checks
    op.execute("ALTER TABLE sak DROP COLUMN noekkel")
    op.execute("ALTER TABLE utstyrsreservasjon DROP COLUMN noekkel")


def _til_lageret(lager: sa.Connection, tabell: str) -> None:
    """Copy; a key that an earlier try has copied is replaced by what the row holds."""
    t = sa.table(tabell, sa.column("id", _HELTALL), sa.column("noekkel", sa.LargeBinary()))
    sist = 0
    while True:
        query = sa.select(t.c.id, t.c.noekkel).where(t.c.noekkel.is_not(None), t.c.id > sist)
        rader = op.get_bind().execute(query.order_by(t.c.id).limit(_OM_GANGEN)).all()
        if not rader:
            return
        ider = [rad.id for rad in rader]
        lager.execute(_noekkel.delete().where(_noekkel.c.tabell == tabell, _noekkel.c.rad.in_(ider)))
        lager.execute(_noekkel.insert(), [{"tabell": tabell, "rad": rad.id, "innpakket": rad.noekkel} for rad in rader])
        sist = ider[-1]


def downgrade() -> None:
    lager = context.config.attributes["noekkellager"]
    for tabell in _TABELLER:
        op.add_column(tabell, sa.Column("noekkel", sa.LargeBinary(), nullable=True))
        with lager.connect() as connection:
            _fra_lageret(connection, tabell)
    # a number whose key is gone cannot be opened by anybody
    op.execute("UPDATE utlaan SET telefon = NULL WHERE noekkel IS NULL")
    op.execute("UPDATE utlaan SET noekkel = NULL WHERE telefon IS NULL")
    with op.batch_alter_table("utlaan", schema=None) as batch_op:
        batch_op.create_check_constraint(op.f("ck_utlaan_telefon_og_noekkel"), "(telefon IS NULL) = (noekkel IS NULL)")
    op.drop_table("noekkelsletting")
    op.drop_table("noekkelkontroll")
    context.config.attributes.setdefault("etterpaa", []).append(lambda: _lager.drop_all(lager))


def _fra_lageret(lager: sa.Connection, tabell: str) -> None:
    t = sa.table(tabell, sa.column("id", _HELTALL), sa.column("noekkel", sa.LargeBinary()))
    endring = t.update().where(t.c.id == sa.bindparam("i_rad")).values(noekkel=sa.bindparam("innpakket"))
    sist = 0
    while True:
        query = sa.select(_noekkel.c.rad, _noekkel.c.innpakket).where(_noekkel.c.tabell == tabell)
        rader = lager.execute(query.where(_noekkel.c.rad > sist).order_by(_noekkel.c.rad).limit(_OM_GANGEN)).all()
        if not rader:
            return
        op.get_bind().execute(endring, [{"i_rad": rad.rad, "innpakket": rad.innpakket} for rad in rader])
        sist = rader[-1].rad
