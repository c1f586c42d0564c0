"""The way to an issuer and back: an attempt is begun in a browser, used once, and ends in a session or a request."""

import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from koordinering import crypto
from koordinering.audit import Hva, Ting, record
from koordinering.db import now, own_transaction, tilfeldig_id, transaction
from koordinering.konto.models import Okt
from koordinering.konto.oidc.models import OidcForespoersel, OidcForsoek, OidcIdentitet, OidcOkt
from koordinering.konto.oidc.rules import FORSOEK_VARER, Avvik, Utsteder, avledet, kort_kode, logget_inn_naa, subjektet
from koordinering.konto.oidc.services.feil import SsoFeil
from koordinering.konto.oidc.services.tilbyder import Tilbyder
from koordinering.konto.rules import FERSK, Metode
from koordinering.konto.services import grenser, okter
from koordinering.users import User

OKT_TABELL, OKT_KOLONNE = "oidc_okt", "id_token"


@dataclass(frozen=True)
class Svar:
    """What the issuer sent the browser back with."""

    state: str
    code: str
    iss: str | None = None
    feil: str | None = None


@dataclass(frozen=True)
class Omstendigheter:
    """What a new session is told of its surroundings."""

    adresse: str | None
    """The network address that the browser came from."""
    retur: str
    """Our own address that the issuer sends the browser back to."""
    enhetstype: str
    levetid: timedelta
    demo: bool
    """Whether the demo's accounts may sign in."""


@dataclass(frozen=True)
class Inne:
    """Signed in: the token for the cookie, and the page that was asked for."""

    token: str
    neste: str | None
    fornyet: bool = False
    """The session was there and goes on, under the new token."""


@dataclass(frozen=True)
class Venter:
    """Known at the issuer and not here: the reference of the request."""

    kode: str


def begynn(
    tilbyder: Tilbyder,
    *,
    nettleser: str,
    neste: str | None,
    adresse: str | None,
    retur: str,
    okt_id: bytes | None = None,
) -> str:
    """Begin an attempt in this browser; where it goes. Raises SsoFeil, or VentLitt after very many.

    With `okt_id` it is the one who sits in that session who shows again that it is still her.

    `nettleser` is a secret that only this browser has: whoever gets hold of the answer's address cannot use it
    in another, nor make somebody else's browser sign in with it.
    """
    grenser.ta_forsoek(grenser.hos_andre(adresse))
    state = secrets.token_urlsafe(32)
    verifier, nonce = avledet(nettleser, state, "verifier"), avledet(nettleser, state, "nonce")
    videre = tilbyder.adresse(state=state, nonce=nonce, verifier=verifier, retur=retur, paa_nytt=okt_id is not None)
    with own_transaction() as session:
        session.add(
            OidcForsoek(
                id=crypto.token_hash(state),
                nettleser=crypto.token_hash(nettleser),
                utsteder=tilbyder.utsteder.kode,
                neste=neste,
                utloeper=now() + FORSOEK_VARER,
                okt_id=okt_id,
            )
        )
    return videre


def fullfoer(tilbyder: Tilbyder, svar: Svar, rundt: Omstendigheter, *, nettleser: str | None) -> Inne | Venter:
    """Use the attempt up and make a session of the issuer's answer, or a request that waits. Raises SsoFeil, logged.

    Opens its own transactions: an issuer that is slow must not hold the write lock.
    """
    try:
        neste, okt_id = _bruk_opp(tilbyder.utsteder, svar.state, nettleser)
        krav, id_token = _hent(tilbyder, svar, rundt, nettleser or "")
        if okt_id is not None:
            return Inne(_bekreft(tilbyder.utsteder, krav, okt_id), neste, fornyet=True)
        return _slipp_inn(tilbyder.utsteder, krav, id_token, rundt, neste)
    except SsoFeil as feil:
        record(Hva.INN_NEKTET, av=None, gjelder=feil.gjelder, detalj=f"oidc.{feil.avvik.value}")
        raise


def _bruk_opp(utsteder: Utsteder, state: str, nettleser: str | None) -> tuple[str | None, bytes | None]:
    """The attempt is deleted whatever comes of it; the page that was asked for, and the session that asked."""
    with own_transaction() as session:
        rad = session.execute(
            delete(OidcForsoek)
            .where(OidcForsoek.id == crypto.token_hash(state))
            .returning(
                OidcForsoek.nettleser, OidcForsoek.utsteder, OidcForsoek.neste, OidcForsoek.utloeper, OidcForsoek.okt_id
            )
        ).one_or_none()
    if rad is None or nettleser is None or rad.utsteder != utsteder.kode or rad.utloeper <= now():
        raise SsoFeil(Avvik.FORSOEK)
    if not hmac.compare_digest(rad.nettleser, crypto.token_hash(nettleser)):
        raise SsoFeil(Avvik.FORSOEK)
    return rad.neste, rad.okt_id


def _hent(tilbyder: Tilbyder, svar: Svar, rundt: Omstendigheter, nettleser: str) -> tuple[dict[str, Any], str]:
    if svar.iss is not None and svar.iss != tilbyder.utsteder.issuer:
        raise SsoFeil(Avvik.UTSTEDER)
    if svar.iss is None and tilbyder.krever_iss():
        raise SsoFeil(Avvik.UTSTEDER)
    if svar.feil is not None:
        raise SsoFeil(Avvik.AVBRUTT if svar.feil == "access_denied" else Avvik.TILBYDER)
    if not svar.code:
        raise SsoFeil(Avvik.TILBYDER)
    token = tilbyder.veksle(svar.code, verifier=avledet(nettleser, svar.state, "verifier"), retur=rundt.retur)
    return tilbyder.les_token(token, nonce=avledet(nettleser, svar.state, "nonce")), token


