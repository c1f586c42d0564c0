"""Commitments for single places: promised to a club, invoiced, credited, closed. For whom stands nowhere here."""

from datetime import date

from sqlalchemy.exc import IntegrityError

from koordinering import audit
from koordinering.access import require
from koordinering.audit import Hva, Ting
from koordinering.db import db, i_dag
from koordinering.errors import Endret, UgyldigFelt
from koordinering.roles import Rettighet
from koordinering.tekst import N_
from koordinering.tiltak.lag.models import Lag
from koordinering.tiltak.midler.models import Budsjett, Faktura, Kreditnota, Tilsagn
from koordinering.tiltak.midler.queries import hoeyest_avsatt, midleraar
from koordinering.tiltak.midler.rules import (
    Postslag,
    Tilsagnstatus,
    foerst_av_ubetalt,
    sjekk_beloep,
    sjekk_dato,
    sjekk_fakturanummer,
    sjekk_hoeyst,
)
from koordinering.tiltak.midler.services.hovedbok import Bevegelse, bind, bokfoer, endre_tall, frigi
from koordinering.users import User


def gi_tilsagn(budsjett: Budsjett, lag: Lag, beloep_oere: int, *, av: User) -> Tilsagn:
    """Set aside so much for one place in the club. Raises UgyldigFelt, Oppbrukt."""
    require(av, Rettighet.MIDLER_ENDRE)
    sjekk_beloep("beloep", beloep_oere)
    if not lag.aktiv:
        raise UgyldigFelt("lag_id", N_("Laget er ikke aktivt."))
    if not budsjett.formaal.enkeltplass or budsjett.aar != i_dag().year:
        raise UgyldigFelt("budsjett_id", N_("Velg noe fra listen."))
    tilsagn = Tilsagn(budsjett_id=budsjett.id, lag_id=lag.id, beloep_oere=beloep_oere, gitt_av=av.id)
    db.session.add(tilsagn)
    db.session.flush()
    bind(budsjett.id, beloep_oere, tilsagn_id=tilsagn.id, av=av)
    audit.record(Hva.TILSAGN_GITT, av=av, gjelder=Ting("tilsagn", tilsagn.id))
    return tilsagn


def _laas(tilsagn: Tilsagn) -> None:
    db.session.refresh(tilsagn, with_for_update={"of": Tilsagn})


def sett_ned(tilsagn: Tilsagn, beloep_oere: int, *, vist_oere: int, av: User) -> None:
    """Set aside less. More is asked for on the referral, where the ceiling of the child is known."""
    if beloep_oere > vist_oere:
        raise UgyldigFelt("beloep", N_("Her kan beløpet bare settes ned. Øk det fra henvisningen."))
    endre_beloep(tilsagn, beloep_oere, vist_oere=vist_oere, av=av)


def endre_beloep(tilsagn: Tilsagn, beloep_oere: int, *, vist_oere: int, av: User) -> None:
    """Set aside more or less. `vist_oere`: what the user's page showed. Raises UgyldigFelt, Endret, Oppbrukt."""
    require(av, Rettighet.MIDLER_ENDRE)
    sjekk_beloep("beloep", beloep_oere)
    _laas(tilsagn)
    if tilsagn.status is not Tilsagnstatus.AAPENT or tilsagn.beloep_oere != vist_oere:
        raise Endret
    if beloep_oere < tilsagn.fakturert_oere:
        raise UgyldigFelt("beloep", N_("Beløpet kan ikke være lavere enn det som er fakturert."))
    mer = beloep_oere - tilsagn.beloep_oere
    flytt = bind if mer > 0 else frigi
    flytt(tilsagn.budsjett_id, abs(mer), tilsagn_id=tilsagn.id, av=av)
    endre_tall(tilsagn, beloep_oere=mer)
    audit.record(Hva.TILSAGN_ENDRET, av=av, gjelder=Ting("tilsagn", tilsagn.id), detalj="beloep")


def avslutt_tilsagn(tilsagn: Tilsagn, *, av: User) -> None:
    """Close a commitment by hand, where there is no referral left that would."""
    require(av, Rettighet.MIDLER_ENDRE)
    frigi_tilsagn(tilsagn, av=av)


def frigi_tilsagn(tilsagn: Tilsagn, *, av: User | None) -> None:
    """Close it: what is not invoiced comes free; invoices that are here can still be paid or credited.

    Follows from what became of the referral, as a place comes free; whoever calls has asked for the right.
    Safe to repeat.
    """
    _laas(tilsagn)
    if tilsagn.status is Tilsagnstatus.AVSLUTTET:
        return
    rest = tilsagn.beloep_oere - tilsagn.fakturert_oere
    frigi(tilsagn.budsjett_id, rest, tilsagn_id=tilsagn.id, av=av)
    tilsagn.status = Tilsagnstatus.AVSLUTTET
    endre_tall(tilsagn, beloep_oere=-rest)
    audit.record(Hva.TILSAGN_ENDRET, av=av, gjelder=Ting("tilsagn", tilsagn.id), detalj="avsluttet")


