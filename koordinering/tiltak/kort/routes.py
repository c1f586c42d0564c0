"""Pages of the card's venues: the list, keeping it, and writing in each month's visits."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from koordinering.access import can
from koordinering.db import db, i_dag, transaction
from koordinering.errors import Endret, FinnesIkke, UgyldigFelt
from koordinering.roles import Rettighet
from koordinering.sider import hent_side
from koordinering.tekst import N_
from koordinering.tiltak import queries as tiltaket
from koordinering.tiltak.foering.forms import TallForm
from koordinering.tiltak.foering.routes import rettingslinje
from koordinering.tiltak.foering.rules import Maaned
from koordinering.tiltak.kort import queries, services
from koordinering.tiltak.kort.forms import StedForm, StedSoekForm
from koordinering.tiltak.kort.models import Samarbeidssted
from koordinering.tiltak.kort.rules import Stedsaar, aarslinje, hoeyst, maaneder_i_bruk
from koordinering.web.forsoek import Forsoek
from koordinering.web.gate import needs
from koordinering.web.huset import me
from koordinering.web.samtidig import til_det_nye
from koordinering.web.skjema import heltall
from koordinering.web.sprak import gettext

bp = Blueprint("kortsted", __name__)

Svar = str | Response | tuple[str, int]


def _tall(navn: str, minst: int, mest: int, ellers: int) -> int:
    tall = heltall(request.args.get(navn), 4)
    return tall if tall is not None and minst <= tall <= mest else ellers


def _aar() -> int:
    return _tall("aar", 2000, i_dag().year, i_dag().year)


@bp.get("/kort/steder")
@needs(Rettighet.TILBUD_LES)
def steder() -> str:
    """Where the card is taken; and for whoever keeps the list, this year's visits against the ceilings."""
    form = StedSoekForm(request.args)
    side = hent_side(
        db.session(),
        queries.liste(me(), form.soek()),
        [Samarbeidssted.navn, Samarbeidssted.id],
        noekkel=request.args.get("side", ""),
    )
    kan_endre = can(me(), Rettighet.KORT_ENDRE)
    return render_template(
        "kort/steder.html",
        form=form,
        side=side,
        aar=i_dag().year,
        kan_endre=kan_endre,
        kort=queries.kort_i_bruk(i_dag().year) if kan_endre else {},
        aarene=_aarene(side.rader, i_dag().year) if kan_endre else {},
    )


def _aarene(steder: list[Samarbeidssted], aar: int) -> dict[int, Stedsaar]:
    """Each venue's year."""
    tall, kort = queries.aarets([sted.id for sted in steder], aar), queries.kort_i_bruk(aar)
    return {sted.id: aarslinje(tall[sted.id], hoeyst(sted.tak, kort.get(sted.tiltak_id))) for sted in steder}


@bp.get("/kort/steder/<int:sted_id>")
@needs(Rettighet.KORT_ENDRE)
def vis(sted_id: int) -> str:
    """One venue's year, month by month, and what has been corrected."""
    sted, aar, naa = queries.sted(me(), sted_id), _aar(), i_dag()
    linje = _aarene([sted], aar)[sted.id]
    i_bruk = [mnd for mnd in maaneder_i_bruk(aar, sted.fra, sted.til) if (aar, mnd) <= (naa.year, naa.month)]
    return render_template(
        "kort/sted.html",
        sted=sted,
        aar=aar,
        naa=naa.year,
        linje=linje,
        kort=queries.kort_i_bruk(aar).get(sted.tiltak_id),
        rader=[
            (gettext(m.tekst), antall)
            for m, antall in zip(Maaned, linje.tall, strict=True)
            if int(m) in i_bruk or antall is not None
        ],
        historie=[
            rettingslinje(r.retting, gettext(Maaned(str(r.maaned)).tekst), r.hvem)
            for r in queries.rettinger(aar, sted_id=sted.id)
        ],
    )


