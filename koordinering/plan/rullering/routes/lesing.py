"""Reads the plan's versions: the list, each as the matrix it is, what differs between two, and the history."""

from flask import render_template, request

from koordinering.db import db
from koordinering.errors import FinnesIkke
from koordinering.plan.rullering import queries
from koordinering.plan.rullering.forms.versjon import SammenlignForm
from koordinering.plan.rullering.models import Planendring, Planversjon
from koordinering.plan.rullering.routes.felles import bp, les_plandel
from koordinering.plan.rullering.rules import Plandel
from koordinering.plan.rullering.rules.dokument import fra_innhold
from koordinering.plan.rullering.rules.forskjell import FELT, finn, i_ord, kalles
from koordinering.plan.rullering.rules.visning import matrise
from koordinering.roles import Rettighet
from koordinering.sider import hent_side
from koordinering.web.gate import needs
from koordinering.web.huset import me
from koordinering.web.skjema import heltall
from koordinering.web.sprak import gettext


@bp.get("/plan/versjoner")
@needs(Rettighet.PLAN_LES)
def versjoner() -> str:
    """The versions, the newest first."""
    side = hent_side(
        db.session(),
        queries.versjoner(me()),
        [Planversjon.nr],
        synkende=True,
        noekkel=request.args.get("side", ""),
    )
    return render_template("rullering/versjoner.html", side=side)


@bp.get("/plan/versjoner/<int:versjon_nr>")
@needs(Rettighet.PLAN_LES)
def versjon(versjon_nr: int) -> str:
    """One version as the plan's own matrix."""
    utgave = queries.versjon(me(), versjon_nr)
    fil = fra_innhold(utgave.innhold)
    return render_template("rullering/versjon.html", utgave=utgave, fil=fil, rader=matrise(fil, queries.fulle_navn()))


@bp.get("/plan/versjoner/<int:versjon_nr>/tiltak/<tiltak_id>")
@needs(Rettighet.PLAN_LES)
def versjonstiltak(versjon_nr: int, tiltak_id: str) -> str:
    """One measure as a version has it."""
    utgave = queries.versjon(me(), versjon_nr)
    linje = finn(fra_innhold(utgave.innhold), Plandel.TILTAK, tiltak_id)
    if linje is None:
        raise FinnesIkke
    navn = queries.fulle_navn()
    felter = [(gettext(tekst), i_ord(felt, getattr(linje, felt), navn)) for felt, tekst in FELT[Plandel.TILTAK].items()]
    return render_template(
        "rullering/versjonstiltak.html", utgave=utgave, linje=linje, felter=felter, navn=kalles(Plandel.TILTAK, linje)
    )


@bp.get("/plan/endringer")
@needs(Rettighet.PLAN_LES)
def endringer() -> str:
    """What differs between two versions; the newest against the one before unless others are chosen."""
    form = SammenlignForm(queries.numre(me()))
    fra, til = (heltall(felt.data) or 0 for felt in (form.fra, form.til))
    en, annen, alle = queries.sammenlign(me(), fra, til)
    return render_template("rullering/endringer.html", form=form, fra=en, til=annen, endringer=alle)


@bp.get("/plan/historikk")
@needs(Rettighet.PLAN_LES)
def historikk() -> str:
    """Every field that was changed, the newest first; of one part when the address names it."""
    slag, del_id = request.args.get("slag", ""), request.args.get("id", "")
    query = queries.historikk(me(), slag=les_plandel(slag), del_id=del_id) if slag else queries.historikk(me())
    side = hent_side(
        db.session(), query, [Planendring.id], synkende=True, noekkel=request.args.get("side", ""), stoerrelse=50
    )
    felter = {slag.value: dict(alle) for slag, alle in FELT.items()}
    return render_template("rullering/historikk.html", side=side, slag=slag, del_id=del_id, felter=felter)
