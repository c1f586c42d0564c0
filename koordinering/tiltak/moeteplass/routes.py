"""Pages of the open offers: the form of the day, the month's list, and keeping which there are."""

from collections.abc import Mapping
from datetime import date, timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from koordinering.access import can
from koordinering.db import db, i_dag, transaction
from koordinering.errors import Endret, FinnesIkke, UgyldigFelt
from koordinering.roles import Rettighet
from koordinering.sider import hent_side
from koordinering.tekst import N_
from koordinering.tiltak.foering.forms import TallForm, skrevet
from koordinering.tiltak.foering.routes import rettingslinje
from koordinering.tiltak.foering.rules import Maaned
from koordinering.tiltak.moeteplass import queries, services
from koordinering.tiltak.moeteplass.forms import DagForm, MoeteplassForm, MoeteplassSoekForm
from koordinering.tiltak.moeteplass.models import Moeteplass, Moeteplassgruppe, Moeteplasstall
from koordinering.tiltak.moeteplass.rules import (
    er_foert,
    forrige_maaned,
    kan_foeres,
    linjer,
    neste_maaned,
    ukedag,
)
from koordinering.web.forsoek import Forsoek
from koordinering.web.gate import needs
from koordinering.web.huset import me
from koordinering.web.samtidig import til_det_nye
from koordinering.web.side import dato
from koordinering.web.skjema import heltall
from koordinering.web.sprak import gettext

bp = Blueprint("moeteplass", __name__)

Svar = str | Response | tuple[str, int]


def _dag(tekst: str) -> date:
    """A day in an address, 2026-11-24."""
    try:
        dag = date.fromisoformat(tekst)
    except ValueError:
        raise FinnesIkke from None
    if len(tekst) != 10 or not 2000 <= dag.year <= 2100:
        raise FinnesIkke
    return dag


def _maaned(tekst: str) -> date:
    """A month in an address, 2026-11; whatever is wrong with it, this month."""
    try:
        return _dag(f"{tekst}-01")
    except FinnesIkke:
        return i_dag().replace(day=1)


def _egen(moeteplass_id: int) -> Moeteplass:
    return queries.moeteplass(me(), moeteplass_id, Rettighet.MOETEPLASS_FOER)


# --- The form ---------------------------------------------------------------------------------------------


@bp.get("/besoek")
@needs(Rettighet.MOETEPLASS_FOER)
def besoek() -> Svar:
    """Today, at the open offer that the user wrote in last: the start page of those who count."""
    alle = queries.aa_foere(me())
    if not alle:
        return render_template("moeteplass/ingen.html")
    sist = queries.sist_foert(me())
    return _dagsside(next((m for m in alle if m.id == sist), alle[0]), i_dag(), alle)


@bp.get("/besoek/velg")
@needs(Rettighet.MOETEPLASS_FOER)
def velg() -> Svar:
    """Go to the day that was typed; what is no day is told of at its field, on today's page."""
    moeteplass_id = heltall(request.args.get("moeteplass"), 18)
    if moeteplass_id is None:
        return redirect(url_for("moeteplass.besoek"), 303)
    form = DagForm(request.args)
    if not form.validate():
        return _dagsside(_egen(moeteplass_id), i_dag(), queries.aa_foere(me()), velger=form), 422
    dag = skrevet(form.dag.data).isoformat()
    return redirect(url_for("moeteplass.dag", moeteplass_id=moeteplass_id, dag=dag), 303)


