"""Taking back several items in one go, each with its condition and what is missing of it."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import ngettext

from koordinering.db import transaction
from koordinering.errors import UgyldigFelt
from koordinering.roles import Rettighet
from koordinering.tekst import N_
from koordinering.tiltak.utstyr import queries, services
from koordinering.tiltak.utstyr.forms.disk import InnForm, InnRad
from koordinering.tiltak.utstyr.forms.felter import som_ider
from koordinering.tiltak.utstyr.routes.felles import Svar, UtenOperatoer, bp, krev_operatoer, les_skann
from koordinering.tiltak.utstyr.rules.tilstander import FRA, Handling
from koordinering.web.gate import needs
from koordinering.web.huset import me
from koordinering.web.sprak import gettext


@bp.route("/inn", methods=["GET", "POST"])
@needs(Rettighet.UTSTYR_LAAN)
def inn() -> Svar:
    """Take back: scan, scan, Enter."""
    ider = som_ider(request.args.getlist("enhet"))
    form = InnForm(enhet=ider)
    if not form.is_submitted():
        return _side(form, _rader(form), 200)
    if request.form.get("fjern", "").isdigit():
        form.enhet.data = [id_ for id_ in form.enhet.data if str(id_) != request.form["fjern"]]
        return _side(form, _rader(form), 200)
    if form.kode.data:
        return _legg_til(form)
    return _ta_imot(form)


def _rader(form: InnForm) -> list[InnRad]:
    return [InnRad(enhet) for enhet in queries.flere(me(), form.enhet.data)]


def _legg_til(form: InnForm) -> Svar:
    enhet = les_skann(form.kode)
    if enhet is not None and enhet.id in form.enhet.data:
        form.kode.errors = [gettext(N_("Enhet %(nr)d er lagt til alt.")) % {"nr": enhet.nummer}]
    elif enhet is not None and enhet.status not in FRA[Handling.LEVERT]:
        form.kode.errors = [gettext(N_("Enhet %(nr)d er ikke utlånt.")) % {"nr": enhet.nummer}]
    elif enhet is not None:
        form.enhet.data.append(enhet.id)
    return _side(form, _rader(form), 422 if form.kode.errors else 200)


def _ta_imot(form: InnForm) -> Svar:
    rader = _rader(form)
    try:
        nummer = krev_operatoer()
        if not all([form.validate(), *(rad.validate() for rad in rader)]):
            return _side(form, rader, 422)
        leveringer = [rad.levering() for rad in rader]
        with transaction():
            hele, delvis = services.ta_imot(leveringer, ved=nummer, av=me())
    except UtenOperatoer as feil:
        form.kode.errors = [gettext(str(feil))]
        return _side(form, rader, feil.status)
    except UgyldigFelt as feil:
        form.feil(feil)
        return _side(form, rader, 422)
    except services.IkkeUte as feil:
        form.form_errors.append(gettext(str(feil)))
        return _side(form, _rader(form), feil.status)
    if hele:
        flash(ngettext("%(num)d enhet er levert.", "%(num)d enheter er levert.", hele), "suksess")
    if delvis:
        melding = ngettext(
            "%(num)d enhet mangler deler og står fortsatt som utlånt.",
            "%(num)d enheter mangler deler og står fortsatt som utlånt.",
            delvis,
        )
        flash(melding, "advarsel")
    return redirect(url_for("utstyr.vis_disk"), 303)


def _side(form: InnForm, rader: list[InnRad], status: int) -> tuple[str, int]:
    ute = queries.aapne_utlaan(me(), [rad.enhet.id for rad in rader])
    feil = bool(form.form_errors or any(rad.errors for rad in rader))
    return render_template("tiltak/utstyr/inn.html", form=form, rader=rader, ute=ute, feil=feil), status
