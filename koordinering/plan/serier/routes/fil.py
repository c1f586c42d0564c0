"""Figures from a file, and SSB's tables: chosen, shown row by row, and written when somebody has looked."""

from flask import flash, redirect, render_template, url_for

from koordinering.db import i_dag, transaction
from koordinering.errors import UgyldigFelt
from koordinering.plan import queries as planen
from koordinering.plan.serier import queries, services
from koordinering.plan.serier.forms.fil import BekreftForm, FilForm, SsbForm
from koordinering.plan.serier.routes.felles import Svar, bp
from koordinering.plan.serier.rules.fil import Leser, Lest, les_fil
from koordinering.plan.serier.rules.foering import LiteTall
from koordinering.plan.serier.rules.ssb import Ssbserie, les_datasett, serier_for
from koordinering.roles import Rettighet
from koordinering.tekst import N_
from koordinering.users import kommune
from koordinering.web.gate import needs
from koordinering.web.huset import me
from koordinering.web.sprak import gettext


def _leser() -> Leser:
    return Leser(queries.kan_foeres(me(), queries.serier(me())), i_dag(), kommune().terskel)


@bp.route("/plan/indikatorer/import", methods=["GET", "POST"])
@needs(Rettighet.SERIE_FOER)
def importer() -> Svar:
    """Choose a file and see every row of it; nothing is written yet."""
    form = FilForm()
    leser = _leser()
    if form.validate_on_submit():
        try:
            lest = les_fil(form.innhold(), leser)
        except UgyldigFelt as feil:
            form.feil(feil)
        else:
            bekreft = BekreftForm(formdata=None)
            galt = [rad for rad in lest if rad.feil]
            bekreft.fyll(() if galt else lest)
            return _forhaandsvis(lest, bekreft), 422 if galt else 200
    status = 422 if form.is_submitted() else 200
    return render_template("serier/import.html", form=form, serier=leser.serier), status


def _forhaandsvis(lest: list[Lest], bekreft: BekreftForm) -> str:
    galt = [rad for rad in lest if rad.feil]
    smaa = [rad for rad in lest if rad.lite]
    return render_template("serier/forhaandsvis.html", lest=lest, galt=galt, smaa=smaa, bekreft=bekreft)


@bp.post("/plan/indikatorer/import/bekreft")
@needs(Rettighet.SERIE_FOER)
def bekreft_import() -> Svar:
    """Write every row that was shown, or none."""
    bekreft = BekreftForm()
    leser = _leser()
    lest: list[Lest] = []
    try:
        lest = bekreft.lest(leser)
        rader = [(rad.serie, rad.tall) for rad in lest if rad.serie is not None and rad.tall is not None]
        with transaction():
            antall = services.importer(rader, bekreftet=bekreft.bekreftet.data, av=me())
    except LiteTall as feil:
        bekreft.feil(feil)
        return _forhaandsvis(lest, bekreft), 422
    except UgyldigFelt as feil:
        form = FilForm(formdata=None)
        form.feil(feil)
        return render_template("serier/import.html", form=form, serier=leser.serier), 422
    flash(
        gettext(N_("%(antall)d tall er lagret. Det som var likt fra før, er ikke rørt.")) % {"antall": antall},
        "suksess",
    )
    return redirect(url_for("serier.liste"), 303)


@bp.route("/plan/indikatorer/ssb", methods=["GET", "POST"])
@needs(Rettighet.SERIE_ENDRE)
def ssb() -> Svar:
    """Choose a file of SSB's and see its series for the municipality; nothing is written yet."""
    form = FilForm()
    plan = planen.plan(me())
    if plan is not None and form.validate_on_submit():
        try:
            serier = serier_for(les_datasett(form.innhold()), plan.kommunenummer, plan.kommune)
        except UgyldigFelt as feil:
            form.feil(feil)
        else:
            valg = SsbForm(formdata=None)
            valg.fyll(serier)
            return _ssb_valg(valg, serier)
    return render_template("serier/ssb.html", form=form, plan=plan), 422 if form.is_submitted() else 200


def _ssb_valg(valg: SsbForm, serier: list[Ssbserie]) -> str:
    return render_template("serier/ssb_valg.html", form=valg, serier=serier)


@bp.post("/plan/indikatorer/ssb/bekreft")
@needs(Rettighet.SERIE_ENDRE)
def bekreft_ssb() -> Svar:
    """Write the chosen series, all of them or none."""
    valg = SsbForm()
    serier: list[Ssbserie] = []
    try:
        serier = valg.serier()
        with transaction():
            antall = services.importer_ssb(valg.valgte(serier), av=me())
    except UgyldigFelt as feil:
        if serier:
            valg.valgt.errors = [gettext(str(feil))]
            return _ssb_valg(valg, serier), 422
        form = FilForm(formdata=None)
        form.feil(feil)
        return render_template("serier/ssb.html", form=form, plan=planen.plan(me())), 422
    flash(gettext(N_("%(antall)d tall fra Statistisk sentralbyrå er lagret.")) % {"antall": antall}, "suksess")
    return redirect(url_for("serier.liste", opphav="ssb"), 303)
