"""The overview: the state of every measure on one page."""

from flask import render_template

from koordinering.db import i_dag
from koordinering.plan import queries as planen
from koordinering.plan.rapport import queries
from koordinering.plan.rapport.forms import OversiktForm
from koordinering.plan.rapport.routes.felles import bp
from koordinering.plan.rapport.visning import tallvisning
from koordinering.roles import Rettighet
from koordinering.web.gate import needs
from koordinering.web.huset import me
from koordinering.web.sprak import gettext

_AAR_TILBAKE = 5


@bp.get("/plan/oversikt")
@needs(Rettighet.PLAN_LES)
def oversikt() -> str:
    """All measures: figure, trend, assessment, who."""
    i_aar = i_dag().year
    aarene = [i_aar - 1, i_aar, *(i_aar - nr for nr in range(2, _AAR_TILBAKE + 1))]
    form = OversiktForm.fra_adressen(aarene, planen.strategier(me()), planen.ansvarlige(me()))
    aar = int(form.aar.data)
    rader = queries.oversikt(me(), aar, i_dag(), enhet=form.enhet.data or None, strategi=form.strategi.data or None)
    vist = [(rad, tallvisning(rad.tall, f"-{nr}", gettext)) for nr, rad in enumerate(rader)]
    return render_template("rapport/oversikt.html", form=form, aar=aar, rader=vist, plan=planen.plan(me()))
