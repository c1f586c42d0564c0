"""The plan's pages: matrix and measure. Read only, for everybody who is signed in."""

from flask import Blueprint, render_template

from koordinering.db import i_dag
from koordinering.plan import queries
from koordinering.plan.evaluering import queries as evaluering
from koordinering.plan.evaluering.rules import REGLER_I_ORD
from koordinering.plan.forms import PlanfilterForm
from koordinering.plan.rullering import queries as rullering
from koordinering.plan.serier import queries as serier
from koordinering.roles import Rettighet
from koordinering.statistikk import services as statistikk
from koordinering.web.gate import needs
from koordinering.web.huset import me

bp = Blueprint("plan", __name__)


@bp.get("/plan")
@needs(Rettighet.PLAN_LES)
def matrise() -> str:
    """The plan's own matrix, with its aims on top."""
    form = PlanfilterForm.fra_adressen(queries.ansvarlige(me()), queries.strategier(me()))
    rader = queries.matrise(me(), enhet=form.enhet.data or None, strategi=form.strategi.data or None)
    return render_template(
        "plan/matrise.html", plan=queries.plan(me()), delmaal=queries.delmaal(me()), rader=rader, form=form
    )


@bp.get("/plan/tiltak/<tiltak_id>")
@needs(Rettighet.PLAN_LES)
def tiltak(tiltak_id: str) -> str:
    """One measure, and where it is counted in what is released."""
    funnet = queries.tiltak(me(), tiltak_id)
    return render_template(
        "plan/tiltak.html",
        tiltak=funnet,
        bekreftet=rullering.bekreftet(me(), funnet.id),
        serier=serier.for_tiltak(me()).get(funnet.id, []),
        tall=statistikk.tall_om_tiltak(funnet.id, av=me()),
        stand=evaluering.standen(me(), funnet.id, i_dag()),
        historikk=evaluering.historikk(me(), funnet.id),
        regel=REGLER_I_ORD[funnet.kadens],
    )
