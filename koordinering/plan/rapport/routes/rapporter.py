"""The report: those that are frozen, a draft of a year, and either as a file."""

from collections.abc import Sequence

from flask import Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Svar

from koordinering.access import can
from koordinering.db import transaction
from koordinering.errors import FinnesIkke
from koordinering.plan.rapport import queries, services
from koordinering.plan.rapport.export import felles
from koordinering.plan.rapport.forms import FilForm
from koordinering.plan.rapport.models import Planrapport
from koordinering.plan.rapport.routes.felles import bp
from koordinering.plan.rapport.rules.innhold import Rapport
from koordinering.plan.rapport.services import Rapportformat
from koordinering.plan.rapport.visning import tegning
from koordinering.roles import Rettighet
from koordinering.tekst import N_
from koordinering.web.gate import needs
from koordinering.web.huset import me
from koordinering.web.sprak import gettext


@bp.get("/plan/rapporter")
@needs(Rettighet.PLAN_LES)
def liste() -> str:
    """The frozen reports, and the years that a draft can be made of."""
    aarene: Sequence[int] = services.aarene(av=me()) if can(me(), Rettighet.RAPPORT_LAG) else ()
    side = queries.side(me(), request.args.get("side", ""))
    return render_template("rapport/liste.html", side=side, aarene=aarene)


@bp.get("/plan/rapporter/<int:rapport_id>")
@needs(Rettighet.PLAN_LES)
def vis(rapport_id: int) -> str:
    """One frozen report."""
    rad = queries.rapport(me(), rapport_id)
    return _side(services.innhold(rad), rad)


@bp.post("/plan/rapporter/<int:rapport_id>/fil")
@needs(Rettighet.PLAN_LES)
def fil(rapport_id: int) -> Response:
    """It as a file."""
    rad = queries.rapport(me(), rapport_id)
    return _fil(services.innhold(rad), rad.nr)


@bp.get("/plan/rapporter/utkast/<int:aar>")
@needs(Rettighet.RAPPORT_LAG)
def utkast(aar: int) -> str:
    """The report of a year as it would be today."""
    return _side(services.sett_sammen(_et_aar(aar), av=me()), None)


@bp.post("/plan/rapporter/utkast/<int:aar>/fil")
@needs(Rettighet.RAPPORT_LAG)
def utkastfil(aar: int) -> Response:
    """The same as a file, which says that it is a draft."""
    return _fil(services.sett_sammen(_et_aar(aar), av=me()), None)


@bp.post("/plan/rapporter/utkast/<int:aar>/frys")
@needs(Rettighet.RAPPORT_LAG)
def frys(aar: int) -> Svar:
    """Freeze it."""
    with transaction():
        rapport_id = services.frys(_et_aar(aar), av=me()).id
    flash(gettext(N_("Rapporten er frosset. Den endres ikke, og kan hentes igjen når som helst.")))
    return redirect(url_for("rapport.vis", rapport_id=rapport_id), 303)


def _et_aar(aar: int) -> int:
    if aar not in services.aarene(av=me()):
        raise FinnesIkke
    return aar


def _side(rapport: Rapport, rad: Planrapport | None) -> str:
    return render_template(
        "rapport/rapport.html", r=rapport, rad=rad, felles=felles, tegning=tegning, formater=Rapportformat
    )


def _fil(rapport: Rapport, nr: int | None) -> Response:
    form = FilForm()
    slag = Rapportformat(form.format.data) if form.validate_on_submit() else Rapportformat.PDF
    ut = services.som_fil(rapport, nr, slag, av=me(), adresse=request.remote_addr)
    svar = Response(ut.innhold, mimetype=ut.mimetype)
    svar.headers.set("Content-Disposition", "attachment", filename=ut.navn)
    return svar
