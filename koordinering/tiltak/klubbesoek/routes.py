"""Pages of visits to clubs: the year's list, a new one, and correcting one."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from koordinering.db import db, i_dag, transaction
from koordinering.errors import Endret, UgyldigFelt
from koordinering.roles import Rettighet
from koordinering.sider import hent_side
from koordinering.tekst import N_
from koordinering.tiltak.klubbesoek import queries, services
from koordinering.tiltak.klubbesoek.forms import KlubbesoekForm, KlubbesoekSoekForm
from koordinering.tiltak.klubbesoek.models import Klubbesoek
from koordinering.web.forsoek import Forsoek
from koordinering.web.gate import needs
from koordinering.web.huset import me
from koordinering.web.samtidig import til_det_nye
from koordinering.web.sprak import gettext

bp = Blueprint("klubbesoek", __name__)

Svar = str | Response | tuple[str, int]


@bp.get("/klubbesoek")
@needs(Rettighet.KLUBBESOEK_FOER)
def liste() -> str:
    """The unit's visits in a year, the newest first."""
    form = KlubbesoekSoekForm(sorted({i_dag().year, *queries.aarene(me())}, reverse=True), request.args)
    soek = form.soek()
    side = hent_side(
        db.session(),
        queries.liste(me(), soek),
        [Klubbesoek.dag, Klubbesoek.id],
        synkende=True,
        noekkel=request.args.get("side", ""),
    )
    return render_template(
        "klubbesoek/liste.html", form=form, side=side, aar=soek.aar, antall=queries.antall(me(), soek.aar)
    )


@bp.route("/klubbesoek/nytt", methods=["GET", "POST"])
@needs(Rettighet.KLUBBESOEK_FOER)
def nytt() -> Svar:
    """Write in a visit."""
    form = KlubbesoekForm()
    if form.validate_on_submit():
        try:
            with transaction():
                aar = services.foer(form.opplysninger(), form.lest_noekkel(), av=me()).dag.year
        except UgyldigFelt as feil:
            form.feil(feil)
        else:
            flash(gettext(N_("Besøket er ført.")), "suksess")
            return redirect(url_for("klubbesoek.liste", aar=aar), 303)
    return _skjemaside(form, None), 422 if form.is_submitted() else 200


@bp.route("/klubbesoek/<int:klubbesoek_id>/endre", methods=["GET", "POST"])
@needs(Rettighet.KLUBBESOEK_FOER)
def endre(klubbesoek_id: int) -> Svar:
    """Correct a visit."""
    besoek = queries.klubbesoek(me(), klubbesoek_id)
    form = KlubbesoekForm(besoek=besoek)
    forsoek = Forsoek(form, Endret)
    if forsoek.gyldig:
        with forsoek.gjoer():
            besoek = queries.klubbesoek(me(), klubbesoek_id)
            services.endre(besoek, form.opplysninger(), versjon=form.lest_versjon(), av=me())
        besoek = queries.klubbesoek(me(), klubbesoek_id)
        if forsoek.gikk:
            flash(gettext(N_("Besøket er endret.")), "suksess")
            return redirect(url_for("klubbesoek.liste", aar=besoek.dag.year), 303)
    if forsoek.endret:
        til_det_nye(form, KlubbesoekForm(besoek=besoek, formdata=None))
    return _skjemaside(form, besoek), forsoek.status


def _skjemaside(form: KlubbesoekForm, besoek: Klubbesoek | None) -> str:
    return render_template("klubbesoek/skjema.html", form=form, besoek=besoek)


@bp.post("/klubbesoek/<int:klubbesoek_id>/slett")
@needs(Rettighet.KLUBBESOEK_FOER)
def slett(klubbesoek_id: int) -> Response:
    """Take away a visit that was written in by mistake."""
    with transaction():
        besoek = queries.klubbesoek(me(), klubbesoek_id)
        aar = besoek.dag.year
        services.slett(besoek, av=me())
    flash(gettext(N_("Besøket er slettet.")), "suksess")
    return redirect(url_for("klubbesoek.liste", aar=aar), 303)