@bp.route("/moeteplasser/<int:moeteplass_id>/dag/<dag>", methods=["GET", "POST"])
@needs(Rettighet.MOETEPLASS_FOER)
def dag(moeteplass_id: int, dag: str) -> Svar:
    """Write in how many came on one day, or correct it."""
    valgt, moeteplass = _dag(dag), _egen(moeteplass_id)
    if request.method == "GET":
        return _dagsside(moeteplass, valgt, queries.aa_foere(me()))
    form = _skjema(moeteplass, queries.dagens(moeteplass, valgt))
    status = 422
    if form.validate():
        try:
            with transaction():
                services.foer(
                    _egen(moeteplass_id), valgt, form.nye(), vist=form.vist(), grunn=form.rettegrunn(), av=me()
                )
        except UgyldigFelt as feil:
            form.feil(feil)
        except Endret as feil:
            form.form_errors.append(
                gettext(N_("En kollega har ført dagen siden du åpnet siden. Se over og lagre igjen."))
            )
            form.vis_naa(_tall(queries.dagens(_egen(moeteplass_id), valgt)))
            status = feil.status
        else:
            flash(gettext(N_("Lagret.")), "suksess")
            return redirect(url_for("moeteplass.dag", moeteplass_id=moeteplass_id, dag=dag), 303)
    return _dagsside(_egen(moeteplass_id), valgt, queries.aa_foere(me()), form), status


def _tall(rader: Mapping[int, Moeteplasstall]) -> dict[int, int | None]:
    return {gruppe: rad.antall for gruppe, rad in rader.items()}


def _skjema(moeteplass: Moeteplass, rader: Mapping[int, Moeteplasstall]) -> TallForm:
    grupper = queries.dagens_grupper(moeteplass, rader)
    return TallForm.med((gruppe.id, gruppe.navn) for gruppe in grupper)(_tall(rader))


def _dagsside(
    moeteplass: Moeteplass,
    dag: date,
    alle: list[Moeteplass],
    form: TallForm | None = None,
    velger: DagForm | None = None,
) -> str:
    rader = queries.dagens(moeteplass, dag)
    if form is None:
        form = _skjema(moeteplass, rader)
    grupper: list[Moeteplassgruppe] = queries.dagens_grupper(moeteplass, rader)
    return render_template(
        "moeteplass/dag.html",
        moeteplass=moeteplass,
        alle=alle,
        dag=dag,
        ukedag=ukedag(dag),
        naa=i_dag(),
        form=form,
        velger=velger or DagForm(formdata=None, dag=dag),
        foert=er_foert(_tall(rader)),
        tall=[{"tekst": gruppe.navn, "tall": _vist(rader.get(gruppe.id))} for gruppe in grupper],
        kan_foeres=kan_foeres(dag, fra=moeteplass.fra, til=moeteplass.til, i_dag=i_dag()),
        historie=[
            rettingslinje(r.retting, r.gruppe, r.hvem)
            for r in queries.rettinger(moeteplass, dag, dag + timedelta(days=1))
        ],
        foer=dag - timedelta(days=1),
        etter=dag + timedelta(days=1),
    )


def _vist(rad: Moeteplasstall | None) -> int | str:
    return "–" if rad is None or rad.antall is None else rad.antall


@bp.post("/moeteplasser/<int:moeteplass_id>/dag/<dag>/fjern")
@needs(Rettighet.MOETEPLASS_FOER)
def fjern(moeteplass_id: int, dag: str) -> Response:
    """The day was written in by mistake."""
    valgt = _dag(dag)
    with transaction():
        services.fjern(_egen(moeteplass_id), valgt, av=me())
    flash(gettext(N_("Tallene er fjernet. Dagen er ikke ført.")), "suksess")
    return redirect(url_for("moeteplass.dag", moeteplass_id=moeteplass_id, dag=dag), 303)


# --- The month and the list -------------------------------------------------------------------------------


