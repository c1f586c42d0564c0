"""Pages of the offers: the list that everybody may see, and keeping one's own."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from koordinering.access import can
from koordinering.db import db, transaction
from koordinering.errors import Endret, FinnesIkke, UgyldigFelt
from koordinering.konto import services as konto
from koordinering.roles import Rettighet
from koordinering.sider import hent_side
from koordinering.tekst import N_
from koordinering.tiltak import queries, services
from koordinering.tiltak.forms import ImportForm, TakForm, TilbudForm, TilbudSoekForm
from koordinering.tiltak.lag.queries import kjente_lag
from koordinering.tiltak.models import Tilbud
from koordinering.tiltak.rules import VenterSvar
from koordinering.tiltak.rules.tilbudseksport import HSDS, som_csv
from koordinering.tiltak.rules.tilbudsfil import KOLONNER, Tilbudsfil, alt_lagt_inn, les_celler, les_tilbud
from koordinering.web.forsoek import Forsoek
from koordinering.web.gate import needs
from koordinering.web.huset import me
from koordinering.web.samtidig import til_det_nye
from koordinering.web.sprak import gettext

bp = Blueprint("tiltak", __name__)

Svar = str | Response | tuple[str, int]


@bp.get("/tilbud")
@needs(Rettighet.TILBUD_LES)
def tilbudsliste() -> str:
    """All offers, with what is left of each."""
    form = TilbudSoekForm(request.args)
    side = hent_side(
        db.session(),
        queries.tilbudsliste(form.soek()),
        [Tilbud.navn, Tilbud.id],
        noekkel=request.args.get("side", ""),
    )
    return render_template(
        "tiltak/tilbudsliste.html",
        form=form,
        side=side,
        tilstander=queries.tilstander([t.beholdning_id for t in side.rader]),
        kan_endre=can(me(), Rettighet.TILBUD_ENDRE),
        egne=queries.friplasstiltak(me()),
        soek={k: v for k, v in request.args.items() if k != "side"},
    )


MAKS_EKSPORT = 10_000
"""Offers in one file."""


@bp.post("/tilbud/eksport")
@needs(Rettighet.TILBUD_LES)
def eksport() -> Response:
    """The offers of the list as csv, with headings after Open Referral HSDS. No person stands there."""
    konto.ta_uttrekk(av=me(), adresse=request.remote_addr)
    query = queries.tilbudsliste(TilbudSoekForm(request.form).soek()).order_by(Tilbud.navn, Tilbud.id)
    tilbud = list(db.session.scalars(query.limit(MAKS_EKSPORT)))
    tall = queries.tilstander([t.beholdning_id for t in tilbud])
    innhold = som_csv([HSDS, *(queries.som_hsds(t, tall[t.beholdning_id]) for t in tilbud)], skille=",")
    svar = Response(innhold, mimetype="text/csv")
    svar.headers.set("Content-Disposition", "attachment", filename="tilbud-hsds.csv")
    return svar


@bp.route("/tilbud/importer", methods=["GET", "POST"])
@needs(Rettighet.TILBUD_ENDRE)
def importer() -> Svar:
    """Read a list of offers, and show what is in it or what is wrong with it. Nothing is written."""
    form = ImportForm()
    if not form.validate_on_submit():
        return _importsiden(form, None), 422 if form.is_submitted() else 200
    try:
        lest = _les(les_celler(form.data_lest()))
    except UgyldigFelt as feil:
        form.feil(feil)
        return _importsiden(form, None), 422
    return _importsiden(form, lest), 422 if lest.feil else 200


@bp.post("/tilbud/importer/bekreft")
@needs(Rettighet.TILBUD_ENDRE)
def importer_bekreft() -> Svar:
    """Make every offer of the list, which is read and tried once more; all of them or none.

    Read under the lock: a second click, or a colleague with the same list, finds that it is there. What has become
    wrong since the preview is told by row, and the list is kept.
    """
    form = ImportForm()
    try:
        celler = les_celler(form.data_lest())
    except UgyldigFelt as feil:
        form.feil(feil)
        return _importsiden(form, None), 422
    antall = 0
    try:
        with transaction():
            services.laas_tilbudene(av=me())
            lest = _les(celler)
            if form.validate() and not lest.feil:
                antall = services.importer_tilbud(lest.rader, av=me())
    except services.IkkeLagtInn as galt:
        return _importsiden(form, replace(_les(celler), feil=(galt.feil,)), behold=True), 422
    if antall:
        flash(gettext(N_("%(n)d tilbud er lagt inn.")) % {"n": antall}, "suksess")
    elif alt_lagt_inn(lest):
        flash(gettext(N_("Listen er lagt inn fra før. Ingenting er lagt inn to ganger.")), "info")
    else:
        return _importsiden(form, lest, behold=True), 422
    return redirect(url_for("tiltak.tilbudsliste"), 303)


def _les(celler: Sequence[Sequence[str]]) -> Tilbudsfil:
    mine = [t.id for t in queries.friplasstiltak(me())]
    return les_tilbud(celler, tiltak=mine, finnes=queries.egne_noekler(me()), lagene=kjente_lag())


def _importsiden(form: ImportForm, lest: Tilbudsfil | None, *, behold: bool = False) -> str:
    """`behold`: what was seen through before is sent back with what is wrong now, so that it can be tried again."""
    sendes = lest is not None and (behold or not lest.feil)
    innhold = som_csv(lest.tabell, til_regneark=False) if lest and sendes else ""
    return render_template("tiltak/importer.html", form=form, lest=lest, innhold=innhold, kolonner=KOLONNER)


_mer_om_tilbud: list[Callable[[Tilbud], Mapping[str, Any]]] = []


def mer_om_tilbud(funksjon: Callable[[Tilbud], Mapping[str, Any]]) -> Callable[[Tilbud], Mapping[str, Any]]:
    """Let a package above this one say what more stands on an offer's page: values for its template, by name."""
    _mer_om_tilbud.append(funksjon)
    return funksjon


