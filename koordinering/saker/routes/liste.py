"""«Mine saker», and finding one case."""

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from koordinering import audit
from koordinering.access import can
from koordinering.audit import Hva
from koordinering.roles import Rettighet
from koordinering.saker import queries, services
from koordinering.saker.forms.sak import FinnForm
from koordinering.saker.queries import Saksfilter
from koordinering.saker.routes.felles import bp
from koordinering.saker.rules.innboks import ForMangeOppslag
from koordinering.web.gate import needs
from koordinering.web.huset import me
from koordinering.web.sprak import gettext


def _filter() -> Saksfilter:
    valgt = request.args.get("filter", "")
    if valgt in set(Saksfilter):
        return Saksfilter(valgt)
    return Saksfilter.MINE if can(me(), Rettighet.SAK_REGISTRER) else Saksfilter.ENHETEN


@bp.get("/saker")
@needs(Rettighet.SAK_LES)
def liste() -> str:
    """The unit's cases, by named filter."""
    filter_ = _filter()
    audit.record(Hva.LISTE_LEST, av=me(), detalj=f"saker:{filter_.value}")
    side = queries.side(me(), filter_, request.args.get("side", ""))
    return render_template(
        "saker/liste.html", side=side, filter=filter_, filtre=list(Saksfilter), antall=queries.antall_som_venter(me())
    )


@bp.route("/saker/finn", methods=["GET", "POST"])
@needs(Rettighet.SAK_LES)
def finn() -> Response | str | tuple[str, int]:
    """Find by reference, number or code. A POST: none of them may stand in an address."""
    form = FinnForm()
    if request.method == "GET":
        return render_template("saker/finn.html", form=form, funnet=None)
    if not form.validate():
        return render_template("saker/finn.html", form=form, funnet=None), 422
    try:
        funnet = _soek(form)
    except ForMangeOppslag as feil:
        form.for_mange(gettext(str(feil)))
        return render_template("saker/finn.html", form=form, funnet=None), feil.status
    if len(funnet) == 1:
        return redirect(url_for("saker.vis", sak_id=funnet[0].id), 303)
    return render_template("saker/finn.html", form=form, funnet=funnet)


def _soek(form: FinnForm) -> list[queries.Funnet]:
    user = me()
    tell = services.sjekk_oppslag if form.med_nummer else services.ta_soek
    tell(av=user, adresse=request.remote_addr)
    indeks, kodeindeks = form.blindindeks(), form.kodeindeks()
    audit.record(Hva.SAK_SOEKT, av=user, detalj="nummer" if indeks else "kode" if kodeindeks else "referanse")
    if kodeindeks is not None:
        return queries.med_kode(user, kodeindeks)
    if indeks is not None:
        return queries.med_barn(user, [indeks])
    return queries.med_referanse(user, form.normalisert or "")
