"""Pages of activities: the year's list against the plan, a new one, correcting and taking away, and the file."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as Svartype

from koordinering.db import db, i_dag, transaction
from koordinering.errors import Endret
from koordinering.konto import services as konto
from koordinering.plan.aktiviteter import queries, services
from koordinering.plan.aktiviteter.export import XLSX_TYPE, til_xlsx
from koordinering.plan.aktiviteter.forms import AktivitetForm, AktivitetSoekForm, KravForm
from koordinering.plan.aktiviteter.models import Aktivitet
from koordinering.plan.aktiviteter.rules import Aktivitetsslag, Per
from koordinering.plan.organer import queries as organer
from koordinering.roles import Rettighet
from koordinering.sider import hent_side
from koordinering.tekst import N_
from koordinering.web.forsoek import Forsoek
from koordinering.web.gate import needs
from koordinering.web.huset import me
from koordinering.web.samtidig import til_det_nye
from koordinering.web.skjema import heltall
from koordinering.web.sprak import gettext

bp = Blueprint("aktiviteter", __name__)

Svar = str | Svartype | tuple[str, int]


def _soekeform(valgt: MultiDict[str, str]) -> AktivitetSoekForm:
    aarene = sorted({i_dag().year, i_dag().year - 1, *queries.aarene(me())}, reverse=True)
    return AktivitetSoekForm(aarene, queries.alle_tiltak(me()), valgt)


@bp.get("/plan/aktiviteter")
@needs(Rettighet.PLAN_LES)
def liste() -> str:
    """The activities of a year, the newest first, beside what the plan asks for."""
    form = _soekeform(request.args)
    soek = form.soek()
    side = hent_side(
        db.session(),
        queries.liste(me(), soek),
        [Aktivitet.dag, Aktivitet.id],
        synkende=True,
        noekkel=request.args.get("side", ""),
    )
    return render_template(
        "aktiviteter/liste.html",
        form=form,
        side=side,
        aar=soek.aar,
        krav=queries.opptelling(me(), soek.aar),
        i_dag=i_dag(),
        temaer=queries.temaliste(me(), soek.aar),
        slettet=queries.kan_angres(me(), heltall(request.args.get("slettet"), 19)),
    )


@bp.post("/plan/aktiviteter/fil")
@needs(Rettighet.PLAN_LES)
def fil() -> Response:
    """The same list as a workbook. A POST, since it is counted as a file taken out."""
    konto.ta_uttrekk(av=me(), adresse=request.remote_addr)
    soek = _soekeform(request.form).soek()
    innhold = til_xlsx(queries.linjer(me(), soek), queries.opptelling(me(), soek.aar))
    hode = {"Content-Disposition": f'attachment; filename="aktiviteter-{soek.aar}.xlsx"'}
    return Response(innhold, mimetype=XLSX_TYPE, headers=hode)


@bp.route("/plan/aktiviteter/ny", methods=["GET", "POST"])
@needs(Rettighet.AKTIVITET_FOER)
def ny() -> Svar:
    """Write in an activity."""
    form = AktivitetForm(queries.tiltak(me()), organer.organer(me()), tiltak_id=request.args.get("tiltak", ""))
    forsoek = Forsoek(form)
    if forsoek.gyldig:
        with forsoek.gjoer():
            aar = services.foer(form.opplysninger(), form.lest_noekkel(), av=me()).dag.year
        if forsoek.gikk:
            flash(gettext(N_("Aktiviteten er ført.")), "suksess")
            return redirect(url_for("aktiviteter.liste", aar=aar), 303)
    return _skjemaside(form, None), forsoek.status


@bp.route("/plan/aktiviteter/<int:aktivitet_id>/endre", methods=["GET", "POST"])
@needs(Rettighet.AKTIVITET_FOER)
def endre(aktivitet_id: int) -> Svar:
    """Correct an activity."""
    rad = queries.aktivitet(me(), aktivitet_id)
    form = _rettskjema(rad)
    forsoek = Forsoek(form, Endret)
    if forsoek.gyldig:
        with forsoek.gjoer():
            rad = queries.aktivitet(me(), aktivitet_id)
            services.endre(rad, form.opplysninger(), versjon=form.lest_versjon(), av=me())
            aar = rad.dag.year
        if forsoek.gikk:
            flash(gettext(N_("Aktiviteten er endret.")), "suksess")
            return redirect(url_for("aktiviteter.liste", aar=aar), 303)
        rad = queries.aktivitet(me(), aktivitet_id)
    if forsoek.endret:
        til_det_nye(form, _rettskjema(rad, formdata=None))
    return _skjemaside(form, rad), forsoek.status


def _rettskjema(rad: Aktivitet, **kwargs: Any) -> AktivitetForm:
    return AktivitetForm(queries.tiltak(me(), ogsaa=rad.tiltak_id), organer.organer(me()), aktivitet=rad, **kwargs)


def _skjemaside(form: AktivitetForm, rad: Aktivitet | None) -> str:
    return render_template("aktiviteter/skjema.html", form=form, rad=rad)


@bp.post("/plan/aktiviteter/<int:aktivitet_id>/slett")
@needs(Rettighet.AKTIVITET_FOER)
def slett(aktivitet_id: int) -> Svartype:
    """Take an activity away; the list offers to have it back."""
    with transaction():
        rad = queries.aktivitet(me(), aktivitet_id)
        aar = rad.dag.year
        services.slett(rad, av=me())
    return redirect(url_for("aktiviteter.liste", aar=aar, slettet=aktivitet_id), 303)


@bp.post("/plan/aktiviteter/<int:aktivitet_id>/angre")
@needs(Rettighet.AKTIVITET_FOER)
def angre(aktivitet_id: int) -> Svartype:
    """Have back one that was taken away. One that is there already is as it should be."""
    with transaction():
        rad = queries.aktivitet(me(), aktivitet_id, ogsaa_slettet=True)
        aar = rad.dag.year
        services.angre(rad, av=me())
    flash(gettext(N_("Aktiviteten står i listen igjen.")), "suksess")
    return redirect(url_for("aktiviteter.liste", aar=aar), 303)


@bp.route("/plan/aktiviteter/krav", methods=["GET", "POST"])
@needs(Rettighet.EVALUERING_STYR)
def krav() -> Svar:
    """What the plan asks of activities, and a form for more."""
    form = KravForm(organer.tiltak(me()), antall=1)
    forsoek = Forsoek(form)
    if forsoek.gyldig:
        slag, per = Aktivitetsslag(form.slag.data), Per(form.per.data)
        with forsoek.gjoer():
            services.legg_til_krav(form.tiltak_id.data, slag, form.antall.data or 0, per, av=me())
    if forsoek.gikk:
        flash(gettext(N_("Kravet er lagt til.")), "suksess")
        return redirect(url_for("aktiviteter.krav"), 303)
    return render_template("aktiviteter/krav.html", form=form, kravene=queries.kravene(me())), forsoek.status


@bp.post("/plan/aktiviteter/krav/<int:krav_nr>/slett")
@needs(Rettighet.EVALUERING_STYR)
def slett_krav(krav_nr: int) -> Svartype:
    """Take a demand away."""
    with transaction():
        services.slett_krav(queries.krav(me(), krav_nr), av=me())
    flash(gettext(N_("Kravet er tatt bort.")), "suksess")
    return redirect(url_for("aktiviteter.krav"), 303)
