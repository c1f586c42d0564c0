"""The municipality's own choices, for whoever keeps the installation."""

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from koordinering.errors import Endret
from koordinering.konto import queries, services
from koordinering.konto.forms import KommuneForm
from koordinering.konto.routes.felles import bp
from koordinering.roles import Rettighet
from koordinering.tekst import N_
from koordinering.users import kommune
from koordinering.web.forsoek import Forsoek
from koordinering.web.gate import needs
from koordinering.web.huset import me
from koordinering.web.samtidig import til_det_nye
from koordinering.web.sprak import gettext


@bp.route("/kommune", methods=["GET", "POST"])
@needs(Rettighet.KOMMUNE_ENDRE)
def kommunen() -> str | Response | tuple[str, int]:
    """See and change them."""
    form = KommuneForm.fra(kommune(), queries.enheter(me()))
    forsoek = Forsoek(form, Endret)
    if forsoek.gyldig:
        with forsoek.gjoer():
            services.endre_kommune(form.valgene(), vist=form.vist.data or "", av=me())
    if forsoek.gikk:
        flash(gettext(N_("Kommunens valg er lagret.")), "suksess")
        return redirect(url_for("konto.kommunen"), 303)
    if forsoek.endret:
        til_det_nye(form, KommuneForm.fra(kommune(), queries.enheter(me()), formdata=None), merke="vist")
    return render_template("konto/kommune.html", form=form), forsoek.status
