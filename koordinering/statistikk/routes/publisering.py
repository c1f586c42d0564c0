"""What coordinators do with a release: draft, check, release, withdraw, throw away."""

from collections.abc import Callable

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from koordinering.db import transaction
from koordinering.errors import UgyldigFelt
from koordinering.roles import Rettighet
from koordinering.statistikk import queries, services
from koordinering.statistikk.forms import NyPubliseringForm, TrekkPubliseringForm
from koordinering.statistikk.models import Publisering
from koordinering.statistikk.routes.felles import bp
from koordinering.statistikk.rules import Publiseringsstatus, Trekkgrunn, sjekk_overgang
from koordinering.tekst import N_
from koordinering.users import User
from koordinering.web.gate import needs
from koordinering.web.huset import me
from koordinering.web.sprak import gettext

Svar = Response | str | tuple[str, int]


@bp.route("/publiseringer/ny", methods=["GET", "POST"])
@needs(Rettighet.STATISTIKK_PUBLISER)
def ny_publisering() -> Svar:
    """Choose a year and tables."""
    form, valg = NyPubliseringForm(), services.valg_for_utkast(av=me())
    form.med_valg(valg)
    if request.method == "GET" or {"vis", "sett"} & set(request.form):
        # Or asks for the lists of the year that is chosen, or for a set of tables; what is ticked stays so.
        form.kryss_av(kode for sett in valg.sett if sett.kode == request.values.get("sett") for kode in sett.tabeller)
        return render_template("statistikk/ny_publisering.html", form=form, valg=valg)
    if form.validate():
        try:
            with transaction():
                ny = services.lag_utkast(form.aar.data, form.koder.data or [], form.erstatter_id, av=me()).id
        except UgyldigFelt as feil:
            form.feil(feil)
        else:
            flash(gettext(N_("Utkastet er laget. Kontroller det, så kan det publiseres.")))
            return _til(ny)
    return render_template("statistikk/ny_publisering.html", form=form, valg=valg), 422


@bp.post("/publiseringer/<int:publisering_id>/kontroller")
@needs(Rettighet.STATISTIKK_PUBLISER)
def kontroller(publisering_id: int) -> Response:
    """Order the check."""
    _gjoer(publisering_id, services.bestill_kontroll)
    flash(gettext(N_("Kontrollen er bestilt. Den går i bakgrunnen.")))
    return _til(publisering_id)


@bp.post("/publiseringer/<int:publisering_id>/publiser")
@needs(Rettighet.STATISTIKK_PUBLISER)
def publiser(publisering_id: int) -> Response:
    """Release it; a second click finds it done."""
    if queries.publisering(me(), publisering_id).status is not Publiseringsstatus.PUBLISERT:
        _gjoer(publisering_id, services.publiser)
        flash(gettext(N_("Tallene er publisert.")))
    return _til(publisering_id)


@bp.post("/publiseringer/<int:publisering_id>/slett")
@needs(Rettighet.STATISTIKK_PUBLISER)
def slett_publisering(publisering_id: int) -> Response:
    """Throw a draft away."""
    _gjoer(publisering_id, services.slett_utkast)
    flash(gettext(N_("Utkastet er slettet.")))
    return redirect(url_for("statistikk.publiseringer"), 303)


@bp.route("/publiseringer/<int:publisering_id>/trekk", methods=["GET", "POST"])
@needs(Rettighet.STATISTIKK_PUBLISER)
def trekk_publisering(publisering_id: int) -> Svar:
    """Withdraw a release, with a reason."""
    publisering = queries.publisering(me(), publisering_id)
    sjekk_overgang(publisering.status, Publiseringsstatus.TRUKKET)
    form = TrekkPubliseringForm()
    if request.method == "GET":
        return render_template("statistikk/trekk_publisering.html", form=form, publisering=publisering)
    if form.validate():
        grunn, tekst = Trekkgrunn(form.grunn.data), form.tekst.data or ""
        try:
            _gjoer(publisering_id, lambda p, av: services.trekk(p, grunn, tekst, av=av))
        except UgyldigFelt as feil:
            form.feil(feil)
        else:
            flash(gettext(N_("Publiseringen er trukket.")))
            return _til(publisering_id)
    return render_template(
        "statistikk/trekk_publisering.html", form=form, publisering=queries.publisering(me(), publisering_id)
    ), 422


def _gjoer(publisering_id: int, service: Callable[..., object]) -> None:
    with transaction():
        publisering: Publisering = queries.publisering(me(), publisering_id)
        av: User = me()
        service(publisering, av=av)


def _til(publisering_id: int) -> Response:
    return redirect(url_for("statistikk.publisering", publisering_id=publisering_id), 303)
