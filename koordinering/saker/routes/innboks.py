"""Opening a case that is not in the own inbox: why, said before it is shown."""

from urllib.parse import urlsplit

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from koordinering.db import transaction
from koordinering.errors import UgyldigFelt
from koordinering.konto.routes import egen_side
from koordinering.konto.services import bevar_arbeid
from koordinering.roles import Rettighet
from koordinering.saker import queries, services
from koordinering.saker.forms.innboks import GrunnForm
from koordinering.saker.routes.felles import bp
from koordinering.saker.routes.sak import Svar
from koordinering.saker.rules.innboks import Aapningsgrunn, TrengerGrunn
from koordinering.tekst import N_
from koordinering.web.gate import needs
from koordinering.web.huset import me
from koordinering.web.sprak import gettext


@bp.app_errorhandler(TrengerGrunn)
def spoer_foerst(feil: TrengerGrunn) -> Response:
    """Ask why, and lead back to where the user was going; a form that was sent is kept for her until then."""
    if request.method in {"GET", "HEAD"}:
        neste = egen_side(request.full_path.rstrip("?"))
    else:
        neste = egen_side(request.path) or egen_side(urlsplit(request.referrer or "").path)
        if neste and bevar_arbeid(me().id, neste, list(request.form.items(multi=True))):
            flash(gettext(N_("Svar først på hvorfor, så får du tilbake det du skrev.")), "info")
    return redirect(url_for("saker.hvorfor", sak_id=feil.sak_id, neste=neste), 303)


@bp.route("/saker/<int:sak_id>/hvorfor", methods=["GET", "POST"])
@needs(Rettighet.SAK_LES)
def hvorfor(sak_id: int) -> Svar:
    """Why the case is opened: a reason from the list, with a line of text for «Annet»."""
    sak = queries.i_enheten(me(), sak_id)
    neste = egen_side(request.args.get("neste")) or url_for("saker.vis", sak_id=sak_id)
    form = GrunnForm(helse=sak.enhet.helse)
    if request.method == "GET":
        return render_template("saker/hvorfor.html", form=form, sak=sak)
    if form.validate():
        try:
            with transaction():
                sak = queries.i_enheten(me(), sak_id)
                services.si_hvorfor(sak, Aapningsgrunn(form.grunn.data), tekst=form.forklaring, av=me())
        except UgyldigFelt as feil:
            form.feil(feil)
        else:
            return redirect(neste, 303)
    return render_template("saker/hvorfor.html", form=form, sak=sak), 422
