"""Assessments and reminders, bodies that hear of measures, activities and what the plan asks of them."""

import re
import secrets
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

_BIGINT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_WHEN = sa.DateTime(timezone=True)


def _code(values: int = 60) -> sa.String:
    return sa.String(length=values)


_KRAV = {
    "Tilbud om ½ dags seminar hvert halvår.": ("seminar", "halvaar"),
    "Utarbeide en temaliste for kompetanseheving årlig": ("temaliste", "aar"),
    "Tema barnefattigdom på dagsordenen i fagutvalg og ungdomsrådet hvert år": ("dagsorden", "organ"),
    "Info på årlig møte med lag og foreninger, informasjonsdag i byen, kurstilbud": ("informasjon", "aar"),
    "Samarbeid med idrettsråd og musikkråd": ("moete", "organ"),
}
"""What the plan that is loaded asks for, by the words of its measures; a new installation reads it from a file."""


def upgrade() -> None:
    op.add_column("user_konto", sa.Column("epost", sa.Text(), nullable=True))
    _organer()
    _aktiviteter()
    _vurderinger()
    _varsling()
    _fyll()


def _fyll() -> None:
    """The plan that is there already gets its bodies and its demands, as one that is loaded does."""
    forbindelse, sett = op.get_bind(), dict[str, int]()
    organ = sa.table("organ", sa.column("id", _BIGINT), sa.column("navn"), sa.column("versjon"))
    lenke = sa.table("organ_tiltak", sa.column("organ_id", _BIGINT), sa.column("tiltak_id"))
    krav = sa.table("plankrav", *(sa.column(navn) for navn in ("id", "tiltak_id", "slag", "antall", "per")))
    rader = forbindelse.execute(
        sa.text("SELECT id, navn, rapporteres_til FROM tiltak WHERE NOT utgaatt ORDER BY orden")
    ).all()
    for tiltak_id, navn, til in rader:
        for ett in dict.fromkeys(_organer_i(til or "")):
            if ett.casefold() not in sett:
                sett[ett.casefold()] = secrets.randbits(62) | 1
                op.bulk_insert(organ, [{"id": sett[ett.casefold()], "navn": ett, "versjon": 1}])
            op.bulk_insert(lenke, [{"organ_id": sett[ett.casefold()], "tiltak_id": tiltak_id}])
        if navn in _KRAV:
            slag, per = _KRAV[navn]
            rad = {"id": secrets.randbits(62) | 1, "tiltak_id": tiltak_id, "slag": slag, "antall": 1, "per": per}
            op.bulk_insert(krav, [rad])


def _organer_i(tekst: str) -> list[str]:
    deler = re.split(r"\s*(?:,|;|/|\bog\b)\s*", re.sub(r"\([^)]*\)", " ", tekst))
    rene = [" ".join(del_.split()) for del_ in deler]
    return [navn[:1].upper() + navn[1:80] for navn in rene if navn]


