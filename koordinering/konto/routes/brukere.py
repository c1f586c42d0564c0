"""All accounts, for those who keep them."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from koordinering.db import transaction
from koordinering.errors import DomainError
from koordinering.konto import queries, services
from koordinering.konto.routes.felles import bp
from koordinering.roles import Rettighet
from koordinering.tekst import N_
from koordinering.web.gate import needs
from koordinering.web.huset import me


@bp.get("/brukere")
@needs(Rettighet.BRUKER_LES)
def brukere() -> str:
    """A page of accounts with roles, lock and last sign-in."""
    return render_template("konto/brukere.html", side=queries.brukere(me(), request.args.get("side", "")))


@bp.post("/brukere/<int(max=9223372036854775807):user_id>/laas")
@needs(Rettighet.BRUKER_ENDRE)
def laas(user_id: int) -> Response:
    """Lock an account and end its sessions."""
    try:
        with transaction():
            services.laas(queries.bruker(me(), user_id), av=me())
    except DomainError as feil:
        flash(gettext(str(feil)), "feil")
    else:
        flash(gettext(N_("Brukeren er låst og logget ut overalt.")), "suksess")
    return redirect(url_for("konto.brukere"), 303)


@bp.post("/brukere/<int(max=9223372036854775807):user_id>/laas-opp")
@needs(Rettighet.BRUKER_ENDRE)
def laas_opp(user_id: int) -> Response:
    """Let a locked account sign in again."""
    with transaction():
        services.laas_opp(queries.bruker(me(), user_id), av=me())
    flash(gettext(N_("Brukeren er låst opp.")), "suksess")
    return redirect(url_for("konto.brukere"), 303)