@bp.get("/moeteplasser/<int:moeteplass_id>")
@needs(Rettighet.MOETEPLASS_LES)
def maaned(moeteplass_id: int) -> str:
    """One month of one open offer, day by day."""
    moeteplass = queries.moeteplass(me(), moeteplass_id, Rettighet.MOETEPLASS_LES)
    valgt = _maaned(request.args.get("maaned", ""))
    tall = queries.maanedens(moeteplass, valgt)
    med_tall = {gruppe for _, gruppe in tall}
    grupper = [gruppe for gruppe in moeteplass.grupper if not gruppe.utgaatt or gruppe.id in med_tall]
    dager = linjer(
        valgt,
        [gruppe.id for gruppe in grupper],
        tall,
        ukedager=moeteplass.ukedager,
        fra=moeteplass.fra,
        til=moeteplass.til,
        i_dag=i_dag(),
    )
    return render_template(
        "moeteplass/maaned.html",
        moeteplass=moeteplass,
        maaned=Maaned(str(valgt.month)),
        aar=valgt.year,
        forrige=forrige_maaned(valgt),
        neste=neste_maaned(valgt) if neste_maaned(valgt) <= i_dag() else None,
        kolonner=[
            gettext(N_("Dag")),
            *({"tekst": gruppe.navn, "tall": True} for gruppe in grupper),
            {"tekst": gettext(N_("I alt")), "tall": True},
        ],
        dager=[(linje, ukedag(linje.dag)) for linje in dager],
        sum=[sum(linje.tall[nr] or 0 for linje in dager) for nr in range(len(grupper))],
        foert=sum(linje.foert for linje in dager),
        historie=[
            rettingslinje(r.retting, f"{dato(r.dag)}, {r.gruppe}", r.hvem)
            for r in queries.rettinger(moeteplass, valgt, neste_maaned(valgt))
        ],
        kan_foere=can(me(), Rettighet.MOETEPLASS_FOER, moeteplass),
    )


@bp.get("/moeteplasser")
@needs(Rettighet.MOETEPLASS_LES, Rettighet.MOETEPLASS_ENDRE)
def liste() -> str:
    """The open offers that the user reaches, and on how many days this month each is written in."""
    form = MoeteplassSoekForm(request.args)
    side = hent_side(
        db.session(),
        queries.liste(me(), form.soek()),
        [Moeteplass.navn, Moeteplass.id],
        noekkel=request.args.get("side", ""),
    )
    return render_template(
        "moeteplass/liste.html",
        form=form,
        side=side,
        dager=queries.foerte_dager([m.id for m in side.rader], i_dag().replace(day=1)),
        leser={m.id for m in side.rader if can(me(), Rettighet.MOETEPLASS_LES, m)},
        endrer={m.id for m in side.rader if can(me(), Rettighet.MOETEPLASS_ENDRE, m)},
        kan_endre=can(me(), Rettighet.MOETEPLASS_ENDRE),
    )


@bp.route("/moeteplasser/ny", methods=["GET", "POST"])
@needs(Rettighet.MOETEPLASS_ENDRE)
def ny() -> Svar:
    """A new open offer."""
    form = MoeteplassForm(me())
    if form.validate_on_submit():
        try:
            with transaction():
                services.opprett(form.tiltak_id.data, form.enhet_id.data, form.opplysninger(), av=me())
        except UgyldigFelt as feil:
            form.feil(feil)
        else:
            flash(gettext(N_("Møteplassen er lagt inn.")), "suksess")
            return redirect(url_for("moeteplass.liste"), 303)
    return render_template("moeteplass/skjema.html", form=form, moeteplass=None), 422 if form.is_submitted() else 200


@bp.route("/moeteplasser/<int:moeteplass_id>/endre", methods=["GET", "POST"])
@needs(Rettighet.MOETEPLASS_ENDRE)
def endre(moeteplass_id: int) -> Svar:
    """Change an open offer and its age groups."""
    rett = Rettighet.MOETEPLASS_ENDRE
    moeteplass = queries.moeteplass(me(), moeteplass_id, rett)
    form = MoeteplassForm(me(), moeteplass=moeteplass)
    forsoek = Forsoek(form, Endret)
    if forsoek.gyldig:
        with forsoek.gjoer():
            moeteplass = queries.moeteplass(me(), moeteplass_id, rett)
            services.endre(moeteplass, form.enhet_id.data, form.opplysninger(), versjon=form.lest_versjon(), av=me())
        if forsoek.gikk:
            flash(gettext(N_("Møteplassen er endret.")), "suksess")
            return redirect(url_for("moeteplass.liste"), 303)
        moeteplass = queries.moeteplass(me(), moeteplass_id, rett)
    if forsoek.endret:
        til_det_nye(form, MoeteplassForm(me(), moeteplass=moeteplass, formdata=None))
    return render_template("moeteplass/skjema.html", form=form, moeteplass=moeteplass), forsoek.status
