"""The new year: what will happen, and doing it, over every kind at once."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext

from koordinering.db import i_dag, transaction
from koordinering.errors import UgyldigFelt
from koordinering.roles import Rettighet
from koordinering.tekst import N_
from koordinering.tildeling import services
from koordinering.tildeling.routes.felles import Svar, bp
from koordinering.web.gate import needs
from koordinering.web.huset import me
from koordinering.web.skjema import BaseForm


@bp.route("/aarsskifte", methods=["GET", "POST"])
@needs(Rettighet.AAR_AVSLUTT)
def aarsskifte() -> Svar:
    """The year's end, shown first."""
    aar, form = _aar(), BaseForm()
    if not form.is_submitted():
        return _side(form, aar)
    try:
        with transaction():
            services.skift_aar(aar, av=me())
    except UgyldigFelt as feil:
        form.feil(feil)
        return _side(form, aar), 422
    flash(gettext(N_("%(aar)d er avsluttet, og %(neste)d er åpnet.")) % {"aar": aar, "neste": aar + 1}, "suksess")
    return redirect(url_for("tildeling.aarsskifte", aar=aar), 303)


def _aar() -> int:
    """The year of the address; without one, this year from November on, else the last."""
    tekst, dag = request.values.get("aar", ""), i_dag()
    aar = int(tekst) if tekst.isascii() and tekst.isdigit() and len(tekst) == 4 else 0
    return aar if 2000 <= aar < 2100 else dag.year if dag.month >= 11 else dag.year - 1


def _side(form: BaseForm, aar: int) -> str:
    return render_template("tildeling/aarsskifte.html", form=form, plan=services.planlegg_aaret(aar))
