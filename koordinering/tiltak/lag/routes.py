"""Pages of the clubs: the list, a new one, and changing one. What one club has to do with is in tiltak/lagside."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from koordinering.access import can
from koordinering.db import db, transaction
from koordinering.errors import Endret, UgyldigFelt
from koordinering.roles import Rettighet
from koordinering.sider import hent_side
from koordinering.tekst import N_
from koordinering.tiltak.lag import queries, services
from koordinering.tiltak.lag.forms import LagForm, LagSoekForm
from koordinering.tiltak.lag.models import Lag
from koordinering.tiltak.lag.rules import i_grupper
from koordinering.web.forsoek import Forsoek
from koordinering.web.gate import needs
from koordinering.web.huset import me
from koordinering.web.samtidig import til_det_nye
from koordinering.web.sprak import gettext

bp = Blueprint("lag", __name__)
bp.add_app_template_filter(i_grupper, "i_grupper")

Svar = str | Response | tuple[str, int]


@bp.get("/lag")
@needs(Rettighet.LAG_LES)
def liste() -> str:
    """All clubs."""
    form = LagSoekForm(request.args)
    query = queries.lagliste(form.q.data or "", alle=form.alle.data)
    side = hent_side(db.session(), query, [Lag.navn, Lag.id], noekkel=request.args.get("side", ""))
    return render_template("lag/liste.html", form=form, side=side, kan_endre=can(me(), Rettighet.LAG_ENDRE))


@bp.route("/lag/nytt", methods=["GET", "POST"])
@needs(Rettighet.LAG_ENDRE)
def nytt() -> Svar:
    """A new club."""
    form = LagForm()
    if form.validate_on_submit():
        try:
            with transaction():
                lag_id = services.opprett_lag(form.opplysninger(), av=me()).id
        except UgyldigFelt as feil:
            form.feil(feil)
        else:
            flash(gettext(N_("Laget er lagt inn.")), "suksess")
            return redirect(url_for("lagside.vis", lag_id=lag_id), 303)
    return render_template("lag/skjema.html", form=form, lag=None), 422 if form.is_submitted() else 200


@bp.route("/lag/<int:lag_id>/endre", methods=["GET", "POST"])
@needs(Rettighet.LAG_ENDRE)
def endre(lag_id: int) -> Svar:
    """Change a club."""
    form = LagForm(lag=queries.lag(me(), lag_id))
    forsoek = Forsoek(form, Endret)
    if forsoek.gyldig:
        with forsoek.gjoer():
            lag = queries.lag(me(), lag_id)
            services.endre_lag(lag, form.opplysninger(), versjon=form.lest_versjon(), av=me())
    if forsoek.gikk:
        flash(gettext(N_("Laget er endret.")), "suksess")
        return redirect(url_for("lagside.vis", lag_id=lag_id), 303)
    lag = queries.lag(me(), lag_id)
    if forsoek.endret:
        til_det_nye(form, LagForm(lag=lag, formdata=None))
    return render_template("lag/skjema.html", form=form, lag=lag), forsoek.status
