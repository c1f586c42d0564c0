"""Items held for somebody who has called."""

from datetime import timedelta

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from koordinering import audit
from koordinering.audit import Hva
from koordinering.db import db, i_dag, transaction
from koordinering.errors import UgyldigFelt
from koordinering.roles import Rettighet
from koordinering.sider import hent_side
from koordinering.tekst import N_
from koordinering.tiltak.utstyr import queries, services
from koordinering.tiltak.utstyr.forms.disk import ReserverForm
from koordinering.tiltak.utstyr.forms.felter import skrevet
from koordinering.tiltak.utstyr.models import Reservasjon
from koordinering.tiltak.utstyr.routes.felles import Svar, UtenOperatoer, bp, foerst_operatoer, krev_operatoer
from koordinering.tiltak.utstyr.rules.telefon import som_lest
from koordinering.web.gate import needs
from koordinering.web.huset import me
from koordinering.web.side import dato
from koordinering.web.sprak import gettext

_HOLDES_DAGER = 2


@bp.get("/reservasjoner")
@needs(Rettighet.UTSTYR_LAAN)
def reservasjoner() -> str:
    """What is held now, the first to run out first."""
    audit.record(Hva.UTSTYR_TELEFON, av=me(), detalj="reservasjoner")
    side = hent_side(
        db.session(),
        queries.reservasjoner(me()),
        [Reservasjon.holdes_til, Reservasjon.id],
        noekkel=request.args.get("side", ""),
    )
    numre = services.les_telefoner(side.rader)
    rader = [(rad, som_lest(numre.get(rad.id, ""))) for rad in side.rader]
    return render_template("tiltak/utstyr/reservasjoner.html", side=side, rader=rader, dag=i_dag())


@bp.route("/enheter/<int:utstyrsenhet_id>/reserver", methods=["GET", "POST"])
@needs(Rettighet.UTSTYR_LAAN)
def reserver(utstyrsenhet_id: int) -> Svar:
    """Hold an item to the end of a day."""
    enhet = queries.enhet(me(), utstyrsenhet_id)
    form, status = ReserverForm(holdes_til=i_dag() + timedelta(days=_HOLDES_DAGER)), 200
    if form.is_submitted():
        status = 422
    if form.validate_on_submit():
        try:
            nummer = krev_operatoer()
            with transaction():
                enhet = queries.enhet(me(), utstyrsenhet_id)
                dag = skrevet(form.holdes_til.data)
                services.reserver(enhet, form.telefon.data or "", dag, ved=nummer, av=me())
        except UgyldigFelt as feil:
            form.feil(feil)
        except UtenOperatoer as feil:
            form.form_errors.append(gettext(str(feil)))
        except services.IkkeLedig as feil:
            form.form_errors.append(gettext(N_("Enheten er ikke ledig. Ingenting er reservert.")))
            status = feil.status
        else:
            flash(gettext(N_("Enheten holdes til og med %(dag)s.")) % {"dag": dato(dag)}, "suksess")
            return redirect(url_for("utstyr.vis_enhet", utstyrsenhet_id=utstyrsenhet_id), 303)
        enhet = queries.enhet(me(), utstyrsenhet_id)
    return render_template("tiltak/utstyr/reserver.html", form=form, enhet=enhet), status


@bp.post("/reservasjoner/<int:reservasjon_id>/avlys")
@needs(Rettighet.UTSTYR_LAAN)
def avlys(reservasjon_id: int) -> Response:
    """Let an item go before its day."""
    try:
        nummer = krev_operatoer()
    except UtenOperatoer:
        return foerst_operatoer("utstyr.reservasjoner")
    with transaction():
        services.avlys(queries.reservasjon(me(), reservasjon_id), ved=nummer, av=me())
    flash(gettext(N_("Reservasjonen er avlyst, og enheten er ledig.")), "suksess")
    return redirect(url_for("utstyr.reservasjoner"), 303)
