"""The calendar: its secret addresses, and the file at each of them."""

from flask import Response, flash, redirect, render_template, url_for

from koordinering.db import i_dag, now, transaction
from koordinering.plan.evaluering import queries, services
from koordinering.plan.evaluering.export import ICS_TYPE, til_ics
from koordinering.plan.evaluering.forms import LenkeForm
from koordinering.plan.evaluering.routes.felles import Svar, bp
from koordinering.plan.organer import queries as organer
from koordinering.roles import Rettighet
from koordinering.tekst import N_
from koordinering.web.forsoek import Forsoek
from koordinering.web.gate import needs, public
from koordinering.web.huset import me
from koordinering.web.sprak import gettext


@bp.route("/plan/evaluering/kalender", methods=["GET", "POST"])
@needs(Rettighet.EVALUERING_STYR)
def kalender() -> Svar:
    """The addresses that work, and a form for a new one. The secret of a new one is shown on the answer alone."""
    form, adresse = LenkeForm(organer.organer(me())), None
    forsoek = Forsoek(form)
    if forsoek.gyldig:
        with forsoek.gjoer():
            token = services.lag_lenke(form.navn.data or "", form.organ_id, av=me())
        if forsoek.gikk:
            adresse = url_for("evaluering.kalenderfil", token=token, _external=True)
            form = LenkeForm(organer.organer(me()), formdata=None)
    side = render_template("evaluering/kalender.html", form=form, adresse=adresse, lenker=queries.lenker(me()))
    return side, 200 if adresse else forsoek.status


@bp.post("/plan/evaluering/kalender/<int:lenke_id>/trekk")
@needs(Rettighet.EVALUERING_STYR)
def trekk_lenke(lenke_id: int) -> Svar:
    """Take an address back."""
    with transaction():
        services.trekk_lenke(queries.lenke(me(), lenke_id), av=me())
    flash(gettext(N_("Adressen virker ikke lenger.")), "suksess")
    return redirect(url_for("evaluering.kalender"), 303)


@bp.get("/kalender/<token>.ics")
@public
def kalenderfil(token: str) -> Response:
    """The next date of each measure, for a calendar program: whoever knows the address may have it. No session."""
    organ, dager = queries.kalenderen(token, i_dag())
    navn = gettext(N_("Evaluering av planen"))
    innhold = til_ics(f"{navn}, {organ}" if organ else navn, dager, now())
    hode = {"Content-Disposition": 'inline; filename="evaluering.ics"', "X-Robots-Tag": "noindex"}
    return Response(innhold, content_type=f"{ICS_TYPE}; charset=utf-8", headers=hode)
