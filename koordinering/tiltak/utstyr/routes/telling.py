"""Stock-taking: scan what is there, see what is missing and what is unexpected, end it."""

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from koordinering.db import db, transaction
from koordinering.errors import UgyldigFelt
from koordinering.roles import Rettighet
from koordinering.sider import hent_side
from koordinering.tekst import N_
from koordinering.tiltak.utstyr import queries, services
from koordinering.tiltak.utstyr.forms.felter import TelleForm
from koordinering.tiltak.utstyr.models import Varetelling
from koordinering.tiltak.utstyr.routes.felles import (
    Svar,
    UtenOperatoer,
    bp,
    foerst_operatoer,
    krev_operatoer,
    les_skann,
)
from koordinering.tiltak.utstyr.rules.strekkode import som_operatoerkode
from koordinering.tiltak.utstyr.rules.tilstander import PAA_HYLLEN
from koordinering.web.gate import needs
from koordinering.web.huset import me
from koordinering.web.sprak import gettext


@bp.get("/telling")
@needs(Rettighet.UTSTYR_ENDRE)
def telling() -> str:
    """The one that goes on with its scan field, and those that have ended."""
    return _side(TelleForm())


def _side(form: TelleForm) -> str:
    aapen = queries.aapen_telling(me())
    side = hent_side(
        db.session(),
        queries.avsluttede(me()),
        [Varetelling.startet, Varetelling.id],
        synkende=True,
        noekkel=request.args.get("side", ""),
    )
    status = queries.varestatus(aapen) if aapen is not None else None
    return render_template("tiltak/utstyr/telling.html", form=form, aapen=aapen, status=status, side=side)


@bp.post("/telling/start")
@needs(Rettighet.UTSTYR_ENDRE)
def start_telling() -> Response:
    """Start one, or go on with the one that is open."""
    try:
        krev_operatoer()
    except UtenOperatoer:
        return foerst_operatoer("utstyr.telling")
    with transaction():
        services.start_telling(av=me())
    return redirect(url_for("utstyr.telling"), 303)


@bp.post("/telling/<int:varetelling_id>")
@needs(Rettighet.UTSTYR_ENDRE)
def les_vare(varetelling_id: int) -> Svar:
    """One scan."""
    queries.varetelling(me(), varetelling_id)
    form = TelleForm()
    lest, riktig = form.kode.data or "", form.validate_on_submit()
    form.kode.toem()
    if not riktig:
        return _side(form), 422
    kode = som_operatoerkode(lest)
    if kode is not None:  # a card changes who stands at the counter here too
        form.kode.data = lest
        les_skann(form.kode)
        return (_side(form), 422) if form.kode.errors else redirect(url_for("utstyr.telling"), 303)
    if not lest:
        return redirect(url_for("utstyr.telling"), 303)
    try:
        krev_operatoer()
        with transaction():
            enhet = services.les_vare(queries.varetelling(me(), varetelling_id), lest, av=me())
            om = (enhet.nummer, enhet.navn, enhet.status in PAA_HYLLEN) if enhet is not None else None
    except UgyldigFelt as feil:
        form.feil(feil)
        return _side(form), 422
    except UtenOperatoer as feil:
        form.kode.errors = [gettext(str(feil))]
        return _side(form), feil.status
    _si(om)
    return redirect(url_for("utstyr.telling"), 303)


def _si(om: tuple[int, str, bool] | None) -> None:
    """Tell what the scan was: number, name, and whether it should be on the shelf."""
    if om is None:
        flash(gettext(N_("Strekkoden er ukjent og står under Uventet.")), "advarsel")
        return
    nummer, navn, riktig = om
    melding = N_("%(nr)d %(navn)s er talt.") if riktig else N_("%(nr)d %(navn)s skulle ikke vært her.")
    flash(gettext(melding) % {"nr": nummer, "navn": navn}, "suksess" if riktig else "advarsel")


@bp.post("/telling/<int:varetelling_id>/avslutt")
@needs(Rettighet.UTSTYR_ENDRE)
def avslutt_telling(varetelling_id: int) -> Response:
    """End it; what is missing is marked when the form says so."""
    merk = request.form.get("merk") == "1"
    try:
        nummer = krev_operatoer()
    except UtenOperatoer:
        return foerst_operatoer("utstyr.telling")
    with transaction():
        telling = queries.varetelling(me(), varetelling_id)
        services.avslutt_telling(telling, merk_savnet=merk, ved=nummer, av=me())
    flash(gettext(N_("Varetellingen er avsluttet.")), "suksess")
    return redirect(url_for("utstyr.telling"), 303)
