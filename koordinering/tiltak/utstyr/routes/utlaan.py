"""Loans that are out: what is due, whom to call, extending, and giving up."""

from datetime import timedelta

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from koordinering import audit
from koordinering.audit import Hva, Ting
from koordinering.db import db, i_dag, transaction
from koordinering.errors import UgyldigFelt
from koordinering.roles import Rettighet
from koordinering.sider import hent_side
from koordinering.tekst import N_
from koordinering.tiltak.utstyr import queries, services
from koordinering.tiltak.utstyr.forms.disk import ForlengForm
from koordinering.tiltak.utstyr.forms.felter import skrevet
from koordinering.tiltak.utstyr.models import Utlaan
from koordinering.tiltak.utstyr.queries import Utlaansfilter
from koordinering.tiltak.utstyr.routes.felles import Svar, UtenOperatoer, bp, foerst_operatoer, krev_operatoer
from koordinering.tiltak.utstyr.rules.telefon import som_lest
from koordinering.web.gate import needs
from koordinering.web.huset import me
from koordinering.web.side import dato
from koordinering.web.sprak import gettext


@bp.get("/utlaan")
@needs(Rettighet.UTSTYR_LAAN)
def utlaansliste() -> str:
    """Loans under a named filter, the longest due first, with number and a text ready to send."""
    filtre = {f.value: f for f in Utlaansfilter}
    valgt = filtre.get(request.args.get("filter", ""), Utlaansfilter.FORFALT)
    audit.record(Hva.UTSTYR_TELEFON, av=me(), detalj=valgt.value)
    side = hent_side(
        db.session(),
        queries.utlaansliste(me(), valgt),
        [Utlaan.forfall, Utlaan.id],
        noekkel=request.args.get("side", ""),
    )
    sammen = queries.sammen_med(me(), {rad.sammen for rad in side.rader})
    numre = services.les_telefoner(side.rader)
    rader = [(rad, som_lest(numre.get(rad.id, "")), _tekst(rad, sammen[rad.sammen])) for rad in side.rader]
    return render_template(
        "tiltak/utstyr/utlaansliste.html", side=side, rader=rader, valgt=valgt, filtre=Utlaansfilter, dag=i_dag()
    )


def _telefon(rad: Utlaan) -> str:
    nummer = services.les_telefon(rad)
    return som_lest(nummer) if nummer else ""


_PURRING = N_(
    "Hei! Du har lånt dette i Utstyrsbanken: %(ting)s. Fristen var %(dag)s. "
    "Lever det så snart du kan, eller si fra hvis du trenger det lenger. Hilsen Utstyrsbanken"
)
_PAAMINNELSE = N_(
    "Hei! Du har lånt dette i Utstyrsbanken: %(ting)s. Fristen er %(dag)s. "
    "Si fra hvis du trenger det lenger. Hilsen Utstyrsbanken"
)
_DELER = N_(
    "Hei! Takk for at du leverte til Utstyrsbanken: %(ting)s. Vi mangler ennå: %(deler)s. "
    "Lever det så snart du kan. Hilsen Utstyrsbanken"
)


def _tekst(rad: Utlaan, sammen: list[Utlaan]) -> str:
    """What the operator can send: everything of the same borrowing that is due, and since when."""
    samme = [en for en in sammen if (en.delvis is None) == (rad.delvis is None)]
    gjelder = [en for en in samme if en.forfall <= max(rad.forfall, i_dag())] or [rad]
    gjelder.sort(key=lambda en: en.enhet.nummer)
    ting = ", ".join(f"{en.enhet.navn} (nr. {en.enhet.nummer})" for en in gjelder)
    if rad.delvis is not None:
        deler = ", ".join(del_.navn for en in gjelder for del_ in en.enhet.deler if del_.mangler)
        return str(gettext(_DELER) % {"ting": ting, "deler": deler})
    frist = min(en.forfall for en in gjelder)
    return str(gettext(_PURRING if frist < i_dag() else _PAAMINNELSE) % {"ting": ting, "dag": dato(frist)})


@bp.get("/utlaan/<int:utlaan_id>")
@needs(Rettighet.UTSTYR_LAAN)
def vis_utlaan(utlaan_id: int) -> str:
    """One loan."""
    utlaan = queries.utlaan(me(), utlaan_id)
    return _vis(utlaan, ForlengForm(forfall=_ny_frist(utlaan)))


def _ny_frist(utlaan: Utlaan) -> object:
    laanetid = queries.valg(utlaan.enhet_id).laanetid
    return max(utlaan.forfall, i_dag()) + timedelta(days=laanetid)


def _vis(utlaan: Utlaan, form: ForlengForm) -> str:
    audit.record(Hva.UTSTYR_TELEFON, av=me(), gjelder=Ting("utlaan", utlaan.id, utlaan.enhet_id))
    sammen = queries.sammen_med(me(), {utlaan.sammen}).get(utlaan.sammen, [])
    return render_template(
        "tiltak/utstyr/utlaan.html",
        utlaan=utlaan,
        form=form,
        telefon=_telefon(utlaan),
        tekst=_tekst(utlaan, sammen),
        sammen=[en for en in sammen if en.id != utlaan.id],
        dag=i_dag(),
    )


@bp.post("/utlaan/<int:utlaan_id>/forleng")
@needs(Rettighet.UTSTYR_LAAN)
def forleng(utlaan_id: int) -> Svar:
    """A new due date."""
    form = ForlengForm()
    utlaan = queries.utlaan(me(), utlaan_id)
    if not form.validate_on_submit():
        return _vis(utlaan, form), 422
    try:
        nummer = krev_operatoer()
        with transaction():
            utlaan = queries.utlaan(me(), utlaan_id)
            services.forleng(utlaan, skrevet(form.forfall.data), ved=nummer, av=me())
    except UgyldigFelt as feil:
        form.feil(feil)
        return _vis(queries.utlaan(me(), utlaan_id), form), 422
    except UtenOperatoer as feil:
        form.form_errors.append(gettext(str(feil)))
        return _vis(utlaan, form), feil.status
    flash(gettext(N_("Ny frist er %(dag)s.")) % {"dag": dato(form.forfall.data)}, "suksess")
    return redirect(url_for("utstyr.vis_utlaan", utlaan_id=utlaan_id), 303)


@bp.post("/utlaan/<int:utlaan_id>/avslutt-uten-deler")
@needs(Rettighet.UTSTYR_LAAN)
def uten_deler(utlaan_id: int) -> Response:
    """The last parts will not come."""
    try:
        nummer = krev_operatoer()
    except UtenOperatoer:
        return foerst_operatoer("utstyr.vis_utlaan", utlaan_id=utlaan_id)
    with transaction():
        services.gi_opp_deler(queries.utlaan(me(), utlaan_id), ved=nummer, av=me())
    flash(gettext(N_("Utlånet er avsluttet. Enheten står til reparasjon til den er hel igjen.")), "suksess")
    return redirect(url_for("utstyr.vis_disk"), 303)


@bp.post("/utlaan/<int:utlaan_id>/tapt")
@needs(Rettighet.UTSTYR_LAAN)
def tapt(utlaan_id: int) -> Response:
    """The item will not come back."""
    try:
        nummer = krev_operatoer()
    except UtenOperatoer:
        return foerst_operatoer("utstyr.vis_utlaan", utlaan_id=utlaan_id)
    with transaction():
        services.meld_tapt(queries.utlaan(me(), utlaan_id), ved=nummer, av=me())
    flash(gettext(N_("Utlånet er avsluttet, og enheten står som savnet.")), "suksess")
    return redirect(url_for("utstyr.vis_disk"), 303)
