"""The trail: who did or read what, append-only, ids and codes, never free text."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import Index, Table, bindparam, func, insert, select, text
from sqlalchemy.orm import Mapped, mapped_column

from koordinering.access import enheter
from koordinering.db import Base, db, now, own_connection, writing_connection
from koordinering.roles import Rettighet
from koordinering.setning import Setning
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
    SAK_GRUNN = "sak_grunn", N_("Sa hvorfor en sak utenfor egen innboks ble åpnet")
    SAK_SOEKT = "sak_soekt", N_("Søkte etter en sak")
    OPPSLAG_STANSET = "oppslag_stanset", N_("Nådde grensen for oppslag")
    SAK_REGISTRERT = "sak_registrert", N_("Registrerte en sak")
    SAK_RETTET = "sak_rettet", N_("Rettet en sak")
    SAK_SLETTET = "sak_slettet", N_("Slettet en feilregistrert sak")
    SAK_UTLOEPT = "sak_utloept", N_("Slettet en sak etter fristen")
    SAK_HOLDT = "sak_holdt", N_("Holdt en sak tilbake fra sletting")
    SAK_SLUPPET = "sak_sluppet", N_("Slapp en sak som var holdt tilbake")
    VEDTAK_ARKIVERT = "vedtak_arkivert", N_("Skrev vedtak til fil for arkivet")
    SAK_OVERLEVERT = "sak_overlevert", N_("Overleverte en sak")
    BARN_LAGT_TIL = "barn_lagt_til", N_("La til et barn")
    BARN_RETTET = "barn_rettet", N_("Rettet et barn")
    BARN_SLETTET = "barn_slettet", N_("Slettet et feilregistrert barn")
    SAMTYKKE_REGISTRERT = "samtykke_registrert", N_("Registrerte samtykke eller hjemmel")
    SAMTYKKE_TRUKKET = "samtykke_trukket", N_("Registrerte at samtykke er trukket")
    SAK_BEGRENSET = "sak_begrenset", N_("Begrenset behandlingen av en sak")
    SAK_BEGRENSNING_OPPHEVET = "sak_begrensning_opphevet", N_("Opphevet en begrensning")
    SAK_TOEMT = "sak_toemt", N_("Slettet innholdet i en sak etter krav")
    KRAV_REGISTRERT = "krav_registrert", N_("Registrerte et krav fra en familie")
    KRAV_UTSATT = "krav_utsatt", N_("Utsatte fristen for et krav")
    KRAV_FERDIG = "krav_ferdig", N_("Avsluttet et krav fra en familie")
    INNSYN_LEST = "innsyn_lest", N_("Så alt som er lagret om en sak, for innsyn")
    INNSYN_HENTET = "innsyn_hentet", N_("Hentet ut innsyn som fil")
    DEL_GODKJENT = "del_godkjent", N_("Godkjente en del av et samlet innsyn")
    DEL_AVVIST = "del_avvist", N_("Avviste en del av et samlet innsyn")
    HJEMMEL_LAGT_INN = "hjemmel_lagt_inn", N_("La inn en hjemmel")
    HJEMMEL_ENDRET = "hjemmel_endret", N_("Endret eller avsluttet en hjemmel")
    SAMORDNING_REGISTRERT = "samordning_registrert", N_("Registrerte samtykke til samordning")
    SAMORDNING_TRUKKET = "samordning_trukket", N_("Registrerte at samtykke til samordning er trukket")
    SAMORDNING_LEST = "samordning_lest", N_("Åpnet siden for samordning")
    SAMORDNING_NOTAT = "samordning_notat", N_("Skrev eller slettet et notat i samordning")
    SAMORDNING_MOETE = "samordning_moete", N_("Satte, flyttet eller avlyste et samarbeidsmøte")
    SAMORDNING_OPPFOELGER = "samordning_oppfoelger", N_("Pekte ut hvem som følger opp i samordning")
    HENVISNING_LEST = "henvisning_lest", N_("Åpnet en henvisning")
    HENVISNING_LAGET = "henvisning_laget", N_("Laget en henvisning")
    HENVISNING_STATUS = "henvisning_status", N_("Endret status på en henvisning")
    HENVISNING_RETTET = "henvisning_rettet", N_("Rettet en henvisning")
    HENVISNING_SLETTET = "henvisning_slettet", N_("Slettet et utkast")
    SPURT = "spurt", N_("Spurte henviser")
    BESVART = "besvart", N_("Svarte mottaker")
    BESKJED_GITT = "beskjed_gitt", N_("Ga beskjed til familien")
    SAMTYKKETEKST = "samtykketekst", N_("Skrev ut samtykketekst")
    LAPP_SKREVET = "lapp_skrevet", N_("Skrev ut lapp")
    LISTE_LEST = "liste_lest", N_("Så en liste over saker eller henvisninger")
    GITT = "gitt", N_("Ga kort eller plass")
    TILBUDT = "tilbudt", N_("Tilbød en plass med svarfrist")
    ANGRET = "angret", N_("Angret en tildeling")
    KOE_FLYTTET = "koe_flyttet", N_("Flyttet en henvisning i køen")
    FORSLAG_LAGET = "forslag_laget", N_("Foreslo en fordeling")
    FORSLAG_ENDRET = "forslag_endret", N_("Endret et forslag til fordeling")
    FORSLAG_BEKREFTET = "forslag_bekreftet", N_("Bekreftet et forslag til fordeling")
    TATT_TILBAKE = "tatt_tilbake", N_("Tok tilbake kort eller plass")
    MELDT_TAPT = "meldt_tapt", N_("Meldte kort som tapt")
    TILBUD_LAGT_INN = "tilbud_lagt_inn", N_("La inn et tilbud")
    TILBUD_ENDRET = "tilbud_endret", N_("Endret et tilbud")
    KORT_OPPRETTET = "kort_opprettet", N_("Opprettet årets kort")
    KORT_AVSLUTTET = "kort_avsluttet", N_("Avsluttet årets kort")
    MOETEPLASS_LAGT_INN = "moeteplass_lagt_inn", N_("La inn en møteplass")
    MOETEPLASS_ENDRET = "moeteplass_endret", N_("Endret en møteplass")
    BESOEK_FOERT = "besoek_foert", N_("Førte besøk")
    BESOEK_RETTET = "besoek_rettet", N_("Rettet besøk")
    STED_LAGT_INN = "sted_lagt_inn", N_("La inn et sted for kortet")
    STED_ENDRET = "sted_endret", N_("Endret et sted for kortet")
    KLUBBESOEK_FOERT = "klubbesoek_foert", N_("Førte et klubbesøk")
    KLUBBESOEK_ENDRET = "klubbesoek_endret", N_("Endret et klubbesøk")
    KLUBBESOEK_SLETTET = "klubbesoek_slettet", N_("Slettet et klubbesøk")
    UTSTYR_LAGT_INN = "utstyr_lagt_inn", N_("La inn utstyr")
    UTSTYR_ENDRET = "utstyr_endret", N_("Endret utstyr")
    UTSTYR_VALG = "utstyr_valg", N_("Endret valgene for Utstyrsbanken")
    UTSTYR_LAANT_UT = "utstyr_laant_ut", N_("Lånte ut utstyr")
    UTSTYR_LEVERT = "utstyr_levert", N_("Tok imot utstyr")
    UTSTYR_FORLENGET = "utstyr_forlenget", N_("Forlenget et utlån")
    UTSTYR_RESERVERT = "utstyr_reservert", N_("Reserverte utstyr")
    UTSTYR_AVLYST = "utstyr_avlyst", N_("Avsluttet en reservasjon")
    UTSTYR_TELEFON = "utstyr_telefon", N_("Så telefonnumre til lånere")
    UTSTYR_TELEFON_SLETTET = "utstyr_telefon_slettet", N_("Slettet telefonnumre til lånere")
    UTSTYR_VAKT = "utstyr_vakt", N_("Byttet operatør ved disken")
    UTSTYR_KODE_FEIL = "utstyr_kode_feil", N_("Feil kode ved disken")
    UTSTYR_OPERATOER = "utstyr_operatoer", N_("Endret en operatør")
    UTSTYR_TELLING = "utstyr_telling", N_("Startet eller avsluttet en varetelling")
    UTSTYR_MAANEDSTALL = "utstyr_maanedstall", N_("Førte utlån per måned")
    LAG_LAGT_INN = "lag_lagt_inn", N_("La inn et lag")
    LAG_ENDRET = "lag_endret", N_("Endret et lag")
    BUDSJETT_ENDRET = "budsjett_endret", N_("Endret budsjettet for midler")
    TILSKUDD_FOERT = "tilskudd_foert", N_("Førte en søknad om tilskudd")
    TILSKUDD_ENDRET = "tilskudd_endret", N_("Endret et tilskudd")
    TILSAGN_GITT = "tilsagn_gitt", N_("Ga tilsagn til et lag")
    TILSAGN_ENDRET = "tilsagn_endret", N_("Endret et tilsagn")
    FAKTURA_FOERT = "faktura_foert", N_("Førte en faktura eller kreditnota")
    UTBETALING_FOERT = "utbetaling_foert", N_("Førte en utbetaling")
    UTBETALING_AVGJORT = "utbetaling_avgjort", N_("Godkjente, returnerte eller stanset en utbetaling")
    BUNT_LAGET = "bunt_laget", N_("Laget utbetalingsfil")
    BUNT_HENTET = "bunt_hentet", N_("Hentet utbetalingsfil")
    PLAN_LASTET = "plan_lastet", N_("Lastet handlingsplanen")
    PLAN_ENDRET = "plan_endret", N_("Rettet handlingsplanen eller utkastet til den")
    PLAN_UTKAST = "plan_utkast", N_("Startet eller forkastet et utkast til handlingsplanen")
    PLAN_VEDTATT = "plan_vedtatt", N_("Satte en ny versjon av handlingsplanen i kraft")
    VURDERING_LAGRET = "vurdering_lagret", N_("Skrev i en vurdering av et tiltak")
    VURDERING_STATUS = "vurdering_status", N_("Sendte, trakk, godkjente eller returnerte en vurdering")
    EVALUERING_VALG = "evaluering_valg", N_("Endret valgene for evalueringen")
    KALENDER_LAGET = "kalender_laget", N_("Laget en adresse til kalenderen")
    KALENDER_TRUKKET = "kalender_trukket", N_("Trakk en adresse til kalenderen")
    PAAMINNELSE_SENDT = "paaminnelse_sendt", N_("Sendte påminnelser om vurderinger")
    ORGAN_ENDRET = "organ_endret", N_("Endret organene tiltakene rapporterer til")
    AKTIVITET_FOERT = "aktivitet_foert", N_("Førte en aktivitet")
    AKTIVITET_ENDRET = "aktivitet_endret", N_("Endret en aktivitet")
    AKTIVITET_SLETTET = "aktivitet_slettet", N_("Slettet en aktivitet")
    AKTIVITET_ANGRET = "aktivitet_angret", N_("Angret at en aktivitet ble slettet")
    PLANKRAV_ENDRET = "plankrav_endret", N_("Endret hva planen krever av aktiviteter")
    EPOST_ENDRET = "epost_endret", N_("Endret e-postadressen til en bruker")
    SERIE_ENDRET = "serie_endret", N_("Endret en serie i planen")
    SERIETALL_FOERT = "serietall_foert", N_("Førte, rettet eller slettet tall i en serie")
    SERIETALL_ANGRET = "serietall_angret", N_("Angret en endring av tall i en serie")
    TELLING_LAGET = "telling_laget", N_("Laget en telling")
    TALL_LEST = "tall_lest", N_("Leste en tabell")
    TALL_EKSPORTERT = "tall_eksportert", N_("Hentet ut en tabell")
    PUBLISERING_LAGET = "publisering_laget", N_("Laget utkast til en publisering")
    PUBLISERING_SLETTET = "publisering_slettet", N_("Slettet utkast til en publisering")
    PUBLISERING_KONTROLLERT = "publisering_kontrollert", N_("Kontrollerte en publisering")
    PUBLISERT = "publisert", N_("Publiserte tall")
    PUBLISERING_TRUKKET = "publisering_trukket", N_("Trakk en publisering")
    PUBLISERING_AAPNET = "publisering_aapnet", N_("Gjorde en publisering åpen for alle")
    PUBLISERING_LUKKET = "publisering_lukket", N_("Gjorde at en publisering ikke lenger er åpen for alle")
    RAPPORT_FRYST = "rapport_fryst", N_("Frøs en rapport om planen")
    AAPNE_DATA_ENDRET = "aapne_data_endret", N_("Endret opplysningene om åpne data")
    LOGG_LEST = "logg_lest", N_("Leste innsynsloggen")
    LOGG_EKSPORTERT = "logg_eksportert", N_("Hentet ut av innsynsloggen")
    LOGG_KONTROLLERT = "logg_kontrollert", N_("Kontrollerte innsynsloggen")
    LOGG_UTLOEPT = "logg_utloept", N_("Slettet dager av innsynsloggen etter fristen")
    JOBB_BESTILT = "jobb_bestilt", N_("Bestilte en jobb")
    JOBB_AVBRUTT = "jobb_avbrutt", N_("Avbrøt en jobb")
    TITTEL_ENDRET = "tittel_endret", N_("Endret tittelen til en bruker")
    ROLLE_ENDRET = "rolle_endret", N_("Endret hvor lenge en rolle gjelder")
    ROLLE_AVSLUTTET = "rolle_avsluttet", N_("Avsluttet en rolle")
    ROLLE_BEKREFTET = "rolle_bekreftet", N_("Bekreftet at en rolle fortsatt trengs")
    UTTREKK_STANSET = "uttrekk_stanset", N_("Nådde grensen for filer på en time")
    FAKTOR_NEKTET = "faktor_nektet", N_("Feil kode eller passkey ved innlogging")
    FAKTOR_LAGT_TIL = "faktor_lagt_til", N_("La til passkey, app eller gjenopprettingskoder")
    FAKTOR_FJERNET = "faktor_fjernet", N_("Fjernet passkey, app eller gjenopprettingskoder")
    GJENOPPRETTING_LAGET = "gjenoppretting_laget", N_("Laget en lenke til ny innlogging for en bruker")
    GJENOPPRETTING_BRUKT = "gjenoppretting_brukt", N_("Valgte ny innlogging med en lenke")
    INN_VENTER = "inn_venter", N_("Logget inn hos en annen og venter på rolle")
    INNLOGGING_KOBLET = "innlogging_koblet", N_("Koblet en innlogging til en bruker")
    INNLOGGING_FRAKOBLET = "innlogging_frakoblet", N_("Fjernet koblingen mellom en innlogging og en bruker")
    INNLOGGING_AVVIST = "innlogging_avvist", N_("Avslo en forespørsel om rolle")
    KOPI_TATT = "kopi_tatt", N_("Tok sikkerhetskopi")


class Innslag(Base):
    """One line of the access log. Never changed and never deleted one by one: triggers and rights refuse it, and
    personvern/segl finds it."""

    __tablename__ = "innsynslogg"
    __table_args__ = (
        Index("ix_innsynslogg_enhet", "enhet_id", "id"),
        Index("ix_innsynslogg_gjelder", "gjelder_id"),
        Index("ix_innsynslogg_hva", "hva", "id"),
        Index("ix_innsynslogg_user", "user_id", "id"),
        Index("ix_innsynslogg_tid", "tid"),
        Index(
            "ix_innsynslogg_soek",
            "user_id",
            "tid",
            "detalj",
            sqlite_where=text("hva = 'sak_soekt'"),
            postgresql_where=text("hva = 'sak_soekt'"),
        ),
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


_KOLONNER = ("hva", "user_id", "roller", "enhet_id", "gjelder", "gjelder_id", "detalj")


def _innslag(hva: Hva, av: User | None, gjelder: Ting | None, detalj: str | None) -> dict[str, Any]:
    roller = av.gjeldende if av else []
    egne = min((r.enhet_id for r in roller), default=None)
    return {
        "hva": hva,
        "user_id": av.id if av else None,
        "roller": ",".join(sorted({r.rolle for r in roller})),
        "enhet_id": (gjelder.enhet_id if gjelder and gjelder.enhet_id else None) or egne,
        "gjelder": gjelder.slag if gjelder else None,
        "gjelder_id": gjelder.id if gjelder else None,
        "detalj": detalj,
    }


_SKRIV = Setning[()](insert(cast(Table, Innslag.__table__)).inline(), _KOLONNER)
"""Past the unit of work: nothing is asked back, and nothing else must be written first."""


def record(hva: Hva, *, av: User | None, gjelder: Ting | None = None, detalj: str | None = None) -> None:
    """Write a line: inside the open transaction, together with the change it tells of, else in its own.

    A read is recorded before the thing is shown: when the line cannot be written, the reader sees nothing.
    """
    line = _innslag(hva, av, gjelder, detalj)
    aapen = writing_connection()
    if aapen is not None:
        _SKRIV.kjoer(line, paa=aapen)
        return
    with own_connection() as vei:
        _SKRIV.kjoer(line, paa=vei)


def loggenheter(user: User) -> frozenset[str]:
    """The units whose log lines the user may read."""
    return enheter(user, Rettighet.LOGG_LES)


def har_skjedd(hva: Hva, gjelder_id: int, *, siden: datetime) -> bool:
    """Whether the trail tells of this about this thing since then: for undoing only what nobody has used yet."""
    query = select(Innslag.id).where(Innslag.gjelder_id == gjelder_id, Innslag.hva == hva, Innslag.tid >= siden)
    return db.session.scalar(query.limit(1)) is not None


def antall(av: User, hva: Hva, detaljer: Collection[str], *, siden: datetime, inntil: int) -> int:
    """How many lines tell that the user did this since then, counted no further than `inntil`.

    The act is written into the statement, so that an index over that act alone can serve it.
    """
    om = {"hvem": av.id, "siden": siden, "detaljer": sorted(detaljer), "inntil": inntil}
    return _antall(hva).verdi(om) or 0


@lru_cache(maxsize=16)
def _antall(hva: Hva) -> Setning[int]:
    linjer = select(Innslag.id).where(
        Innslag.user_id == bindparam("hvem"),
        Innslag.tid >= bindparam("siden"),
        Innslag.hva == bindparam("hva", hva, literal_execute=True),
        Innslag.detalj.in_(bindparam("detaljer", expanding=True)),
    )
    return Setning(select(func.count()).select_from(linjer.limit(bindparam("inntil")).subquery()))
