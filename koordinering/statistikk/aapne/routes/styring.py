"""What the coordinator decides: who answers for the data, and which releases are open."""

from collections.abc import Callable

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from koordinering.db import transaction
from koordinering.roles import Rettighet
from koordinering.statistikk import queries as publiseringer
from koordinering.statistikk.aapne import queries, services
from koordinering.statistikk.aapne.forms import OpplysningerForm
from koordinering.statistikk.aapne.routes.felles import styring_bp
from koordinering.tekst import N_
from koordinering.web.forsoek import Forsoek
from koordinering.web.gate import needs
from koordinering.web.huset import me
from koordinering.web.sprak import gettext


@styring_bp.route("/publiseringer/aapne-data", methods=["GET", "POST"])
@needs(Rettighet.STATISTIKK_AAPNE)
def opplysninger() -> str | Response | tuple[str, int]:
    """Who answers for the open data."""
    form = OpplysningerForm(obj=queries.opplysninger())
    forsoek = Forsoek(form)
    if forsoek.gyldig:
        with forsoek.gjoer():
            services.lagre_opplysninger(form.opplysninger(), av=me())
    if forsoek.gikk:
        flash(gettext(N_("Opplysningene er lagret.")))
        return redirect(url_for("statistikk.publiseringer"), 303)
    return render_template("aapne/opplysninger.html", form=form), forsoek.status


@styring_bp.post("/publiseringer/<int:publisering_id>/gjoer-aapen")
@needs(Rettighet.STATISTIKK_AAPNE)
def gjoer_aapen(publisering_id: int) -> Response:
    """Let everybody read a release."""
    return _gjoer(publisering_id, services.gjoer_aapen, N_("Publiseringen er åpen for alle."))


@styring_bp.post("/publiseringer/<int:publisering_id>/aapen/lukk")
@needs(Rettighet.STATISTIKK_AAPNE)
def lukk(publisering_id: int) -> Response:
    """Let only those read it who sign in."""
    return _gjoer(publisering_id, services.lukk, N_("Publiseringen er ikke lenger åpen for alle."))


def _gjoer(publisering_id: int, service: Callable[..., None], gjort: str) -> Response:
    with transaction():
        service(publiseringer.publisering(me(), publisering_id), av=me())
    flash(gettext(gjort))
    return redirect(url_for("statistikk.publisering", publisering_id=publisering_id), 303)