@bp.get("/tilbud/<int:tilbud_id>")
@needs(Rettighet.TILBUD_LES)
def vis_tilbud(tilbud_id: int) -> str:
    """One offer."""
    tilbud = queries.tilbud(me(), tilbud_id)
    return render_template(
        "tiltak/tilbud.html",
        tilbud=tilbud,
        tall=queries.tilstander([tilbud.beholdning_id])[tilbud.beholdning_id],
        min=can(me(), Rettighet.TILBUD_ENDRE, tilbud),
        **{navn: verdi for funksjon in _mer_om_tilbud for navn, verdi in funksjon(tilbud).items()},
    )


@bp.route("/tilbud/nytt", methods=["GET", "POST"])
@needs(Rettighet.TILBUD_ENDRE)
def nytt_tilbud() -> Svar:
    """A new offer of the user's own unit."""
    form = TilbudForm(me())
    if form.validate_on_submit():
        try:
            with transaction():
                tiltak = {t.id: t for t in queries.friplasstiltak(me())}[form.tiltak_id.data]
                tilbud_id = services.opprett_tilbud(
                    tiltak, form.opplysninger(), noekkel=form.lest_noekkel(), av=me()
                ).id
        except UgyldigFelt as feil:
            form.feil(feil)
        else:
            flash(gettext(N_("Tilbudet er lagt inn.")), "suksess")
            return redirect(url_for("tiltak.vis_tilbud", tilbud_id=tilbud_id))
    return render_template("tiltak/tilbud_skjema.html", form=form, tilbud=None), 422 if form.is_submitted() else 200


@bp.route("/tilbud/<int:tilbud_id>/endre", methods=["GET", "POST"])
@needs(Rettighet.TILBUD_ENDRE)
def endre_tilbud(tilbud_id: int) -> Svar:
    """Change an offer and its number of places."""
    tilbud = queries.eget_tilbud(me(), tilbud_id)
    form = TilbudForm(me(), tilbud=tilbud)
    forsoek = Forsoek(form, Endret)
    if forsoek.gyldig:
        with forsoek.gjoer():
            tilbud = queries.eget_tilbud(me(), tilbud_id)
            services.endre_tilbud(tilbud, form.opplysninger(), versjon=form.lest_versjon(), av=me())
        if forsoek.gikk:
            flash(gettext(N_("Tilbudet er endret.")), "suksess")
            return redirect(url_for("tiltak.vis_tilbud", tilbud_id=tilbud_id))
        tilbud = queries.eget_tilbud(me(), tilbud_id)
    if forsoek.endret:
        til_det_nye(form, TilbudForm(me(), tilbud=tilbud, formdata=None))
    return render_template("tiltak/tilbud_skjema.html", form=form, tilbud=tilbud), forsoek.status


@bp.post("/tilbud/<int:tilbud_id>/trekk")
@needs(Rettighet.TILBUD_ENDRE)
def trekk_tilbud(tilbud_id: int) -> Response:
    """Take an offer back."""
    try:
        with transaction():
            services.trekk_tilbud(queries.eget_tilbud(me(), tilbud_id), av=me())
    except VenterSvar as feil:
        flash(gettext(str(feil)), "feil")
    else:
        flash(gettext(N_("Tilbudet er trukket. Barn som har plass, beholder den.")), "suksess")
    return redirect(url_for("tiltak.vis_tilbud", tilbud_id=tilbud_id))


@bp.route("/tilbud/tak", methods=["GET", "POST"])
@needs(Rettighet.TILBUD_ENDRE)
def tak() -> Svar:
    """How many places of a measure one child may have in a year."""
    egne = {t.id: t for t in queries.friplasstiltak(me())}
    if not egne:
        flash(gettext(N_("Enheten din har ingen tiltak med plasser.")), "info")
        return redirect(url_for("tiltak.tilbudsliste"))
    tiltak_id = request.args.get("tiltak", next(iter(egne)))
    tiltak = egne.get(tiltak_id)
    if tiltak is None:
        raise FinnesIkke
    form = TakForm(plasser_per_barn=tiltak.plasser_per_barn)
    if form.validate_on_submit():
        try:
            with transaction():
                services.sett_tak(tiltak_id, form.plasser_per_barn.data, av=me())
        except UgyldigFelt as feil:
            form.feil(feil)
        else:
            flash(gettext(N_("Taket er lagret.")), "suksess")
            return redirect(url_for("tiltak.tilbudsliste"))
    return render_template("tiltak/tak.html", form=form, tiltak=tiltak), 422 if form.is_submitted() else 200
