"""One assessment as it is read, with the steps that the reader can take."""

from collections.abc import Callable

from flask import flash, redirect, render_template, url_for

from koordinering.access import can
from koordinering.db import transaction
from koordinering.errors import DomainError
from koordinering.plan.evaluering import queries, services
from koordinering.plan.evaluering.forms import GodkjennForm, ReturForm
from koordinering.plan.evaluering.models import Vurdering
from koordinering.plan.evaluering.routes.felles import Svar, bp
from koordinering.plan.evaluering.rules import KAN_SKRIVES, Handling, kan_ta
from koordinering.roles import Rettighet
from koordinering.tekst import N_
from koordinering.web.forsoek import Forsoek
from koordinering.web.gate import needs
from koordinering.web.huset import me
from koordinering.web.sprak import gettext


@bp.get("/plan/vurderinger/<int:vurdering_id>")
@needs(Rettighet.PLAN_LES)
def vis(vurdering_id: int) -> str:
    """An assessment that the user may see, and the earlier ones of the measure."""
    return _side(queries.vurdering(me(), vurdering_id), ReturForm(formdata=None))


def _side(rad: Vurdering, form: ReturForm) -> str:
    styrer, skriver = can(me(), Rettighet.EVALUERING_STYR), can(me(), Rettighet.VURDERING_SKRIV, rad)
    return render_template(
        "evaluering/vis.html",
        rad=rad,
        form=form,
        historikk=[en for en in queries.historikk(me(), rad.tiltak_id) if en.id != rad.id],
        kan_godkjenne=styrer and kan_ta(rad.status, Handling.GODKJENN),
        kan_returnere=styrer and kan_ta(rad.status, Handling.RETURNER),
        kan_gjenaapne=styrer and kan_ta(rad.status, Handling.GJENAAPNE),
        kan_trekke=skriver and kan_ta(rad.status, Handling.TREKK),
        kan_skrive=skriver and rad.status in KAN_SKRIVES,
        ser_grunn=styrer or skriver,
    )


@bp.post("/plan/vurderinger/<int:vurdering_id>/godkjenn")
@needs(Rettighet.EVALUERING_STYR)
def godkjenn(vurdering_id: int) -> Svar:
    """Approve what was read."""
    form = GodkjennForm()
    try:
        with transaction():
            services.godkjenn(queries.vurdering(me(), vurdering_id), versjon=form.lest_versjon(), av=me())
    except DomainError as feil:
        flash(gettext(str(feil)), "feil")
        return redirect(url_for("evaluering.vis", vurdering_id=vurdering_id), 303)
    flash(gettext(N_("Vurderingen er godkjent.")), "suksess")
    return redirect(url_for("evaluering.oversikt"), 303)


@bp.post("/plan/vurderinger/<int:vurdering_id>/returner")
@needs(Rettighet.EVALUERING_STYR)
def returner(vurdering_id: int) -> Svar:
    """Send it back with what must be changed."""
    return _tilbake(vurdering_id, services.returner, gettext(N_("Vurderingen er sendt tilbake til enheten.")))


@bp.post("/plan/vurderinger/<int:vurdering_id>/gjenaapne")
@needs(Rettighet.EVALUERING_STYR)
def gjenaapne(vurdering_id: int) -> Svar:
    """Open an approved one again."""
    return _tilbake(vurdering_id, services.gjenaapne, gettext(N_("Vurderingen er åpnet igjen, og enheten kan endre.")))


def _tilbake(vurdering_id: int, tjeneste: Callable[..., None], melding: str) -> Svar:
    form = ReturForm()
    forsoek = Forsoek(form, DomainError)
    if forsoek.gyldig:
        with forsoek.gjoer():
            tjeneste(queries.vurdering(me(), vurdering_id), form.grunn.data or "", av=me())
    if forsoek.gikk:
        flash(melding, "suksess")
        return redirect(url_for("evaluering.oversikt"), 303)
    return _side(queries.vurdering(me(), vurdering_id), form), forsoek.status