def foer_faktura(tilsagn: Tilsagn, nummer: str, beloep_oere: int, forfall: date, *, av: User) -> Faktura:
    """Enter the club's invoice. Raises UgyldigFelt, Oppbrukt.

    On a closed commitment it is bound again, as far as the budget reaches: a club often sends its invoice after the
    season, when the referral has ended. Never more than was once set aside.
    """
    require(av, Rettighet.MIDLER_ENDRE)
    nummer = sjekk_fakturanummer("nummer", nummer)
    sjekk_beloep("beloep", beloep_oere)
    aar = i_dag().year
    sjekk_dato("forfall", forfall, fra=date(aar - 1, 1, 1), til=date(aar + 1, 12, 31))
    _laas(tilsagn)
    aapent = tilsagn.status is Tilsagnstatus.AAPENT
    _sjekk_rest(tilsagn, beloep_oere)
    faktura = Faktura(
        tilsagn_id=tilsagn.id,
        lag_id=tilsagn.lag_id,
        nummer=nummer,
        beloep_oere=beloep_oere,
        forfall=forfall,
        foert_av=av.id,
    )
    try:
        with db.session.begin_nested():
            db.session.add(faktura)
    except IntegrityError:
        raise UgyldigFelt("nummer", N_("Denne fakturaen fra laget er ført fra før.")) from None
    if not aapent:
        bind(tilsagn.budsjett_id, beloep_oere, tilsagn_id=tilsagn.id, av=av)
    endre_tall(tilsagn, beloep_oere=0 if aapent else beloep_oere, fakturert_oere=beloep_oere)
    audit.record(Hva.FAKTURA_FOERT, av=av, gjelder=Ting("faktura", faktura.id), detalj=None if aapent else "avsluttet")
    return faktura


def _sjekk_rest(tilsagn: Tilsagn, beloep_oere: int) -> None:
    """Raise UgyldigFelt for an invoice that is larger than what is left, or than what was once set aside."""
    if tilsagn.status is Tilsagnstatus.AAPENT:
        for_mye = N_("Fakturaen er høyere enn det som er igjen av tilsagnet. Øk beløpet fra henvisningen først.")
        sjekk_hoeyst("beloep", beloep_oere, tilsagn.beloep_oere - tilsagn.fakturert_oere, for_mye)
        return
    aaret = midleraar(tilsagn.budsjett.aar)
    if aaret is not None and aaret.stengt is not None:
        raise UgyldigFelt("beloep", N_("Midlene for året er avsluttet. Fakturaen kan ikke føres på dette tilsagnet."))
    for_mye = N_("Fakturaen er høyere enn det som var satt av. Avtal beløpet med laget.")
    sjekk_hoeyst("beloep", beloep_oere, hoeyest_avsatt(tilsagn) - tilsagn.fakturert_oere, for_mye)


def foer_kreditnota(faktura: Faktura, nummer: str, beloep_oere: int, *, av: User) -> Kreditnota:
    """The club takes back some of an invoice: first what is not paid, then what is.

    What was paid and is credited is the budget's again: set aside for the place while the commitment is open, free
    when it is closed. Raises UgyldigFelt, also while so much is on its way that it would have to be stopped first.
    """
    require(av, Rettighet.MIDLER_ENDRE)
    nummer = sjekk_fakturanummer("nummer", nummer)
    sjekk_beloep("beloep", beloep_oere)
    tilsagn = faktura.tilsagn
    _laas(tilsagn)
    db.session.refresh(faktura, with_for_update={"of": Faktura})
    _, av_betalt = foerst_av_ubetalt(beloep_oere, faktura.rest_oere)
    stans_foerst = N_("Så mye kan ikke krediteres. Er en utbetaling på vei, må den stanses først.")
    sjekk_hoeyst("beloep", av_betalt, faktura.betalt_oere, stans_foerst)
    nota = Kreditnota(faktura_id=faktura.id, nummer=nummer, beloep_oere=beloep_oere, foert_av=av.id)
    try:
        with db.session.begin_nested():
            db.session.add(nota)
    except IntegrityError:
        raise UgyldigFelt("nummer", N_("Denne kreditnotaen er ført fra før.")) from None
    _krediter(faktura, tilsagn, beloep_oere, av_betalt, av)
    audit.record(Hva.FAKTURA_FOERT, av=av, gjelder=Ting("faktura", faktura.id), detalj="kreditnota")
    return nota


def _krediter(faktura: Faktura, tilsagn: Tilsagn, beloep_oere: int, av_betalt: int, av: User) -> None:
    endre_tall(faktura, betalt_oere=-av_betalt, kreditert_oere=beloep_oere)
    tilbake = Bevegelse(Postslag.KREDITERT, betalt_oere=-av_betalt, bundet_oere=av_betalt, tilsagn_id=tilsagn.id)
    slipp = beloep_oere if tilsagn.status is Tilsagnstatus.AVSLUTTET else 0
    endre_tall(tilsagn, beloep_oere=-slipp, fakturert_oere=-beloep_oere)
    fritt = Bevegelse(Postslag.FRIGITT, bundet_oere=-slipp, tilsagn_id=tilsagn.id)
    bokfoer(tilsagn.budsjett_id, tilbake, fritt, av=av)
