"""Payments: entered, approved by another or sent back, stopped, and come back from the bank."""

from collections.abc import Collection, Mapping
from datetime import date

from sqlalchemy import select, update

from koordinering import audit
from koordinering.access import require
from koordinering.audit import Hva, Ting
from koordinering.db import db, i_dag, now
from koordinering.errors import Endret, UgyldigFelt
from koordinering.roles import Rettighet
from koordinering.tekst import N_
from koordinering.tiltak.kapasitet.services import flytt_beloep
from koordinering.tiltak.lag.models import Lag
from koordinering.tiltak.midler.models import Budsjett, Faktura, Midleraar, Postering, Tilskudd, Utbetaling
from koordinering.tiltak.midler.queries import egen_ubekreftet_konto
from koordinering.tiltak.midler.rules import (
    FOER_I_DAG,
    UTBETALINGSGANG,
    Avgjoerelse,
    EgenUtbetaling,
    Foert,
    Postslag,
    Returgrunn,
    Tilskuddstatus,
    Utbetalingstatus,
    Utfall,
    krever_godkjenning,
    sjekk_beloep,
    sjekk_dato,
    utfall,
)
from koordinering.tiltak.midler.services.hovedbok import Bevegelse, bokfoer
from koordinering.users import User

_BETALT_IMENS = N_(
    "Det som er igjen å betale, er endret siden du åpnet siden. Ingenting er ført nå. Se over beløpet, og lagre igjen "
    "hvis det skal betales mer."
)
_IKKE_IGJEN = N_("Så mye er ikke igjen å betale.")
_KREDITERT = N_("Laget har kreditert noe av dette. Da kan ikke utbetalingen meldes i retur.")
_RAPPORTERT = N_("Laget har rapportert tilskuddet. Da kan ikke utbetalingen meldes i retur.")


def betal_tilskudd(tilskudd: Tilskudd, beloep_oere: int, forfall: date, *, vist_oere: int, av: User) -> Utbetaling:
    """Enter a payment of some or all of a grant. Raises UgyldigFelt, Endret.

    `vist_oere`: what the user's page showed as left to pay, so that a part is not paid twice from one page.
    """
    require(av, Rettighet.MIDLER_ENDRE)
    _laas_kilden(tilskudd, vist_oere)
    if tilskudd.status is not Tilskuddstatus.INNVILGET:
        raise Endret
    utbetaling = Utbetaling(tilskudd_id=tilskudd.id, beloep_oere=beloep_oere, forfall=forfall)
    return _foer(utbetaling, tilskudd.lag, tilskudd.budsjett, tilskudd.innvilget_oere, av)


def betal_faktura(faktura: Faktura, beloep_oere: int, *, vist_oere: int, av: User) -> Utbetaling:
    """Enter a payment of some or all of an invoice, due as the invoice says. Raises UgyldigFelt, Endret.

    `vist_oere`: as for a grant.
    """
    require(av, Rettighet.MIDLER_ENDRE)
    _laas_kilden(faktura, vist_oere)
    tilsagn = faktura.tilsagn
    forfall = max(faktura.forfall, i_dag())
    utbetaling = Utbetaling(faktura_id=faktura.id, beloep_oere=beloep_oere, forfall=forfall)
    return _foer(utbetaling, faktura.lag, tilsagn.budsjett, tilsagn.beloep_oere, av)


def _laas_kilden(kilde: Faktura | Tilskudd, vist_oere: int) -> None:
    db.session.refresh(kilde, with_for_update={"of": type(kilde)})
    if kilde.rest_oere != vist_oere:
        raise Endret(_BETALT_IMENS)


