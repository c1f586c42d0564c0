"""Grants to clubs: the application, the decision, the report, and what comes back."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm.attributes import flag_modified

from koordinering import audit
from koordinering.access import require
from koordinering.audit import Hva, Ting
from koordinering.db import db, i_dag, now, tilfeldig_id
from koordinering.errors import Endret, Oppbrukt, UgyldigFelt
from koordinering.roles import Rettighet
from koordinering.tekst import N_
from koordinering.tiltak.lag.models import Lag
from koordinering.tiltak.midler import queries
from koordinering.tiltak.midler.models import Budsjett, Formaal, Runde, Tilskudd
from koordinering.tiltak.midler.rules import (
    FOER_I_DAG,
    IKKE_KOMMET,
    LENGSTE_RAPPORTFRIST_AAR,
    TILSKUDDSGANG,
    Postslag,
    Tilskuddsavslag,
    Tilskuddstatus,
    Ubrukt,
    sjekk_antall_barn,
    sjekk_beloep,
    sjekk_dato,
    sjekk_hoeyst,
    sjekk_vilkaar,
)
from koordinering.tiltak.midler.services.hovedbok import Bevegelse, bind, bokfoer, endre_tall, frigi
from koordinering.users import User

PAA_VEI = N_("En utbetaling er på vei. Vent til den er i en fil, eller stans den først.")


@dataclass(frozen=True)
class Soeknad:
    """What a club applies for."""

    mottatt: date
    antall_barn: int
    soekt_oere: int


@dataclass(frozen=True)
class Rapport:
    """What a club reports."""

    mottatt: date
    brukt_oere: int
    deltok: int
    ubrukt: Ubrukt | None
    """Demanded when the club used less than it was paid."""
    ny_frist: date | None = None
    """When the money that is moved must be reported."""


def foer_soeknad(
    runde: Runde, lag: Lag, formaal: Formaal, soeknad: Soeknad, *, noekkel: int | None = None, av: User
) -> Tilskudd:
    """Enter a club's application. Raises UgyldigFelt.

    `noekkel`: the key that the empty form was given, so that sending it twice makes one application.
    """
    require(av, Rettighet.MIDLER_ENDRE)
    if noekkel is not None and (finnes := db.session.get(Tilskudd, noekkel)) is not None:
        return finnes
    budsjett = _budsjett(runde, formaal)
    if not lag.aktiv:
        raise UgyldigFelt("lag_id", N_("Laget er ikke aktivt."))
    sjekk_dato("mottatt", soeknad.mottatt, fra=date(runde.aar - 1, 1, 1), til=i_dag(), sen=IKKE_KOMMET)
    sjekk_antall_barn("antall_barn", soeknad.antall_barn)
    sjekk_beloep("soekt", soeknad.soekt_oere)
    tilskudd = Tilskudd(
        id=noekkel or tilfeldig_id(),
        runde_id=runde.id,
        lag_id=lag.id,
        budsjett_id=budsjett.id,
        foert_av=av.id,
        **vars(soeknad),
    )
    db.session.add(tilskudd)
    db.session.flush()
    audit.record(Hva.TILSKUDD_FOERT, av=av, gjelder=Ting("tilskudd", tilskudd.id))
    return tilskudd


def _budsjett(runde: Runde, formaal: Formaal) -> Budsjett:
    aaret = queries.midleraar(runde.aar)
    if aaret is None or aaret.stengt is not None:
        raise UgyldigFelt("runde_id", N_("Året er avsluttet. Velg en annen runde."))
    budsjett = queries.budsjett_for(runde.aar, formaal.id)
    if budsjett is None or formaal.enkeltplass:
        raise UgyldigFelt("formaal_id", N_("Det er ikke satt av penger til dette formålet i rundens år."))
    return budsjett


def _laas(tilskudd: Tilskudd, versjon: int | None = None) -> None:
    """Read it anew, locked. Raises Endret when it is not the version that the user's page showed."""
    db.session.refresh(tilskudd, with_for_update={"of": Tilskudd})
    if versjon is not None and tilskudd.versjon != versjon:
        raise Endret


