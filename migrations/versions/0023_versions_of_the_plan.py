"""The plan has versions: whole documents, what was changed in them, and the plan that is loaded as the first."""

import hashlib
import json
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_BIGINT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_WHEN = sa.DateTime(timezone=True)
_KODE = sa.String(length=60)


def upgrade() -> None:
    versjon = op.create_table(
        "planversjon",
        sa.Column("id", _BIGINT, autoincrement=False, nullable=False),
        sa.Column("nr", _BIGINT, nullable=False),
        sa.Column("status", _KODE, nullable=False),
        sa.Column("kilde", _KODE, nullable=False),
        sa.Column("innhold", sa.JSON(), nullable=False),
        sa.Column("sjekksum", sa.Text(), nullable=False),
        sa.Column("grunner", sa.JSON(), nullable=False),
        sa.Column("fra_nr", _BIGINT, nullable=True),
        sa.Column("organ", sa.Text(), nullable=True),
        sa.Column("vedtatt", sa.Date(), nullable=True),
        sa.Column("gjelder_fra", sa.Date(), nullable=True),
        sa.Column("gjelder_til", sa.Date(), nullable=True),
        sa.Column("laget", _WHEN, nullable=False),
        sa.Column("laget_av_id", _BIGINT, nullable=True),
        sa.Column("versjon", _BIGINT, nullable=False),
        sa.ForeignKeyConstraint(
            ["laget_av_id"], ["user_konto.id"], name=op.f("fk_planversjon_laget_av_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_planversjon")),
        sa.UniqueConstraint("nr", name=op.f("uq_planversjon_nr")),
    )
    op.create_index(
        "uq_planversjon_status",
        "planversjon",
        ["status"],
        unique=True,
        postgresql_where=sa.text("status <> 'tidligere'"),
        sqlite_where=sa.text("status <> 'tidligere'"),
    )
    op.create_table(
        "planendring",
        sa.Column("id", _BIGINT, nullable=False),
        sa.Column("versjon_id", _BIGINT, nullable=False),
        sa.Column("tid", _WHEN, nullable=False),
        sa.Column("av_id", _BIGINT, nullable=True),
        sa.Column("rettelse", sa.Boolean(), nullable=False),
        sa.Column("slag", _KODE, nullable=False),
        sa.Column("del_id", sa.Text(), nullable=False),
        sa.Column("hva", _KODE, nullable=False),
        sa.Column("felt", sa.Text(), nullable=True),
        sa.Column("fra", sa.Text(), nullable=True),
        sa.Column("til", sa.Text(), nullable=True),
        sa.Column("grunn", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["versjon_id"], ["planversjon.id"], name=op.f("fk_planendring_versjon_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["av_id"], ["user_konto.id"], name=op.f("fk_planendring_av_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_planendring")),
    )
    op.create_index("ix_planendring_versjon", "planendring", ["versjon_id", "id"])
    op.create_index("ix_planendring_del", "planendring", ["slag", "del_id", "id"])
    _den_som_er_lastet(versjon)


def _den_som_er_lastet(versjon: sa.Table) -> None:
    """The plan that lies in the tables becomes version 1."""
    hoder = _rader("SELECT tittel, kommune, kommunenummer, periode, vedtak, merknad FROM plan")
    if not hoder:
        return
    innhold = {
        "hode": hoder[0],
        "enheter": _ja_nei(
            _rader("SELECT id, navn, kortnavn, henviser, helse FROM enhet WHERE orden < 1000 ORDER BY orden, id"),
            "henviser",
            "helse",
        ),
        "delmaal": _rader("SELECT id, navn, tekst FROM delmaal ORDER BY orden"),
        "strategier": _strategier(),
        "indikatorer": _indikatorer(),
    }
    tekst = json.dumps(innhold, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    naa = datetime.now(UTC)
    op.get_bind().execute(
        versjon.insert().values(
            id=1,
            nr=1,
            status="gjeldende",
            kilde="fil",
            innhold=innhold,
            sjekksum=hashlib.sha256(tekst.encode()).hexdigest(),
            grunner={},
            gjelder_fra=naa.astimezone(ZoneInfo("Europe/Oslo")).date(),
            laget=naa,
            versjon=1,
        )
    )


def _rader(sql: str) -> list[dict[str, Any]]:
    return [dict(rad) for rad in op.get_bind().execute(sa.text(sql)).mappings()]


def _ja_nei(rader: list[dict[str, Any]], *felter: str) -> list[dict[str, Any]]:
    """SQLite answers 0 and 1."""
    return [{**rad, **{felt: bool(rad[felt]) for felt in felter}} for rad in rader]


def _strategier() -> list[dict[str, Any]]:
    mekanikker: dict[str, list[str]] = {}
    for rad in _rader("SELECT tiltak_id, mekanikk FROM tiltak_mekanikk ORDER BY tiltak_id, mekanikk"):
        mekanikker.setdefault(rad["tiltak_id"], []).append(rad["mekanikk"])
    ansvar: dict[str, list[list[Any]]] = {}
    for rad in _rader("SELECT tiltak_id, enhet_id, hovedansvar FROM tiltak_ansvar ORDER BY tiltak_id, orden"):
        ansvar.setdefault(rad["tiltak_id"], []).append([rad["enhet_id"], bool(rad["hovedansvar"])])
    tiltak: dict[str, list[dict[str, Any]]] = {}
    sql = (
        "SELECT id, strategi_id AS strategi, navn, kortnavn, evalueres, kadens, frist, rapporteres_til, maalgruppe,"
        " usikker, merknad, ansvar_tekst, mottaker_id AS mottaker, enkeltvedtak FROM tiltak"
        " WHERE NOT utgaatt ORDER BY orden, id"
    )
    for rad in _ja_nei(_rader(sql), "usikker", "enkeltvedtak"):
        hele = {**rad, "mekanikker": mekanikker.get(rad["id"], []), "ansvar": ansvar.get(rad["id"], [])}
        tiltak.setdefault(rad["strategi"], []).append(hele)
    strategier = _rader("SELECT id, hovedstrategi, tekst FROM strategi ORDER BY orden, id")
    return [{**rad, "tiltak": tiltak[rad["id"]]} for rad in strategier if rad["id"] in tiltak]


def _indikatorer() -> list[dict[str, Any]]:
    gjelder: dict[str, list[str]] = {}
    for rad in _rader("SELECT indikator_id, tiltak_id FROM indikator_tiltak ORDER BY indikator_id, tiltak_id"):
        gjelder.setdefault(rad["indikator_id"], []).append(rad["tiltak_id"])
    sql = (
        "SELECT id, navn, omraade, aar, periode, verdi, tekst, enhet, gruppe, kilde, slag, brudd, brudd_mot,"
        " brudd_grunn, avsluttet, avsluttet_grunn FROM indikator ORDER BY orden, id"
    )
    return [{**rad, "tiltak": gjelder.get(rad["id"], [])} for rad in _ja_nei(_rader(sql), "brudd", "avsluttet")]


def downgrade() -> None:
    op.drop_table("planendring")
    op.drop_table("planversjon")
