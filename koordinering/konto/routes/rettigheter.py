"""The dates of a role, its end, and the yearly look at every right."""

from datetime import date

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from koordinering.access import can
from koordinering.db import i_dag, transaction
from koordinering.errors import DomainError
from koordinering.konto import queries, services
from koordinering.konto.forms import AvsluttForm, DatoForm
from koordinering.konto.queries import Rettighetsfilter
from koordinering.konto.routes.felles import bp, gjort
from koordinering.konto.rules import BEKREFTES_ETTER
from koordinering.roles import Rettighet
from koordinering.tekst import N_
from koordinering.users import Rolletildeling
from koordinering.web.gate import needs
from koordinering.web.huset import me
from koordinering.web.side import dato
from koordinering.web.sprak import gettext

Svar = str | Response | tuple[str, int]


@bp.route("/brukere/roller/<int:rolle_id>", methods=["GET", "POST"])
@needs(Rettighet.BRUKER_ENDRE)
def rolle(rolle_id: int) -> Svar:
    """Change from when to when a role holds."""
    rad = queries.rolle(me(), rolle_id)
    form, user_id = DatoForm(data={"fra": rad.fra, "til": rad.til}), rad.user_id
    if gjort(form, lambda: services.endre_rolle(queries.rolle(me(), rolle_id), form.periode(), av=me())):
        flash(gettext(N_("Datoene er lagret.")), "suksess")
        return redirect(url_for("konto.bruker", user_id=user_id), 303)
    side = render_template("konto/rolle.html", form=form, rad=queries.rolle(me(), rolle_id), dag=i_dag())
    return (side, 422) if form.is_submitted() else side


@bp.get("/rettigheter")
@needs(Rettighet.RETTIGHET_BEKREFT)
def rettigheter() -> str:
    """The rights of one's unit, or of all: who, what, since when, and until when it is confirmed."""
    filter_ = request.args.get("filter", "")
    valgt = Rettighetsfilter(filter_) if filter_ in list(Rettighetsfilter) else Rettighetsfilter.ALLE
    side = queries.rettigheter(me(), valgt, request.args.get("side", ""))
    ledere = queries.ledere(side.rader)
    return render_template(
        "konto/rettigheter.html",
        side=side,
        valgt=valgt,
        filtre=list(Rettighetsfilter),
        hinder={rad.id: queries.hinder(me(), rad, ledere) for rad in side.rader},
        gjelder={rad.id: rad.bekreftet + BEKREFTES_ETTER for rad in side.rader},
        dag=i_dag(),
    )


@bp.post("/rettigheter/<int:rolle_id>/behold")
@needs(Rettighet.RETTIGHET_BEKREFT)
def behold(rolle_id: int) -> Response:
    """Say that the role is still needed."""
    try:
        with transaction():
            rad = queries.rettighet(me(), rolle_id)
            services.bekreft_rolle(rad, av=me())
            hvem = rad.user.brukernavn
    except DomainError as feil:
        flash(gettext(str(feil)), "feil")
    else:
        flash(gettext(N_("Rollen til %(hvem)s er bekreftet for et år.")) % {"hvem": hvem}, "suksess")
    filter_ = request.form.get("filter", "")
    return redirect(url_for("konto.rettigheter", filter=filter_ if filter_ in list(Rettighetsfilter) else None), 303)


@bp.route("/rettigheter/<int:rolle_id>/avslutt", methods=["GET", "POST"])
@needs(Rettighet.RETTIGHET_BEKREFT)
def avslutt_rolle(rolle_id: int) -> Svar:
    """End a role that is not needed any more, at once or after a day."""
    rad = queries.rettighet(me(), rolle_id)
    form, tilbake = AvsluttForm(), _tilbake(rad)
    if gjort(form, lambda: services.avslutt_rolle(queries.rettighet(me(), rolle_id), form.siste_dag.data, av=me())):
        flash(_avsluttet(form.siste_dag.data), "suksess")
        return redirect(tilbake, 303)
    rad = queries.rettighet(me(), rolle_id)
    side = render_template("konto/avslutt_rolle.html", form=form, rad=rad, tilbake=tilbake)
    return (side, 422) if form.is_submitted() else side


def _avsluttet(siste_dag: date | None) -> str:
    if siste_dag is None:
        return gettext(N_("Rollen er avsluttet, og brukeren er logget ut overalt."))
    return gettext(N_("Siste dag for rollen er %(dag)s. Brukeren er logget ut overalt.")) % {"dag": dato(siste_dag)}


def _tilbake(rad: Rolletildeling) -> str:
    """Where one came from: the account's page says so in the address."""
    if request.args.get("fra") == "bruker" and can(me(), Rettighet.BRUKER_LES):
        return url_for("konto.bruker", user_id=rad.user_id)
    return url_for("konto.rettigheter")
