"""add open offers venues and visits."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "klubbesoek",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("enhet_id", sa.Text(), nullable=False),
        sa.Column("dag", sa.Date(), nullable=False),
        sa.Column("lag", sa.Text(), nullable=False),
        sa.Column(
            "tema",
            sa.Enum(
                "friplasser",
                "inkludering",
                "kostnader",
                "rekruttering",
                "soeknad",
                "oppfoelging",
                "annet",
                name="besoekstema",
                native_enum=False,
                length=60,
            ),
            nullable=False,
        ),
        sa.Column("merknad", sa.Text(), nullable=True),
        sa.Column("foert_av", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("endret", sa.DateTime(timezone=True), nullable=False),
        sa.Column("versjon", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["enhet_id"], ["enhet.id"], name=op.f("fk_klubbesoek_enhet_id")),
        sa.ForeignKeyConstraint(["foert_av"], ["user_konto.id"], name=op.f("fk_klubbesoek_foert_av")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_klubbesoek")),
    )
    with op.batch_alter_table("klubbesoek", schema=None) as batch_op:
        batch_op.create_index("ix_klubbesoek_enhet", ["enhet_id", "dag", "id"], unique=False)

    op.create_table(
        "moeteplass",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tiltak_id", sa.Text(), nullable=False),
        sa.Column("enhet_id", sa.Text(), nullable=False),
        sa.Column("navn", sa.Text(), nullable=False),
        sa.Column("fra", sa.Date(), nullable=False),
        sa.Column("til", sa.Date(), nullable=True),
        sa.Column("ukedager", sa.JSON(), nullable=False),
        sa.Column("endret", sa.DateTime(timezone=True), nullable=False),
        sa.Column("versjon", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("til IS NULL OR fra <= til", name=op.f("ck_moeteplass_dager")),
        sa.ForeignKeyConstraint(["enhet_id"], ["enhet.id"], name=op.f("fk_moeteplass_enhet_id")),
        sa.ForeignKeyConstraint(["tiltak_id"], ["tiltak.id"], name=op.f("fk_moeteplass_tiltak_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moeteplass")),
        sa.UniqueConstraint("enhet_id", "navn", name=op.f("uq_moeteplass_enhet_id_navn")),
    )
    with op.batch_alter_table("moeteplass", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_moeteplass_tiltak_id"), ["tiltak_id"], unique=False)

    op.create_table(
        "samarbeidssted",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tiltak_id", sa.Text(), nullable=False),
        sa.Column("navn", sa.Text(), nullable=False),
        sa.Column(
            "slag",
            sa.Enum(
                "museum",
                "kino",
                "scene",
                "bad",
                "alpin",
                "lek",
                "klatring",
                "idrett",
                "annet",
                name="stedslag",
                native_enum=False,
                length=60,
            ),
            nullable=False,
        ),
        sa.Column("tak", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("fra", sa.Date(), nullable=False),
        sa.Column("til", sa.Date(), nullable=True),
        sa.Column("endret", sa.DateTime(timezone=True), nullable=False),
        sa.Column("versjon", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("tak >= 1", name=op.f("ck_samarbeidssted_tak")),
        sa.CheckConstraint("til IS NULL OR fra <= til", name=op.f("ck_samarbeidssted_dager")),
        sa.ForeignKeyConstraint(["tiltak_id"], ["tiltak.id"], name=op.f("fk_samarbeidssted_tiltak_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_samarbeidssted")),
        sa.UniqueConstraint("tiltak_id", "navn", name=op.f("uq_samarbeidssted_tiltak_id_navn")),
    )
    with op.batch_alter_table("samarbeidssted", schema=None) as batch_op:
        batch_op.create_index("ix_samarbeidssted_navn", ["navn"], unique=False)

    op.create_table(
        "kortbesoek",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sted_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("aar", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("maaned", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("antall", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("foert", sa.DateTime(timezone=True), nullable=False),
        sa.Column("foert_av", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("antall >= 0", name=op.f("ck_kortbesoek_antall_ikke_negativt")),
        sa.CheckConstraint("maaned BETWEEN 1 AND 12", name=op.f("ck_kortbesoek_maaned")),
        sa.ForeignKeyConstraint(["foert_av"], ["user_konto.id"], name=op.f("fk_kortbesoek_foert_av")),
        sa.ForeignKeyConstraint(
            ["sted_id"], ["samarbeidssted.id"], name=op.f("fk_kortbesoek_sted_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kortbesoek")),
        sa.UniqueConstraint("sted_id", "aar", "maaned", name=op.f("uq_kortbesoek_sted_id_aar_maaned")),
    )
    with op.batch_alter_table("kortbesoek", schema=None) as batch_op:
        batch_op.create_index("ix_kortbesoek_maaned", ["aar", "maaned"], unique=False)

    op.create_table(
        "moeteplassgruppe",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("moeteplass_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("navn", sa.Text(), nullable=False),
        sa.Column("orden", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("utgaatt", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["moeteplass_id"], ["moeteplass.id"], name=op.f("fk_moeteplassgruppe_moeteplass_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moeteplassgruppe")),
        sa.UniqueConstraint("moeteplass_id", "navn", name=op.f("uq_moeteplassgruppe_moeteplass_id_navn")),
    )
    op.create_table(
        "kortbesoekretting",
        sa.Column("besoek_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tid", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("fra", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("til", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "grunn",
            sa.Enum(
                "feil_tall", "feil_sted", "talt_paa_nytt", "sent_inn", name="rettegrunn", native_enum=False, length=60
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["besoek_id"], ["kortbesoek.id"], name=op.f("fk_kortbesoekretting_besoek_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user_konto.id"], name=op.f("fk_kortbesoekretting_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kortbesoekretting")),
    )
    with op.batch_alter_table("kortbesoekretting", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_kortbesoekretting_besoek_id"), ["besoek_id"], unique=False)

    op.create_table(
        "moeteplasstall",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("gruppe_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("dag", sa.Date(), nullable=False),
        sa.Column("antall", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("foert", sa.DateTime(timezone=True), nullable=False),
        sa.Column("foert_av", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("antall >= 0", name=op.f("ck_moeteplasstall_antall_ikke_negativt")),
        sa.ForeignKeyConstraint(["foert_av"], ["user_konto.id"], name=op.f("fk_moeteplasstall_foert_av")),
        sa.ForeignKeyConstraint(
            ["gruppe_id"], ["moeteplassgruppe.id"], name=op.f("fk_moeteplasstall_gruppe_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moeteplasstall")),
        sa.UniqueConstraint("gruppe_id", "dag", name=op.f("uq_moeteplasstall_gruppe_id_dag")),
    )
    with op.batch_alter_table("moeteplasstall", schema=None) as batch_op:
        batch_op.create_index("ix_moeteplasstall_dag", ["dag"], unique=False)
        batch_op.create_index("ix_moeteplasstall_foert_av", ["foert_av", "foert"], unique=False)

    op.create_table(
        "moeteplassretting",
        sa.Column("tall_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tid", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("fra", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("til", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "grunn",
            sa.Enum(
                "feil_tall", "feil_sted", "talt_paa_nytt", "sent_inn", name="rettegrunn", native_enum=False, length=60
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["tall_id"], ["moeteplasstall.id"], name=op.f("fk_moeteplassretting_tall_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user_konto.id"], name=op.f("fk_moeteplassretting_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moeteplassretting")),
    )
    with op.batch_alter_table("moeteplassretting", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_moeteplassretting_tall_id"), ["tall_id"], unique=False)

    op.create_table(
        "oppfoelgingsperiode",
        sa.Column(
            "tildeling_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("fra", sa.Date(), nullable=True),
        sa.Column("til", sa.Date(), nullable=True),
        sa.Column(
            "resultat",
            sa.Enum(
                "naadd",
                "delvis",
                "ikke_naadd",
                "andre_foelger_opp",
                "ikke_deltatt",
                name="oppfoelgingsresultat",
                native_enum=False,
                length=60,
            ),
            nullable=True,
        ),
        sa.CheckConstraint("fra <= til", name=op.f("ck_oppfoelgingsperiode_dager")),
        sa.ForeignKeyConstraint(
            ["tildeling_id"], ["tildeling.id"], name=op.f("fk_oppfoelgingsperiode_tildeling_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tildeling_id", name=op.f("pk_oppfoelgingsperiode")),
    )


def downgrade() -> None:
    op.drop_table("oppfoelgingsperiode")
    with op.batch_alter_table("moeteplassretting", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_moeteplassretting_tall_id"))

    op.drop_table("moeteplassretting")
    with op.batch_alter_table("moeteplasstall", schema=None) as batch_op:
        batch_op.drop_index("ix_moeteplasstall_foert_av")
        batch_op.drop_index("ix_moeteplasstall_dag")

    op.drop_table("moeteplasstall")
    with op.batch_alter_table("kortbesoekretting", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_kortbesoekretting_besoek_id"))

    op.drop_table("kortbesoekretting")
    op.drop_table("moeteplassgruppe")
    with op.batch_alter_table("kortbesoek", schema=None) as batch_op:
        batch_op.drop_index("ix_kortbesoek_maaned")

    op.drop_table("kortbesoek")
    with op.batch_alter_table("samarbeidssted", schema=None) as batch_op:
        batch_op.drop_index("ix_samarbeidssted_navn")

    op.drop_table("samarbeidssted")
    with op.batch_alter_table("moeteplass", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_moeteplass_tiltak_id"))

    op.drop_table("moeteplass")
    with op.batch_alter_table("klubbesoek", schema=None) as batch_op:
        batch_op.drop_index("ix_klubbesoek_enhet")

    op.drop_table("klubbesoek")
