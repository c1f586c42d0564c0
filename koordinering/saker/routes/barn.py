"""Children of a case: add, correct, remove."""

from flask import render_template, request
from werkzeug.wrappers import Response

from koordinering.db import transaction
from koordinering.errors import UgyldigFelt
from koordinering.roles import Rettighet
from koordinering.saker import queries, services
from koordinering.saker.forms.felter import barnedata
from koordinering.saker.forms.sak import BarnForm, RettBarnForm, versjon
from koordinering.saker.routes.felles import bp
from koordinering.saker.routes.sak import Svar, til_sak
from koordinering.saker.rules.behov import Rettegrunn
from koordinering.tekst import N_
from koordinering.web.gate import needs
from koordinering.web.huset import me


@bp.route("/saker/<int:sak_id>/barn", methods=["GET", "POST"])
@needs(Rettighet.SAK_REGISTRER)
def nytt_barn(sak_id: int) -> Svar:
    """Add a child."""
    sak = queries.sak(me(), sak_id, Rettighet.SAK_REGISTRER)
    form = BarnForm()
    if request.method == "GET":
        return render_template("saker/barn.html", form=form, sak=sak, barn=None)
    if form.validate():
        nytt = form.kommando()  # slow: before the transaction
        try:
            with transaction():
                services.legg_til_barn(queries.sak(me(), sak_id, Rettighet.SAK_REGISTRER), nytt, av=me())
        except UgyldigFelt as feil:
            form.feil(feil)
        else:
            return til_sak(sak_id, N_("Barnet er lagt til."))
    return render_template("saker/barn.html", form=form, sak=sak, barn=None), 422


@bp.route("/saker/barn/<int:barn_id>/rett", methods=["GET", "POST"])
@needs(Rettighet.SAK_REGISTRER)
def rett_barn(barn_id: int) -> Svar:
    """Correct a child, its number included."""
    barn = queries.barn(me(), barn_id)
    sak_id = barn.sak_id
    form = RettBarnForm(data={**barnedata(barn), "versjon": str(barn.sak.versjon)})
    if request.method == "GET":
        return render_template("saker/barn.html", form=form, sak=barn.sak, barn=barn)
    if form.validate():
        nytt, grunn = form.kommando(), Rettegrunn(form.grunn.data)  # slow: before the transaction
        try:
            with transaction():
                services.rett_barn(queries.barn(me(), barn_id), nytt, grunn, av=me(), versjon=versjon(form.versjon))
        except UgyldigFelt as feil:
            form.feil(feil)
        else:
            return til_sak(sak_id, N_("Barnet er rettet."))
    return render_template("saker/barn.html", form=form, sak=barn.sak, barn=barn), 422


@bp.post("/saker/barn/<int:barn_id>/fjern")
@needs(Rettighet.SAK_REGISTRER)
def fjern_barn(barn_id: int) -> Response:
    """Remove a child that was registered by mistake."""
    with transaction():
        barn = queries.barn(me(), barn_id)
        sak_id = barn.sak_id
        services.fjern_barn(barn, av=me())
    return til_sak(sak_id, N_("Barnet er fjernet."))
