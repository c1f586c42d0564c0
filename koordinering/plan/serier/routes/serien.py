"""A series of the municipality's own, and what the coordinator decides about any of them."""

from flask import flash, redirect, render_template, url_for

from koordinering.errors import Endret, FinnesIkke
from koordinering.plan import queries as planen
from koordinering.plan.serier import queries, services
from koordinering.plan.serier.forms.serie import SerieForm
from koordinering.plan.serier.routes.felles import Svar, bp
from koordinering.plan.serier.rules import Opphav
from koordinering.roles import Rettighet
from koordinering.tekst import N_
from koordinering.web.forsoek import Forsoek
from koordinering.web.gate import needs
from koordinering.web.huset import me
from koordinering.web.samtidig import til_det_nye
from koordinering.web.sprak import gettext


@bp.route("/plan/indikatorer/ny", methods=["GET", "POST"])
@needs(Rettighet.SERIE_ENDRE)
def ny() -> Svar:
    """Make a series."""
    form = SerieForm(planen.tiltaksliste(me()), None, None)
    forsoek = Forsoek(form)
    if forsoek.gyldig:
        with forsoek.gjoer():
            serie_id = services.ny_serie(form.opplysninger(), av=me()).id
        if forsoek.gikk:
            flash(gettext(N_("Indikatoren er lagt til. Nå kan tallene føres.")), "suksess")
            return redirect(url_for("serier.vis", serie_id=serie_id), 303)
    return render_template("serier/skjema.html", form=form, serie=None, egen=True), forsoek.status


@bp.route("/plan/indikator/<serie_id>/endre", methods=["GET", "POST"])
@needs(Rettighet.SERIE_ENDRE)
def endre(serie_id: str) -> Svar:
    """Change definition, source, target and measures."""
    serie = queries.serie(me(), serie_id)
    if serie.opphav is Opphav.TALT:
        raise FinnesIkke
    form = SerieForm(planen.tiltaksliste(me()), serie, queries.serierad(serie_id))
    forsoek = Forsoek(form, Endret)
    if forsoek.gyldig:
        with forsoek.gjoer():
            services.endre_serie(serie_id, form.opplysninger(), versjon=form.lest_versjon(), av=me())
    if forsoek.gikk:
        flash(gettext(N_("Endringene er lagret.")), "suksess")
        return redirect(url_for("serier.vis", serie_id=serie_id), 303)
    if forsoek.endret:
        serie = queries.serie(me(), serie_id)
        til_det_nye(form, SerieForm(planen.tiltaksliste(me()), serie, queries.serierad(serie_id), formdata=None))
    return render_template("serier/skjema.html", form=form, serie=serie, egen=queries.er_egen(serie)), forsoek.status