def _foer(utbetaling: Utbetaling, lag: Lag, budsjett: Budsjett, samlet_oere: int, av: User) -> Utbetaling:
    sjekk_beloep("beloep", utbetaling.beloep_oere)
    siste = date(i_dag().year + 1, 12, 31)
    sjekk_dato("forfall", utbetaling.forfall, fra=i_dag(), til=siste, tidlig=FOER_I_DAG)
    utbetaling.kontonummer = _konto(lag)
    if not _reserver(utbetaling, utbetaling.beloep_oere):
        raise UgyldigFelt("beloep", _IKKE_IGJEN)
    aar = db.session.get_one(Midleraar, budsjett.aar)
    utbetaling.budsjett_id, utbetaling.lag_id, utbetaling.aar = budsjett.id, lag.id, budsjett.aar
    utbetaling.nummer, utbetaling.foert_av = _neste_bilag(budsjett.aar), av.id
    egen_konto = egen_ubekreftet_konto(av.id, lag)
    maa_godkjennes = krever_godkjenning(samlet_oere, aar.beloepsgrense_oere, egen_konto=egen_konto)
    utbetaling.status = Utbetalingstatus.VENTER if maa_godkjennes else Utbetalingstatus.KLAR
    db.session.add(utbetaling)
    db.session.flush()
    audit.record(Hva.UTBETALING_FOERT, av=av, gjelder=_ting(utbetaling), detalj=utbetaling.status.value)
    return utbetaling


def _konto(lag: Lag) -> str:
    if lag.kontonummer is None or not lag.aktiv:
        raise UgyldigFelt("beloep", N_("Laget har ikke noe kontonummer, eller er ikke aktivt. Rett laget først."))
    return lag.kontonummer


def _neste_bilag(aar: int) -> int:
    neste = update(Midleraar).where(Midleraar.aar == aar).values(siste_bilag=Midleraar.siste_bilag + 1)
    svar = db.session.execute(neste.returning(Midleraar.siste_bilag).execution_options(synchronize_session=False))
    return int(svar.scalar_one())


def _reserver(utbetaling: Utbetaling, oere: int) -> bool:
    """Set so much of the invoice or grant aside (below nought: let go of it); False when so much is not left."""
    return _flytt_kilden(utbetaling, paa_vei_oere=oere)


def _flytt_kilden(utbetaling: Utbetaling, **oere: int) -> bool:
    """Move the figures of the invoice or grant that it pays; False when they do not reach, or the grant is closed."""
    if utbetaling.faktura_id is not None:
        return flytt_beloep(Faktura, [utbetaling.faktura_id], **oere) == 1
    aapent = Tilskudd.status == Tilskuddstatus.INNVILGET
    return flytt_beloep(Tilskudd, [utbetaling.tilskudd_id or 0], aapent, **oere) == 1


def _ting(utbetaling: Utbetaling) -> Ting:
    return Ting("utbetaling", utbetaling.id)


# --- Deciding --------------------------------------------------------------------------------------------


def avgjoer(
    ider: Collection[int], avgjoerelse: Avgjoerelse, grunn: Returgrunn | None = None, *, av: User
) -> Mapping[int, Utfall]:
    """Approve or send back several payments; each gets its own answer, and one that cannot be stops no other.

    Raises UgyldigFelt("grunn", …) when something is to be sent back without a reason.
    """
    require(av, Rettighet.UTBETALING_GODKJENN)
    if avgjoerelse is Avgjoerelse.SEND_TILBAKE and grunn is None:
        raise UgyldigFelt("grunn", N_("Velg en grunn."))
    svar = dict.fromkeys(ider, Utfall.FANT_IKKE)
    query = select(Utbetaling, Lag).join(Lag, Lag.id == Utbetaling.lag_id).where(Utbetaling.id.in_(sorted(ider)))
    query = query.order_by(Utbetaling.id).with_for_update(of=Utbetaling).execution_options(populate_existing=True)
    for utbetaling, lag in db.session.execute(query):
        svar[utbetaling.id] = _avgjoer(utbetaling, lag, avgjoerelse, grunn, av)
    db.session.flush()
    return svar


_TIL = {Utfall.GODKJENT: Utbetalingstatus.KLAR, Utfall.SENDT_TILBAKE: Utbetalingstatus.SENDT_TILBAKE}


def _avgjoer(utbetaling: Utbetaling, lag: Lag, avgjoerelse: Avgjoerelse, grunn: Returgrunn | None, av: User) -> Utfall:
    samme = lag.kontonummer == utbetaling.kontonummer
    svar = utfall(Foert(utbetaling.status, utbetaling.foert_av, lag.konto_av, samme), avgjoerelse, av.id)
    if svar in _TIL:
        utbetaling.status = _TIL[svar]
        utbetaling.grunn = grunn if svar is Utfall.SENDT_TILBAKE else None
        utbetaling.avgjort, utbetaling.avgjort_av = now(), av.id
        audit.record(Hva.UTBETALING_AVGJORT, av=av, gjelder=_ting(utbetaling), detalj=svar.value)
    return svar


