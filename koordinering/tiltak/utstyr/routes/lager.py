"""The shelf: the list of items, one item with its history, new and changed items, labels, and the unit's choices."""

from datetime import date

from flask import flash, redirect, render_template, request, url_for
from flask_babel import ngettext
from werkzeug.wrappers import Response

from koordinering.db import db, transaction
from koordinering.errors import Endret, FinnesIkke, UgyldigFelt
from koordinering.roles import Rettighet
from koordinering.sider import hent_side
from koordinering.tekst import N_
from koordinering.tiltak.utstyr import queries, services
from koordinering.tiltak.utstyr.forms.lager import EnhetForm, EtikettForm, LagerSoekForm, ValgForm
from koordinering.tiltak.utstyr.models import Utstyrsenhet, Utstyrshendelse
from koordinering.tiltak.utstyr.routes.felles import Svar, UtenOperatoer, bp, foerst_operatoer, krev_operatoer
from koordinering.tiltak.utstyr.rules.strekkode import code128
from koordinering.tiltak.utstyr.rules.tilstander import TIL, Handling, Tilstand, mulige
from koordinering.web.forsoek import Forsoek
from koordinering.web.gate import needs
from koordinering.web.huset import me
from koordinering.web.samtidig import til_det_nye
from koordinering.web.side import dato
from koordinering.web.sprak import gettext


@bp.get("/enheter")
@needs(Rettighet.UTSTYR_LAAN)
def enheter() -> str:
    """Items by number, searched and filtered."""
    form = LagerSoekForm(request.args)
    side = hent_side(
        db.session(),
        queries.lager(me(), form.soek()),
        [Utstyrsenhet.nummer, Utstyrsenhet.id],
        noekkel=request.args.get("side", ""),
    )
    return render_template("tiltak/utstyr/enheter.html", form=form, side=side)


@bp.get("/enheter/<int:utstyrsenhet_id>")
@needs(Rettighet.UTSTYR_LAAN)
def vis_enhet(utstyrsenhet_id: int) -> str:
    """One item, where it is and what was done with it."""
    enhet = queries.enhet(me(), utstyrsenhet_id)
    return render_template(
        "tiltak/utstyr/enhet.html",
        enhet=enhet,
        utlaan=queries.aapne_utlaan(me(), [enhet.id]).get(enhet.id),
        reservasjon=queries.aapne_reservasjoner(me(), [enhet.id]).get(enhet.id),
        mulige=mulige(enhet.status),
        historikk=[(linje, _opplysning(linje)) for linje in queries.historikk(me(), enhet.id)],
    )


def _opplysning(linje: Utstyrshendelse) -> str:
    """The code of a line in the history, as people read it."""
    if linje.detalj is None:
        return ""
    tilstander = {en.value: en for en in Tilstand}
    if linje.detalj in tilstander:
        return str(gettext(tilstander[linje.detalj].tekst))
    return str(gettext(N_("til %(dag)s")) % {"dag": dato(date.fromisoformat(linje.detalj))})


@bp.route("/enheter/ny", methods=["GET", "POST"])
@needs(Rettighet.UTSTYR_ENDRE)
def ny_enhet() -> Svar:
    """One new item, or several of a kind."""
    form = EnhetForm()
    forsoek = Forsoek(form, UtenOperatoer)
    lagt_inn: list[tuple[int, int]] = []
    if forsoek.gyldig:
        with forsoek.gjoer():
            antall, noekkel = form.antall.data or 0, form.lest_noekkel()
            nye = services.legg_inn(form.opplysninger(), antall, noekkel=noekkel, ved=krev_operatoer(), av=me())
            lagt_inn = [(ny.id, ny.nummer) for ny in nye]
    if forsoek.gikk:
        flash(ngettext("%(num)d enhet er lagt inn.", "%(num)d enheter er lagt inn.", len(lagt_inn)), "suksess")
        (id_, fra), (_, til) = lagt_inn[0], lagt_inn[-1]
        if fra == til:
            return redirect(url_for("utstyr.vis_enhet", utstyrsenhet_id=id_), 303)
        return redirect(url_for("utstyr.etiketter", fra=fra, til=til), 303)
    return render_template("tiltak/utstyr/enhet_skjema.html", form=form, enhet=None), forsoek.status