def _organer() -> None:
    op.create_table(
        "organ",
        sa.Column("id", _BIGINT, autoincrement=False, nullable=False),
        sa.Column("navn", sa.Text(), nullable=False),
        sa.Column("versjon", _BIGINT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organ")),
        sa.UniqueConstraint("navn", name=op.f("uq_organ_navn")),
    )
    op.create_table(
        "organ_tiltak",
        sa.Column("organ_id", _BIGINT, nullable=False),
        sa.Column("tiltak_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["organ_id"], ["organ.id"], name=op.f("fk_organ_tiltak_organ_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["tiltak_id"], ["tiltak.id"], name=op.f("fk_organ_tiltak_tiltak_id")),
        sa.PrimaryKeyConstraint("organ_id", "tiltak_id", name=op.f("pk_organ_tiltak")),
    )
    op.create_index(op.f("ix_organ_tiltak_tiltak_id"), "organ_tiltak", ["tiltak_id"])


def _aktiviteter() -> None:
    op.create_table(
        "aktivitet",
        sa.Column("id", _BIGINT, autoincrement=False, nullable=False),
        sa.Column("dag", sa.Date(), nullable=False),
        sa.Column("slag", _code(), nullable=False),
        sa.Column("tema", sa.Text(), nullable=False),
        sa.Column("antall", _BIGINT, nullable=True),
        sa.Column("tiltak_id", sa.Text(), nullable=False),
        sa.Column("enhet_id", sa.Text(), nullable=False),
        sa.Column("foert_av", _BIGINT, nullable=False),
        sa.Column("endret", _WHEN, nullable=False),
        sa.Column("slettet", _WHEN, nullable=True),
        sa.Column("versjon", _BIGINT, nullable=False),
        sa.CheckConstraint("antall IS NULL OR antall >= 0", name=op.f("ck_aktivitet_antall")),
        sa.ForeignKeyConstraint(["tiltak_id"], ["tiltak.id"], name=op.f("fk_aktivitet_tiltak_id")),
        sa.ForeignKeyConstraint(["enhet_id"], ["enhet.id"], name=op.f("fk_aktivitet_enhet_id")),
        sa.ForeignKeyConstraint(["foert_av"], ["user_konto.id"], name=op.f("fk_aktivitet_foert_av")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_aktivitet")),
    )
    op.create_index("ix_aktivitet_dag", "aktivitet", ["dag", "id"])
    op.create_index("ix_aktivitet_tiltak", "aktivitet", ["tiltak_id", "dag"])
    op.create_index(op.f("ix_aktivitet_enhet_id"), "aktivitet", ["enhet_id"])
    op.create_table(
        "aktivitet_organ",
        sa.Column("aktivitet_id", _BIGINT, nullable=False),
        sa.Column("organ_id", _BIGINT, nullable=False),
        sa.ForeignKeyConstraint(
            ["aktivitet_id"], ["aktivitet.id"], name=op.f("fk_aktivitet_organ_aktivitet_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["organ_id"], ["organ.id"], name=op.f("fk_aktivitet_organ_organ_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("aktivitet_id", "organ_id", name=op.f("pk_aktivitet_organ")),
    )
    op.create_index(op.f("ix_aktivitet_organ_organ_id"), "aktivitet_organ", ["organ_id"])
    op.create_table(
        "plankrav",
        sa.Column("id", _BIGINT, autoincrement=False, nullable=False),
        sa.Column("tiltak_id", sa.Text(), nullable=False),
        sa.Column("slag", _code(), nullable=False),
        sa.Column("antall", _BIGINT, nullable=False),
        sa.Column("per", _code(), nullable=False),
        sa.CheckConstraint("antall >= 1", name=op.f("ck_plankrav_antall")),
        sa.ForeignKeyConstraint(["tiltak_id"], ["tiltak.id"], name=op.f("fk_plankrav_tiltak_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plankrav")),
    )
    op.create_index(op.f("ix_plankrav_tiltak_id"), "plankrav", ["tiltak_id"])


def _vurderinger() -> None:
    valg = op.create_table(
        "evalueringsvalg",
        sa.Column("id", _BIGINT, autoincrement=False, nullable=False),
        sa.Column("maaned", _BIGINT, nullable=False),
        sa.Column("dag", _BIGINT, nullable=False),
        sa.Column("foerste_aar", _BIGINT, nullable=False),
        sa.Column("rulleres", sa.Date(), nullable=True),
        sa.Column("varsle_dager", _BIGINT, nullable=False),
        sa.Column("versjon", _BIGINT, nullable=False),
        sa.CheckConstraint("maaned BETWEEN 1 AND 12 AND dag BETWEEN 1 AND 28", name=op.f("ck_evalueringsvalg_dato")),
        sa.CheckConstraint("varsle_dager BETWEEN 0 AND 120", name=op.f("ck_evalueringsvalg_varsle_dager")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evalueringsvalg")),
    )
    # The year in which the installation begins to evaluate is the first that it can know anything of.
    aar = datetime.now(UTC).year
    op.bulk_insert(
        valg,
        [{"id": 1, "maaned": 3, "dag": 1, "foerste_aar": aar, "rulleres": None, "varsle_dager": 30, "versjon": 1}],
    )
    op.create_table(
        "vurdering",
        sa.Column("id", _BIGINT, autoincrement=False, nullable=False),
        sa.Column("tiltak_id", sa.Text(), nullable=False),
        sa.Column("aar", _BIGINT, nullable=False),
        sa.Column("enhet_id", sa.Text(), nullable=False),
        sa.Column("status", _code(), nullable=False),
        sa.Column("gjort", sa.Text(), nullable=False),
        sa.Column("effekt", sa.Text(), nullable=False),
        sa.Column("hindring", sa.Text(), nullable=False),
        sa.Column("neste_steg", sa.Text(), nullable=False),
        sa.Column("medvirkning", sa.Text(), nullable=False),
        sa.Column("konklusjon", _code(), nullable=True),
        sa.Column("grunn", sa.Text(), nullable=True),
        sa.Column("skrevet_av", _BIGINT, nullable=False),
        sa.Column("endret", _WHEN, nullable=False),
        sa.Column("sendt", _WHEN, nullable=True),
        sa.Column("godkjent", sa.Date(), nullable=True),
        sa.Column("versjon", _BIGINT, nullable=False),
        sa.ForeignKeyConstraint(["tiltak_id"], ["tiltak.id"], name=op.f("fk_vurdering_tiltak_id")),
        sa.ForeignKeyConstraint(["enhet_id"], ["enhet.id"], name=op.f("fk_vurdering_enhet_id")),
        sa.ForeignKeyConstraint(["skrevet_av"], ["user_konto.id"], name=op.f("fk_vurdering_skrevet_av")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vurdering")),
        sa.UniqueConstraint("tiltak_id", "aar", name=op.f("uq_vurdering_tiltak_id_aar")),
    )
    op.create_index("ix_vurdering_enhet", "vurdering", ["enhet_id", "status"])


def _varsling() -> None:
    op.create_table(
        "paaminnelse",
        sa.Column("id", _BIGINT, autoincrement=False, nullable=False),
        sa.Column("brev", _BIGINT, nullable=False),
        sa.Column("user_id", _BIGINT, nullable=False),
        sa.Column("tiltak_id", sa.Text(), nullable=False),
        sa.Column("aar", _BIGINT, nullable=False),
        sa.Column("slag", _code(), nullable=False),
        sa.Column("laget", _WHEN, nullable=False),
        sa.Column("sendt", _WHEN, nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_konto.id"], name=op.f("fk_paaminnelse_user_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["tiltak_id"], ["tiltak.id"], name=op.f("fk_paaminnelse_tiltak_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paaminnelse")),
        sa.UniqueConstraint(
            "user_id", "tiltak_id", "aar", "slag", name=op.f("uq_paaminnelse_user_id_tiltak_id_aar_slag")
        ),
    )
    op.create_index(op.f("ix_paaminnelse_brev"), "paaminnelse", ["brev"])
    op.create_table(
        "kalenderlenke",
        sa.Column("id", _BIGINT, autoincrement=False, nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("navn", sa.Text(), nullable=False),
        sa.Column("organ_id", _BIGINT, nullable=True),
        sa.Column("laget", _WHEN, nullable=False),
        sa.ForeignKeyConstraint(["organ_id"], ["organ.id"], name=op.f("fk_kalenderlenke_organ_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kalenderlenke")),
        sa.UniqueConstraint("hash", name=op.f("uq_kalenderlenke_hash")),
    )
    op.create_index(op.f("ix_kalenderlenke_organ_id"), "kalenderlenke", ["organ_id"])


def downgrade() -> None:
    for tabell in (
        "kalenderlenke",
        "paaminnelse",
        "vurdering",
        "evalueringsvalg",
        "plankrav",
        "aktivitet_organ",
        "aktivitet",
        "organ_tiltak",
        "organ",
    ):
        op.drop_table(tabell)
    with op.batch_alter_table("user_konto", schema=None) as batch_op:
        batch_op.drop_column("epost")
