"""The access log, for the data protection officer and for leaders of units."""

from flask import Blueprint, render_template, request

from koordinering import audit
from koordinering.personvern import queries
from koordinering.personvern.forms import LoggfilterForm
from koordinering.roles import Rettighet
from koordinering.saker.rules.innboks import Aapningsgrunn
from koordinering.saker.services import les_tekst
from koordinering.web.gate import needs
from koordinering.web.huset import me

bp = Blueprint("personvern", __name__)


@bp.get("/innsynslogg")
@needs(Rettighet.LOGG_LES)
def logg() -> str:
    """Who did or read what: ids and codes, the newest first. Each look is itself a line."""
    form = LoggfilterForm(request.args, queries.enheter_i_loggen(me()))
    valg = form.valg()
    audit.record(audit.Hva.LOGG_LEST, av=me())
    return render_template(
        "personvern/logg.html", form=form, logg=queries.logg(me(), valg, request.args.get("side", ""))
    )


@bp.get("/innsynslogg/aapninger")
@needs(Rettighet.LOGG_LES)
def aapninger() -> str:
    """Why cases outside somebody's own inbox were opened: who, when, which reference, and the answer."""
    valgt = request.args.get("grunn", "")
    grunn = Aapningsgrunn(valgt) if valgt in set(Aapningsgrunn) else None
    audit.record(audit.Hva.LOGG_LEST, av=me(), detalj="aapninger")
    side = queries.aapninger(me(), grunn, request.args.get("side", ""))
    return render_template(
        "personvern/aapninger.html",
        side=side,
        grunn=grunn,
        grunner=list(Aapningsgrunn),
        enheter=queries.enhetsnavn(),
        les_tekst=les_tekst,
    )
