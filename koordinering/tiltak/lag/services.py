"""Keeping the clubs."""

from dataclasses import asdict

from sqlalchemy.exc import IntegrityError

from koordinering import audit
from koordinering.access import require
from koordinering.audit import Hva, Ting
from koordinering.db import db, now
from koordinering.errors import Endret, UgyldigFelt
from koordinering.roles import Rettighet
from koordinering.tekst import N_
from koordinering.tiltak.lag import queries
from koordinering.tiltak.lag.models import Lag
from koordinering.tiltak.lag.rules import Lagopplysninger, sjekk_lag
from koordinering.users import User


def opprett_lag(opplysninger: Lagopplysninger, *, av: User) -> Lag:
    """A new club. Raises UgyldigFelt, also for an organisation number that another club has."""
    require(av, Rettighet.LAG_ENDRE)
    lag = Lag()
    _skriv(lag, sjekk_lag(opplysninger), av)
    _lagre(lag)
    audit.record(Hva.LAG_LAGT_INN, av=av, gjelder=Ting("lag", lag.id))
    return lag


def endre_lag(lag: Lag, opplysninger: Lagopplysninger, *, versjon: int, av: User) -> None:
    """Change a club. `versjon`: the one that the user's page showed; raises Endret when it has been changed since."""
    require(av, Rettighet.LAG_ENDRE)
    if lag.versjon != versjon:
        raise Endret
    ny_konto = _skriv(lag, sjekk_lag(opplysninger), av)
    _lagre(lag)
    audit.record(Hva.LAG_ENDRET, av=av, gjelder=Ting("lag", lag.id), detalj="konto" if ny_konto else None)


def velg_lag(lag_id: int | None, *, naa: int | None = None) -> Lag | None:
    """The club that an offer or a visit is to be with.

    Raises UgyldigFelt for one that is not in the list, or not active. `naa`: the one it is with already, which it
    keeps whether or not the club is active.
    """
    if lag_id is None:
        return None
    lag = db.session.get(Lag, lag_id)
    if lag is None:
        raise UgyldigFelt("lag_id", N_("Velg noe fra listen."))
    if not lag.aktiv and lag.id != naa:
        raise UgyldigFelt("lag_id", N_("Laget er ikke aktivt. Velg et annet lag, eller gjør laget aktivt igjen først."))
    return lag


def _skriv(lag: Lag, opplysninger: Lagopplysninger, av: User) -> bool:
    ny_konto = opplysninger.kontonummer != lag.kontonummer
    for felt, verdi in asdict(opplysninger).items():
        setattr(lag, felt, verdi)
    if ny_konto:
        lag.konto_endret, lag.konto_av = now(), av.id
    return ny_konto


def _lagre(lag: Lag) -> None:
    annet = queries.med_orgnr(lag.orgnr) if lag not in db.session else None
    if annet is not None:
        raise UgyldigFelt("orgnr", N_("Et lag med dette organisasjonsnummeret er lagt inn fra før."))
    try:
        with db.session.begin_nested():
            db.session.add(lag)
    except IntegrityError:  # the unique constraint: somebody else wrote it at the same moment, or it is another's
        raise UgyldigFelt("orgnr", N_("Et lag med dette organisasjonsnummeret er lagt inn fra før.")) from None
