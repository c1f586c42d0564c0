"""What a request does to the case: erased, locked, opened again."""

from flask import flash, redirect, url_for
from werkzeug.wrappers import Response

from koordinering import noekkellager
from koordinering.db import transaction
from koordinering.errors import UgyldigFelt
from koordinering.personvern.krav import queries, services
from koordinering.personvern.krav.forms import OpphevForm
from koordinering.personvern.krav.routes.felles import bp
from koordinering.personvern.krav.routes.krav import Svar, side, til_kravet
from koordinering.personvern.krav.rules.frist import Utfall
from koordinering.roles import Rettighet
from koordinering.tekst import N_
from koordinering.web.gate import needs
from koordinering.web.huset import me
from koordinering.web.sprak import gettext


@bp.post("/krav/<int:krav_id>/slett")
@needs(Rettighet.KRAV_BEHANDLE)
def slett(krav_id: int) -> Response:
    """Erase the case as far as the law lets."""
    with transaction():
        krav = queries.aapent(me(), krav_id)
        utfall = services.slett_saken(krav, queries.saken(me(), krav.sak_id), av=me())
    noekkellager.fullfoer_slettinger()  # the family is told that it is gone: it is
    alt, delvis = N_("Saken er slettet."), N_("Innholdet er slettet. Det familien har fått, står igjen til fristen.")
    flash(gettext(alt if utfall is Utfall.IMOETEKOMMET else delvis))
    return redirect(url_for("krav.vis", krav_id=krav_id), 303)


@bp.post("/krav/<int:krav_id>/begrens")
@needs(Rettighet.KRAV_BEHANDLE)
def begrens(krav_id: int) -> Response:
    """Lock the case."""
    with transaction():
        krav = queries.aapent(me(), krav_id)
        services.begrens(krav, queries.saken(me(), krav.sak_id), av=me())
    return til_kravet(krav, N_("Saken er begrenset. Ingen andre enn du og lederen i enheten kan åpne den."))


@bp.post("/krav/<int:krav_id>/opphev")
@needs(Rettighet.KRAV_BEHANDLE)
def opphev(krav_id: int) -> Svar:
    """Open the case again."""
    form = OpphevForm()
    if form.validate():
        try:
            with transaction():
                krav = queries.krav(me(), krav_id)
                sak = queries.saken(me(), krav.sak_id)
                services.opphev(krav, sak, varslet=bool(form.varslet.data), av=me())
        except UgyldigFelt as feil:
            form.feil(feil)
        else:
            return til_kravet(krav, N_("Begrensningen er opphevet."))
    return side(queries.krav(me(), krav_id), opphev=form), 422
