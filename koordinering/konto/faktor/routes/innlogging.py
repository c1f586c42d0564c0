"""Signing in with a second factor, or with a passkey alone."""

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from koordinering.konto.faktor import queries, services
from koordinering.konto.faktor.forms import KodeForm, SvarForm
from koordinering.konto.faktor.routes.felles import bp, neste, spoersmaal, sted, vent
from koordinering.konto.routes.felles import glem_token, halvt_token
from koordinering.konto.routes.innlogging import slipp_inn
from koordinering.konto.rules import enhetstype
from koordinering.konto.services import VentLitt, halvt_inne
from koordinering.tekst import N_
from koordinering.users import User
from koordinering.web.gate import half_signed_in, public
from koordinering.web.huset import innstillinger
from koordinering.web.sprak import gettext

FAA_KODER = 3
"""So few left, one is told to make new ones."""


def _nettleseren() -> str:
    return enhetstype(request.headers.get("User-Agent", ""))


@bp.route("/logg-inn/faktor", methods=["GET", "POST"])
@half_signed_in
def inn() -> Response:
    """The password was right; now the code, or a passkey."""
    user = halvt_inne(halvt_token() or "")
    if current_user.is_authenticated or user is None:
        return redirect(neste() or url_for("forside.start"), 303)
    form = KodeForm()
    if not form.validate_on_submit():
        return _side(user, form, 422 if form.is_submitted() else 200)
    try:
        return _med_kode(form)
    except services.HalvtUtloept:
        glem_token()
        flash(gettext(N_("Det gikk for lang tid. Logg inn på nytt.")), "info")
        return redirect(url_for("konto.logg_inn", neste=neste()), 303)
    except services.FeilKode as feil:
        form.feil(feil)
        return _side(user, form, 422)
    except VentLitt as feil:
        hoder = vent(form, feil)
        svar = _side(user, form, 429)
        svar.headers.extend(hoder)
        return svar


def _med_kode(form: KodeForm) -> Response:
    inne = services.logg_inn_med_kode(
        halvt_token() or "",
        form.engangskode.data or "",
        enhetstype=_nettleseren(),
        levetid=innstillinger().lengste_okt,
    )
    svar = slipp_inn(inne.token, inne.user.brukernavn)
    if inne.papirkoder is not None:
        igjen = gettext(N_("Koden er brukt opp. Du har %(antall)d gjenopprettingskoder igjen.")) % {
            "antall": inne.papirkoder
        }
        raad = gettext(N_("Lag nye på «Min konto».")) if inne.papirkoder <= FAA_KODER else ""
        flash(f"{igjen} {raad}".strip(), "advarsel" if raad else "info")
    return svar


def _side(user: User, form: KodeForm, status: int) -> Response:
    har = queries.faktorer(user)
    side = render_template("faktor/inn.html", form=form, svarform=SvarForm(formdata=None), har=har, neste=neste())
    return make_response(side, status)


@bp.post("/logg-inn/passkey/start")
@public
def passkey_start() -> Response:
    """What the browser is asked to prove before anybody is known."""
    return spoersmaal(lambda: services.be_om_innlogging(sted(), adresse=request.remote_addr))


@bp.post("/logg-inn/passkey")
@public
def passkey_inn() -> Response:
    """Sign in with the browser's answer."""
    if current_user.is_authenticated:
        return redirect(neste() or url_for("forside.start"), 303)
    form = SvarForm()
    try:
        user, token = services.logg_inn_med_passkey(
            form.passkey_svar.data or "",
            sted(),
            adresse=request.remote_addr,
            enhetstype=_nettleseren(),
            levetid=innstillinger().lengste_okt,
            demo=innstillinger().demo,
        )
    except services.FeilPasskey as feil:
        flash(gettext(str(feil)), "feil")
        hvor = "faktor.inn" if halvt_token() is not None else "konto.logg_inn"
        return redirect(url_for(hvor, neste=neste()), 303)
    return slipp_inn(token, user.brukernavn)
