"""One's own second factors: set up, added, removed. Each demands a fresh proof of who sits there."""

import secrets
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select

from koordinering import crypto
from koordinering.audit import Hva, Ting, record
from koordinering.config import Faktorkrav
from koordinering.crypto import passkey as webauthn
from koordinering.crypto.passkey import Sted, UgyldigPasskey
from koordinering.db import db, now, tilfeldig_id, transaction
from koordinering.errors import DomainError, FinnesIkke
from koordinering.konto.faktor import queries
from koordinering.konto.faktor.models import Gjenopprettingskode, Passkey, Totp
from koordinering.konto.faktor.rules import (
    ANTALL_KODER,
    MAKS_PASSKEYS,
    OPPSETTSTID,
    Formaal,
    krev_fersk,
    krever_faktor,
    les_kode,
    ny_kode,
    sjekk_navn,
)
from koordinering.konto.faktor.services.koder import FeilKode, forsegle, les_hemmelighet
from koordinering.konto.faktor.services.passkeys import FeilPasskey, bruk_utfordring, ny_utfordring
from koordinering.konto.rules import Metode
from koordinering.konto.services import bekreft_passord, grenser
from koordinering.konto.services.okter import forny_okt
from koordinering.tekst import N_
from koordinering.users import User

_SISTE = N_("Du må ha minst én passkey eller en app. Legg til en annen først.")


def _ting(av: User) -> Ting:
    return Ting("bruker", av.id)


def bekreft_med_passord(passord: str, okt_id: bytes, *, av: User) -> str:
    """Prove by password who sits there: the session goes on under a new id, which is given.

    Opens its own transactions. Raises UgyldigFelt at `passord_naa`, or VentLitt.
    """
    bekreft_passord(passord, av=av)
    with transaction() as session:
        return forny_okt(okt_id, av=session.get_one(User, av.id))


# --- The app ---------------------------------------------------------------------------------------------


def start_app(bevist: datetime, *, av: User) -> None:
    """Make a secret for an app; it counts when its first code has come. Inside the caller's transaction."""
    krev_fersk(bevist, now())
    db.session.execute(delete(Totp).where(Totp.user_id == av.id, Totp.i_bruk.is_(False)))
    rad_id = tilfeldig_id()
    db.session.add(Totp(id=rad_id, user_id=av.id, hemmelighet=forsegle(crypto.ny_totp_hemmelighet(), rad_id)))
    db.session.flush()


def ventende_hemmelighet(bevist: datetime, *, av: User) -> str:
    """The secret that one is setting up, to show. Raises FinnesIkke when none waits, and IkkeFersk."""
    krev_fersk(bevist, now(), innen=OPPSETTSTID)
    ventende = queries.ventende_app(av)
    if ventende is None:
        raise FinnesIkke
    return les_hemmelighet(ventende)


def bekreft_app(kode: str, bevist: datetime, okt_id: bytes, *, av: User) -> tuple[str, tuple[str, ...]]:
    """Take the app into use with its first code, instead of one from before; all other sessions end.

    Gives the token of the session as it goes on, and new recovery codes where there were none. Opens its own
    transactions. Raises FinnesIkke when nothing waits, FeilKode, IkkeFersk and VentLitt.
    """
    krev_fersk(bevist, now(), innen=OPPSETTSTID)
    ventende = queries.ventende_app(av)
    if ventende is None:
        raise FinnesIkke
    rad_id, user_id = ventende.id, av.id
    tellere = grenser.faktor(user_id)
    grenser.ta_forsoek(tellere)
    steg = crypto.totp_steg(les_hemmelighet(ventende), les_kode(kode), now())
    if steg is None:
        raise FeilKode
    nye = _hashede(_mangler_koder(user_id))
    with transaction() as session:
        av = session.get_one(User, user_id)
        rad = session.get(Totp, rad_id)
        if rad is None:
            raise FinnesIkke
        session.execute(delete(Totp).where(Totp.user_id == user_id, Totp.i_bruk.is_(True)))
        rad.i_bruk, rad.siste_steg, rad.opprettet = True, steg, now()
        grenser.gi_tilbake(session, tellere)
        record(Hva.FAKTOR_LAGT_TIL, av=av, gjelder=_ting(av), detalj="app")
        _lagre(nye, av=av)
        return forny_okt(okt_id, av=av, metode=Metode.PASSORD_TOTP, alle=True), tuple(nye)


def fjern_app(bevist: datetime, okt_id: bytes, krav: Faktorkrav, *, av: User) -> str:
    """Take no more codes from the app; all other sessions end. Inside the caller's transaction.

    Raises FinnesIkke, DomainError where it is the last factor of somebody who must have one, and IkkeFersk.
    """
    krev_fersk(bevist, now())
    _krev_en_til(av, krav)
    borte = db.session.execute(delete(Totp).where(Totp.user_id == av.id).returning(Totp.i_bruk)).all()
    if not any(rad.i_bruk for rad in borte):
        raise FinnesIkke
    return _etter_fjerning("app", okt_id, av=av)


# --- Passkeys --------------------------------------------------------------------------------------------