def _flytt(tilskudd: Tilskudd, til: Tilskuddstatus, av: User) -> None:
    if til not in TILSKUDDSGANG[tilskudd.status]:
        raise Endret
    tilskudd.status = til
    db.session.flush()
    audit.record(Hva.TILSKUDD_ENDRET, av=av, gjelder=Ting("tilskudd", tilskudd.id), detalj=til.value)


def innvilg(
    tilskudd: Tilskudd, beloep_oere: int, *, vilkaar: str | None, rapport_frist: date, versjon: int, av: User
) -> None:
    """Grant so much, with conditions and a day when the report is due. Raises UgyldigFelt, Endret."""
    require(av, Rettighet.MIDLER_ENDRE)
    sjekk_beloep("innvilget", beloep_oere)
    for_mye = N_("Beløpet kan ikke være høyere enn det laget søkte om.")
    sjekk_hoeyst("innvilget", beloep_oere, tilskudd.soekt_oere, for_mye)
    sjekk_vilkaar("vilkaar", vilkaar or "")
    _sjekk_frist("rapport_frist", rapport_frist)
    _laas(tilskudd, versjon)
    _flytt(tilskudd, Tilskuddstatus.INNVILGET, av)
    try:
        bind(tilskudd.budsjett_id, beloep_oere, tilskudd_id=tilskudd.id, av=av)
    except Oppbrukt as feil:
        raise UgyldigFelt("innvilget", str(feil)) from None
    endre_tall(tilskudd, innvilget_oere=beloep_oere)
    tilskudd.vilkaar, tilskudd.rapport_frist, tilskudd.vedtatt = vilkaar or None, rapport_frist, i_dag()
    db.session.flush()


def _sjekk_frist(felt: str, frist: date) -> None:
    idag = i_dag()
    til = date(idag.year + LENGSTE_RAPPORTFRIST_AAR, 12, 31)
    sjekk_dato(felt, frist, fra=idag, til=til, tidlig=FOER_I_DAG)


def avslaa(tilskudd: Tilskudd, grunn: Tilskuddsavslag, *, versjon: int, av: User) -> None:
    """Refuse, with a coded reason."""
    require(av, Rettighet.MIDLER_ENDRE)
    _laas(tilskudd, versjon)
    _flytt(tilskudd, Tilskuddstatus.AVSLAATT, av)
    tilskudd.avslag, tilskudd.vedtatt = grunn, i_dag()
    db.session.flush()


def trekk(tilskudd: Tilskudd, *, av: User) -> None:
    """The club withdraws; what was granted comes free. Raises Endret when anything is paid or on its way."""
    require(av, Rettighet.MIDLER_ENDRE)
    _laas(tilskudd)
    if tilskudd.betalt_oere or tilskudd.paa_vei_oere:
        raise Endret(PAA_VEI)
    rest = tilskudd.rest_oere
    _flytt(tilskudd, Tilskuddstatus.TRUKKET, av)
    frigi(tilskudd.budsjett_id, rest, tilskudd_id=tilskudd.id, av=av)


def purr(tilskudd: Tilskudd, *, av: User) -> None:
    """Note that the club has been reminded of its report. Raises Endret when no report is overdue."""
    require(av, Rettighet.MIDLER_ENDRE)
    _laas(tilskudd)
    forfalt = tilskudd.rapport_frist is not None and tilskudd.rapport_frist < i_dag()
    if tilskudd.status is not Tilskuddstatus.INNVILGET or not forfalt:
        raise Endret
    tilskudd.purret, tilskudd.antall_purringer = now(), tilskudd.antall_purringer + 1
    db.session.flush()
    audit.record(Hva.TILSKUDD_ENDRET, av=av, gjelder=Ting("tilskudd", tilskudd.id), detalj="purret")


