"""The unit's own assessments: what is to be written, the form, and the way in from a reminder."""

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from koordinering.db import i_dag, transaction
from koordinering.errors import DomainError, FinnesIkke
from koordinering.plan.evaluering import queries, services
from koordinering.plan.evaluering.forms import VurderingForm
from koordinering.plan.evaluering.models import Vurdering
from koordinering.plan.evaluering.routes.felles import Svar, bp
from koordinering.plan.evaluering.rules import KAN_SKRIVES
from koordinering.plan.evaluering.services.vurderinger import krev_aaret
from koordinering.roles import Rettighet
from koordinering.tekst import N_
from koordinering.tiltak.models import Tiltak
from koordinering.web.forsoek import Forsoek
from koordinering.web.gate import needs
from koordinering.web.huset import me
from koordinering.web.samtidig import til_det_nye
from koordinering.web.skjema import heltall
from koordinering.web.sprak import gettext


@bp.get("/plan/vurderinger")
@needs(Rettighet.VURDERING_SKRIV)
def mine() -> str:
    """The measures that the unit answers for, what is due first on top."""
    return render_template(
        "evaluering/mine.html", rader=queries.mine(me(), i_dag()), paa_epost=services.post_i_bruk(), epost=me().epost
    )


@bp.route("/plan/vurderinger/skriv", methods=["GET", "POST"])
@needs(Rettighet.VURDERING_SKRIV)
def skriv() -> Svar:
    """The form of one measure's year, with the earlier years beside it. The address names both."""
    tiltak_id, aar = request.args.get("tiltak", ""), heltall(request.args.get("aar"), 4)
    if not tiltak_id or aar is None:
        return redirect(url_for("evaluering.mine"), 303)
    tiltak, _ = queries.tiltaket(me(), tiltak_id)
    krev_aaret(aar)
    rad = queries.for_aaret(tiltak.id, aar)
    if rad is not None and rad.status not in KAN_SKRIVES:
        return redirect(url_for("evaluering.vis", vurdering_id=rad.id), 303)
    form = VurderingForm(vurdering=rad)
    return _lagret(form, tiltak, aar) or _side(form, tiltak, aar)


def _lagret(form: VurderingForm, tiltak: Tiltak, aar: int) -> Svar | None:
    """Where to go once it is kept; the page with what is wrong; None where nothing was sent."""
    if not form.is_submitted():
        return None
    forsoek, tiltak_id = Forsoek(form, DomainError), tiltak.id
    if forsoek.gyldig:
        with forsoek.gjoer():
            rad = services.lagre(
                tiltak_id, aar, form.innhold(), versjon=form.lest_versjon(), send=form.skal_sendes, av=me()
            )
            videre = _videre(rad, sendt=form.skal_sendes)
        if forsoek.gikk:
            return videre
    if forsoek.endret:
        til_det_nye(form, VurderingForm(vurdering=queries.for_aaret(tiltak_id, aar), formdata=None))
    return _side(form, queries.tiltaket(me(), tiltak_id)[0], aar), forsoek.status


def _videre(rad: Vurdering, *, sendt: bool) -> Response:
    if sendt:
        flash(gettext(N_("Vurderingen er sendt til koordinatoren.")), "suksess")
        return redirect(url_for("evaluering.vis", vurdering_id=rad.id), 303)
    flash(gettext(N_("Utkastet er lagret. Koordinatoren ser det ikke før du sender det.")), "suksess")
    return redirect(url_for("evaluering.skriv", tiltak=rad.tiltak_id, aar=rad.aar), 303)


def _side(form: VurderingForm, tiltak: Tiltak, aar: int) -> str:
    return render_template(
        "evaluering/skriv.html",
        form=form,
        tiltak=tiltak,
        aar=aar,
        rad=queries.for_aaret(tiltak.id, aar),
        historikk=queries.historikk(me(), tiltak.id),
    )


@bp.post("/plan/vurderinger/<int:vurdering_id>/trekk")
@needs(Rettighet.VURDERING_SKRIV)
def trekk(vurdering_id: int) -> Response:
    """Take back what is sent and not decided."""
    try:
        with transaction():
            rad = queries.vurdering(me(), vurdering_id)
            services.trekk(rad, av=me())
            til = url_for("evaluering.skriv", tiltak=rad.tiltak_id, aar=rad.aar)
    except DomainError as feil:
        flash(gettext(str(feil)), "feil")
        return redirect(url_for("evaluering.vis", vurdering_id=vurdering_id), 303)
    flash(gettext(N_("Vurderingen er trukket tilbake og er et utkast igjen.")), "suksess")
    return redirect(til, 303)


@bp.get("/plan/paaminnelse/<int:brev>")
@needs(Rettighet.VURDERING_SKRIV)
def paaminnelse(brev: int) -> Response:
    """Where a reminder leads: the form when it told of one, the list when it told of several or is done."""
    rader = queries.brevet(me(), brev)
    if len(rader) != 1:
        return redirect(url_for("evaluering.mine"), 303)
    (rad,) = rader
    try:
        queries.tiltaket(me(), rad.tiltak_id)
    except FinnesIkke:  # another unit has it now
        return redirect(url_for("evaluering.mine"), 303)
    return redirect(url_for("evaluering.skriv", tiltak=rad.tiltak_id, aar=rad.aar), 303)
