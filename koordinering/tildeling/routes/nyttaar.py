"""The new year: what will happen, and doing it, over every kind at once."""

from collections.abc import Sequence

from flask import flash, redirect, render_template, request, url_for

from koordinering.db import i_dag, transaction
from koordinering.errors import UgyldigFelt
from koordinering.roles import Rettighet
from koordinering.tekst import N_
from koordinering.tildeling import services
from koordinering.tildeling.forms import NyeKortForm
from koordinering.tildeling.routes.felles import Svar, bp
from koordinering.web.gate import needs
from koordinering.web.huset import me
from koordinering.web.skjema import BaseForm, heltall
from koordinering.web.sprak import gettext


@bp.route("/aarsskifte", methods=["GET", "POST"])
@needs(Rettighet.AAR_AVSLUTT)
def aarsskifte() -> Svar:
    """The year's end, shown first."""
    aar, form = _aar(), BaseForm()
    plan = services.planlegg_aaret(aar)
    rader = [NyeKortForm(navn, kort) for navn, kort in plan.kort if kort.nye]
    if not form.is_submitted():
        return _side(form, plan, rader)
    if [rad for rad in rader if not rad.validate()]:
        return _side(form, plan, rader), 422
    nye_kort = {rad.tiltak_id: rad.antall.data for rad in rader if rad.antall.data is not None}
    try:
        with transaction():
            services.skift_aar(aar, nye_kort, av=me())
    except UgyldigFelt as feil:
        (rader[0] if feil.felt == "antall" and rader else form).feil(feil)
        return _side(form, services.planlegg_aaret(aar), rader), 422
    flash(gettext(N_("%(aar)d er avsluttet, og %(neste)d er åpnet.")) % {"aar": aar, "neste": aar + 1}, "suksess")
    return redirect(url_for("tildeling.aarsskifte", aar=aar), 303)


def _aar() -> int:
    """The year of the address; without one, this year from November on, else the last."""
    aar, dag = heltall(request.values.get("aar"), 4) or 0, i_dag()
    return aar if 2000 <= aar < 2100 else dag.year if dag.month >= 11 else dag.year - 1


def _side(form: BaseForm, plan: services.Nyttaar, rader: Sequence[NyeKortForm]) -> str:
    return render_template("tildeling/aarsskifte.html", form=form, plan=plan, rader=rader)
