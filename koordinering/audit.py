"""The trail: who did or read what, append-only, ids and codes, never free text."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from koordinering.access import enheter
from koordinering.db import Base, now, own_transaction, writing_session
from koordinering.roles import Rettighet
from koordinering.tekst import N_, Kode
from koordinering.users import User


class Hva(Kode):
    """What happened; a closed list."""

    INN = "inn", N_("Logget inn")
    INN_NEKTET = "inn_nektet", N_("Innlogging nektet")
    UT = "ut", N_("Logget ut")
    OKT_AVSLUTTET = "okt_avsluttet", N_("Avsluttet en økt")
    PASSORD_ENDRET = "passord_endret", N_("Endret passord")
    BRUKER_LAGET = "bruker_laget", N_("Opprettet bruker")
    BRUKER_LAAST = "bruker_laast", N_("Låste bruker")
    BRUKER_LAAST_OPP = "bruker_laast_opp", N_("Låste opp bruker")
    ROLLE_GITT = "rolle_gitt", N_("Ga en rolle")
    KOMMUNE_ENDRET = "kommune_endret", N_("Endret kommunens valg")
    NEKTET = "nektet", N_("Nektet tilgang")
    SAK_LEST = "sak_lest", N_("Åpnet en sak")
    SAK_SOEKT = "sak_soekt", N_("Søkte etter en sak")
    SAK_REGISTRERT = "sak_registrert", N_("Registrerte en sak")
    SAK_RETTET = "sak_rettet", N_("Rettet en sak")
    SAK_SLETTET = "sak_slettet", N_("Slettet en feilregistrert sak")
    SAK_OVERLEVERT = "sak_overlevert", N_("Overleverte en sak")
    BARN_LAGT_TIL = "barn_lagt_til", N_("La til et barn")
    BARN_RETTET = "barn_rettet", N_("Rettet et barn")
    BARN_SLETTET = "barn_slettet", N_("Slettet et feilregistrert barn")
    SAMTYKKE_REGISTRERT = "samtykke_registrert", N_("Registrerte samtykke eller hjemmel")
    SAMTYKKE_TRUKKET = "samtykke_trukket", N_("Registrerte at samtykke er trukket")
    HENVISNING_LEST = "henvisning_lest", N_("Åpnet en henvisning")
    HENVISNING_LAGET = "henvisning_laget", N_("Laget en henvisning")
    HENVISNING_STATUS = "henvisning_status", N_("Endret status på en henvisning")
    HENVISNING_RETTET = "henvisning_rettet", N_("Rettet en henvisning")
    HENVISNING_SLETTET = "henvisning_slettet", N_("Slettet et utkast")
    SPURT = "spurt", N_("Spurte henviser")
    BESVART = "besvart", N_("Svarte mottaker")
    BESKJED_GITT = "beskjed_gitt", N_("Ga beskjed til familien")
    LAPP_SKREVET = "lapp_skrevet", N_("Skrev ut lapp")
    LISTE_LEST = "liste_lest", N_("Så en liste over saker eller henvisninger")
    GITT = "gitt", N_("Ga kort eller plass")
    TATT_TILBAKE = "tatt_tilbake", N_("Tok tilbake kort eller plass")
    MELDT_TAPT = "meldt_tapt", N_("Meldte kort som tapt")
    TILBUD_LAGT_INN = "tilbud_lagt_inn", N_("La inn et tilbud")
    TILBUD_ENDRET = "tilbud_endret", N_("Endret et tilbud")
    KORT_OPPRETTET = "kort_opprettet", N_("Opprettet årets kort")
    KORT_AVSLUTTET = "kort_avsluttet", N_("Avsluttet årets kort")
    PLAN_LASTET = "plan_lastet", N_("Lastet handlingsplanen")
    TELLING_LAGET = "telling_laget", N_("Laget en telling")
    TALL_LEST = "tall_lest", N_("Leste en tabell")
    TALL_EKSPORTERT = "tall_eksportert", N_("Hentet ut en tabell")
    PUBLISERING_LAGET = "publisering_laget", N_("Laget utkast til en publisering")
    PUBLISERING_SLETTET = "publisering_slettet", N_("Slettet utkast til en publisering")
    PUBLISERING_KONTROLLERT = "publisering_kontrollert", N_("Kontrollerte en publisering")
    PUBLISERT = "publisert", N_("Publiserte tall")
    PUBLISERING_TRUKKET = "publisering_trukket", N_("Trakk en publisering")
    LOGG_LEST = "logg_lest", N_("Leste innsynsloggen")
    JOBB_BESTILT = "jobb_bestilt", N_("Bestilte en jobb")
    JOBB_AVBRUTT = "jobb_avbrutt", N_("Avbrøt en jobb")


class Innslag(Base):
    """One line of the access log. Never changed and never deleted one by one."""

    __tablename__ = "innsynslogg"
    __table_args__ = (
        Index("ix_innsynslogg_enhet", "enhet_id", "id"),
        Index("ix_innsynslogg_gjelder", "gjelder_id"),
        Index("ix_innsynslogg_user", "user_id", "id"),
        Index("ix_innsynslogg_tid", "tid"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    tid: Mapped[datetime] = mapped_column(default=now)
    hva: Mapped[Hva]
    user_id: Mapped[int | None]
    """No foreign key: the line outlives the account. None for the system itself and unknown users."""
    roller: Mapped[str]
    """The roles held at the moment, as codes."""
    enhet_id: Mapped[str | None]
    """The unit whose matter it is: the user's own when there is one."""
    gjelder: Mapped[str | None]
    """Kind of thing, a code such as «sak»."""
    gjelder_id: Mapped[int | None]
    detalj: Mapped[str | None]
    """A code that says more: the status set, the route denied. Never free text."""


@dataclass(frozen=True)
class Ting:
    """What a line is about: kind and random id."""

    slag: str
    id: int
    enhet_id: str | None = None
    """The unit that the thing belongs to, when it should stand in that unit's own log."""


def _innslag(hva: Hva, av: User | None, gjelder: Ting | None, detalj: str | None) -> Innslag:
    egne = sorted({r.enhet_id for r in av.gjeldende}) if av else []
    return Innslag(
        hva=hva,
        user_id=av.id if av else None,
        roller=",".join(sorted(av.roller)) if av else "",
        enhet_id=(gjelder.enhet_id if gjelder and gjelder.enhet_id else None) or (egne[0] if egne else None),
        gjelder=gjelder.slag if gjelder else None,
        gjelder_id=gjelder.id if gjelder else None,
        detalj=detalj,
    )


def record(hva: Hva, *, av: User | None, gjelder: Ting | None = None, detalj: str | None = None) -> None:
    """Write a line: inside the open transaction, together with the change it tells of, else in its own.

    A read is recorded before the thing is shown: when the line cannot be written, the reader sees nothing.
    """
    line = _innslag(hva, av, gjelder, detalj)
    aapen = writing_session()
    if aapen is not None:
        aapen.add(line)
        return
    with own_transaction() as session:
        session.add(line)


def loggenheter(user: User) -> frozenset[str]:
    """The units whose log lines the user may read."""
    return enheter(user, Rettighet.LOGG_LES)
