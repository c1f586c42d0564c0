"""The plan's pages: matrix, measure, indicators. Read only, for everybody who is signed in."""

from flask import Blueprint, render_template
from flask_babel import gettext

from koordinering.db import i_dag
from koordinering.plan import queries
from koordinering.plan.evaluering import queries as evaluering
from koordinering.plan.evaluering.rules import REGLER_I_ORD
from koordinering.plan.forms import PlanfilterForm
from koordinering.plan.rules.planfil import Indikatorslag
from koordinering.plan.rullering import queries as rullering
from koordinering.roles import Rettighet
from koordinering.statistikk import services as statistikk
from koordinering.tekst import N_
from koordinering.web.gate import needs
from koordinering.web.huset import me

bp = Blueprint("plan", __name__)

_GRUPPER = (
    (N_("Tall i planen"), (Indikatorslag.TALL,)),
    (N_("Rammer og mål"), (Indikatorslag.RAMME, Indikatorslag.MAAL)),
    (N_("Skal rapporteres"), (Indikatorslag.RAPPORTERES,)),
)


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
        serier=queries.indikatorer(me(), tiltak_id=funnet.id),
        bekreftet=rullering.bekreftet(me(), funnet.id),
        tall=statistikk.tall_om_tiltak(funnet.id, av=me()),
        stand=evaluering.standen(me(), funnet.id, i_dag()),
        historikk=evaluering.historikk(me(), funnet.id),
        regel=REGLER_I_ORD[funnet.kadens],
    )


@bp.get("/plan/indikatorer")
@needs(Rettighet.PLAN_LES)
def indikatorer() -> str:
    """The plan's figures with sources, breaks and ended series."""
    serier = queries.indikatorer(me())
    gjeldende = [serie for serie in serier if not serie.avsluttet]
    grupper = [(gettext(tittel), [s for s in gjeldende if s.slag in slag]) for tittel, slag in _GRUPPER]
    avsluttede = (gettext("Serier som ikke føres videre"), [serie for serie in serier if serie.avsluttet])
    return render_template("plan/indikatorer.html", grupper=[*grupper, avsluttede])
