"""Sign in with user name and password, as far as what is right: an account with a second factor goes no further."""

import hashlib
import hmac
import secrets
from datetime import timedelta

from flask import abort, current_app, redirect, request, session, url_for
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.wrappers import Response

from bench.floor.rammen import Gulvet, Meg, csrf_token, gjeldende, krev_token, naa_
from koordinering import crypto
from koordinering.konto.rules import GLEMMES, LEVETID, enhetstype, grov_adresse, normaliser

_FRI_KONTO, _FRI_NETT = 5, 50
_ET_HALVT_AAR = 180 * 24 * 3600
_TELL = """INSERT INTO grense (noekkel, aapner, antall) VALUES (?, ?, 1) ON CONFLICT (noekkel) DO UPDATE
    SET antall = CASE WHEN grense.aapner < ? THEN 1 ELSE grense.antall + 1 END, aapner = excluded.aapner
    WHERE grense.aapner < ? OR grense.antall < ? RETURNING antall"""
_KONTO = "SELECT id, passord_hash, passord_midlertidig, laast FROM user_konto WHERE brukernavn = ?"
_NAA = """SELECT u.laast, EXISTS (SELECT 1 FROM totp WHERE user_id = u.id AND i_bruk)
    OR EXISTS (SELECT 1 FROM passkey WHERE user_id = u.id),
    r.rolle, r.enhet_id, r.fra, r.til, e.kortnavn, e.navn
    FROM user_konto u LEFT JOIN rolletildeling r ON r.user_id = u.id LEFT JOIN enhet e ON e.id = r.enhet_id
    WHERE u.id = ? ORDER BY r.id"""
_OKT = """INSERT INTO okt (id, user_id, opprettet, sist_brukt, utloeper, enhetstype, metode, bevist)
    VALUES (?, ?, ?, ?, ?, ?, 'passord', ?)"""

Telt = list[tuple[bytes, bool]]
"""Keys of the counts, in order, and whether a right password forgets the failures."""


def vis(gulvet: Gulvet) -> Response | str:
    """The form, sent. What stands around it before that is not measured, and is not here."""
    if request.method == "GET":
        return f'<input type="hidden" name="csrf_token" value="{csrf_token()}">'
    krev_token()
    navn, passord = normaliser(request.form["brukernavn"]), request.form["passord"]
    nonce = _kjent(navn)
    telt = _ta_forsoek(gulvet, navn, nonce)
    rader = gulvet.basen.les(_KONTO, navn)
    if not rader or not crypto.passord_stemmer(rader[0][1], passord):
        abort(422)
    user_id, lagret, midlertidig, laast = rader[0]
    if midlertidig or laast or crypto.trenger_ny_hash(lagret):
        abort(422)
    token = _inn(gulvet, user_id, telt)
    session.clear()
    session["okt"] = token
    svar = redirect(url_for("forside.start"), 303)
    nonce = nonce or secrets.token_urlsafe(16)
    svar.set_cookie(
        "kjent", str(_signatur().dumps([nonce, _avtrykk(nonce, navn)])),
        max_age=_ET_HALVT_AAR, httponly=True, samesite="Strict",
    )  # fmt: skip
    return svar


def _ta_forsoek(gulvet: Gulvet, navn: str, nonce: str | None) -> Telt:
    """Count the attempt before it is made, in a transaction of its own: the account's, and the network's."""
    hemmelighet, nett = crypto.gjeldende().hemmelighet.encode(), grov_adresse(request.remote_addr)
    hvem = [f"kjent {navn} {nonce}"] if nonce else [f"konto {navn} {nett}", f"nett {nett}"]
    telt = sorted((hmac.digest(hemmelighet, f"gulv:{en}".encode(), "sha256"), en != f"nett {nett}") for en in hvem)
    naa = naa_()
    tid, glemt = gulvet.basen.tid(naa), gulvet.basen.tid(naa - GLEMMES)
    with gulvet.basen.skriv():
        for noekkel, kontoens in telt:
            if not gulvet.basen.les(_TELL, noekkel, tid, glemt, glemt, _FRI_KONTO if kontoens else _FRI_NETT):
                abort(429)
    return telt


def _inn(gulvet: Gulvet, user_id: int, telt: Telt) -> str:
    """Give the attempt back and begin the session, with its line in the log; the token of the cookie."""
    basen, token, naa = gulvet.basen, crypto.nytt_token(), naa_()
    tid = basen.tid(naa)
    with basen.skriv():
        for noekkel, kontoens in telt:
            if kontoens:
                basen.kjoer("DELETE FROM grense WHERE noekkel = ?", noekkel)
            else:
                basen.kjoer(
                    "UPDATE grense SET antall = antall - 1, aapner = ? WHERE noekkel = ? AND antall > 0",
                    basen.tid(naa - timedelta(seconds=30)), noekkel,
                )  # fmt: skip
        rader = basen.les(_NAA, user_id)
        if rader[0][0] or rader[0][1]:
            abort(422)
        basen.kjoer("UPDATE user_konto SET sist_inne = ? WHERE id = ?", tid, user_id)
        gulvet.linje(Meg(user_id, "", 0, gjeldende(rad[2:] for rad in rader)), "inn", detalj="passord")
        nettleser = enhetstype(request.headers.get("User-Agent", ""))
        basen.kjoer(_OKT, crypto.token_hash(token), user_id, tid, tid, basen.tid(naa + LEVETID), nettleser, tid)
    return token


def _signatur() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt="kjent nettleser")


def _avtrykk(nonce: str, navn: str) -> str:
    return hashlib.sha256(f"{nonce}\x1f{navn}".encode()).hexdigest()


def _kjent(navn: str) -> str | None:
    """What the cookie of a browser says that this user has signed in from."""
    try:
        nonce, avtrykk = _signatur().loads(request.cookies.get("kjent", ""))
    except BadSignature:
        return None
    return str(nonce) if avtrykk == _avtrykk(nonce, navn) else None
