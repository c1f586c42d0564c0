"""One's own account: roles, sessions, password."""

from flask import flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from koordinering.db import transaction
from koordinering.errors import FinnesIkke, UgyldigFelt
from koordinering.konto import queries, services
from koordinering.konto.forms import EpostForm, NyttPassordForm, PassordForm
from koordinering.konto.routes.doer import egen_side, okt_sekunder
from koordinering.konto.routes.felles import bp, bytt_token, gjort, glem_token, min_okt
from koordinering.tekst import N_
from koordinering.web.gate import signed_in, signed_in_for_the_first_time
from koordinering.web.huset import innstillinger, me
from koordinering.web.sprak import gettext


@bp.get("/konto")
@signed_in
def min() -> Response:
    """Roles and units, running sessions, and the form to change the password."""
    return _side(PassordForm(), 200)


def _side(form: PassordForm, status: int, *, epost: EpostForm | None = None) -> Response:
    okter = queries.egne_okter(me(), innstillinger().tomgang)
    epost = epost or EpostForm(formdata=None, data={"epost": me().epost or ""})
    side = render_template("konto/min.html", form=form, epost=epost, okter=okter, denne=min_okt().id, user=me())
    return make_response(side, status)


@bp.post("/konto/epost")
@signed_in
def epost() -> Response:
    """Set where one's own reminders go."""
    form = EpostForm()
    if gjort(form, lambda: services.endre_epost(me(), form.epost.data or "", av=me())):
        flash(gettext(N_("E-postadressen er lagret.")), "suksess")
        return redirect(url_for("konto.min"), 303)
    return _side(PassordForm(formdata=None), 422, epost=form)


@bp.post("/konto/passord")
@signed_in
def passord() -> Response:
    """Change one's password."""
    form = PassordForm()
    return redirect(url_for("konto.min"), 303) if _byttet(form) else _side(form, 422)


def _byttet(form: PassordForm) -> bool:
    """Change the password as the form says; what is wrong lands at its field."""
    if not form.validate_on_submit():
        return False
    try:
        naa, nytt = form.passord_naa.data or "", form.passord_nytt.data or ""
        token = services.bytt_passord(naa, nytt, av=me(), okt_id=min_okt().id)
    except UgyldigFelt as feil:
        form.feil(feil)
        return False
    if token is not None:
        bytt_token(token)
    flash(gettext(N_("Passordet er endret. Andre økter er avsluttet.")), "suksess")
    return True


@bp.route("/konto/nytt-passord", methods=["GET", "POST"])
@signed_in_for_the_first_time
def nytt_passord() -> Response:
    """The first thing one sees with a temporary password, and the only thing until one has chosen one's own."""
    neste = egen_side(request.args.get("neste")) or url_for("forside.start")
    if not me().passord_midlertidig:
        return redirect(neste, 303)
    form = NyttPassordForm()
    if request.method == "POST" and _byttet(form):
        return redirect(neste, 303)
    return make_response(render_template("konto/nytt_passord.html", form=form), 422 if form.errors else 200)


@bp.post("/konto/okter/<okt_id>/avslutt")
@signed_in
def avslutt(okt_id: str) -> Response:
    """End one of one's own sessions."""
    try:
        noekkel = bytes.fromhex(okt_id)
    except ValueError:
        raise FinnesIkke from None
    with transaction():
        services.avslutt_okt(noekkel, av=me())
    if noekkel == min_okt().id:
        glem_token()
        return redirect(url_for("konto.logg_inn"), 303)
    flash(gettext(N_("Økten er avsluttet.")), "suksess")
    return redirect(url_for("konto.min"), 303)


@bp.post("/okt/forleng")
@signed_in_for_the_first_time
def forleng() -> Response:
    """Asked for by the warning before the session ends: finding the user has already extended it.

    Answers with the seconds that are left now: fewer than before when the session has nearly lasted its longest.
    """
    return Response(str(okt_sekunder()), mimetype="text/plain")
