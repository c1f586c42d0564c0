"""the whole product."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "delmaal",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("navn", sa.Text(), nullable=False),
        sa.Column("tekst", sa.Text(), nullable=False),
        sa.Column("orden", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delmaal")),
    )
    op.create_table(
        "enhet",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("navn", sa.Text(), nullable=False),
        sa.Column("kortnavn", sa.Text(), nullable=False),
        sa.Column("henviser", sa.Boolean(), nullable=False),
        sa.Column("helse", sa.Boolean(), nullable=False),
        sa.Column("orden", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enhet")),
    )
    op.create_table(
        "grense",
        sa.Column("noekkel", sa.LargeBinary(), nullable=False),
        sa.Column("aapner", sa.DateTime(timezone=True), nullable=False),
        sa.Column("antall", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("noekkel", name=op.f("pk_grense")),
    )
    with op.batch_alter_table("grense", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_grense_aapner"), ["aapner"], unique=False)

    op.create_table(
        "hjemmel",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("tekst", sa.Text(), nullable=False),
        sa.Column("gyldig_fra", sa.Date(), nullable=False),
        sa.Column("gyldig_til", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hjemmel")),
    )
    op.create_table(
        "indikator",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("navn", sa.Text(), nullable=False),
        sa.Column("omraade", sa.Text(), nullable=True),
        sa.Column("aar", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("periode", sa.Text(), nullable=True),
        sa.Column("verdi", sa.Double(), nullable=True),
        sa.Column("tekst", sa.Text(), nullable=True),
        sa.Column("enhet", sa.Text(), nullable=False),
        sa.Column("gruppe", sa.Text(), nullable=True),
        sa.Column("kilde", sa.Text(), nullable=True),
        sa.Column("slag", sa.Text(), nullable=False),
        sa.Column("brudd", sa.Boolean(), nullable=False),
        sa.Column("brudd_mot", sa.Text(), nullable=True),
        sa.Column("brudd_grunn", sa.Text(), nullable=True),
        sa.Column("avsluttet", sa.Boolean(), nullable=False),
        sa.Column("avsluttet_grunn", sa.Text(), nullable=True),
        sa.Column("orden", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indikator")),
    )
    op.create_table(
        "innsynslogg",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tid", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "hva",
            sa.Enum(
                "inn",
                "inn_nektet",
                "ut",
                "okt_avsluttet",
                "passord_endret",
                "bruker_laget",
                "bruker_laast",
                "bruker_laast_opp",
                "rolle_gitt",
                "kommune_endret",
                "nektet",
                "sak_lest",
                "sak_soekt",
                "sak_registrert",
                "sak_rettet",
                "sak_slettet",
                "sak_overlevert",
                "barn_lagt_til",
                "barn_rettet",
                "barn_slettet",
                "samtykke_registrert",
                "samtykke_trukket",
                "henvisning_lest",
                "henvisning_laget",
                "henvisning_status",
                "henvisning_rettet",
                "henvisning_slettet",
                "spurt",
                "besvart",
                "beskjed_gitt",
                "lapp_skrevet",
                "liste_lest",
                "gitt",
                "tatt_tilbake",
                "meldt_tapt",
                "tilbud_lagt_inn",
                "tilbud_endret",
                "kort_opprettet",
                "kort_avsluttet",
                "plan_lastet",
                "telling_laget",
                "tall_lest",
                "tall_eksportert",
                "logg_lest",
                "jobb_bestilt",
                "jobb_avbrutt",
                name="hva",
                native_enum=False,
                length=60,
            ),
            nullable=False,
        ),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("roller", sa.Text(), nullable=False),
        sa.Column("enhet_id", sa.Text(), nullable=True),
        sa.Column("gjelder", sa.Text(), nullable=True),
        sa.Column("gjelder_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("detalj", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_innsynslogg")),
    )
    with op.batch_alter_table("innsynslogg", schema=None) as batch_op:
        batch_op.create_index("ix_innsynslogg_enhet", ["enhet_id", "id"], unique=False)
        batch_op.create_index("ix_innsynslogg_gjelder", ["gjelder_id"], unique=False)
        batch_op.create_index("ix_innsynslogg_tid", ["tid"], unique=False)
        batch_op.create_index("ix_innsynslogg_user", ["user_id", "id"], unique=False)

    op.create_table(
        "kommune",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("navn", sa.Text(), nullable=False),
        sa.Column(
            "koblingsmodus",
            sa.Enum("ingen", "nummer", name="koblingsmodus", native_enum=False, length=60),
            nullable=False,
        ),
        sa.Column("dpia_dato", sa.Date(), nullable=True),
        sa.Column("dpia_referanse", sa.Text(), nullable=True),
        sa.Column("registrer_kjoenn", sa.Boolean(), nullable=False),
        sa.Column("terskel", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("samtykkealder", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("meldeplikt_lenke", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kommune")),
    )
    op.create_table(
        "oeyeblikksbilde",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("aar", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("dato", sa.Date(), nullable=False),
        sa.Column("laget", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saker", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("uten_kobling", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "koblingsmodus",
            sa.Enum("ingen", "nummer", name="koblingsmodus", native_enum=False, length=60),
            nullable=False,
        ),
        sa.Column("definisjonsversjon", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_oeyeblikksbilde")),
        sa.UniqueConstraint("aar", "dato", name=op.f("uq_oeyeblikksbilde_aar_dato")),
    )
    op.create_table(
        "plan",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("tittel", sa.Text(), nullable=False),
        sa.Column("kommune", sa.Text(), nullable=False),
        sa.Column("kommunenummer", sa.Text(), nullable=False),
        sa.Column("periode", sa.Text(), nullable=False),
        sa.Column("vedtak", sa.Text(), nullable=False),
        sa.Column("merknad", sa.Text(), nullable=True),
        sa.Column("sjekksum", sa.Text(), nullable=False),
        sa.Column("lastet", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan")),
    )
    op.create_table(
        "strategi",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("hovedstrategi", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tekst", sa.Text(), nullable=False),
        sa.Column("orden", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_strategi")),
    )
    op.create_table(
        "user_konto",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("brukernavn", sa.Text(), nullable=False),
        sa.Column("visningsnavn", sa.Text(), nullable=False),
        sa.Column("passord_hash", sa.Text(), nullable=True),
        sa.Column("laast", sa.Boolean(), nullable=False),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.Column("opprettet", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sist_inne", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_konto")),
        sa.UniqueConstraint("brukernavn", name=op.f("uq_user_konto_brukernavn")),
    )
    op.create_table(
        "bevart_arbeid",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sti", sa.Text(), nullable=False),
        sa.Column("innhold", sa.LargeBinary(), nullable=False),
        sa.Column("lagret", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_konto.id"], name=op.f("fk_bevart_arbeid_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bevart_arbeid")),
        sa.UniqueConstraint("user_id", "sti", name=op.f("uq_bevart_arbeid_user_id_sti")),
    )
    with op.batch_alter_table("bevart_arbeid", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_bevart_arbeid_lagret"), ["lagret"], unique=False)

    op.create_table(
        "bildetabell",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("bilde_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kode", sa.Text(), nullable=False),
        sa.Column("raatall", sa.JSON(), nullable=False),
        sa.Column("beskyttet", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["bilde_id"], ["oeyeblikksbilde.id"], name=op.f("fk_bildetabell_bilde_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bildetabell")),
    )
    with op.batch_alter_table("bildetabell", schema=None) as batch_op:
        batch_op.create_index("ix_bildetabell_bilde", ["bilde_id", "kode"], unique=True)

    op.create_table(
        "jobb",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("slag", sa.Text(), nullable=False),
        sa.Column("argument", sa.JSON(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "venter", "i_arbeid", "ferdig", "feilet", "avbrutt", name="jobbstatus", native_enum=False, length=60
            ),
            nullable=False,
        ),
        sa.Column("bestilt_av", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("bestilt", sa.DateTime(timezone=True), nullable=False),
        sa.Column("startet", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ferdig", sa.DateTime(timezone=True), nullable=True),
        sa.Column("arbeider", sa.Text(), nullable=True),
        sa.Column("leie_til", sa.DateTime(timezone=True), nullable=True),
        sa.Column("forsoek", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("gjort", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("av_alt", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("avbryt", sa.Boolean(), nullable=False),
        sa.Column("resultat", sa.JSON(), nullable=True),
        sa.Column("feil", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["bestilt_av"], ["user_konto.id"], name=op.f("fk_jobb_bestilt_av"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobb")),
    )
    with op.batch_alter_table("jobb", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_jobb_bestilt_av"), ["bestilt_av"], unique=False)
        batch_op.create_index("ix_jobb_ledig", ["status", "leie_til"], unique=False)

    op.create_table(
        "okt",
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("opprettet", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sist_brukt", sa.DateTime(timezone=True), nullable=False),
        sa.Column("utloeper", sa.DateTime(timezone=True), nullable=False),
        sa.Column("avsluttet", sa.DateTime(timezone=True), nullable=True),
        sa.Column("enhetstype", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_konto.id"], name=op.f("fk_okt_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_okt")),
    )
    with op.batch_alter_table("okt", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_okt_user_id"), ["user_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_okt_utloeper"), ["utloeper"], unique=False)

    op.create_table(
        "rolletildeling",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "rolle",
            sa.Enum(
                "henviser",
                "mottaker",
                "inkluderingskonsulent",
                "godkjenner",
                "utstyrsoperatoer",
                "moeteplassmedarbeider",
                "tiltaksansvarlig",
                "koordinator",
                "enhetsleder",
                "systemforvalter",
                "personvernombud",
                name="rolle",
                native_enum=False,
                length=60,
            ),
            nullable=False,
        ),
        sa.Column("enhet_id", sa.Text(), nullable=False),
        sa.Column("fra", sa.Date(), nullable=False),
        sa.Column("til", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["enhet_id"], ["enhet.id"], name=op.f("fk_rolletildeling_enhet_id")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_konto.id"], name=op.f("fk_rolletildeling_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rolletildeling")),
        sa.UniqueConstraint(
            "user_id", "rolle", "enhet_id", "fra", name=op.f("uq_rolletildeling_user_id_rolle_enhet_id_fra")
        ),
    )
    with op.batch_alter_table("rolletildeling", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_rolletildeling_user_id"), ["user_id"], unique=False)

    op.create_table(
        "sak",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("referanse", sa.Text(), nullable=False),
        sa.Column("enhet_id", sa.Text(), nullable=False),
        sa.Column("ansvarlig_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("opprettet", sa.DateTime(timezone=True), nullable=False),
        sa.Column("i_maalgruppe", sa.Boolean(), nullable=False),
        sa.Column("egen_referanse", sa.LargeBinary(), nullable=True),
        sa.Column("noekkel", sa.LargeBinary(), nullable=True),
        sa.Column("innsending", sa.LargeBinary(), nullable=True),
        sa.Column("versjon", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["ansvarlig_id"], ["user_konto.id"], name=op.f("fk_sak_ansvarlig_id")),
        sa.ForeignKeyConstraint(["enhet_id"], ["enhet.id"], name=op.f("fk_sak_enhet_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sak")),
        sa.UniqueConstraint("innsending", name=op.f("uq_sak_innsending")),
        sa.UniqueConstraint("referanse", name=op.f("uq_sak_referanse")),
    )
    with op.batch_alter_table("sak", schema=None) as batch_op:
        batch_op.create_index("ix_sak_ansvarlig", ["ansvarlig_id", "opprettet", "id"], unique=False)
        batch_op.create_index("ix_sak_enhet", ["enhet_id", "opprettet", "id"], unique=False)
        batch_op.create_index("ix_sak_opprettet", ["opprettet"], unique=False)

    op.create_table(
        "tiltak",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("strategi_id", sa.Text(), nullable=False),
        sa.Column("navn", sa.Text(), nullable=False),
        sa.Column("kortnavn", sa.Text(), nullable=False),
        sa.Column("orden", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("evalueres", sa.Text(), nullable=False),
        sa.Column(
            "kadens",
            sa.Enum(
                "aarlig",
                "fortloepende",
                "kontinuerlig",
                "jevnlig",
                "ved_rullering",
                "ved_gjennomfoering",
                "hvert_tredje_aar",
                "engang",
                "ikke_oppgitt",
                name="kadens",
                native_enum=False,
                length=60,
            ),
            nullable=False,
        ),
        sa.Column("frist", sa.Text(), nullable=True),
        sa.Column("rapporteres_til", sa.Text(), nullable=True),
        sa.Column("maalgruppe", sa.Text(), nullable=True),
        sa.Column("usikker", sa.Boolean(), nullable=False),
        sa.Column("merknad", sa.Text(), nullable=True),
        sa.Column("ansvar_tekst", sa.Text(), nullable=False),
        sa.Column("mottaker_id", sa.Text(), nullable=True),
        sa.Column("enkeltvedtak", sa.Boolean(), nullable=False),
        sa.Column("plasser_per_barn", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("utgaatt", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["mottaker_id"], ["enhet.id"], name=op.f("fk_tiltak_mottaker_id")),
        sa.ForeignKeyConstraint(["strategi_id"], ["strategi.id"], name=op.f("fk_tiltak_strategi_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tiltak")),
    )
    with op.batch_alter_table("tiltak", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_tiltak_strategi_id"), ["strategi_id"], unique=False)

    op.create_table(
        "barn",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("sak_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("lopenummer", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("foedselsaar", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "kjoenn", sa.Enum("jente", "gutt", "annet", name="kjoenn", native_enum=False, length=60), nullable=True
        ),
        sa.Column(
            "deltar",
            sa.Enum("ja", "nei", "vet_ikke", name="janeivetikke", native_enum=False, length=60),
            nullable=False,
        ),
        sa.Column(
            "spurt", sa.Enum("ja", "nei", "ikke_aktuelt", name="spurt", native_enum=False, length=60), nullable=False
        ),
        sa.Column("blindindeks", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["sak_id"], ["sak.id"], name=op.f("fk_barn_sak_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_barn")),
        sa.UniqueConstraint("sak_id", "lopenummer", name=op.f("uq_barn_sak_id_lopenummer")),
    )
    with op.batch_alter_table("barn", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_barn_blindindeks"), ["blindindeks"], unique=False)

    op.create_table(
        "beholdning",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "slag", sa.Enum("kort", "plass", name="beholdningsslag", native_enum=False, length=60), nullable=False
        ),
        sa.Column("tiltak_id", sa.Text(), nullable=False),
        sa.Column("antall", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("antall >= 0", name=op.f("ck_beholdning_antall_ikke_negativt")),
        sa.ForeignKeyConstraint(["tiltak_id"], ["tiltak.id"], name=op.f("fk_beholdning_tiltak_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_beholdning")),
    )
    with op.batch_alter_table("beholdning", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_beholdning_tiltak_id"), ["tiltak_id"], unique=False)

    op.create_table(
        "indikator_tiltak",
        sa.Column("indikator_id", sa.Text(), nullable=False),
        sa.Column("tiltak_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["indikator_id"], ["indikator.id"], name=op.f("fk_indikator_tiltak_indikator_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["tiltak_id"], ["tiltak.id"], name=op.f("fk_indikator_tiltak_tiltak_id")),
        sa.PrimaryKeyConstraint("indikator_id", "tiltak_id", name=op.f("pk_indikator_tiltak")),
    )
    with op.batch_alter_table("indikator_tiltak", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_indikator_tiltak_tiltak_id"), ["tiltak_id"], unique=False)

    op.create_table(
        "sak_behov",
        sa.Column("sak_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "behov",
            sa.Enum(
                "fritid",
                "utstyr",
                "opplevelse",
                "ferie",
                "hoeytid",
                "sfo_kulturskole",
                "transport",
                "foelge",
                "annet",
                name="behov",
                native_enum=False,
                length=60,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["sak_id"], ["sak.id"], name=op.f("fk_sak_behov_sak_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("sak_id", "behov", name=op.f("pk_sak_behov")),
    )
    op.create_table(
        "sakshendelse",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sak_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tid", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("slag", sa.Text(), nullable=False),
        sa.Column("felt", sa.Text(), nullable=True),
        sa.Column("fra", sa.Text(), nullable=True),
        sa.Column("til", sa.Text(), nullable=True),
        sa.Column("grunn", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["sak_id"], ["sak.id"], name=op.f("fk_sakshendelse_sak_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["user_konto.id"], name=op.f("fk_sakshendelse_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sakshendelse")),
    )
    with op.batch_alter_table("sakshendelse", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sakshendelse_sak_id"), ["sak_id"], unique=False)

    op.create_table(
        "samtykke",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("sak_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("mottaker_id", sa.Text(), nullable=False),
        sa.Column(
            "grunnlag", sa.Enum("samtykke", "hjemmel", name="grunnlag", native_enum=False, length=60), nullable=False
        ),
        sa.Column("hjemmel_id", sa.Text(), nullable=True),
        sa.Column(
            "maate", sa.Enum("skriftlig", "muntlig", name="samtykkemaate", native_enum=False, length=60), nullable=True
        ),
        sa.Column(
            "fra", sa.Enum("foresatt", "ungdom", name="samtykkefra", native_enum=False, length=60), nullable=True
        ),
        sa.Column("opplysninger", sa.JSON(), nullable=False),
        sa.Column("gitt", sa.Date(), nullable=False),
        sa.Column("gyldig_til", sa.Date(), nullable=True),
        sa.Column("trukket", sa.DateTime(timezone=True), nullable=True),
        sa.Column("registrert_av", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("(grunnlag = 'hjemmel') = (hjemmel_id IS NOT NULL)", name=op.f("ck_samtykke_hjemmel")),
        sa.ForeignKeyConstraint(["hjemmel_id"], ["hjemmel.id"], name=op.f("fk_samtykke_hjemmel_id")),
        sa.ForeignKeyConstraint(["mottaker_id"], ["enhet.id"], name=op.f("fk_samtykke_mottaker_id")),
        sa.ForeignKeyConstraint(["registrert_av"], ["user_konto.id"], name=op.f("fk_samtykke_registrert_av")),
        sa.ForeignKeyConstraint(["sak_id"], ["sak.id"], name=op.f("fk_samtykke_sak_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_samtykke")),
    )
    with op.batch_alter_table("samtykke", schema=None) as batch_op:
        batch_op.create_index("ix_samtykke_sak", ["sak_id", "mottaker_id"], unique=False)

    op.create_table(
        "tiltak_ansvar",
        sa.Column("tiltak_id", sa.Text(), nullable=False),
        sa.Column("enhet_id", sa.Text(), nullable=False),
        sa.Column("hovedansvar", sa.Boolean(), nullable=False),
        sa.Column("orden", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["enhet_id"], ["enhet.id"], name=op.f("fk_tiltak_ansvar_enhet_id")),
        sa.ForeignKeyConstraint(
            ["tiltak_id"], ["tiltak.id"], name=op.f("fk_tiltak_ansvar_tiltak_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tiltak_id", "enhet_id", name=op.f("pk_tiltak_ansvar")),
    )
    with op.batch_alter_table("tiltak_ansvar", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_tiltak_ansvar_enhet_id"), ["enhet_id"], unique=False)

    op.create_table(
        "tiltak_mekanikk",
        sa.Column("tiltak_id", sa.Text(), nullable=False),
        sa.Column(
            "mekanikk",
            sa.Enum(
                "KORT",
                "FRIPLASS",
                "UTSTYR",
                "MIDLER",
                "MOETEPLASS",
                "OPPFOELGING",
                "SYSTEM",
                name="mekanikk",
                native_enum=False,
                length=60,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["tiltak_id"], ["tiltak.id"], name=op.f("fk_tiltak_mekanikk_tiltak_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tiltak_id", "mekanikk", name=op.f("pk_tiltak_mekanikk")),
    )
    op.create_table(
        "henvisning",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("sak_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("barn_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("tiltak_id", sa.Text(), nullable=False),
        sa.Column("avsender_id", sa.Text(), nullable=False),
        sa.Column("mottaker_id", sa.Text(), nullable=True),
        sa.Column(
            "status",
            sa.Enum(
                "utkast",
                "venter_samtykke",
                "sendt",
                "mottatt",
                "under_behandling",
                "paa_vent",
                "venteliste",
                "innvilget",
                "i_gang",
                "avsluttet",
                "avslaatt",
                "paaklaget",
                "trukket",
                "videresendt",
                "vist_til",
                name="status",
                native_enum=False,
                length=60,
            ),
            nullable=False,
        ),
        sa.Column("synlig", sa.Boolean(), nullable=False),
        sa.Column("opprettet", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sendt", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lodd", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("endret", sa.DateTime(timezone=True), nullable=False),
        sa.Column("grunn", sa.Text(), nullable=True),
        sa.Column("startet", sa.Boolean(), nullable=False),
        sa.Column("beskjed_siden", sa.DateTime(timezone=True), nullable=True),
        sa.Column("beskjed_gitt", sa.DateTime(timezone=True), nullable=True),
        sa.Column("videresendt_fra_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "spoersmaal",
            sa.Enum(
                "har_barnet_startet",
                "oenske_staar_fast",
                "annen_aktivitet",
                "annen_dag",
                "trenger_foelge",
                "trenger_utstyr",
                name="spoersmaal",
                native_enum=False,
                length=60,
            ),
            nullable=True,
        ),
        sa.Column(
            "deltar_ved_slutt",
            sa.Enum("ja", "nei", "vet_ikke", name="janeivetikke", native_enum=False, length=60),
            nullable=True,
        ),
        sa.Column("versjon", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["avsender_id"], ["enhet.id"], name=op.f("fk_henvisning_avsender_id")),
        sa.ForeignKeyConstraint(["barn_id"], ["barn.id"], name=op.f("fk_henvisning_barn_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["mottaker_id"], ["enhet.id"], name=op.f("fk_henvisning_mottaker_id")),
        sa.ForeignKeyConstraint(["sak_id"], ["sak.id"], name=op.f("fk_henvisning_sak_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["tiltak_id"], ["tiltak.id"], name=op.f("fk_henvisning_tiltak_id")),
        sa.ForeignKeyConstraint(
            ["videresendt_fra_id"],
            ["henvisning.id"],
            name=op.f("fk_henvisning_videresendt_fra_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_henvisning")),
    )
    with op.batch_alter_table("henvisning", schema=None) as batch_op:
        batch_op.create_index("ix_henvisning_avsender", ["avsender_id", "status", "endret", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_henvisning_barn_id"), ["barn_id"], unique=False)
        batch_op.create_index("ix_henvisning_beskjed", ["avsender_id", "beskjed_siden"], unique=False)
        batch_op.create_index("ix_henvisning_innboks", ["mottaker_id", "synlig", "status", "sendt", "id"], unique=False)
        batch_op.create_index("ix_henvisning_koe", ["tiltak_id", "status", "sendt", "lodd"], unique=False)
        batch_op.create_index(batch_op.f("ix_henvisning_sak_id"), ["sak_id"], unique=False)

    op.create_table(
        "kortaar",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tiltak_id", sa.Text(), nullable=False),
        sa.Column("aar", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("beholdning_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("per", sa.Enum("familie", "barn", name="kortenhet", native_enum=False, length=60), nullable=False),
        sa.Column("tak", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("stengt", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["beholdning_id"], ["beholdning.id"], name=op.f("fk_kortaar_beholdning_id")),
        sa.ForeignKeyConstraint(["tiltak_id"], ["tiltak.id"], name=op.f("fk_kortaar_tiltak_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kortaar")),
        sa.UniqueConstraint("beholdning_id", name=op.f("uq_kortaar_beholdning_id")),
        sa.UniqueConstraint("tiltak_id", "aar", name=op.f("uq_kortaar_tiltak_id_aar")),
    )
    op.create_table(
        "oenske",
        sa.Column("barn_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("rekkefoelge", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "aktivitet",
            sa.Enum(
                "fotball",
                "haandball",
                "ski",
                "ishockey",
                "svoemming",
                "turn",
                "friidrett",
                "kampsport",
                "dans",
                "ridning",
                "sykkel",
                "klatring",
                "musikk",
                "korps",
                "kor",
                "teater",
                "kunst",
                "speider",
                "4h",
                "data",
                "ferie",
                "annet",
                name="aktivitet",
                native_enum=False,
                length=60,
            ),
            nullable=False,
        ),
        sa.CheckConstraint("rekkefoelge BETWEEN 1 AND 3", name=op.f("ck_oenske_rekkefoelge")),
        sa.ForeignKeyConstraint(["barn_id"], ["barn.id"], name=op.f("fk_oenske_barn_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("barn_id", "rekkefoelge", name=op.f("pk_oenske")),
    )
    op.create_table(
        "plass",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("beholdning_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("nummer", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "tilstand",
            sa.Enum(
                "ledig", "tilbudt", "opptatt", "tapt", "stengt", name="plasstilstand", native_enum=False, length=60
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["beholdning_id"], ["beholdning.id"], name=op.f("fk_plass_beholdning_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plass")),
        sa.UniqueConstraint("beholdning_id", "nummer", name=op.f("uq_plass_beholdning_id_nummer")),
    )
    with op.batch_alter_table("plass", schema=None) as batch_op:
        batch_op.create_index("ix_plass_ledig", ["beholdning_id", "tilstand", "nummer"], unique=False)

    op.create_table(
        "tilbud",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("tiltak_id", sa.Text(), nullable=False),
        sa.Column("enhet_id", sa.Text(), nullable=False),
        sa.Column("beholdning_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("arrangoer", sa.Text(), nullable=False),
        sa.Column(
            "aktivitet",
            sa.Enum(
                "fotball",
                "haandball",
                "ski",
                "ishockey",
                "svoemming",
                "turn",
                "friidrett",
                "kampsport",
                "dans",
                "ridning",
                "sykkel",
                "klatring",
                "musikk",
                "korps",
                "kor",
                "teater",
                "kunst",
                "speider",
                "4h",
                "data",
                "ferie",
                "annet",
                name="aktivitet",
                native_enum=False,
                length=60,
            ),
            nullable=False,
        ),
        sa.Column("navn", sa.Text(), nullable=False),
        sa.Column("sted", sa.Text(), nullable=True),
        sa.Column("ukedager", sa.Text(), nullable=True),
        sa.Column("oppmoete", sa.Text(), nullable=True),
        sa.Column("sesong_fra", sa.Date(), nullable=False),
        sa.Column("sesong_til", sa.Date(), nullable=False),
        sa.Column("alder_fra", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("alder_til", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("egenandel_oere", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("trukket", sa.DateTime(timezone=True), nullable=True),
        sa.Column("endret", sa.DateTime(timezone=True), nullable=False),
        sa.Column("versjon", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("alder_fra >= 0 AND alder_fra <= alder_til", name=op.f("ck_tilbud_alder")),
        sa.CheckConstraint("egenandel_oere >= 0", name=op.f("ck_tilbud_egenandel")),
        sa.CheckConstraint("sesong_fra <= sesong_til", name=op.f("ck_tilbud_sesong")),
        sa.ForeignKeyConstraint(["beholdning_id"], ["beholdning.id"], name=op.f("fk_tilbud_beholdning_id")),
        sa.ForeignKeyConstraint(["enhet_id"], ["enhet.id"], name=op.f("fk_tilbud_enhet_id")),
        sa.ForeignKeyConstraint(["tiltak_id"], ["tiltak.id"], name=op.f("fk_tilbud_tiltak_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tilbud")),
        sa.UniqueConstraint("beholdning_id", name=op.f("uq_tilbud_beholdning_id")),
    )
    with op.batch_alter_table("tilbud", schema=None) as batch_op:
        batch_op.create_index("ix_tilbud_enhet", ["enhet_id", "sesong_til"], unique=False)
        batch_op.create_index(batch_op.f("ix_tilbud_tiltak_id"), ["tiltak_id"], unique=False)

    op.create_table(
        "hendelse",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("henvisning_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tid", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("enhet_id", sa.Text(), nullable=True),
        sa.Column("slag", sa.Text(), nullable=False),
        sa.Column("felt", sa.Text(), nullable=True),
        sa.Column("fra", sa.Text(), nullable=True),
        sa.Column("til", sa.Text(), nullable=True),
        sa.Column("grunn", sa.Text(), nullable=True),
        sa.Column(
            "svar",
            sa.Enum("ja", "nei", "vet_ikke", "kommer_tilbake", name="svar", native_enum=False, length=60),
            nullable=True,
        ),
        sa.Column("fritekst", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["enhet_id"], ["enhet.id"], name=op.f("fk_hendelse_enhet_id")),
        sa.ForeignKeyConstraint(
            ["henvisning_id"], ["henvisning.id"], name=op.f("fk_hendelse_henvisning_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user_konto.id"], name=op.f("fk_hendelse_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hendelse")),
    )
    with op.batch_alter_table("hendelse", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_hendelse_henvisning_id"), ["henvisning_id"], unique=False)

    op.create_table(
        "tildeling",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("henvisning_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("plass_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("tiltak_id", sa.Text(), nullable=False),
        sa.Column("aar", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("enhet_id", sa.Text(), nullable=False),
        sa.Column(
            "tilstand",
            sa.Enum(
                "gitt",
                "startet",
                "ikke_moett",
                "avsluttet",
                "tilbakelevert",
                "tapt",
                name="tildelingstilstand",
                native_enum=False,
                length=60,
            ),
            nullable=False,
        ),
        sa.Column("gitt", sa.DateTime(timezone=True), nullable=False),
        sa.Column("gitt_av", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("slutt", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["enhet_id"], ["enhet.id"], name=op.f("fk_tildeling_enhet_id")),
        sa.ForeignKeyConstraint(["gitt_av"], ["user_konto.id"], name=op.f("fk_tildeling_gitt_av")),
        sa.ForeignKeyConstraint(
            ["henvisning_id"], ["henvisning.id"], name=op.f("fk_tildeling_henvisning_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["plass_id"], ["plass.id"], name=op.f("fk_tildeling_plass_id")),
        sa.ForeignKeyConstraint(["tiltak_id"], ["tiltak.id"], name=op.f("fk_tildeling_tiltak_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tildeling")),
    )
    with op.batch_alter_table("tildeling", schema=None) as batch_op:
        batch_op.create_index("ix_tildeling_henvisning", ["henvisning_id"], unique=False)
        batch_op.create_index(
            "uq_tildeling_aapen_henvisning",
            ["henvisning_id"],
            unique=True,
            sqlite_where=sa.text("slutt IS NULL"),
            postgresql_where=sa.text("slutt IS NULL"),
        )
        batch_op.create_index(
            "uq_tildeling_aapen_plass",
            ["plass_id"],
            unique=True,
            sqlite_where=sa.text("slutt IS NULL"),
            postgresql_where=sa.text("slutt IS NULL"),
        )


def downgrade() -> None:
    with op.batch_alter_table("tildeling", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_tildeling_aapen_plass", sqlite_where=sa.text("slutt IS NULL"), postgresql_where=sa.text("slutt IS NULL")
        )
        batch_op.drop_index(
            "uq_tildeling_aapen_henvisning",
            sqlite_where=sa.text("slutt IS NULL"),
            postgresql_where=sa.text("slutt IS NULL"),
        )
        batch_op.drop_index("ix_tildeling_henvisning")

    op.drop_table("tildeling")
    with op.batch_alter_table("hendelse", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_hendelse_henvisning_id"))

    op.drop_table("hendelse")
    with op.batch_alter_table("tilbud", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_tilbud_tiltak_id"))
        batch_op.drop_index("ix_tilbud_enhet")

    op.drop_table("tilbud")
    with op.batch_alter_table("plass", schema=None) as batch_op:
        batch_op.drop_index("ix_plass_ledig")

    op.drop_table("plass")
    op.drop_table("oenske")
    op.drop_table("kortaar")
    with op.batch_alter_table("henvisning", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_henvisning_sak_id"))
        batch_op.drop_index("ix_henvisning_koe")
        batch_op.drop_index("ix_henvisning_innboks")
        batch_op.drop_index("ix_henvisning_beskjed")
        batch_op.drop_index(batch_op.f("ix_henvisning_barn_id"))
        batch_op.drop_index("ix_henvisning_avsender")

    op.drop_table("henvisning")
    op.drop_table("tiltak_mekanikk")
    with op.batch_alter_table("tiltak_ansvar", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_tiltak_ansvar_enhet_id"))

    op.drop_table("tiltak_ansvar")
    with op.batch_alter_table("samtykke", schema=None) as batch_op:
        batch_op.drop_index("ix_samtykke_sak")

    op.drop_table("samtykke")
    with op.batch_alter_table("sakshendelse", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sakshendelse_sak_id"))

    op.drop_table("sakshendelse")
    op.drop_table("sak_behov")
    with op.batch_alter_table("indikator_tiltak", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_indikator_tiltak_tiltak_id"))

    op.drop_table("indikator_tiltak")
    with op.batch_alter_table("beholdning", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_beholdning_tiltak_id"))

    op.drop_table("beholdning")
    with op.batch_alter_table("barn", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_barn_blindindeks"))

    op.drop_table("barn")
    with op.batch_alter_table("tiltak", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_tiltak_strategi_id"))

    op.drop_table("tiltak")
    with op.batch_alter_table("sak", schema=None) as batch_op:
        batch_op.drop_index("ix_sak_opprettet")
        batch_op.drop_index("ix_sak_enhet")
        batch_op.drop_index("ix_sak_ansvarlig")

    op.drop_table("sak")
    with op.batch_alter_table("rolletildeling", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_rolletildeling_user_id"))

    op.drop_table("rolletildeling")
    with op.batch_alter_table("okt", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_okt_utloeper"))
        batch_op.drop_index(batch_op.f("ix_okt_user_id"))

    op.drop_table("okt")
    with op.batch_alter_table("jobb", schema=None) as batch_op:
        batch_op.drop_index("ix_jobb_ledig")
        batch_op.drop_index(batch_op.f("ix_jobb_bestilt_av"))

    op.drop_table("jobb")
    with op.batch_alter_table("bildetabell", schema=None) as batch_op:
        batch_op.drop_index("ix_bildetabell_bilde")

    op.drop_table("bildetabell")
    with op.batch_alter_table("bevart_arbeid", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_bevart_arbeid_lagret"))

    op.drop_table("bevart_arbeid")
    op.drop_table("user_konto")
    op.drop_table("strategi")
    op.drop_table("plan")
    op.drop_table("oeyeblikksbilde")
    op.drop_table("kommune")
    with op.batch_alter_table("innsynslogg", schema=None) as batch_op:
        batch_op.drop_index("ix_innsynslogg_user")
        batch_op.drop_index("ix_innsynslogg_tid")
        batch_op.drop_index("ix_innsynslogg_gjelder")
        batch_op.drop_index("ix_innsynslogg_enhet")

    op.drop_table("innsynslogg")
    op.drop_table("indikator")
    op.drop_table("hjemmel")
    with op.batch_alter_table("grense", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_grense_aapner"))

    op.drop_table("grense")
    op.drop_table("enhet")
    op.drop_table("delmaal")
