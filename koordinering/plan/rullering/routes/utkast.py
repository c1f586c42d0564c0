"""The draft of the plan's next version: begin, see, throw away, put in force. And the overview that corrections use."""

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from koordinering.db import transaction
from koordinering.errors import Endret
from koordinering.plan.rullering.forms.versjon import VedtaForm
from koordinering.plan.rullering.queries import Redigering
from koordinering.plan.rullering.routes.felles import Svar, bp, hent
from koordinering.plan.rullering.rules.endring import mangler
from koordinering.plan.rullering.services import versjoner
from koordinering.roles import Rettighet
from koordinering.tekst import N_
from koordinering.web.forsoek import Forsoek
from koordinering.web.gate import needs
from koordinering.web.huset import me
from koordinering.web.sprak import gettext


@bp.get("/plan/rediger/<hvor>")
@needs(Rettighet.PLAN_ENDRE)
def rediger(hvor: str) -> str:
    """All the parts that can be edited, and what the draft has changed."""
    side = hent(hvor)
    return render_template("rullering/rediger.html", side=side, hvor=hvor, rader=side.matrise())


@bp.post("/plan/utkast/start")
@needs(Rettighet.PLAN_ENDRE)
def start() -> Response:
    """Begin a draft."""
    with transaction():
        versjoner.start_utkast(av=me())
    flash(
        gettext(N_("Utkastet er startet. Ingenting endres i planen som gjelder før du setter det i kraft.")), "suksess"
    )
    return redirect(url_for("rullering.rediger", hvor="utkast"), 303)


@bp.post("/plan/utkast/kast")
@needs(Rettighet.PLAN_ENDRE)
def kast() -> Response:
    """Throw the draft away."""
    with transaction():
        versjoner.kast_utkast(request.form.get("sett", ""), av=me())
    flash(gettext(N_("Utkastet er forkastet. Planen som gjelder, er som før.")), "suksess")
    return redirect(url_for("rullering.versjoner"), 303)


@bp.route("/plan/utkast/vedta", methods=["GET", "POST"])
@needs(Rettighet.PLAN_ENDRE)
def vedta() -> Svar:
    """Put the draft in force, after a look at all that it changes."""
    side, form = hent("utkast"), VedtaForm()
    forsoek = Forsoek(form, Endret, versjoner.IkkeFerdig)
    if forsoek.gyldig:
        with forsoek.gjoer():
            nr = versjoner.vedta(form.vedtak(), form.sett.data or "", av=me()).nr
        if forsoek.gikk:
            flash(gettext(N_("Versjon %(nr)d av planen gjelder fra i dag.")) % {"nr": nr}, "suksess")
            return redirect(url_for("plan.matrise"), 303)
        side = hent("utkast")
    form.sett.data = side.rad.sjekksum
    return _vedtaside(side, form), forsoek.status


def _vedtaside(side: Redigering, form: VedtaForm) -> str:
    return render_template("rullering/vedta.html", side=side, form=form, mangler=mangler(side.fil, side.enheter))