@bp.route("/enheter/<int:utstyrsenhet_id>/endre", methods=["GET", "POST"])
@needs(Rettighet.UTSTYR_ENDRE)
def endre_enhet(utstyrsenhet_id: int) -> Svar:
    """Change what is written about an item."""
    enhet = queries.enhet(me(), utstyrsenhet_id)
    form = EnhetForm(enhet=enhet)
    forsoek = Forsoek(form, UtenOperatoer, Endret)
    if forsoek.gyldig:
        with forsoek.gjoer():
            enhet = queries.enhet(me(), utstyrsenhet_id)
            services.endre(enhet, form.opplysninger(), versjon=form.lest_versjon(), ved=krev_operatoer(), av=me())
    if forsoek.gikk:
        flash(gettext(N_("Enheten er endret.")), "suksess")
        return redirect(url_for("utstyr.vis_enhet", utstyrsenhet_id=utstyrsenhet_id), 303)
    if forsoek.gyldig:  # it was tried, and somebody may have changed it meanwhile
        enhet = queries.enhet(me(), utstyrsenhet_id)
    if forsoek.endret:
        til_det_nye(form, EnhetForm(enhet=enhet, formdata=None))
    return render_template("tiltak/utstyr/enhet_skjema.html", form=form, enhet=enhet), forsoek.status


@bp.post("/enheter/<int:utstyrsenhet_id>/gjoer/<gjoer>")
@needs(Rettighet.UTSTYR_ENDRE)
def gjoer(utstyrsenhet_id: int, gjoer: str) -> Response:
    """Repair, repaired, missing, found, thrown away, taken in again."""
    handling = {en.value: en for en in TIL}.get(gjoer)
    enhet = queries.enhet(me(), utstyrsenhet_id)
    if handling is None:
        raise FinnesIkke
    try:
        nummer = krev_operatoer()
    except UtenOperatoer:
        return foerst_operatoer("utstyr.vis_enhet", utstyrsenhet_id=utstyrsenhet_id)
    with transaction():
        services.utfoer(enhet, Handling(handling), ved=nummer, av=me())
    flash(gettext(N_("Enheten er oppdatert.")), "suksess")
    return redirect(url_for("utstyr.vis_enhet", utstyrsenhet_id=utstyrsenhet_id), 303)


@bp.get("/etiketter")
@needs(Rettighet.UTSTYR_ENDRE)
def etiketter() -> str:
    """Labels to print, with number and barcode."""
    form = EtikettForm(request.args)
    rader = [(enhet, code128(enhet.strekkode)) for enhet in queries.etiketter(me(), *form.utvalg())]
    return render_template("tiltak/utstyr/etiketter.html", form=form, rader=rader)


@bp.route("/valg", methods=["GET", "POST"])
@needs(Rettighet.UTSTYR_ENDRE)
def valg() -> Svar:
    """Days of a loan, and whether loans are entered as monthly figures."""
    naa = queries.valg(queries.min_enhet(me()))
    form = ValgForm(laanetid=naa.laanetid, eget_system=naa.eget_system)
    if form.validate_on_submit():
        try:
            with transaction():
                services.sett_valg(form.dager(), eget_system=form.eget_system.data, av=me())
        except UgyldigFelt as feil:
            form.feil(feil)
        else:
            flash(gettext(N_("Valgene er lagret.")), "suksess")
            return redirect(url_for("utstyr.vis_disk"), 303)
    return render_template("tiltak/utstyr/valg.html", form=form), 422 if form.is_submitted() else 200
