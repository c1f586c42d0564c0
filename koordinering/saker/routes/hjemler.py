"""The code list of statutory authorities, for whoever keeps the installation."""

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from koordinering.db import i_dag, transaction
from koordinering.errors import Endret, UgyldigFelt
from koordinering.roles import Rettighet
from koordinering.saker import queries, services
from koordinering.saker.forms.hjemler import HjemmelForm
from koordinering.saker.models import Hjemmel
from koordinering.saker.routes.felles import bp
from koordinering.saker.routes.visning import hjemmellinjer
from koordinering.tekst import N_
from koordinering.web.gate import needs
from koordinering.web.huset import me
from koordinering.web.sprak import gettext

Svar = Response | str | tuple[str, int]


@bp.get("/hjemler")
@needs(Rettighet.HJEMMEL_ENDRE)
def hjemler() -> str:
    """All of them, also those that have ended: the newest first."""
    side = queries.hjemmelside(me(), request.args.get("side", ""))
    return render_template("saker/hjemler.html", side=side, dag=i_dag())


@bp.route("/hjemler/ny", methods=["GET", "POST"])
@needs(Rettighet.HJEMMEL_ENDRE)
def ny_hjemmel() -> Svar:
    """One more."""
    form = HjemmelForm(data={"fra": i_dag()})
    if form.validate_on_submit():
        try:
            with transaction():
                services.opprett_hjemmel(form.opplysninger(), av=me())
        except UgyldigFelt as feil:
            form.feil(feil)
        else:
            flash(gettext(N_("Hjemmelen er lagt inn.")), "suksess")
            return redirect(url_for("saker.hjemler"), 303)
    side = render_template("saker/hjemmel.html", form=form, hjemmel=None)
    return (side, 422) if form.is_submitted() else side


@bp.route("/hjemler/<hjemmel_id>", methods=["GET", "POST"])
@needs(Rettighet.HJEMMEL_ENDRE)
def hjemmel(hjemmel_id: str) -> Svar:
    """Change or end one, and see what has been changed."""
    rad = queries.hjemmel(me(), hjemmel_id)
    form = HjemmelForm(hjemmel=rad)
    status = 422 if form.is_submitted() else 200
    if form.validate_on_submit():
        try:
            with transaction():
                services.endre_hjemmel(hjemmel_id, form.opplysninger(), vist=form.vist.data or "", av=me())
        except UgyldigFelt as feil:
            form.feil(feil)
        except Endret as feil:
            form.form_errors.append(gettext(str(feil)))
            form.vist.data, status = queries.hjemmel(me(), hjemmel_id).avtrykk(), feil.status
        else:
            flash(gettext(N_("Hjemmelen er endret.")), "suksess")
            return redirect(url_for("saker.hjemler"), 303)
    return _vis(form, queries.hjemmel(me(), hjemmel_id)), status


def _vis(form: HjemmelForm, rad: Hjemmel) -> str:
    endringer = queries.hjemmelendringer(rad)
    return render_template(
        "saker/hjemmel.html",
        form=form,
        hjemmel=rad,
        brukt=services.er_brukt(rad.id),
        historie=hjemmellinjer(endringer, queries.navn(endringer)),
    )