def _slipp_inn(
    utsteder: Utsteder, krav: dict[str, Any], id_token: str, rundt: Omstendigheter, neste: str | None
) -> Inne | Venter:
    subjekt = subjektet(krav, utsteder)
    if subjekt is None:
        raise SsoFeil(Avvik.SUBJEKT)
    with transaction() as session:
        user = _brukeren(session, utsteder, subjekt)
        if user is None:
            return Venter(_meld(session, utsteder, subjekt))
        if not user.laast and (rundt.demo or not user.demo):
            return Inne(_start(session, user, utsteder, id_token, rundt), neste)
        raise SsoFeil(Avvik.LAAST, Ting("bruker", user.id))


def _brukeren(session: Session, utsteder: Utsteder, subjekt: str) -> User | None:
    return session.scalar(
        select(User)
        .join(OidcIdentitet, OidcIdentitet.user_id == User.id)
        .where(OidcIdentitet.issuer == utsteder.issuer, OidcIdentitet.subjekt == subjekt)
    )


def _bekreft(utsteder: Utsteder, krav: dict[str, Any], okt_id: bytes) -> str:
    """It is still the one who signed in: the session goes on under a new id, whose token is given."""
    if not logget_inn_naa(krav, now().timestamp(), FERSK):
        raise SsoFeil(Avvik.IKKE_NAA)
    with transaction() as session:
        okt, user = session.get(Okt, okt_id), _brukeren(session, utsteder, subjektet(krav, utsteder) or "")
        if okt is None or user is None or okt.user_id != user.id:
            raise SsoFeil(Avvik.EN_ANNEN)
        return okter.forny_okt(okt_id, av=user)


def _start(session: Session, user: User, utsteder: Utsteder, id_token: str, rundt: Omstendigheter) -> str:
    user.sist_inne = now()
    token = okter.ny_okt(session, user.id, enhetstype=rundt.enhetstype, levetid=rundt.levetid, metode=Metode.OIDC)
    session.flush()
    okt_id = crypto.token_hash(token)
    session.add(OidcOkt(okt_id=okt_id, utsteder=utsteder.kode, id_token=_forsegl(id_token, okt_id)))
    grenser.gi_tilbake(session, grenser.hos_andre(rundt.adresse))
    record(Hva.INN, av=user, detalj=f"oidc.{utsteder.kode}")
    return token


def _meld(session: Session, utsteder: Utsteder, subjekt: str) -> str:
    """The reference of this person's request, which is made when it is not there."""
    naa = now()
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    ny = insert(OidcForespoersel).values(
        id=tilfeldig_id(),
        issuer=utsteder.issuer,
        subjekt=subjekt,
        kode=kort_kode(secrets.token_bytes(5)),
        opprettet=naa,
        sist=naa,
        avvist=None,
    )
    setning = ny.on_conflict_do_update(
        index_elements=[OidcForespoersel.issuer, OidcForespoersel.subjekt], set_={"sist": naa}
    ).returning(OidcForespoersel.id, OidcForespoersel.kode)
    rad = session.execute(setning).one()
    record(Hva.INN_VENTER, av=None, gjelder=Ting("oidc_forespoersel", rad.id), detalj=f"oidc.{utsteder.kode}")
    kode: str = rad.kode
    return kode


# --- Signing out at the issuer too ------------------------------------------------------------------------


def _forsegl(id_token: str, okt_id: bytes) -> bytes:
    return crypto.krypter_med_hovednoekkel(
        crypto.gjeldende(), id_token, tabell=OKT_TABELL, kolonne=OKT_KOLONNE, rad=okt_id.hex()
    )


def foelg_med(gammelt: str, nytt: str) -> None:
    """A session has got a new token: what ends it at its issuer follows it. Nothing for one that came otherwise."""
    funnet = hos_hvem(gammelt)
    if funnet is None:
        return
    okt_id = crypto.token_hash(nytt)
    with own_transaction() as session:
        session.add(OidcOkt(okt_id=okt_id, utsteder=funnet[0], id_token=_forsegl(funnet[1] or "", okt_id)))


def hos_hvem(token: str) -> tuple[str, str | None] | None:
    """Which issuer a session came from and the token to end it there with; forgotten by being asked for.

    None for a session that began with a password. The token is None when the key that sealed it is gone: the
    issuer then asks the user herself.
    """
    okt_id = crypto.token_hash(token)
    with own_transaction() as session:
        rad = session.execute(
            delete(OidcOkt).where(OidcOkt.okt_id == okt_id).returning(OidcOkt.utsteder, OidcOkt.id_token)
        ).one_or_none()
    if rad is None:
        return None
    try:
        hint = crypto.dekrypter_med_hovednoekkel(
            crypto.gjeldende(), rad.id_token, tabell=OKT_TABELL, kolonne=OKT_KOLONNE, rad=okt_id.hex()
        )
    except crypto.KanIkkeAapnes:
        hint = None
    return rad.utsteder, hint or None
