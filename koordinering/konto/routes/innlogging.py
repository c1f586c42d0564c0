"""Signing in and out."""

import hashlib
import secrets

from flask import current_app, make_response, redirect, render_template, request, url_for
from flask_login import current_user
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.wrappers import Response

from koordinering.db import transaction
from koordinering.konto import services
from koordinering.konto.faktor.forms import SvarForm
from koordinering.konto.forms import InnloggingForm
from koordinering.konto.oidc import services as oidc
from koordinering.konto.routes.doer import egen_side
from koordinering.konto.routes.felles import bp, glem_token, sett_halvt, sett_token, tilbydere, token
from koordinering.konto.rules import enhetstype, normaliser
from koordinering.tekst import N_
from koordinering.web.gate import public, signed_in_for_the_first_time
from koordinering.web.huset import innstillinger, me
from koordinering.web.sprak import gettext

_ET_HALVT_AAR = 180 * 24 * 3600


@bp.route("/logg-inn", methods=["GET", "POST"])
@public
def logg_inn() -> Response:
    """The sign-in page; somebody who is signed in already goes on."""
    if current_user.is_authenticated:
        return redirect(_neste(), 303)
    form = InnloggingForm()
    if request.method != "POST":
        return _side(form, 200)
    if not form.validate_on_submit():
        return _side(form, 422)
    try:
        return _inn(form)
    except services.FeilInnlogging as feil:
        form.feil(feil)
        return _side(form, 422)
    except services.VentLitt as feil:
        return _vent(form, feil.sekunder)


def _vent(form: InnloggingForm, sekunder: int) -> Response:
    melding = gettext(N_("Du har prøvd mange ganger på kort tid. Vent %(antall)d sekunder og prøv igjen."))
    form.form_errors.append(melding % {"antall": sekunder})
    svar = _side(form, 429)
    svar.headers["Retry-After"] = str(sekunder)
    return svar


def _inn(form: InnloggingForm) -> Response:
    navn = form.brukernavn.data or ""
    kjent = _les_kjent(navn)
    inne = services.logg_inn(
        navn,
        form.passord.data or "",
        adresse=request.remote_addr,
        enhetstype=enhetstype(request.headers.get("User-Agent", "")),
        kjent=kjent,
        levetid=innstillinger().lengste_okt,
        demo=innstillinger().demo,
    )
    if inne.halvt:
        sett_halvt(inne.token)
        return redirect(url_for("faktor.inn", neste=egen_side(request.args.get("neste"))), 303)
    return slipp_inn(inne.token, navn)


def slipp_inn(nytt: str, brukernavn: str) -> Response:
    """Go on with a session that has just begun, to where one was going."""
    sett_token(nytt)
    svar = redirect(_neste(), 303)
    _skriv_kjent(svar, brukernavn, _les_kjent(brukernavn))
    return svar


def _side(form: InnloggingForm, status: int) -> Response:
    side = render_template(
        "konto/logg_inn.html",
        form=form,
        svarform=SvarForm(formdata=None),
        neste=egen_side(request.args.get("neste")),
        demo=innstillinger().demo,
    )
    return make_response(side, status)


def _neste() -> str:
    return egen_side(request.args.get("neste")) or url_for("forside.start")


@bp.post("/logg-ut")
@signed_in_for_the_first_time
def logg_ut() -> Response:
    """End this session, and the one at the issuer that it came from."""
    verdi = token()
    hos = oidc.hos_hvem(verdi) if verdi is not None else None
    with transaction():
        if verdi is not None:
            services.logg_ut(verdi, av=me())
    glem_token()
    if hos is not None and (tilbyder := tilbydere().get(hos[0])) is not None:
        return _ut_der_ogsaa(tilbyder, hos[1])
    return redirect(url_for("konto.logg_inn"), 303)


def _ut_der_ogsaa(tilbyder: oidc.Tilbyder, id_token: str | None) -> Response:
    # A page that goes on by itself: a form may lead to our own pages only (form-action), also by a redirect.
    slag = "https" if innstillinger().https else "http"
    adresse = tilbyder.utlogging(id_token, retur=url_for("konto.logg_inn", _external=True, _scheme=slag))
    side = render_template("konto/oidc_ut.html", utsteder=tilbyder.utsteder, adresse=adresse)
    svar = make_response(side)
    if adresse is not None:
        svar.headers["Refresh"] = f"0; url={adresse}"
    return svar


# A browser in which somebody has signed in gets a cookie that says so, signed. It proves nothing about who sits
# there and opens nothing; it only gives that user attempts of her own, so that a colleague at the next desk who
# guesses at her password cannot make her wait (OWASP calls it a device cookie).


def _kjent_navn() -> str:
    return "__Host-kjent" if innstillinger().https else "kjent"


def _signatur() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt="kjent nettleser")


def _avtrykk(nonce: str, brukernavn: str) -> str:
    return hashlib.sha256(f"{nonce}\x1f{normaliser(brukernavn)}".encode()).hexdigest()


def _les_kjent(brukernavn: str) -> str | None:
    try:
        nonce, avtrykk = _signatur().loads(request.cookies.get(_kjent_navn(), ""))
    except (BadSignature, ValueError, TypeError):
        return None
    return nonce if avtrykk == _avtrykk(nonce, brukernavn) else None


def _skriv_kjent(svar: Response, brukernavn: str, kjent: str | None) -> None:
    nonce = kjent or secrets.token_urlsafe(16)
    svar.set_cookie(
        _kjent_navn(),
        str(_signatur().dumps([nonce, _avtrykk(nonce, brukernavn)])),
        max_age=_ET_HALVT_AAR,
        secure=innstillinger().https,
        httponly=True,
        samesite="Strict",
    )
