"""Those who take turns at the counter: changing who stands there, and their numbers and codes."""

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from koordinering.db import transaction
from koordinering.errors import DomainError, ForMangeForsoek, UgyldigFelt
from koordinering.roles import Rettighet
from koordinering.tekst import N_
from koordinering.tiltak.utstyr import queries, services
from koordinering.tiltak.utstyr.forms.disk import KodeForm
from koordinering.tiltak.utstyr.routes.felles import Svar, bp, okt_id
from koordinering.tiltak.utstyr.rules.strekkode import code128, som_operatoerkode
from koordinering.web.gate import needs
from koordinering.web.huset import me
from koordinering.web.sprak import gettext


@bp.route("/bytt", methods=["GET", "POST"])
@needs(Rettighet.UTSTYR_LAAN)
def bytt() -> Svar:
    """Show a code: the number stands at the counter from now on."""
    form, status = KodeForm(), 200
    if form.is_submitted():
        status = 422
    if form.validate_on_submit():
        kode = som_operatoerkode(form.passord_kode.data or "")
        try:
            if kode is None:
                raise UgyldigFelt("kode", N_("Koden stemmer ikke."))
            nummer = services.bytt_operatoer(kode, okt_id(), av=me())
        except UgyldigFelt as feil:
            form.feil_kode(str(feil))
        except ForMangeForsoek as feil:
            form.feil_kode(str(feil))
            status = feil.status
        else:
            flash(gettext(N_("Operatør %(nr)d står ved disken.")) % {"nr": nummer}, "suksess")
            return redirect(url_for("utstyr.vis_disk"), 303)
    return render_template("tiltak/utstyr/bytt.html", form=form), status


@bp.post("/gaa-fra")
@needs(Rettighet.UTSTYR_LAAN)
def gaa_fra() -> Response:
    """Leave the counter; the station stays signed in."""
    with transaction():
        services.gaa_fra(okt_id(), av=me())
    return redirect(url_for("utstyr.vis_disk"), 303)


@bp.get("/operatoerer")
@needs(Rettighet.UTSTYR_OPERATOER)
def operatoerer() -> str:
    """The numbers of each unit, which are in use and which are closed."""
    return render_template(
        "tiltak/utstyr/operatoerer.html",
        enheter=queries.styrte_enheter(me()),
        operatoerer=queries.operatoerer(me()),
    )


@bp.post("/operatoerer/ny")
@needs(Rettighet.UTSTYR_OPERATOER)
def ny_operatoer() -> Response:
    """The next number, still without a code."""
    try:
        with transaction():
            nummer = services.ny_operatoer(request.form.get("hos", ""), av=me()).nummer
    except DomainError as feil:
        flash(gettext(str(feil)), "feil")
    else:
        melding = N_("Operatør %(nr)d er lagt til. Gi en kode som personen tar vare på.")
        flash(gettext(melding) % {"nr": nummer}, "suksess")
    return redirect(url_for("utstyr.operatoerer"), 303)


@bp.post("/operatoerer/<int:operatoer_id>/kode")
@needs(Rettighet.UTSTYR_OPERATOER)
def ny_kode(operatoer_id: int) -> str:
    """A new code, shown on this answer alone, which nothing can bring back. Sent again it is yet another code."""
    with transaction():
        kode = services.ny_kode(queries.operatoer(me(), operatoer_id), av=me())
    return render_template("tiltak/utstyr/kode.html", kode=kode, symbol=code128(kode.kort))


@bp.post("/operatoerer/<int:operatoer_id>/steng")
@needs(Rettighet.UTSTYR_OPERATOER)
def steng_operatoer(operatoer_id: int) -> Response:
    """The person has left."""
    with transaction():
        operatoer = queries.operatoer(me(), operatoer_id)
        services.steng_operatoer(operatoer, av=me())
        nummer = operatoer.nummer
    flash(gettext(N_("Koden til operatør %(nr)d er stengt.")) % {"nr": nummer}, "suksess")
    return redirect(url_for("utstyr.operatoerer"), 303)
