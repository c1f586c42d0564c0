"""The pages with counts: the catalogue, a table, its files, and ordering a new count."""

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as Svar

from koordinering.db import i_dag, transaction
from koordinering.errors import UgyldigFelt
from koordinering.roles import Rettighet
from koordinering.statistikk import services
from koordinering.statistikk.disclosure import KOLONNETEKST, Tegn
from koordinering.statistikk.export import Format
from koordinering.statistikk.forms import EksportForm, TellingForm
from koordinering.tekst import N_
from koordinering.web.gate import needs
from koordinering.web.huset import me

bp = Blueprint("statistikk", __name__)


@bp.get("/tall")
@needs(Rettighet.STATISTIKK_LES)
def katalog() -> str:
    """Every table and every year that has been counted."""
    return _katalogside()


def _katalogside(form: TellingForm | None = None) -> str:
    aar = services.oversikt(av=me())
    form = form or TellingForm(formdata=None).med_aar([ett for ett, _ in aar])
    return render_template(
        "statistikk/katalog.html", definisjoner=services.definisjoner(), aar=aar, form=form, i_dag=i_dag()
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
        kolonnetekst=KOLONNETEKST,
        tegn=Tegn,
        formater=Format,
    )


@bp.post("/tall/<kode>/<int:aar>/eksport")
@needs(Rettighet.STATISTIKK_EKSPORTER)
def eksport(kode: str, aar: int) -> Svar:
    """One table as a file; a POST, since it leaves a trace."""
    form = EksportForm()
    form.validate_on_submit()
    fil = services.eksporter(kode, aar, form.format.data or "", av=me())
    svar = Response(fil.innhold, mimetype=fil.mimetype)
    svar.headers.set("Content-Disposition", "attachment", filename=fil.navn)
    return svar
