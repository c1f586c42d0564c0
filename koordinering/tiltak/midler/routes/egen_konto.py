"""What is told of a payment to an account that only one person has had to do with, before anybody tries."""

from koordinering.access import can
from koordinering.roles import Rettighet
from koordinering.tekst import N_
from koordinering.tiltak.lag.models import Lag
from koordinering.tiltak.midler import queries
from koordinering.tiltak.midler.models import Utbetaling
from koordinering.tiltak.midler.rules import Utbetalingstatus
from koordinering.users import User
from koordinering.web.sprak import gettext

_DU_BETALER = N_(
    "Du har selv skrevet lagets kontonummer, og ingen andre har godkjent en utbetaling til det siden. Derfor må en "
    "annen godkjenne utbetalingen, uansett beløp."
)
_VENTER = N_(
    "Den som førte utbetalingen, har også skrevet lagets kontonummer, og ingen andre har godkjent en utbetaling til "
    "det siden. Derfor må en annen godkjenne den, uansett beløp. Kontroller kontonummeret mot bilaget eller med laget."
)
_HOLDT = N_(
    "Den som førte utbetalingen, har også skrevet lagets kontonummer, og ingen andre har godkjent en utbetaling til "
    "det siden. Derfor kommer den ikke med i noen fil. Stans den og før den på nytt, så kommer den til godkjenning."
)
_DU_LAGER_FIL = N_(
    "Du har selv skrevet lagets kontonummer, og ingen andre har godkjent en utbetaling til det siden. Derfor kommer "
    "utbetalingen ikke med når du lager filen. En annen må lage den."
)
_DU_SKREV = N_("Du har selv skrevet kontonummeret. En annen må godkjenne.")
_DU_FOERTE = N_("Du har selv ført denne. En annen må avgjøre.")
_INGEN_ANDRE = N_(
    "Har ingen andre rollen Godkjenner, kan systemforvalteren gi den til for eksempel koordinatoren eller en leder."
)


def foer_betaling(user: User, lag: Lag) -> str:
    """For whoever is about to pay this club; empty when the account says nothing against it."""
    return _med_utvei(_DU_BETALER) if queries.egen_ubekreftet_konto(user.id, lag) else ""


def foert(utbetaling: Utbetaling) -> str:
    """The answer when a payment is entered."""
    if utbetaling.status is Utbetalingstatus.VENTER:
        return N_("Utbetalingen er ført. En annen må godkjenne den før den kommer med i en fil.")
    return N_("Utbetalingen er ført.")


def om_utbetalingen(user: User, utbetaling: Utbetaling) -> str:
    """Why this payment waits whatever its amount, or is left out of the file; empty when it does not and is not."""
    lag = utbetaling.lag
    if utbetaling.kontonummer != lag.kontonummer:
        return ""  # the page says that
    av_samme = queries.egen_ubekreftet_konto(utbetaling.foert_av, lag)
    if utbetaling.status is Utbetalingstatus.VENTER and av_samme:
        return gettext(_VENTER)
    if utbetaling.status is not Utbetalingstatus.KLAR or utbetaling.avgjort_av is not None:
        return ""
    if av_samme:
        return gettext(_HOLDT)
    lager_fil = can(user, Rettighet.UTBETALING_EKSPORTER)
    return _med_utvei(_DU_LAGER_FIL) if lager_fil and queries.egen_ubekreftet_konto(user.id, lag) else ""


def kan_ikke_godkjenne(user: User, utbetaling: Utbetaling) -> str:
    """Why this user, who may approve, may not approve this one; empty when she may."""
    if utbetaling.foert_av == user.id:
        return _med_utvei(_DU_FOERTE)
    return _med_utvei(_DU_SKREV) if utbetaling.lag.konto_av == user.id else ""


def _med_utvei(grunn: str) -> str:
    return f"{gettext(grunn)} {gettext(_INGEN_ANDRE)}"
