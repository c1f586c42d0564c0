"""add utstyrsbanken."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "maanedsutlaan",
        sa.Column("enhet_id", sa.Text(), nullable=False),
        sa.Column("aar", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("maaned", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column(
            "kategori",
            sa.Enum(
                "langrenn",
                "alpint",
                "skoeyter",
                "aking",
                "hjelm",
                "sykkel",
                "rullesport",
                "ball",
                "tur",
                "vann",
                "barneutstyr",
                "klaer",
                "spill",
                "annet",
                name="kategori",
                native_enum=False,
                length=60,
            ),
            nullable=False,
        ),
        sa.Column("antall", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("antall >= 0", name=op.f("ck_maanedsutlaan_antall")),
        sa.CheckConstraint("maaned BETWEEN 1 AND 12", name=op.f("ck_maanedsutlaan_maaned")),
        sa.ForeignKeyConstraint(["enhet_id"], ["enhet.id"], name=op.f("fk_maanedsutlaan_enhet_id")),
        sa.PrimaryKeyConstraint("enhet_id", "aar", "maaned", "kategori", name=op.f("pk_maanedsutlaan")),
    )
    op.create_table(
        "utstyrsenhet",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("nummer", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("strekkode", sa.Text(), nullable=False),
        sa.Column("navn", sa.Text(), nullable=False),
        sa.Column(
            "kategori",
            sa.Enum(
                "langrenn",
                "alpint",
                "skoeyter",
                "aking",
                "hjelm",
                "sykkel",
                "rullesport",
                "ball",
                "tur",
                "vann",
                "barneutstyr",
                "klaer",
                "spill",
                "annet",
                name="kategori",
                native_enum=False,
                length=60,
            ),
            nullable=False,
        ),
        sa.Column("stoerrelse", sa.Text(), nullable=True),
        sa.Column(
            "tilstand",
            sa.Enum("ny", "god", "slitt", "til_reparasjon", "kassert", name="tilstand", native_enum=False, length=60),
            nullable=False,
        ),
        sa.Column(
            "status",
            sa.Enum(
                "ledig",
                "reservert",
                "ute",
                "ute_av_drift",
                "savnet",
                "kassert",
                name="status",
                native_enum=False,
                length=60,
            ),
            nullable=False,
        ),
        sa.Column("lagt_inn", sa.DateTime(timezone=True), nullable=False),
        sa.Column("versjon", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("enhet_id", sa.Text(), nullable=False),
        sa.CheckConstraint("(status = 'kassert') = (tilstand = 'kassert')", name=op.f("ck_utstyrsenhet_kassert")),
        sa.CheckConstraint(
            "(status = 'ute_av_drift') = (tilstand = 'til_reparasjon')", name=op.f("ck_utstyrsenhet_til_reparasjon")
        ),
        sa.ForeignKeyConstraint(["enhet_id"], ["enhet.id"], name=op.f("fk_utstyrsenhet_enhet_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_utstyrsenhet")),
        sa.UniqueConstraint("enhet_id", "nummer", name="uq_utstyrsenhet_nummer"),
        sa.UniqueConstraint("enhet_id", "strekkode", name="uq_utstyrsenhet_strekkode"),
    )
    with op.batch_alter_table("utstyrsenhet", schema=None) as batch_op:
        batch_op.create_index("ix_utstyrsenhet_kategori", ["enhet_id", "kategori", "nummer"], unique=False)
        batch_op.create_index("ix_utstyrsenhet_status", ["enhet_id", "status", "nummer"], unique=False)

    op.create_table(
        "utstyrsoperatoer",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("nummer", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kode_hash", sa.Text(), nullable=True),
        sa.Column("aktiv", sa.Boolean(), nullable=False),
        sa.Column("laget", sa.DateTime(timezone=True), nullable=False),
        sa.Column("enhet_id", sa.Text(), nullable=False),
        sa.CheckConstraint("nummer BETWEEN 1 AND 99", name=op.f("ck_utstyrsoperatoer_nummer")),
        sa.ForeignKeyConstraint(["enhet_id"], ["enhet.id"], name=op.f("fk_utstyrsoperatoer_enhet_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_utstyrsoperatoer")),
        sa.UniqueConstraint("enhet_id", "nummer", name=op.f("uq_utstyrsoperatoer_enhet_id_nummer")),
    )
    op.create_table(
        "utstyrsvalg",
        sa.Column("enhet_id", sa.Text(), nullable=False),
        sa.Column("laanetid", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("eget_system", sa.Boolean(), nullable=False),
        sa.CheckConstraint("laanetid BETWEEN 1 AND 90", name=op.f("ck_utstyrsvalg_laanetid")),
        sa.ForeignKeyConstraint(["enhet_id"], ["enhet.id"], name=op.f("fk_utstyrsvalg_enhet_id")),
        sa.PrimaryKeyConstraint("enhet_id", name=op.f("pk_utstyrsvalg")),
    )
    op.create_table(
        "varetelling",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("startet", sa.DateTime(timezone=True), nullable=False),
        sa.Column("slutt", sa.DateTime(timezone=True), nullable=True),
        sa.Column("funnet", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("mangler", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("uventet", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("enhet_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["enhet_id"], ["enhet.id"], name=op.f("fk_varetelling_enhet_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_varetelling")),
    )
    with op.batch_alter_table("varetelling", schema=None) as batch_op:
        batch_op.create_index("ix_varetelling_startet", ["enhet_id", "startet", "id"], unique=False)
        batch_op.create_index(
            "uq_varetelling_aapen",
            ["enhet_id"],
            unique=True,
            sqlite_where=sa.text("slutt IS NULL"),
            postgresql_where=sa.text("slutt IS NULL"),
        )

    op.create_table(
        "utlaan",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("utstyrsenhet_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sammen", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "kategori",
            sa.Enum(
                "langrenn",
                "alpint",
                "skoeyter",
                "aking",
                "hjelm",
                "sykkel",
                "rullesport",
                "ball",
                "tur",
                "vann",
                "barneutstyr",
                "klaer",
                "spill",
                "annet",
                name="kategori",
                native_enum=False,
                length=60,
            ),
            nullable=False,
        ),
        sa.Column("ut", sa.DateTime(timezone=True), nullable=False),
        sa.Column("forfall", sa.Date(), nullable=False),
        sa.Column("inn", sa.DateTime(timezone=True), nullable=True),
        sa.Column("delvis", sa.DateTime(timezone=True), nullable=True),
        sa.Column("telefon", sa.LargeBinary(), nullable=True),
        sa.Column("noekkel", sa.LargeBinary(), nullable=True),
        sa.Column("enhet_id", sa.Text(), nullable=False),
        sa.CheckConstraint("(telefon IS NULL) = (noekkel IS NULL)", name=op.f("ck_utlaan_telefon_og_noekkel")),
        sa.ForeignKeyConstraint(["enhet_id"], ["enhet.id"], name=op.f("fk_utlaan_enhet_id")),
        sa.ForeignKeyConstraint(["utstyrsenhet_id"], ["utstyrsenhet.id"], name=op.f("fk_utlaan_utstyrsenhet_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_utlaan")),
    )
    with op.batch_alter_table("utlaan", schema=None) as batch_op:
        batch_op.create_index("ix_utlaan_forfall", ["enhet_id", "inn", "forfall", "id"], unique=False)
        batch_op.create_index("ix_utlaan_inn", ["inn"], unique=False)
        batch_op.create_index("ix_utlaan_sammen", ["sammen"], unique=False)
        batch_op.create_index("ix_utlaan_ut", ["enhet_id", "ut"], unique=False)
        batch_op.create_index("ix_utlaan_utstyrsenhet_id", ["utstyrsenhet_id"], unique=False)
        batch_op.create_index(
            "uq_utlaan_aapent",
            ["utstyrsenhet_id"],
            unique=True,
            sqlite_where=sa.text("inn IS NULL"),
            postgresql_where=sa.text("inn IS NULL"),
        )

    op.create_table(
        "utstyrsdel",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("utstyrsenhet_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("nummer", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("navn", sa.Text(), nullable=False),
        sa.Column("mangler", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["utstyrsenhet_id"], ["utstyrsenhet.id"], name=op.f("fk_utstyrsdel_utstyrsenhet_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_utstyrsdel")),
        sa.UniqueConstraint("utstyrsenhet_id", "nummer", name=op.f("uq_utstyrsdel_utstyrsenhet_id_nummer")),
    )
    op.create_table(
        "utstyrsreservasjon",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("utstyrsenhet_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("laget", sa.DateTime(timezone=True), nullable=False),
        sa.Column("holdes_til", sa.Date(), nullable=False),
        sa.Column("slutt", sa.DateTime(timezone=True), nullable=True),
        sa.Column("telefon", sa.LargeBinary(), nullable=True),
        sa.Column("noekkel", sa.LargeBinary(), nullable=True),
        sa.Column("enhet_id", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(slutt IS NULL) = (telefon IS NOT NULL)", name=op.f("ck_utstyrsreservasjon_telefon_mens_den_holdes")
        ),
        sa.ForeignKeyConstraint(["enhet_id"], ["enhet.id"], name=op.f("fk_utstyrsreservasjon_enhet_id")),
        sa.ForeignKeyConstraint(
            ["utstyrsenhet_id"], ["utstyrsenhet.id"], name=op.f("fk_utstyrsreservasjon_utstyrsenhet_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_utstyrsreservasjon")),
    )
    with op.batch_alter_table("utstyrsreservasjon", schema=None) as batch_op:
        batch_op.create_index(
            "ix_utstyrsreservasjon_holdes_til", ["enhet_id", "slutt", "holdes_til", "id"], unique=False
        )
        batch_op.create_index(
            "uq_utstyrsreservasjon_aapen",
            ["utstyrsenhet_id"],
            unique=True,
            sqlite_where=sa.text("slutt IS NULL"),
            postgresql_where=sa.text("slutt IS NULL"),
        )

    op.create_table(
        "utstyrsvakt",
        sa.Column("okt_id", sa.LargeBinary(), nullable=False),
        sa.Column("operatoer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("siden", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["okt_id"], ["okt.id"], name=op.f("fk_utstyrsvakt_okt_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["operatoer_id"], ["utstyrsoperatoer.id"], name=op.f("fk_utstyrsvakt_operatoer_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("okt_id", name=op.f("pk_utstyrsvakt")),
    )
    with op.batch_alter_table("utstyrsvakt", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_utstyrsvakt_operatoer_id"), ["operatoer_id"], unique=False)

    op.create_table(
        "varelinje",
        sa.Column("varetelling_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("strekkode", sa.Text(), nullable=False),
        sa.Column("utstyrsenhet_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("lest", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["utstyrsenhet_id"], ["utstyrsenhet.id"], name=op.f("fk_varelinje_utstyrsenhet_id")),
        sa.ForeignKeyConstraint(
            ["varetelling_id"], ["varetelling.id"], name=op.f("fk_varelinje_varetelling_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("varetelling_id", "strekkode", name=op.f("pk_varelinje")),
    )
    with op.batch_alter_table("varelinje", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_varelinje_utstyrsenhet_id"), ["utstyrsenhet_id"], unique=False)

    op.create_table(
        "utstyrshendelse",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("utstyrsenhet_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("utlaan_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("tid", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "handling",
            sa.Enum(
                "lagt_inn",
                "endret",
                "laant_ut",
                "delvis",
                "levert",
                "forlenget",
                "tapt",
                "reservert",
                "avlyst",
                "utloept",
                "tatt_ut",
                "reparert",
                "savnet",
                "funnet",
                "kassert",
                name="handling",
                native_enum=False,
                length=60,
            ),
            nullable=False,
        ),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("operatoer_nummer", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("detalj", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["utlaan_id"], ["utlaan.id"], name=op.f("fk_utstyrshendelse_utlaan_id")),
        sa.ForeignKeyConstraint(
            ["utstyrsenhet_id"], ["utstyrsenhet.id"], name=op.f("fk_utstyrshendelse_utstyrsenhet_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_utstyrshendelse")),
    )
    with op.batch_alter_table("utstyrshendelse", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_utstyrshendelse_utlaan_id"), ["utlaan_id"], unique=False)
        batch_op.create_index("ix_utstyrshendelse_utstyrsenhet_id", ["utstyrsenhet_id", "id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("utstyrshendelse", schema=None) as batch_op:
        batch_op.drop_index("ix_utstyrshendelse_utstyrsenhet_id")
        batch_op.drop_index(batch_op.f("ix_utstyrshendelse_utlaan_id"))

    op.drop_table("utstyrshendelse")
    with op.batch_alter_table("varelinje", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_varelinje_utstyrsenhet_id"))

    op.drop_table("varelinje")
    with op.batch_alter_table("utstyrsvakt", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_utstyrsvakt_operatoer_id"))

    op.drop_table("utstyrsvakt")
    with op.batch_alter_table("utstyrsreservasjon", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_utstyrsreservasjon_aapen",
            sqlite_where=sa.text("slutt IS NULL"),
            postgresql_where=sa.text("slutt IS NULL"),
        )
        batch_op.drop_index("ix_utstyrsreservasjon_holdes_til")

    op.drop_table("utstyrsreservasjon")
    op.drop_table("utstyrsdel")
    with op.batch_alter_table("utlaan", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_utlaan_aapent", sqlite_where=sa.text("inn IS NULL"), postgresql_where=sa.text("inn IS NULL")
        )
        batch_op.drop_index("ix_utlaan_utstyrsenhet_id")
        batch_op.drop_index("ix_utlaan_ut")
        batch_op.drop_index("ix_utlaan_sammen")
        batch_op.drop_index("ix_utlaan_inn")
        batch_op.drop_index("ix_utlaan_forfall")

    op.drop_table("utlaan")
    with op.batch_alter_table("varetelling", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_varetelling_aapen", sqlite_where=sa.text("slutt IS NULL"), postgresql_where=sa.text("slutt IS NULL")
        )
        batch_op.drop_index("ix_varetelling_startet")

    op.drop_table("varetelling")
    op.drop_table("utstyrsvalg")
    op.drop_table("utstyrsoperatoer")
    with op.batch_alter_table("utstyrsenhet", schema=None) as batch_op:
        batch_op.drop_index("ix_utstyrsenhet_status")
        batch_op.drop_index("ix_utstyrsenhet_kategori")

    op.drop_table("utstyrsenhet")
    op.drop_table("maanedsutlaan")
