"""Passkeys: challenges that are used once, signing in with one, and proving again who sits there."""

import secrets
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select, update

from koordinering.audit import Hva, Ting, record
from koordinering.crypto import passkey as webauthn
from koordinering.crypto import token_hash
from koordinering.crypto.passkey import Sted, Svar, TellerenStaar, UgyldigPasskey
from koordinering.db import db, now, own_transaction, transaction
from koordinering.errors import UgyldigFelt
from koordinering.konto.faktor.models import Passkey, Utfordring
from koordinering.konto.faktor.rules import SVARTID, Formaal
from koordinering.konto.rules import LEVETID, Metode
from koordinering.konto.services import grenser, halvt
from koordinering.konto.services.okter import forny_okt
from koordinering.tekst import N_
from koordinering.users import User


class FeilPasskey(UgyldigFelt):
    """The answer was not taken; it does not tell why."""

    def __init__(self) -> None:
        super().__init__("", N_("Passkeyen ble ikke godtatt. Prøv igjen, eller bruk en annen måte."))


def ny_utfordring(formaal: Formaal, *, av: User | None, eier: bytes | None = None) -> bytes:
    """Something to sign, and a row that tells that it has not been signed yet. In a transaction of its own."""
    verdi = secrets.token_bytes(32)
    rad = Utfordring(id=_id(verdi), formaal=formaal, user_id=av.id if av else None, eier=eier, utloeper=now() + SVARTID)
    with own_transaction() as session:
        if rad.user_id is not None:  # the last one asked for is the one that is answered
            session.execute(delete(Utfordring).where(Utfordring.user_id == rad.user_id, Utfordring.formaal == formaal))
        session.add(rad)
    return verdi


def _id(verdi: bytes) -> bytes:
    return token_hash(verdi.hex())


def bruk_utfordring(svar: Svar, formaal: Formaal, *, av: User | None) -> bytes | None:
    """Use up what was signed, whatever the answer is worth; the handle it was made for. Raises UgyldigPasskey."""
    med_eier = Utfordring.user_id == av.id if av else Utfordring.user_id.is_(None)
    with own_transaction() as session:
        setning = (
            delete(Utfordring)
            .where(Utfordring.id == _id(svar.utfordring), Utfordring.formaal == formaal, med_eier)
            .returning(Utfordring.eier, Utfordring.utloeper)
        )
        rad = session.execute(setning).one_or_none()
    if rad is None or rad.utloeper <= now():
        raise UgyldigPasskey
    return bytes(rad.eier) if rad.eier is not None else None


def be_om_innlogging(sted: Sted, *, adresse: str | None) -> dict[str, Any]:
    """What to ask a browser of which nothing is known. Raises VentLitt for a network that asks too often."""
    grenser.ta_forsoek(grenser.passkey(adresse))
    return webauthn.be_om_bevis(sted, utfordring=ny_utfordring(Formaal.INN, av=None))


def be_om_bevis(sted: Sted, *, av: User) -> dict[str, Any]:
    """What to ask the browser of somebody who is signed in."""
    return webauthn.be_om_bevis(sted, utfordring=ny_utfordring(Formaal.BEVIS, av=av))


def logg_inn_med_passkey(
    tekst: str,
    sted: Sted,
    *,
    adresse: str | None,
    enhetstype: str,
    levetid: timedelta = LEVETID,
    demo: bool = False,
) -> tuple[User, str]:
    """Sign in with a passkey alone: the user and the token. Opens its own transactions. Raises FeilPasskey."""
    rad: Passkey | None = None
    try:
        svar = webauthn.les_svar(tekst)
        bruk_utfordring(svar, Formaal.INN, av=None)
        rad = db.session.scalar(select(Passkey).where(Passkey.noekkel_id == svar.noekkel_id))
        if rad is None:
            raise UgyldigPasskey
        teller = _sjekk(rad, svar, sted)
        with transaction() as session:
            _ta(rad.id, rad.teller, teller)
            user = session.get_one(User, rad.user_id)
            if user.laast or (user.demo and not demo):
                raise UgyldigPasskey
            token = halvt.inn(user, Metode.PASSKEY, enhetstype=enhetstype, levetid=levetid)
            grenser.gi_tilbake(session, grenser.passkey(adresse))
            return user, token
    except UgyldigPasskey as feil:
        raise _nektet(feil, rad) from None


def _nektet(feil: UgyldigPasskey, rad: Passkey | None) -> FeilPasskey:
    """Written in the log; a count that stands still is a sign that somebody has copied the key."""
    hvorfor = "teller" if isinstance(feil, TellerenStaar) else "passkey"
    record(Hva.FAKTOR_NEKTET, av=None, gjelder=Ting("bruker", rad.user_id) if rad else None, detalj=hvorfor)
    return FeilPasskey()


def _sjekk(rad: Passkey, svar: Svar, sted: Sted) -> int:
    if svar.eier and svar.eier != rad.eier:
        raise UgyldigPasskey
    return webauthn.sjekk_bevis(svar, sted, offentlig=rad.offentlig, teller=rad.teller)


def _ta(rad_id: int, gammel: int, ny: int) -> None:
    """Keep the key's new count, in the open transaction. Raises TellerenStaar when another answer was first."""
    setning = (
        update(Passkey)
        .where(Passkey.id == rad_id, Passkey.teller == gammel)
        .values(teller=ny, sist_brukt=now())
        .returning(Passkey.id)
    )
    if db.session.execute(setning).one_or_none() is None:
        raise TellerenStaar


def bekreft_med_passkey(tekst: str, sted: Sted, okt_id: bytes, *, av: User) -> str:
    """Prove by one of one's own passkeys who sits there: the session goes on under a new id, which is given.

    Opens its own transactions. Raises FeilPasskey.
    """
    rad: Passkey | None = None
    user_id = av.id
    try:
        svar = webauthn.les_svar(tekst)
        bruk_utfordring(svar, Formaal.BEVIS, av=av)
        egen = (Passkey.noekkel_id == svar.noekkel_id) & (Passkey.user_id == user_id)
        rad = db.session.scalar(select(Passkey).where(egen))
        if rad is None:
            raise UgyldigPasskey
        teller = _sjekk(rad, svar, sted)
        with transaction() as session:
            _ta(rad.id, rad.teller, teller)
            return forny_okt(okt_id, av=session.get_one(User, user_id), metode=Metode.PASSKEY)
    except UgyldigPasskey as feil:
        raise _nektet(feil, rad) from None
