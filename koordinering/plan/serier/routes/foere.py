"""One figure: enter, correct, delete, and undo a change."""

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from koordinering.db import transaction
from koordinering.errors import Endret, FinnesIkke
from koordinering.plan.serier import queries, services
from koordinering.plan.serier.forms.punkt import PunktForm
from koordinering.plan.serier.routes.felles import Svar, bp
from koordinering.plan.serier.rules.foering import KanIkkeAngres
from koordinering.plan.serier.rules.periode import les_periode
from koordinering.roles import Rettighet
from koordinering.tekst import N_
from koordinering.web.forsoek import Forsoek
from koordinering.web.gate import needs
from koordinering.web.huset import me
from koordinering.web.samtidig import til_det_nye
from koordinering.web.skjema import heltall
from koordinering.web.sprak import gettext


@bp.route("/plan/indikator/<serie_id>/tall", methods=["GET", "POST"])
@needs(Rettighet.SERIE_FOER)
def foer(serie_id: str) -> Svar:
    """Enter a figure, or correct the one of the period in the address."""
    serie = queries.serie(me(), serie_id)
    queries.krev_foere(me(), serie)
    tid = les_periode(request.args.get("periode", ""))
    punkt = queries.gjeldende_punkter(serie_id, [tid.kode]).get(tid.kode) if tid else None
    form = PunktForm(serie, punkt, tid.kode if tid else "")
    forsoek = Forsoek(form, Endret)
    if forsoek.gyldig:
        with forsoek.gjoer():
            tall = form.tall()
            services.foer(serie_id, tall, sett=form.lest_versjon(), bekreftet=form.bekreftet.data, av=me())
    if forsoek.gikk:
        flash(gettext(N_("Tallet er lagret.")), "suksess")
        return redirect(url_for("serier.vis", serie_id=serie_id), 303)
    if forsoek.endret and tid is not None:
        punkt = queries.gjeldende_punkter(serie_id, [tid.kode]).get(tid.kode)
        til_det_nye(form, PunktForm(queries.serie(me(), serie_id), punkt, tid.kode, formdata=None))
    side = render_template("serier/tall.html", form=form, serie=serie, periode=tid.kode if tid else None)
    return side, forsoek.status


@bp.post("/plan/indikator/<serie_id>/slett")
@needs(Rettighet.SERIE_FOER)
def slett(serie_id: str) -> Response:
    """Take a figure away."""
    tid = les_periode(request.form.get("periode", ""))
    if tid is None:
        raise FinnesIkke
    with transaction():
        services.slett(serie_id, tid.kode, sett=heltall(request.form.get("versjon")) or 0, av=me())
    flash(gettext(N_("Tallet er slettet. Det kan angres i historikken.")), "suksess")
    return redirect(url_for("serier.vis", serie_id=serie_id), 303)


@bp.post("/plan/indikator/<serie_id>/endring/<int:endring_id>/angre")
@needs(Rettighet.SERIE_FOER)
def angre(serie_id: str, endring_id: int) -> Response:
    """Put back what stood before a change."""
    try:
        with transaction():
            services.angre(endring_id, av=me())
    except KanIkkeAngres as feil:
        flash(gettext(str(feil)), "feil")
    else:
        flash(gettext(N_("Endringen er angret.")), "suksess")
    return redirect(url_for("serier.vis", serie_id=serie_id), 303)
