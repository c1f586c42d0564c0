"""What is deleted within a month, for the unit that has the cases; and holding one back."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from koordinering import audit
from koordinering.audit import Hva
from koordinering.db import transaction
from koordinering.errors import UgyldigFelt
from koordinering.personvern.sletting import queries
from koordinering.personvern.sletting.forms import HoldForm
from koordinering.roles import Rettighet
from koordinering.saker import queries as saker
from koordinering.saker.routes.felles import logg_lesning
from koordinering.saker.rules.tilbakehold import Holdegrunn
from koordinering.saker.rules.utkast import UTKAST_LEVER
from koordinering.saker.services import hold_tilbake, les_holdetekst, slipp
from koordinering.tekst import N_
from koordinering.users import kommune
from koordinering.web.gate import needs
from koordinering.web.huset import me
from koordinering.web.sprak import gettext

bp = Blueprint("sletting", __name__)


@bp.get("/saker/slettes")
@needs(Rettighet.SAK_HOLD)
def liste() -> str:
    """The unit's cases that are deleted within a month, the first ones first, and those that are held back."""
    audit.record(Hva.LISTE_LEST, av=me(), detalj="saker:slettes")
    side = queries.snart(me(), request.args.get("side", ""))
    maaneder, dager = kommune().sak_maaneder, UTKAST_LEVER.days
    return render_template("sletting/liste.html", side=side, maaneder=maaneder, dager=dager)


@bp.route("/saker/<int:sak_id>/hold", methods=["GET", "POST"])
@needs(Rettighet.SAK_HOLD)
def hold(sak_id: int) -> Response | str | tuple[str, int]:
    """Keep the case until a day, with a reason; or change the day and the reason."""
    sak = saker.sak(me(), sak_id, Rettighet.SAK_HOLD)
    naa = {"grunn": sak.holdegrunn, "til": sak.holdes_til, "fritekst": les_holdetekst(sak)}
    form = HoldForm(data=naa, helse=sak.enhet.helse)
    if request.method == "GET":
        logg_lesning(sak)
        return render_template("sletting/hold.html", form=form, sak=sak)
    if form.validate():
        try:
            with transaction():
                sak = saker.sak(me(), sak_id, Rettighet.SAK_HOLD)
                hold_tilbake(sak, Holdegrunn(form.grunn.data), form.dag, fritekst=form.tekst, av=me())
        except UgyldigFelt as feil:
            form.feil(feil)
        else:
            flash(gettext(N_("Saken holdes tilbake.")))
            return redirect(url_for("saker.vis", sak_id=sak_id), 303)
    logg_lesning(sak)
    return render_template("sletting/hold.html", form=form, sak=sak), 422


@bp.post("/saker/<int:sak_id>/slipp")
@needs(Rettighet.SAK_HOLD)
def slipp_sak(sak_id: int) -> Response:
    """Let the case go."""
    with transaction():
        slipp(saker.sak(me(), sak_id, Rettighet.SAK_HOLD), av=me())
    flash(gettext(N_("Saken holdes ikke tilbake lenger.")))
    return redirect(url_for("saker.vis", sak_id=sak_id), 303)
