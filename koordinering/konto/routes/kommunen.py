"""The municipality's own choices, for whoever keeps the installation."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from koordinering.db import transaction
from koordinering.errors import Endret, UgyldigFelt
from koordinering.konto import queries, services
from koordinering.konto.forms import KommuneForm
from koordinering.konto.routes.felles import bp
from koordinering.roles import Rettighet
from koordinering.tekst import N_
from koordinering.users import kommune
from koordinering.web.gate import needs
from koordinering.web.huset import me


@bp.route("/kommune", methods=["GET", "POST"])
@needs(Rettighet.KOMMUNE_ENDRE)
def kommunen() -> str | Response | tuple[str, int]:
    """See and change them."""
    form = KommuneForm.fra(kommune(), queries.enheter(me()))
    if not form.is_submitted():
        return render_template("konto/kommune.html", form=form)
    status = 422
    if form.validate():
        try:
            with transaction():
                services.endre_kommune(form.valgene(), vist=form.vist.data or "", av=me())
        except UgyldigFelt as feil:
            form.feil(feil)
        except Endret as feil:
            form.form_errors.append(gettext(str(feil)))
            form.vist.data, status = kommune().avtrykk(), feil.status
        else:
            flash(gettext(N_("Kommunens valg er lagret.")), "suksess")
            return redirect(url_for("konto.kommunen"), 303)
    return render_template("konto/kommune.html", form=form), status
