"""The access log, for the data protection officer and for leaders of units."""

from flask import Blueprint, render_template, request

from koordinering import audit
from koordinering.personvern import queries
from koordinering.personvern.forms import LoggfilterForm
from koordinering.roles import Rettighet
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
