"""Codes at sign-in: from the app and from the paper, each taken once, also when two try at the same moment."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Executable, delete, select, update

from koordinering import crypto
from koordinering.audit import Hva, Ting, record
from koordinering.db import db, now, transaction
from koordinering.errors import FinnesIkke, UgyldigFelt
from koordinering.konto.faktor.models import Gjenopprettingskode, Totp
from koordinering.konto.faktor.queries import antall_koder
from koordinering.konto.faktor.rules import les_kode
from koordinering.konto.rules import LEVETID, Metode
from koordinering.konto.services import grenser, halvt
from koordinering.tekst import N_
from koordinering.users import User

TABELL, KOLONNE = "totp", "hemmelighet"


class HalvtUtloept(FinnesIkke):
    """It is more than five minutes since the password, or it has been used: begin again."""


class FeilKode(UgyldigFelt):
    """The code is wrong, old or used."""

    def __init__(self) -> None:
        super().__init__(
            "engangskode", N_("Koden stemmer ikke, eller den er brukt. Vent til appen viser en ny, og skriv den.")
        )


@dataclass(frozen=True)
class Treff:
    """A code that was right when it was tried; whether it still is, taking it tells."""

    metode: Metode
    rad: int
    steg: int = 0


@dataclass(frozen=True)
class Inne:
    """Somebody who is signed in with a code."""

    user: User
    token: str
    papirkoder: int | None
    """Recovery codes that are left, where one was used."""


def logg_inn_med_kode(halv: str, tekst: str, *, enhetstype: str, levetid: timedelta = LEVETID) -> Inne:
    """Sign in whose password was right, with a code from the app or the paper.

    Opens its own transactions, as logg_inn does. Raises HalvtUtloept, FeilKode or VentLitt.
    """
    user = halvt.hvem(halv)
    if user is None:
        raise HalvtUtloept
    user_id = user.id
    tellere = grenser.faktor(user_id)
    grenser.ta_forsoek(tellere)
    treff = finn(user_id, tekst)
    try:
        with transaction() as session:
            user = session.get_one(User, user_id)
            if treff is None or not ta(treff):
                raise FeilKode
            token = halvt.fullfoer(halv, treff.metode, av=user, enhetstype=enhetstype, levetid=levetid)
            grenser.gi_tilbake(session, tellere)
            papir = antall_koder(user_id) if treff.metode is Metode.PASSORD_GJENOPPRETTING else None
            return Inne(user, token, papir)
    except FeilKode:
        record(Hva.FAKTOR_NEKTET, av=None, gjelder=Ting("bruker", user_id), detalj="kode")
        raise
    except FinnesIkke:
        raise HalvtUtloept from None


def finn(user_id: int, tekst: str) -> Treff | None:
    """Which code it is; hashing is slow and belongs before the transaction."""
    kode = les_kode(tekst)
    if not kode:
        return None
    return _fra_appen(user_id, kode) if kode.isdigit() else _fra_papiret(user_id, kode)


def _fra_appen(user_id: int, kode: str) -> Treff | None:
    rad = db.session.scalar(select(Totp).where(Totp.user_id == user_id, Totp.i_bruk.is_(True)))
    if rad is None:
        return None
    steg = crypto.totp_steg(les_hemmelighet(rad), kode, now())
    return None if steg is None or steg <= rad.siste_steg else Treff(Metode.PASSORD_TOTP, rad.id, steg)


def _fra_papiret(user_id: int, kode: str) -> Treff | None:
    koder = db.session.execute(
        select(Gjenopprettingskode.id, Gjenopprettingskode.hash).where(Gjenopprettingskode.user_id == user_id)
    )
    for rad_id, hash_ in koder:
        if crypto.passord_stemmer(hash_, kode):
            return Treff(Metode.PASSORD_GJENOPPRETTING, rad_id)
    return None


def ta(treff: Treff) -> bool:
    """Use the code up, in the open transaction; False when somebody has just done so."""
    brukt: Executable
    if treff.metode is Metode.PASSORD_TOTP:
        brukt = (
            update(Totp)
            .where(Totp.id == treff.rad, Totp.siste_steg < treff.steg)
            .values(siste_steg=treff.steg)
            .returning(Totp.id)
        )
    else:
        brukt = delete(Gjenopprettingskode).where(Gjenopprettingskode.id == treff.rad).returning(Gjenopprettingskode.id)
    return db.session.execute(brukt).one_or_none() is not None


def les_hemmelighet(rad: Totp) -> str:
    """The secret that the app shares with us, in base32."""
    return crypto.dekrypter_med_hovednoekkel(
        crypto.gjeldende(), rad.hemmelighet, tabell=TABELL, kolonne=KOLONNE, rad=rad.id
    )


def forsegle(hemmelighet: str, rad_id: int) -> bytes:
    """The secret as it is stored in this row."""
    return crypto.krypter_med_hovednoekkel(crypto.gjeldende(), hemmelighet, tabell=TABELL, kolonne=KOLONNE, rad=rad_id)
