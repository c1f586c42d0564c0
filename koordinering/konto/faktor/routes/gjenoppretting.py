"""A link to a new sign-in: made for a user by the system administrator, and used once."""

from flask import make_response, render_template, request, url_for
from werkzeug.wrappers import Response

from koordinering.db import now, transaction
from koordinering.errors import DomainError, FinnesIkke, UgyldigFelt
from koordinering.konto import queries as kontoer
from koordinering.konto.faktor import services
from koordinering.konto.faktor.forms import NyInnloggingForm, TomForm
from koordinering.konto.faktor.routes.felles import bekreft_foerst, bp, sted, vent
from koordinering.konto.faktor.rules import IkkeFersk, krev_fersk
from koordinering.konto.routes.felles import min_okt
from koordinering.konto.routes.innlogging import slipp_inn
from koordinering.konto.rules import enhetstype
from koordinering.konto.services import VentLitt
from koordinering.roles import Rettighet
from koordinering.users import User
from koordinering.web.gate import needs, public
from koordinering.web.huset import innstillinger, me
from koordinering.web.sprak import gettext


@bp.route("/brukere/<int:user_id>/ny-innlogging", methods=["GET", "POST"])
@needs(Rettighet.BRUKER_ENDRE)
@bekreft_foerst
def ny_lenke(user_id: int) -> Response:
    """What a link does, and the link, once."""
    user, form = kontoer.bruker(me(), user_id), TomForm()
    krev_fersk(min_okt().bevist, now())
    if request.method != "POST":
        return _foer(user, form, 200)
    try:
        with transaction():
            user = kontoer.bruker(me(), user_id)
            token = services.lag_lenke(user, innstillinger().lenke_timer, av=me(), bevist=min_okt().bevist)
    except IkkeFersk:
        raise
    except DomainError as feil:
        form.form_errors.append(gettext(str(feil)))
        return _foer(kontoer.bruker(me(), user_id), form, 422)
    adresse = sted().opphav + url_for("faktor.gjenopprett", lenke=token)
    return make_response(
        render_template("faktor/lenke.html", user=kontoer.bruker(me(), user_id), adresse=adresse, timer=_timer())
    )


def _foer(user: User, form: TomForm, status: int) -> Response:
    return make_response(render_template("faktor/ny_lenke.html", user=user, form=form, timer=_timer()), status)


def _timer() -> int:
    return int(innstillinger().lenke_timer.total_seconds() // 3600)


@bp.route("/ny-innlogging/<lenke>", methods=["GET", "POST"])
@public
def gjenopprett(lenke: str) -> Response:
    """Choose a new password with a link; what one had besides is gone."""
    form = NyInnloggingForm()
    try:
        eier = services.lenkens_eier(lenke, adresse=request.remote_addr)
        if request.method != "POST" or not form.validate_on_submit():
            return _velg(eier, form, 422 if form.is_submitted() else 200)
        return _bruk(lenke, eier, form)
    except FinnesIkke:
        return make_response(render_template("faktor/lenke_brukt.html"), 404)
    except VentLitt as feil:
        hoder = vent(form, feil)
        svar = make_response(render_template("faktor/lenke_brukt.html"), 429)
        svar.headers.extend(hoder)
        return svar


def _bruk(lenke: str, eier: User, form: NyInnloggingForm) -> Response:
    try:
        user, token = services.bruk_lenke(
            lenke,
            form.passord_nytt.data or "",
            adresse=request.remote_addr,
            enhetstype=enhetstype(request.headers.get("User-Agent", "")),
            levetid=innstillinger().lengste_okt,
        )
    except UgyldigFelt as feil:
        form.feil(feil)
        return _velg(eier, form, 422)
    return slipp_inn(token, user.brukernavn)


def _velg(eier: User, form: NyInnloggingForm, status: int) -> Response:
    return make_response(render_template("faktor/gjenopprett.html", user=eier, form=form), status)
