"""The counter, where anything can be scanned, and lending several items in one go."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import ngettext

from koordinering import audit
from koordinering.audit import Hva
from koordinering.db import transaction
from koordinering.errors import UgyldigFelt
from koordinering.roles import Rettighet
from koordinering.tekst import N_
from koordinering.tiltak.utstyr import queries, services
from koordinering.tiltak.utstyr.forms.disk import UtForm
from koordinering.tiltak.utstyr.forms.felter import SkannForm, skrevet, som_ider
from koordinering.tiltak.utstyr.routes.felles import Svar, UtenOperatoer, bp, krev_operatoer, les_skann
from koordinering.tiltak.utstyr.rules.tilstander import FRA, Handling, Status
from koordinering.web.gate import needs
from koordinering.web.huset import me
from koordinering.web.side import dato
from koordinering.web.sprak import gettext


@bp.get("")
@needs(Rettighet.UTSTYR_LAAN)
def vis_disk() -> str:
    """The counter: one field for everything that can be scanned, and what waits today."""
    return _disk(SkannForm())


def _disk(form: SkannForm) -> str:
    valg = queries.valg(queries.min_enhet(me()))
    return render_template("tiltak/utstyr/disk.html", form=form, antall=queries.tellinger(me()), valg=valg)


@bp.post("/skann")
@needs(Rettighet.UTSTYR_LAAN)
def skann() -> Svar:
    """What was scanned decides where to go: lending, taking back, or the item's own page."""
    form = SkannForm()
    if not form.validate_on_submit():
        form.kode.toem()
        return _disk(form), 422
    enhet = les_skann(form.kode)
    if enhet is not None:
        sted = {Status.LEDIG: "ut", Status.RESERVERT: "ut", Status.UTE: "inn"}.get(enhet.status)
        if sted is None:
            return redirect(url_for("utstyr.vis_enhet", utstyrsenhet_id=enhet.id), 303)
        return redirect(url_for(f"utstyr.{sted}", enhet=enhet.id), 303)
    if form.kode.errors:
        return _disk(form), 422
    return redirect(url_for("utstyr.vis_disk"), 303)


def _utlaan_av() -> bool:
    return queries.valg(queries.min_enhet(me())).eget_system


@bp.route("/ut", methods=["GET", "POST"])
@needs(Rettighet.UTSTYR_LAAN)
def ut() -> Svar:
    """Lend: scan, scan, the number, Enter."""
    if _utlaan_av():
        flash(gettext(N_("Dere låner ut i et annet system. Før utlånene per måned her.")), "info")
        return redirect(url_for("utstyr.tall"))
    form = _ny_utform()
    if not form.is_submitted():
        return _side(form, 200)
    if request.form.get("fjern", "").isdigit():
        form.enhet.data = [id_ for id_ in form.enhet.data if str(id_) != request.form["fjern"]]
        return _side(form, 200)
    if form.kode.data:
        return _legg_til(form)
    return _laan_ut(form)


def _ny_utform() -> UtForm:
    """With the item that was scanned at the counter, and the number that a reservation is held for."""
    laanetid = queries.valg(queries.min_enhet(me())).laanetid
    ider = som_ider(request.args.getlist("enhet"))
    start: dict[str, Any] = {"enhet": ider}
    holdt = queries.aapne_reservasjoner(me(), ider).values() if ider and request.method == "GET" else ()
    for reservasjon in holdt:
        audit.record(Hva.UTSTYR_TELEFON, av=me(), detalj="reservasjon")
        start["telefon"] = services.les_telefon(reservasjon)
    return UtForm(laanetid=laanetid, **start)


def _legg_til(form: UtForm) -> Svar:
    enhet = les_skann(form.kode)
    if enhet is not None and enhet.id in form.enhet.data:
        form.kode.errors = [gettext(N_("Enhet %(nr)d er lagt til alt.")) % {"nr": enhet.nummer}]
    elif enhet is not None and enhet.status not in FRA[Handling.LAANT_UT]:
        hvor = gettext(enhet.status.tekst).lower()
        form.kode.errors = [
            gettext(N_("Enhet %(nr)d kan ikke lånes ut: %(hvor)s.")) % {"nr": enhet.nummer, "hvor": hvor}
        ]
    elif enhet is not None:
        form.enhet.data.append(enhet.id)
    return _side(form, 422 if form.kode.errors else 200)


def _laan_ut(form: UtForm) -> Svar:
    try:
        nummer = krev_operatoer()
        if not form.validate():
            return _side(form, 422)
        with transaction():
            laant = services.laan_ut(form.nytt(), ved=nummer, av=me())
    except UtenOperatoer as feil:
        form.kode.errors = [gettext(str(feil))]
        return _side(form, feil.status)
    except UgyldigFelt as feil:
        form.feil(feil)
        return _side(form, 422)
    except services.IkkeLedig as feil:
        form.form_errors.append(gettext(str(feil)))
        return _side(form, feil.status)
    dag = dato(skrevet(form.forfall.data))
    melding = ngettext(
        "%(num)d enhet er lånt ut til %(dag)s.", "%(num)d enheter er lånt ut til %(dag)s.", len(laant), dag=dag
    )
    flash(melding, "suksess")
    return redirect(url_for("utstyr.vis_disk"), 303)


def _side(form: UtForm, status: int) -> tuple[str, int]:
    enheter = queries.flere(me(), form.enhet.data)
    holdt = queries.aapne_reservasjoner(me(), [enhet.id for enhet in enheter])
    kan = {enhet.id: enhet.status in FRA[Handling.LAANT_UT] for enhet in enheter}
    siden = {"form": form, "enheter": enheter, "holdt": holdt, "kan": kan, "feil": _andre_feil(form)}
    return render_template("tiltak/utstyr/ut.html", **siden), status


def _andre_feil(form: UtForm) -> bool:
    """Something besides the scan is wrong: then the list of errors takes the focus, otherwise the scan field."""
    return bool(form.form_errors or any(felt.errors for navn, felt in form._fields.items() if navn != "kode"))
