"""The pages with working figures: the catalogue, a table, its files, and ordering a new count."""

from flask import Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Svar

from koordinering.db import i_dag, transaction
from koordinering.errors import UgyldigFelt
from koordinering.roles import Rettighet
from koordinering.statistikk import services
from koordinering.statistikk.disclosure import Tegn
from koordinering.statistikk.export import Format
from koordinering.statistikk.forms import EksportForm, KatalogForm, TellingForm
from koordinering.statistikk.routes.felles import bp, last_ned
from koordinering.tekst import N_
from koordinering.web.gate import needs
from koordinering.web.huset import me
from koordinering.web.sprak import gettext


@bp.get("/tall")
@needs(Rettighet.STATISTIKK_LES)
def katalog() -> str:
    """Every table and every year that has been counted."""
    return _katalogside()


def _katalogside(form: TellingForm | None = None) -> str:
    aar = services.oversikt(av=me())
    form = form or TellingForm(formdata=None).med_aar([ett for ett, _ in aar])
    sok = KatalogForm(request.args)
    return render_template(
        "statistikk/katalog.html", sok=sok, grupper=services.grupper(sok.ord), aar=aar, form=form, i_dag=i_dag()
    )


@bp.post("/tall/telling")
@needs(Rettighet.STATISTIKK_TELL)
def tell() -> Svar | tuple[str, int]:
    """Order a new count."""
    form = TellingForm().med_aar([aar for aar, _ in services.oversikt(av=me())])
    if not form.validate_on_submit():
        return _katalogside(form), 422
    try:
        with transaction():
            jobb = services.bestill_telling(form.aar.data, av=me())
    except UgyldigFelt as feil:
        form.feil(feil)
        return _katalogside(form), 422
    if jobb is None:
        flash(gettext(N_("Året er allerede telt i dag. Det lages høyst én telling om dagen.")), "info")
        return redirect(url_for("statistikk.katalog"))
    flash(gettext(N_("Tellingen er bestilt. Den er klar om litt.")))
    return redirect(url_for("jobb.liste"))


@bp.get("/tall/<kode>/<int:aar>")
@needs(Rettighet.STATISTIKK_LES)
def tabell(kode: str, aar: int) -> str:
    """One table of one year."""
    return render_template(
        "statistikk/tabell.html",
        vis=services.vis(kode, aar, av=me()),
        alternativer=services.alternativer(kode),
        koblingstabell=services.koblingstabell(),
        tegn=Tegn,
        formater=Format,
    )


@bp.post("/tall/<kode>/<int:aar>/eksport")
@needs(Rettighet.STATISTIKK_EKSPORTER)
def eksport(kode: str, aar: int) -> Response:
    """One table as a file; a POST, since it leaves a trace."""
    form = EksportForm()
    form.validate_on_submit()
    return last_ned(services.eksporter(kode, aar, form.format.data or "", av=me(), adresse=request.remote_addr))
