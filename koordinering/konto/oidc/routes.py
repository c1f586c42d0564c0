"""Pages of single sign-on: out to an issuer and back, waiting for a role, and SYSTEMFORVALTER's answer."""

import logging
import secrets
from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, session, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from koordinering.db import i_dag, transaction
from koordinering.errors import FinnesIkke
from koordinering.konto import queries as kontoene
from koordinering.konto.forms import NyBrukerForm
from koordinering.konto.oidc import queries, services
from koordinering.konto.oidc.forms import KobleForm
from koordinering.konto.oidc.models import OidcForespoersel
from koordinering.konto.oidc.rules import Avvik
from koordinering.konto.oidc.services import SsoFeil, Tilbyder
from koordinering.konto.routes import egen_side
from koordinering.konto.routes.felles import bytt_token, denne, sett_token, tilbydere
from koordinering.konto.rules import enhetstype
from koordinering.konto.services import VentLitt
from koordinering.roles import Rettighet, Rolle
from koordinering.tekst import N_
from koordinering.web.forsoek import Forsoek
from koordinering.web.gate import needs, public
from koordinering.web.huset import innstillinger, me
from koordinering.web.sprak import gettext

log = logging.getLogger(__name__)

bp = Blueprint("oidc", __name__)

_NETTLESER, _VENTER = "oidc", "oidc_venter"
"""In the session cookie: a secret that binds an attempt to this browser, and the reference of a request."""


@bp.app_context_processor
def _knapper() -> dict[str, object]:
    return {"oidc_utstedere": [t.utsteder for t in tilbydere().values()]}


def _tilbyder(utsteder: str) -> Tilbyder:
    funnet = tilbydere().get(utsteder)
    if funnet is None:
        raise FinnesIkke
    return funnet


def _retur(utsteder: str) -> str:
    slag = "https" if innstillinger().https else "http"
    return url_for("oidc.svar", utsteder=utsteder, _external=True, _scheme=slag)


# --- Out and back -------------------------------------------------------------------------------------------


@bp.get("/logg-inn/hos/<utsteder>")
@public
def start(utsteder: str) -> Response:
    """Send the browser to the issuer. A GET, since a form may lead to our own pages only; it signs nobody in.

    Somebody who is signed in goes there only to show that it is still her (`bevis`).
    """
    tilbyder = _tilbyder(utsteder)
    neste = egen_side(request.args.get("neste"))
    inne = current_user.is_authenticated  # asks for the session, which denne() then knows
    okten = denne() if inne and "bevis" in request.args else None
    if inne and okten is None:
        return redirect(neste or url_for("forside.start"), 303)
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
        # Another site cannot begin it for somebody who has a session at the issuer: here she is asked first.
        return redirect(url_for("konto.logg_inn", neste=neste), 303)
    session.setdefault(_NETTLESER, secrets.token_urlsafe(32))
    try:
        videre = services.begynn(
            tilbyder,
            nettleser=session[_NETTLESER],
            neste=neste,
            adresse=request.remote_addr,
            retur=_retur(utsteder),
            okt_id=okten.id if okten is not None else None,
        )
    except SsoFeil as feil:
        return _gikk_ikke(tilbyder, feil)
    except VentLitt as feil:
        svaret = _side(tilbyder, gettext(str(feil)), 429)
        svaret.headers["Retry-After"] = str(feil.sekunder)
        return svaret
    return redirect(videre, 303)


@bp.get("/logg-inn/hos/<utsteder>/svar")
@public
def svar(utsteder: str) -> Response:
    """The issuer has sent the browser back."""
    tilbyder = _tilbyder(utsteder)
    felt = request.args
    fikk = services.Svar(felt.get("state", ""), felt.get("code", ""), felt.get("iss"), felt.get("error"))
    rundt = services.Omstendigheter(
        adresse=request.remote_addr,
        retur=_retur(utsteder),
        enhetstype=enhetstype(request.headers.get("User-Agent", "")),
        levetid=innstillinger().lengste_okt,
        demo=innstillinger().demo,
    )
    try:
        utfall = services.fullfoer(tilbyder, fikk, rundt, nettleser=session.get(_NETTLESER))
    except SsoFeil as feil:
        return _gikk_ikke(tilbyder, feil)
    if isinstance(utfall, services.Venter):
        session[_VENTER] = [utsteder, utfall.kode]
        return redirect(url_for("oidc.venter"), 303)
    (bytt_token if utfall.fornyet else sett_token)(utfall.token)
    return redirect(utfall.neste or url_for("forside.start"), 303)


@bp.get("/logg-inn/venter")
@public
def venter() -> Response:
    """Known at the issuer, and without a role here: the reference to read to SYSTEMFORVALTER."""
    utsteder, kode = session.get(_VENTER) or ("", "")
    if utsteder not in tilbydere():
        return redirect(url_for("konto.logg_inn"), 303)
    mal = "konto/oidc_venter.html"
    utstederen = tilbydere()[utsteder].utsteder
    return make_response(render_template(mal, utsteder=utstederen, kode=kode, avvist=services.avvist(kode)))