def godkjenn(utbetaling: Utbetaling, *, av: User) -> None:
    """Approve one. Raises EgenUtbetaling for what the user has entered, Endret for what is not waiting."""
    svar = avgjoer([utbetaling.id], Avgjoerelse.GODKJENN, av=av)[utbetaling.id]
    if svar is Utfall.EGEN:
        raise EgenUtbetaling
    if svar is not Utfall.GODKJENT:
        raise Endret(svar.tekst)


def angre_godkjenning(utbetaling: Utbetaling, *, av: User) -> None:
    """Take an approval back while the payment is in no file: it waits again. Raises Endret."""
    require(av, Rettighet.UTBETALING_GODKJENN)
    _laas(utbetaling, Utbetalingstatus.VENTER)
    if utbetaling.status is not Utbetalingstatus.KLAR or utbetaling.avgjort_av is None:
        raise Endret
    utbetaling.status, utbetaling.avgjort, utbetaling.avgjort_av = Utbetalingstatus.VENTER, None, None
    db.session.flush()
    audit.record(Hva.UTBETALING_AVGJORT, av=av, gjelder=_ting(utbetaling), detalj="angret")


def _laas(utbetaling: Utbetaling, til: Utbetalingstatus) -> None:
    db.session.refresh(utbetaling, with_for_update={"of": Utbetaling})
    if til not in UTBETALINGSGANG[utbetaling.status]:
        raise Endret


def send_paa_nytt(utbetaling: Utbetaling, *, av: User) -> None:
    """Send a payment that was sent back once more, to the account that the club has now."""
    require(av, Rettighet.MIDLER_ENDRE)
    _laas(utbetaling, Utbetalingstatus.VENTER)
    if utbetaling.status is not Utbetalingstatus.SENDT_TILBAKE:
        raise Endret
    utbetaling.kontonummer = _konto(utbetaling.lag)
    utbetaling.status, utbetaling.foert_av, utbetaling.foert = Utbetalingstatus.VENTER, av.id, now()
    utbetaling.avgjort = utbetaling.avgjort_av = utbetaling.grunn = None
    db.session.flush()
    audit.record(Hva.UTBETALING_FOERT, av=av, gjelder=_ting(utbetaling), detalj="paa_nytt")


def stans(utbetaling: Utbetaling, *, av: User) -> None:
    """Stop a payment that is in no file: what it set aside can be paid by another. Raises Endret."""
    require(av, Rettighet.MIDLER_ENDRE)
    _laas(utbetaling, Utbetalingstatus.STANSET)
    utbetaling.status = Utbetalingstatus.STANSET
    db.session.flush()
    _reserver(utbetaling, -utbetaling.beloep_oere)
    audit.record(Hva.UTBETALING_AVGJORT, av=av, gjelder=_ting(utbetaling), detalj="stanset")


def kom_i_retur(utbetaling: Utbetaling, *, av: User) -> None:
    """The bank could not pay it: its entry is reversed, and it can be paid anew. Raises Endret."""
    require(av, Rettighet.UTBETALING_EKSPORTER)
    _laas(utbetaling, Utbetalingstatus.I_RETUR)
    oere = utbetaling.beloep_oere
    if not _flytt_kilden(utbetaling, betalt_oere=-oere):
        raise Endret(_KREDITERT if utbetaling.faktura_id is not None else _RAPPORTERT)
    utbetaling.status = Utbetalingstatus.I_RETUR
    betalt = db.session.scalars(
        select(Postering).where(Postering.utbetaling_id == utbetaling.id, Postering.slag == Postslag.BETALT)
    ).one()
    retur = Bevegelse(
        Postslag.I_RETUR,
        bundet_oere=oere,
        betalt_oere=-oere,
        tilskudd_id=betalt.tilskudd_id,
        tilsagn_id=betalt.tilsagn_id,
        utbetaling_id=utbetaling.id,
        motposterer_id=betalt.id,
    )
    bokfoer(utbetaling.budsjett_id, retur, av=av)
    audit.record(Hva.UTBETALING_AVGJORT, av=av, gjelder=_ting(utbetaling), detalj="i_retur")
