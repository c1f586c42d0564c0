"""A family's consent that named units coordinate, and what they do together."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_HELTALL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TID = sa.DateTime(timezone=True)


def _kode(navn: str, *koder: str) -> sa.Enum:
    return sa.Enum(*koder, name=navn, native_enum=False, length=60)


def _til(tabell: str, kolonne: str, maal: str, *, sletter: bool = False) -> sa.ForeignKeyConstraint:
    navn = op.f(f"fk_{tabell}_{kolonne}_{maal}")
    return sa.ForeignKeyConstraint([kolonne], [f"{maal}.id"], name=navn, ondelete="CASCADE" if sletter else None)


def upgrade() -> None:
    op.create_table(
        "samordning",
        sa.Column("id", _HELTALL, nullable=False, autoincrement=False),
        sa.Column("sak_id", _HELTALL, nullable=False),
        sa.Column("maate", _kode("samtykkemaate", "skriftlig", "muntlig"), nullable=False),
        sa.Column("fra", _kode("samtykkefra", "foresatt", "ungdom"), nullable=False),
        sa.Column("gitt", sa.Date(), nullable=False),
        sa.Column("gyldig_til", sa.Date(), nullable=False),
        sa.Column("trukket", _TID, nullable=True),
        sa.Column("registrert", _TID, nullable=False),
        sa.Column("registrert_av", _HELTALL, nullable=False),
        _til("samordning", "sak_id", "sak", sletter=True),
        _til("samordning", "registrert_av", "user_konto"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_samordning")),
    )
    op.create_index("ix_samordning_sak_id", "samordning", ["sak_id"])
    op.create_table(
        "samordning_enhet",
        sa.Column("id", _HELTALL, nullable=False, autoincrement=False),
        sa.Column("samordning_id", _HELTALL, nullable=False),
        sa.Column("enhet_id", sa.Text(), nullable=False),
        sa.Column("registrert", _TID, nullable=False),
        sa.Column("sett", _TID, nullable=True),
        _til("samordning_enhet", "samordning_id", "samordning", sletter=True),
        _til("samordning_enhet", "enhet_id", "enhet"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_samordning_enhet")),
        sa.UniqueConstraint("samordning_id", "enhet_id", name=op.f("uq_samordning_enhet_samordning_id_enhet_id")),
    )
    op.create_index("ix_samordning_enhet_enhet", "samordning_enhet", ["enhet_id", "registrert", "id"])
    op.create_table(
        "samordning_barn",
        sa.Column("samordning_id", _HELTALL, nullable=False),
        sa.Column("barn_id", _HELTALL, nullable=False),
        _til("samordning_barn", "samordning_id", "samordning", sletter=True),
        _til("samordning_barn", "barn_id", "barn", sletter=True),
        sa.PrimaryKeyConstraint("samordning_id", "barn_id", name=op.f("pk_samordning_barn")),
    )
    op.create_index("ix_samordning_barn_barn_id", "samordning_barn", ["barn_id"])
    op.create_table(
        "samordningsnotat",
        sa.Column("id", _HELTALL, nullable=False, autoincrement=False),
        sa.Column("samordning_id", _HELTALL, nullable=False),
        sa.Column("fra_sak_id", _HELTALL, nullable=False),
        sa.Column("enhet_id", sa.Text(), nullable=False),
        sa.Column("user_id", _HELTALL, nullable=False),
        sa.Column("tid", _TID, nullable=False),
        sa.Column("tekst", sa.LargeBinary(), nullable=False),
        _til("samordningsnotat", "samordning_id", "samordning", sletter=True),
        _til("samordningsnotat", "fra_sak_id", "sak", sletter=True),
        _til("samordningsnotat", "enhet_id", "enhet"),
        _til("samordningsnotat", "user_id", "user_konto"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_samordningsnotat")),
    )
    op.create_index("ix_samordningsnotat_samordning", "samordningsnotat", ["samordning_id", "tid", "id"])
    op.create_index("ix_samordningsnotat_fra_sak_id", "samordningsnotat", ["fra_sak_id"])
    op.create_table(
        "samordningsavtale",
        sa.Column("id", _HELTALL, nullable=False),
        sa.Column("samordning_id", _HELTALL, nullable=False),
        sa.Column("fra_sak_id", _HELTALL, nullable=False),
        sa.Column("enhet_id", sa.Text(), nullable=False),
        sa.Column("tid", _TID, nullable=False),
        sa.Column("slag", _kode("avtaleslag", "moete", "oppfoelger"), nullable=False),
        sa.Column("moete", _TID, nullable=True),
        sa.Column("ansvarlig_enhet_id", sa.Text(), nullable=True),
        sa.Column("ansvarlig_id", _HELTALL, nullable=True),
        _til("samordningsavtale", "samordning_id", "samordning", sletter=True),
        _til("samordningsavtale", "fra_sak_id", "sak", sletter=True),
        _til("samordningsavtale", "enhet_id", "enhet"),
        _til("samordningsavtale", "ansvarlig_enhet_id", "enhet"),
        _til("samordningsavtale", "ansvarlig_id", "user_konto"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_samordningsavtale")),
    )
    op.create_index("ix_samordningsavtale_samordning", "samordningsavtale", ["samordning_id", "slag", "id"])
    op.create_index("ix_samordningsavtale_ansvarlig", "samordningsavtale", ["ansvarlig_id"])
    op.create_index("ix_samordningsavtale_fra_sak_id", "samordningsavtale", ["fra_sak_id"])


def downgrade() -> None:
    for tabell in ("samordningsavtale", "samordningsnotat", "samordning_barn", "samordning_enhet", "samordning"):
        op.drop_table(tabell)
