"""One's own jobs: how far they have come, cancel, result."""

from dataclasses import dataclass

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from werkzeug.routing import BuildError
from werkzeug.wrappers import Response

from koordinering.db import transaction
from koordinering.jobb import queries, services
from koordinering.jobb.models import Jobb
from koordinering.jobb.rules import Jobbstatus
from koordinering.tekst import N_
from koordinering.web.gate import signed_in
from koordinering.web.huset import me
from koordinering.web.sprak import gettext

bp = Blueprint("jobb", __name__)

_OPPFRISK_S = 5
_UFERDIG = {Jobbstatus.VENTER, Jobbstatus.I_ARBEID}


@dataclass(frozen=True)
class Jobblinje:
    """A job as the page shows it."""

    jobb: Jobb
    tittel: str
    uferdig: bool
    lenke: str | None
    """Address of what it made."""


def _lenke(jobb: Jobb) -> str | None:
    resultat = jobb.resultat or {}
    if jobb.status is not Jobbstatus.FERDIG or "endepunkt" not in resultat:
        return None
    try:
        return url_for(resultat["endepunkt"], **resultat.get("verdier", {}))
    except BuildError:  # made by an older version, whose page is gone
        return None


def _linje(jobb: Jobb) -> Jobblinje:
    arbeid = services.arbeid_av(jobb.slag)
    return Jobblinje(jobb, gettext(arbeid.tittel) if arbeid else jobb.slag, jobb.status in _UFERDIG, _lenke(jobb))


@bp.get("/jobber")
@signed_in
def liste() -> Response:
    """The user's own jobs. The page opens itself again as long as one of them is not done."""
    side = queries.jobber(me(), request.args.get("side", ""))
    linjer = [_linje(jobb) for jobb in side.rader]
    noe_gaar = any(linje.uferdig for linje in linjer)
    svar = make_response(render_template("jobb/liste.html", side=side, linjer=linjer, noe_gaar=noe_gaar))
    if noe_gaar:
        svar.headers["Refresh"] = str(_OPPFRISK_S)  # what a meta element would say, without a script
    return svar


@bp.post("/jobber/<int(max=9223372036854775807):jobb_id>/avbryt")
@signed_in
def avbryt(jobb_id: int) -> Response:
    """Stop one's own job."""
    with transaction():
        services.avbryt(queries.jobb(me(), jobb_id), av=me())
    flash(gettext(N_("Jobben blir stoppet.")), "info")
    return redirect(url_for("jobb.liste"), 303)