_ALLE_RAMMES = {Avvik.NEDE, Avvik.OPPSETT, Avvik.TILBYDER, Avvik.NOEKKEL, Avvik.MOTTAKER, Avvik.GAMMELT, Avvik.SUBJEKT}
"""What is not this person's alone: the issuer, the file of issuers, or a clock."""


def _gikk_ikke(tilbyder: Tilbyder, feil: SsoFeil) -> Response:
    if feil.avvik in _ALLE_RAMMES:  # whoever runs the installation is told; the access log has the rest
        log.warning("signing in at the issuer %s failed: %s", tilbyder.utsteder.kode, feil.avvik.value)
    nede = feil.avvik is Avvik.NEDE
    svaret = _side(tilbyder, gettext(str(feil)), 503 if nede else 403)
    if nede:
        svaret.headers["Retry-After"] = "30"
    return svaret


def _side(tilbyder: Tilbyder, melding: str, status: int) -> Response:
    return make_response(render_template("konto/oidc_feil.html", utsteder=tilbyder.utsteder, melding=melding), status)


# --- Those who wait -----------------------------------------------------------------------------------------


def _navn(issuer: str) -> str:
    return next((t.utsteder.navn for t in tilbydere().values() if t.utsteder.issuer == issuer), issuer)


@bp.get("/brukere/venter")
@needs(Rettighet.BRUKER_LES)
def ventende() -> str:
    """A page of those who have signed in at an issuer and wait for a role."""
    side = queries.ventende(me(), request.args.get("side", ""))
    return render_template("konto/oidc_ventende.html", side=side, navn=_navn)


@bp.get("/brukere/venter/<int:forespoersel_id>")
@needs(Rettighet.BRUKER_ENDRE)
def forespoersel(forespoersel_id: int) -> Response:
    """One request and the ways to answer it."""
    rad = queries.forespoersel(me(), forespoersel_id)
    return _svarside(rad, _ny(), KobleForm())


def _ny(**kw: Any) -> NyBrukerForm:
    return NyBrukerForm(data={"fra": i_dag()}, enheter=kontoene.enheter(me()), **kw)


def _svarside(rad: OidcForespoersel, ny: NyBrukerForm, koble: KobleForm, status: int = 200) -> Response:
    mal = "konto/oidc_forespoersel.html"
    return make_response(render_template(mal, rad=rad, ny=ny, koble=koble, navn=_navn(rad.issuer)), status)


@bp.post("/brukere/venter/<int:forespoersel_id>/ny")
@needs(Rettighet.BRUKER_ENDRE)
def ny_bruker(forespoersel_id: int) -> Response:
    """A new account with a role."""
    form = _ny()
    forsoek = Forsoek(form)
    if forsoek.gyldig:
        with forsoek.gjoer():
            rad = queries.forespoersel(me(), forespoersel_id)
            navn, tittel, rolle = form.brukernavn.data or "", form.tittel.data or "", Rolle(form.rolle.data)
            services.ny_bruker(rad, navn, tittel, (rolle, form.enhet.data), av=me(), periode=form.periode())
    if not forsoek.gikk:
        rad = queries.forespoersel(me(), forespoersel_id)
        return _svarside(rad, form, KobleForm(formdata=None), forsoek.status)
    flash(gettext(N_("Brukeren er opprettet, og kan logge inn nå.")), "suksess")
    return redirect(url_for("oidc.ventende"), 303)


@bp.post("/brukere/venter/<int:forespoersel_id>/koble")
@needs(Rettighet.BRUKER_ENDRE)
def koble(forespoersel_id: int) -> Response:
    """An account that is there."""
    form = KobleForm()
    tomt, forsoek = _ny(formdata=None), Forsoek(form)
    if forsoek.gyldig:
        with forsoek.gjoer():
            services.koble(queries.forespoersel(me(), forespoersel_id), form.konto.data or "", av=me())
    if not forsoek.gikk:
        return _svarside(queries.forespoersel(me(), forespoersel_id), tomt, form, forsoek.status)
    flash(gettext(N_("Innloggingen er koblet til brukeren.")), "suksess")
    return redirect(url_for("oidc.ventende"), 303)


@bp.post("/brukere/venter/<int:forespoersel_id>/avvis")
@needs(Rettighet.BRUKER_ENDRE)
def avvis(forespoersel_id: int) -> Response:
    """Say no."""
    with transaction():
        services.avvis(queries.forespoersel(me(), forespoersel_id), av=me())
    flash(gettext(N_("Forespørselen er avslått.")), "suksess")
    return redirect(url_for("oidc.ventende"), 303)


@bp.get("/brukere/innlogginger")
@needs(Rettighet.BRUKER_LES)
def identiteter() -> str:
    """A page of the accounts that open by an issuer."""
    side = queries.identiteter(me(), request.args.get("side", ""))
    return render_template("konto/oidc_identiteter.html", side=side, navn=_navn)


@bp.post("/brukere/innlogginger/<int:identitet_id>/koble-fra")
@needs(Rettighet.BRUKER_ENDRE)
def koble_fra(identitet_id: int) -> Response:
    """The account no longer opens by the issuer."""
    with transaction():
        services.koble_fra(queries.identitet(me(), identitet_id), av=me())
    flash(gettext(N_("Koblingen er fjernet, og brukeren er logget ut.")), "suksess")
    return redirect(url_for("oidc.identiteter"), 303)