@bp.route("/kort/steder/nytt", methods=["GET", "POST"])
@needs(Rettighet.KORT_ENDRE)
def nytt() -> Svar:
    """A new venue."""
    form = StedForm()
    if form.validate_on_submit():
        try:
            with transaction():
                services.opprett_sted(_korttiltak(), form.opplysninger(), av=me())
        except UgyldigFelt as feil:
            form.feil(feil)
        else:
            flash(gettext(N_("Stedet er lagt inn.")), "suksess")
            return redirect(url_for("kortsted.steder"), 303)
    return render_template("kort/sted_skjema.html", form=form, sted=None), 422 if form.is_submitted() else 200


def _korttiltak() -> str:
    tiltak = tiltaket.korttiltak()
    if not tiltak:
        raise FinnesIkke
    return tiltak[0].id


@bp.route("/kort/steder/<int:sted_id>/endre", methods=["GET", "POST"])
@needs(Rettighet.KORT_ENDRE)
def endre(sted_id: int) -> Svar:
    """Change a venue."""
    sted = queries.sted(me(), sted_id)
    form = StedForm(sted=sted)
    forsoek = Forsoek(form, Endret)
    if forsoek.gyldig:
        with forsoek.gjoer():
            sted = queries.sted(me(), sted_id)
            services.endre_sted(sted, form.opplysninger(), versjon=form.lest_versjon(), av=me())
        if forsoek.gikk:
            flash(gettext(N_("Stedet er endret.")), "suksess")
            return redirect(url_for("kortsted.vis", sted_id=sted_id), 303)
        sted = queries.sted(me(), sted_id)
    if forsoek.endret:
        til_det_nye(form, StedForm(sted=sted, formdata=None))
    return render_template("kort/sted_skjema.html", form=form, sted=sted), forsoek.status


@bp.route("/kort/besoek", methods=["GET", "POST"])
@needs(Rettighet.KORT_ENDRE)
def besoek() -> Svar:
    """One month's visits, a row for each venue."""
    aar, maaned = _aar(), _valgt_maaned()
    form = _skjema(aar, maaned)
    if not form.is_submitted():
        return _besoeksside(form, aar, maaned)
    status = 422
    if form.validate():
        try:
            with transaction():
                services.foer_maaned(aar, maaned, form.nye(), vist=form.vist(), grunn=form.rettegrunn(), av=me())
        except UgyldigFelt as feil:
            form.feil(feil)
        except Endret as feil:
            form.form_errors.append(
                gettext(N_("En kollega har ført måneden siden du åpnet siden. Se over og lagre igjen."))
            )
            form.vis_naa(_foert(aar, maaned))
            status = feil.status
        else:
            flash(gettext(N_("Lagret.")), "suksess")
            return redirect(url_for("kortsted.besoek", aar=aar, maaned=maaned), 303)
    return _besoeksside(form, aar, maaned), status


def _valgt_maaned() -> int:
    """The month in the address; else the one that is over last, which is the one there is something to write of."""
    naa = i_dag()
    sist = naa.month - 1 if naa.month > 1 and _aar() == naa.year else (1 if _aar() == naa.year else 12)
    return _tall("maaned", 1, naa.month if _aar() == naa.year else 12, sist)


def _foert(aar: int, maaned: int) -> dict[int, int | None]:
    steder = [sted.id for sted in queries.steder_i(aar, maaned)]
    return {id_: rad.antall for id_, rad in queries.maanedens(steder, aar, maaned).items()}


def _skjema(aar: int, maaned: int) -> TallForm:
    steder = queries.steder_i(aar, maaned)
    return TallForm.med((sted.id, sted.navn) for sted in steder)(_foert(aar, maaned))


def _besoeksside(form: TallForm, aar: int, maaned: int) -> str:
    steder, naa = queries.steder_i(aar, maaned), i_dag()
    return render_template(
        "kort/besoek.html",
        form=form,
        aar=aar,
        maaned=Maaned(str(maaned)),
        maaneder=[m for m in Maaned if aar < naa.year or int(m) <= naa.month],
        naa=naa.year,
        steder=[sted for sted in steder if sted.id in form.noekler],
        foert=_foert(aar, maaned),
        aarene=_aarene(steder, aar),
        historie=[rettingslinje(r.retting, r.sted, r.hvem) for r in queries.rettinger(aar, maaned=maaned)],
    )
