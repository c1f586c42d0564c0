"""add clubs, budgets, grants, commitments, payments, and a ledger that is only added to."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

MELDING = "The ledger is only added to; write an entry the other way instead."


def only_added_to() -> None:
    """Let the database itself refuse to change or remove an entry of the ledger."""
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER postering_{verb.lower()} BEFORE {verb} ON postering"
                f" BEGIN SELECT RAISE(ABORT, '{MELDING}'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION postering_staar() RETURNS trigger LANGUAGE plpgsql AS"
        f" $$ BEGIN RAISE EXCEPTION '{MELDING}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    op.execute(
        "CREATE TRIGGER postering_staar BEFORE UPDATE OR DELETE ON postering"
        " FOR EACH ROW EXECUTE FUNCTION postering_staar()"
    )
    op.execute(
        "CREATE TRIGGER postering_toemmes_ikke BEFORE TRUNCATE ON postering"
        " FOR EACH STATEMENT EXECUTE FUNCTION postering_staar()"
    )


def upgrade() -> None:
    op.create_table(
        "midleraar",
        sa.Column("aar", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("beloepsgrense_oere", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tak_per_barn_oere", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("siste_bilag", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("stengt", sa.DateTime(timezone=True), nullable=True),
        sa.Column("versjon", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("beloepsgrense_oere >= 0", name=op.f("ck_midleraar_grense")),
        sa.CheckConstraint("tak_per_barn_oere IS NULL OR tak_per_barn_oere > 0", name=op.f("ck_midleraar_tak")),
        sa.PrimaryKeyConstraint("aar", name=op.f("pk_midleraar")),
    )
    op.create_table(
        "lag",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("navn", sa.Text(), nullable=False),
        sa.Column("orgnr", sa.Text(), nullable=False),
        sa.Column("kontakt", sa.Text(), nullable=True),
        sa.Column("epost", sa.Text(), nullable=True),
        sa.Column("telefon", sa.Text(), nullable=True),
        sa.Column("kontonummer", sa.Text(), nullable=True),
        sa.Column("konto_endret", sa.DateTime(timezone=True), nullable=True),
        sa.Column("konto_av", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("aktiv", sa.Boolean(), nullable=False),
        sa.Column("versjon", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("kontonummer IS NULL OR length(kontonummer) = 11", name=op.f("ck_lag_kontonummer")),
        sa.CheckConstraint("length(orgnr) = 9", name=op.f("ck_lag_orgnr")),
        sa.ForeignKeyConstraint(["konto_av"], ["user_konto.id"], name=op.f("fk_lag_konto_av")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lag")),
        sa.UniqueConstraint("orgnr", name=op.f("uq_lag_orgnr")),
    )
    with op.batch_alter_table("lag", schema=None) as batch_op:
        batch_op.create_index("ix_lag_navn", ["navn", "id"], unique=False)

    op.create_table(
        "soeknadsrunde",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("aar", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("navn", sa.Text(), nullable=False),
        sa.Column("frist", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["aar"], ["midleraar.aar"], name=op.f("fk_soeknadsrunde_aar")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_soeknadsrunde")),
        sa.UniqueConstraint("aar", "frist", name=op.f("uq_soeknadsrunde_aar_frist")),
    )
    op.create_table(
        "utbetalingsbunt",
        sa.Column("nummer", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("laget", sa.DateTime(timezone=True), nullable=False),
        sa.Column("laget_av", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("antall", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sum_oere", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("antall > 0 AND sum_oere > 0", name=op.f("ck_utbetalingsbunt_noe_i")),
        sa.ForeignKeyConstraint(["laget_av"], ["user_konto.id"], name=op.f("fk_utbetalingsbunt_laget_av")),
        sa.PrimaryKeyConstraint("nummer", name=op.f("pk_utbetalingsbunt")),
    )
    op.create_table(
        "formaal",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("navn", sa.Text(), nullable=False),
        sa.Column("tiltak_id", sa.Text(), nullable=True),
        sa.Column("enkeltplass", sa.Boolean(), nullable=False),
        sa.Column("orden", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["tiltak_id"], ["tiltak.id"], name=op.f("fk_formaal_tiltak_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_formaal")),
    )
    op.create_table(
        "budsjett",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("aar", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("formaal_id", sa.Text(), nullable=False),
        sa.Column("ramme_oere", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("bundet_oere", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("betalt_oere", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("bundet_oere + betalt_oere <= ramme_oere", name=op.f("ck_budsjett_innenfor_rammen")),
        sa.CheckConstraint(
            "ramme_oere >= 0 AND bundet_oere >= 0 AND betalt_oere >= 0", name=op.f("ck_budsjett_ikke_negativt")
        ),
        sa.ForeignKeyConstraint(["aar"], ["midleraar.aar"], name=op.f("fk_budsjett_aar")),
        sa.ForeignKeyConstraint(["formaal_id"], ["formaal.id"], name=op.f("fk_budsjett_formaal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budsjett")),
        sa.UniqueConstraint("aar", "formaal_id", name=op.f("uq_budsjett_aar_formaal_id")),
    )
    op.create_table(
        "tilsagn",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("budsjett_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("lag_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("beloep_oere", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("fakturert_oere", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "status", sa.Enum("aapent", "avsluttet", name="tilsagnstatus", native_enum=False, length=60), nullable=False
        ),
        sa.Column("gitt", sa.DateTime(timezone=True), nullable=False),
        sa.Column("gitt_av", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "fakturert_oere >= 0 AND fakturert_oere <= beloep_oere", name=op.f("ck_tilsagn_innenfor_tilsagnet")
        ),
        sa.ForeignKeyConstraint(["budsjett_id"], ["budsjett.id"], name=op.f("fk_tilsagn_budsjett_id")),
        sa.ForeignKeyConstraint(["gitt_av"], ["user_konto.id"], name=op.f("fk_tilsagn_gitt_av")),
        sa.ForeignKeyConstraint(["lag_id"], ["lag.id"], name=op.f("fk_tilsagn_lag_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tilsagn")),
    )
    with op.batch_alter_table("tilsagn", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_tilsagn_budsjett_id"), ["budsjett_id"], unique=False)
        batch_op.create_index("ix_tilsagn_lag", ["lag_id"], unique=False)
        batch_op.create_index("ix_tilsagn_liste", ["gitt", "id"], unique=False)

    op.create_table(
        "tilskudd",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("runde_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("lag_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("budsjett_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("mottatt", sa.Date(), nullable=False),
        sa.Column("antall_barn", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("soekt_oere", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "soekt",
                "innvilget",
                "avslaatt",
                "trukket",
                "rapportert",
                name="tilskuddstatus",
                native_enum=False,
                length=60,
            ),
            nullable=False,
        ),
        sa.Column("innvilget_oere", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("vilkaar", sa.Text(), nullable=True),
        sa.Column(
            "avslag",
            sa.Enum(
                "utenfor_formaal",
                "budsjett_brukt",
                "mangler_opplysninger",
                "mangler_rapport",
                "etter_fristen",
                name="tilskuddsavslag",
                native_enum=False,
                length=60,
            ),
            nullable=True,
        ),
        sa.Column("vedtatt", sa.Date(), nullable=True),
        sa.Column("betalt_oere", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("paa_vei_oere", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("rapport_frist", sa.Date(), nullable=True),
        sa.Column("purret", sa.DateTime(timezone=True), nullable=True),
        sa.Column("antall_purringer", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("rapport_mottatt", sa.Date(), nullable=True),
        sa.Column("brukt_oere", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("deltok", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "ubrukt", sa.Enum("betales_tilbake", "flyttes", name="ubrukt", native_enum=False, length=60), nullable=True
        ),
        sa.Column("tilbakebetalt_oere", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("foert_av", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("versjon", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("betalt_oere + paa_vei_oere <= innvilget_oere", name=op.f("ck_tilskudd_innenfor_vedtaket")),
        sa.CheckConstraint("betalt_oere >= 0 AND paa_vei_oere >= 0", name=op.f("ck_tilskudd_ikke_negativt")),
        sa.CheckConstraint("innvilget_oere >= 0 AND innvilget_oere <= soekt_oere", name=op.f("ck_tilskudd_innvilget")),
        sa.CheckConstraint("soekt_oere > 0 AND antall_barn > 0", name=op.f("ck_tilskudd_soekt")),
        sa.CheckConstraint(
            "tilbakebetalt_oere >= 0 AND tilbakebetalt_oere <= betalt_oere", name=op.f("ck_tilskudd_tilbakebetalt")
        ),
        sa.ForeignKeyConstraint(["budsjett_id"], ["budsjett.id"], name=op.f("fk_tilskudd_budsjett_id")),
        sa.ForeignKeyConstraint(["foert_av"], ["user_konto.id"], name=op.f("fk_tilskudd_foert_av")),
        sa.ForeignKeyConstraint(["lag_id"], ["lag.id"], name=op.f("fk_tilskudd_lag_id")),
        sa.ForeignKeyConstraint(["runde_id"], ["soeknadsrunde.id"], name=op.f("fk_tilskudd_runde_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tilskudd")),
    )
    with op.batch_alter_table("tilskudd", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_tilskudd_budsjett_id"), ["budsjett_id"], unique=False)
        batch_op.create_index("ix_tilskudd_lag", ["lag_id"], unique=False)
        batch_op.create_index("ix_tilskudd_liste", ["mottatt", "id"], unique=False)
        batch_op.create_index("ix_tilskudd_status", ["status", "mottatt", "id"], unique=False)

    op.create_table(
        "faktura",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("tilsagn_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("lag_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("nummer", sa.Text(), nullable=False),
        sa.Column("beloep_oere", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("forfall", sa.Date(), nullable=False),
        sa.Column("betalt_oere", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("paa_vei_oere", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kreditert_oere", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("foert", sa.DateTime(timezone=True), nullable=False),
        sa.Column("foert_av", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("beloep_oere > 0", name=op.f("ck_faktura_beloep")),
        sa.CheckConstraint(
            "betalt_oere + paa_vei_oere + kreditert_oere <= beloep_oere", name=op.f("ck_faktura_innenfor_beloepet")
        ),
        sa.CheckConstraint(
            "betalt_oere >= 0 AND paa_vei_oere >= 0 AND kreditert_oere >= 0", name=op.f("ck_faktura_ikke_negativt")
        ),
        sa.ForeignKeyConstraint(["foert_av"], ["user_konto.id"], name=op.f("fk_faktura_foert_av")),
        sa.ForeignKeyConstraint(["lag_id"], ["lag.id"], name=op.f("fk_faktura_lag_id")),
        sa.ForeignKeyConstraint(["tilsagn_id"], ["tilsagn.id"], name=op.f("fk_faktura_tilsagn_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_faktura")),
        sa.UniqueConstraint("lag_id", "nummer", name=op.f("uq_faktura_lag_id_nummer")),
    )
    with op.batch_alter_table("faktura", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_faktura_tilsagn_id"), ["tilsagn_id"], unique=False)

    op.create_table(
        "kreditnota",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("faktura_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("nummer", sa.Text(), nullable=False),
        sa.Column("beloep_oere", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("foert", sa.DateTime(timezone=True), nullable=False),
        sa.Column("foert_av", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("beloep_oere > 0", name=op.f("ck_kreditnota_beloep")),
        sa.ForeignKeyConstraint(["faktura_id"], ["faktura.id"], name=op.f("fk_kreditnota_faktura_id")),
        sa.ForeignKeyConstraint(["foert_av"], ["user_konto.id"], name=op.f("fk_kreditnota_foert_av")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kreditnota")),
        sa.UniqueConstraint("faktura_id", "nummer", name=op.f("uq_kreditnota_faktura_id_nummer")),
    )
    op.create_table(
        "utbetaling",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("aar", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("nummer", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("budsjett_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("lag_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kontonummer", sa.Text(), nullable=False),
        sa.Column("tilskudd_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("faktura_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("beloep_oere", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("forfall", sa.Date(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "venter",
                "klar",
                "sendt_tilbake",
                "stanset",
                "eksportert",
                "i_retur",
                name="utbetalingstatus",
                native_enum=False,
                length=60,
            ),
            nullable=False,
        ),
        sa.Column(
            "grunn",
            sa.Enum(
                "feil_beloep",
                "feil_konto",
                "feil_lag",
                "mangler_bilag",
                "feil_formaal",
                name="returgrunn",
                native_enum=False,
                length=60,
            ),
            nullable=True,
        ),
        sa.Column("foert", sa.DateTime(timezone=True), nullable=False),
        sa.Column("foert_av", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("avgjort", sa.DateTime(timezone=True), nullable=True),
        sa.Column("avgjort_av", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("bunt_nummer", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint(
            "(bunt_nummer IS NOT NULL) = (status IN ('eksportert', 'i_retur'))", name=op.f("ck_utbetaling_i_en_fil")
        ),
        sa.CheckConstraint("(tilskudd_id IS NULL) <> (faktura_id IS NULL)", name=op.f("ck_utbetaling_en_grunn")),
        sa.CheckConstraint("avgjort_av IS NULL OR avgjort_av <> foert_av", name=op.f("ck_utbetaling_ikke_egen")),
        sa.CheckConstraint("beloep_oere > 0", name=op.f("ck_utbetaling_beloep")),
        sa.ForeignKeyConstraint(["aar"], ["midleraar.aar"], name=op.f("fk_utbetaling_aar")),
        sa.ForeignKeyConstraint(["avgjort_av"], ["user_konto.id"], name=op.f("fk_utbetaling_avgjort_av")),
        sa.ForeignKeyConstraint(["budsjett_id"], ["budsjett.id"], name=op.f("fk_utbetaling_budsjett_id")),
        sa.ForeignKeyConstraint(["bunt_nummer"], ["utbetalingsbunt.nummer"], name=op.f("fk_utbetaling_bunt_nummer")),
        sa.ForeignKeyConstraint(["faktura_id"], ["faktura.id"], name=op.f("fk_utbetaling_faktura_id")),
        sa.ForeignKeyConstraint(["foert_av"], ["user_konto.id"], name=op.f("fk_utbetaling_foert_av")),
        sa.ForeignKeyConstraint(["lag_id"], ["lag.id"], name=op.f("fk_utbetaling_lag_id")),
        sa.ForeignKeyConstraint(["tilskudd_id"], ["tilskudd.id"], name=op.f("fk_utbetaling_tilskudd_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_utbetaling")),
        sa.UniqueConstraint("aar", "nummer", name=op.f("uq_utbetaling_aar_nummer")),
    )
    with op.batch_alter_table("utbetaling", schema=None) as batch_op:
        batch_op.create_index("ix_utbetaling_bunt", ["bunt_nummer"], unique=False)
        batch_op.create_index("ix_utbetaling_faktura", ["faktura_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_utbetaling_lag_id"), ["lag_id"], unique=False)
        batch_op.create_index("ix_utbetaling_liste", ["foert", "id"], unique=False)
        batch_op.create_index("ix_utbetaling_status", ["status", "foert", "id"], unique=False)
        batch_op.create_index("ix_utbetaling_tilskudd", ["tilskudd_id"], unique=False)

    op.create_table(
        "postering",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tid", sa.DateTime(timezone=True), nullable=False),
        sa.Column("budsjett_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "slag",
            sa.Enum(
                "ramme",
                "bundet",
                "frigitt",
                "betalt",
                "i_retur",
                "kreditert",
                "tilbakebetalt",
                name="postslag",
                native_enum=False,
                length=60,
            ),
            nullable=False,
        ),
        sa.Column("ramme_oere", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("bundet_oere", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("betalt_oere", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tilskudd_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("tilsagn_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("utbetaling_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("motposterer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint(
            "ramme_oere <> 0 OR bundet_oere <> 0 OR betalt_oere <> 0", name=op.f("ck_postering_noe_endret")
        ),
        sa.ForeignKeyConstraint(["budsjett_id"], ["budsjett.id"], name=op.f("fk_postering_budsjett_id")),
        sa.ForeignKeyConstraint(["motposterer_id"], ["postering.id"], name=op.f("fk_postering_motposterer_id")),
        sa.ForeignKeyConstraint(["tilsagn_id"], ["tilsagn.id"], name=op.f("fk_postering_tilsagn_id")),
        sa.ForeignKeyConstraint(["tilskudd_id"], ["tilskudd.id"], name=op.f("fk_postering_tilskudd_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user_konto.id"], name=op.f("fk_postering_user_id")),
        sa.ForeignKeyConstraint(["utbetaling_id"], ["utbetaling.id"], name=op.f("fk_postering_utbetaling_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_postering")),
        sa.UniqueConstraint("motposterer_id", name=op.f("uq_postering_motposterer_id")),
    )
    with op.batch_alter_table("postering", schema=None) as batch_op:
        batch_op.create_index("ix_postering_budsjett", ["budsjett_id", "id"], unique=False)
    only_added_to()

    with op.batch_alter_table("tildeling", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("tilsagn_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.create_unique_constraint(batch_op.f("uq_tildeling_tilsagn_id"), ["tilsagn_id"])
        batch_op.create_foreign_key(batch_op.f("fk_tildeling_tilsagn_id"), "tilsagn", ["tilsagn_id"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("tildeling", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_tildeling_tilsagn_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("uq_tildeling_tilsagn_id"), type_="unique")
        batch_op.drop_column("tilsagn_id")

    with op.batch_alter_table("postering", schema=None) as batch_op:
        batch_op.drop_index("ix_postering_budsjett")

    op.drop_table("postering")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION postering_staar()")
    with op.batch_alter_table("utbetaling", schema=None) as batch_op:
        batch_op.drop_index("ix_utbetaling_tilskudd")
        batch_op.drop_index("ix_utbetaling_status")
        batch_op.drop_index("ix_utbetaling_liste")
        batch_op.drop_index(batch_op.f("ix_utbetaling_lag_id"))
        batch_op.drop_index("ix_utbetaling_faktura")
        batch_op.drop_index("ix_utbetaling_bunt")

    op.drop_table("utbetaling")
    op.drop_table("kreditnota")
    with op.batch_alter_table("faktura", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_faktura_tilsagn_id"))

    op.drop_table("faktura")
    with op.batch_alter_table("tilskudd", schema=None) as batch_op:
        batch_op.drop_index("ix_tilskudd_status")
        batch_op.drop_index("ix_tilskudd_liste")
        batch_op.drop_index("ix_tilskudd_lag")
        batch_op.drop_index(batch_op.f("ix_tilskudd_budsjett_id"))

    op.drop_table("tilskudd")
    with op.batch_alter_table("tilsagn", schema=None) as batch_op:
        batch_op.drop_index("ix_tilsagn_liste")
        batch_op.drop_index("ix_tilsagn_lag")
        batch_op.drop_index(batch_op.f("ix_tilsagn_budsjett_id"))

    op.drop_table("tilsagn")
    op.drop_table("budsjett")
    op.drop_table("formaal")
    op.drop_table("utbetalingsbunt")
    op.drop_table("soeknadsrunde")
    with op.batch_alter_table("lag", schema=None) as batch_op:
        batch_op.drop_index("ix_lag_navn")

    op.drop_table("lag")
    op.drop_table("midleraar")