def be_om_passkey(bevist: datetime, sted: Sted, tjeneste: str, *, av: User) -> dict[str, Any]:
    """What to ask the browser to make. Raises IkkeFersk, and DomainError where there are enough."""
    krev_fersk(bevist, now())
    har = db.session.execute(select(Passkey.noekkel_id, Passkey.eier).where(Passkey.user_id == av.id)).all()
    if len(har) >= MAKS_PASSKEYS:
        raise DomainError(N_("Du har så mange passkeys som en bruker kan ha. Fjern en først."))
    eier = har[0].eier if har else secrets.token_bytes(32)
    navn, tittel = av.brukernavn, av.visningsnavn
    return webauthn.be_om_ny(
        sted,
        tjeneste,
        utfordring=ny_utfordring(Formaal.NY, av=av, eier=eier),
        eier=eier,
        brukernavn=navn,
        tittel=tittel,
        har=[rad.noekkel_id for rad in har],
    )


def lagre_passkey(tekst: str, navn: str, sted: Sted, okt_id: bytes, *, av: User) -> tuple[str, tuple[str, ...]]:
    """Keep the passkey that the browser made; all other sessions end. Gives what bekreft_app gives.

    The challenge was made after a fresh proof. Opens its own transactions. Raises UgyldigFelt at `navn`, and
    FeilPasskey.
    """
    rent, user_id = sjekk_navn(navn), av.id
    try:
        svar = webauthn.les_svar(tekst)
        eier = bruk_utfordring(svar, Formaal.NY, av=av)
        ny = webauthn.motta_ny(svar, sted)
    except UgyldigPasskey:
        raise FeilPasskey from None
    nye = _hashede(_mangler_koder(user_id))
    with transaction() as session:
        av = session.get_one(User, user_id)
        if session.scalar(select(Passkey.id).where(Passkey.noekkel_id == ny.id)) is not None:
            raise FeilPasskey
        felles = {"noekkel_id": ny.id, "offentlig": ny.offentlig, "teller": ny.teller, "eier": eier or b""}
        session.add(Passkey(user_id=user_id, navn=rent, **felles))
        record(Hva.FAKTOR_LAGT_TIL, av=av, gjelder=_ting(av), detalj="passkey")
        _lagre(nye, av=av)
        return forny_okt(okt_id, av=av, metode=Metode.PASSKEY, alle=True), tuple(nye)


def fjern_passkey(passkey_id: int, bevist: datetime, okt_id: bytes, krav: Faktorkrav, *, av: User) -> str:
    """Take no more proofs from this passkey; all other sessions end. As fjern_app."""
    rad = queries.passkey(av, passkey_id)
    if rad is None:
        raise FinnesIkke
    krev_fersk(bevist, now())
    _krev_en_til(av, krav)
    db.session.delete(rad)
    db.session.flush()
    return _etter_fjerning("passkey", okt_id, av=av)


def _krev_en_til(av: User, krav: Faktorkrav) -> None:
    # two who remove the last two at the same moment wait for each other here
    db.session.scalar(select(User.id).where(User.id == av.id).with_for_update())
    if krever_faktor(av.roller, krav) and queries.faktorer(av).antall < 2:
        raise DomainError(_SISTE)


def _etter_fjerning(hva: str, okt_id: bytes, *, av: User) -> str:
    if not queries.har_faktor(av):  # what is left would open nothing, and tell somebody later that it does
        db.session.execute(delete(Gjenopprettingskode).where(Gjenopprettingskode.user_id == av.id))
    record(Hva.FAKTOR_FJERNET, av=av, gjelder=_ting(av), detalj=hva)
    return forny_okt(okt_id, av=av, alle=True)


# --- Recovery codes --------------------------------------------------------------------------------------


def nye_koder(bevist: datetime, okt_id: bytes, *, av: User) -> tuple[str, tuple[str, ...]]:
    """New recovery codes instead of those one has; all other sessions end. Opens its own transaction.

    Raises IkkeFersk, and DomainError for somebody without a second factor.
    """
    krev_fersk(bevist, now())
    if not queries.har_faktor(av):
        raise DomainError(N_("Gjenopprettingskoder hører sammen med en passkey eller en app. Legg til det først."))
    nye, user_id = _hashede(ANTALL_KODER), av.id
    with transaction() as session:
        av = session.get_one(User, user_id)
        session.execute(delete(Gjenopprettingskode).where(Gjenopprettingskode.user_id == user_id))
        _lagre(nye, av=av)
        return forny_okt(okt_id, av=av, alle=True), tuple(nye)


def _mangler_koder(user_id: int) -> int:
    return 0 if queries.antall_koder(user_id) else ANTALL_KODER


def _hashede(antall: int) -> dict[str, str]:
    """New codes and what is stored of them. Slow: before the transaction."""
    return {kode: crypto.hash_passord(kode) for kode in (ny_kode() for _ in range(antall))}


def _lagre(koder: dict[str, str], *, av: User) -> None:
    if koder:
        db.session.add_all(Gjenopprettingskode(user_id=av.id, hash=hash_) for hash_ in koder.values())
        record(Hva.FAKTOR_LAGT_TIL, av=av, gjelder=_ting(av), detalj="koder")