def registrer_rapport(tilskudd: Tilskudd, rapport: Rapport, *, versjon: int, av: User) -> None:
    """Enter the club's report. What was granted and not paid comes free; unused money is paid back or moved.

    Money that is moved stays with the club, and the grant waits for another report. Raises UgyldigFelt, Endret.
    """
    require(av, Rettighet.MIDLER_ENDRE)
    foer_vedtaket = N_("Rapporten kan ikke være kommet før vedtaket.")
    fra = tilskudd.vedtatt or tilskudd.mottatt
    sjekk_dato("mottatt", rapport.mottatt, fra=fra, til=i_dag(), tidlig=foer_vedtaket, sen=IKKE_KOMMET)
    sjekk_beloep("brukt", rapport.brukt_oere, ogsaa_null=True)
    if rapport.deltok != 0:
        sjekk_antall_barn("deltok", rapport.deltok)
    _laas(tilskudd, versjon)
    if tilskudd.paa_vei_oere:
        raise Endret(PAA_VEI)
    rest, flyttes = tilskudd.rest_oere, _ubrukt(tilskudd, rapport)
    if not flyttes:
        _flytt(tilskudd, Tilskuddstatus.RAPPORTERT, av)
        frigi(tilskudd.budsjett_id, rest, tilskudd_id=tilskudd.id, av=av)
    elif tilskudd.status is not Tilskuddstatus.INNVILGET:
        raise Endret
    tilskudd.rapport_mottatt, tilskudd.brukt_oere, tilskudd.deltok = rapport.mottatt, rapport.brukt_oere, rapport.deltok
    db.session.flush()
    audit.record(Hva.TILSKUDD_ENDRET, av=av, gjelder=Ting("tilskudd", tilskudd.id), detalj="rapport")


def _ubrukt(tilskudd: Tilskudd, rapport: Rapport) -> bool:
    """Note what becomes of unused money; whether it is moved to the club's next period."""
    mindre = rapport.brukt_oere < tilskudd.betalt_oere
    if mindre and rapport.ubrukt is None:
        raise UgyldigFelt("ubrukt", N_("Laget har brukt mindre enn det fikk. Velg hva som skjer med resten."))
    tilskudd.ubrukt = rapport.ubrukt if mindre else None
    if tilskudd.ubrukt is not Ubrukt.FLYTTES:
        return False
    if rapport.ny_frist is None:
        raise UgyldigFelt("ny_frist", N_("Skriv når resten skal være rapportert."))
    _sjekk_frist("ny_frist", rapport.ny_frist)
    tilskudd.rapport_frist, tilskudd.purret, tilskudd.antall_purringer = rapport.ny_frist, None, 0
    return True


def registrer_tilbakebetaling(tilskudd: Tilskudd, beloep_oere: int, *, versjon: int, av: User) -> None:
    """Money has come back from the club: the budget has it again. Raises UgyldigFelt, Endret."""
    require(av, Rettighet.MIDLER_ENDRE)
    sjekk_beloep("beloep", beloep_oere)
    _laas(tilskudd, versjon)
    if tilskudd.status is not Tilskuddstatus.RAPPORTERT:
        raise Endret
    for_mye = N_("Beløpet er høyere enn det laget skal betale tilbake.")
    sjekk_hoeyst("beloep", beloep_oere, tilskudd.skal_tilbake_oere, for_mye)
    tilbake = Bevegelse(Postslag.TILBAKEBETALT, betalt_oere=-beloep_oere, tilskudd_id=tilskudd.id)
    bokfoer(tilskudd.budsjett_id, tilbake, av=av)
    endre_tall(tilskudd, tilbakebetalt_oere=beloep_oere)
    flag_modified(tilskudd, "ubrukt")  # so that a page opened before is out of date
    db.session.flush()
    audit.record(Hva.TILSKUDD_ENDRET, av=av, gjelder=Ting("tilskudd", tilskudd.id), detalj="tilbakebetalt")
