"""Payments: the list, approving several at once with the answer row by row, and what is done with one."""

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from koordinering.access import can
from koordinering.db import db, transaction
from koordinering.errors import UgyldigFelt
from koordinering.roles import Rettighet
from koordinering.sider import hent_side
from koordinering.tekst import N_
from koordinering.tiltak.midler import queries, services
from koordinering.tiltak.midler.forms import AvgjoerForm, UtbetalingSoekForm
from koordinering.tiltak.midler.models import Utbetaling
from koordinering.tiltak.midler.queries import Utbetalingsfilter
from koordinering.tiltak.midler.routes import egen_konto
from koordinering.tiltak.midler.routes.felles import Svar, bp, valgt
from koordinering.tiltak.midler.rules import Avgjoerelse, Utbetalingstatus, Utfall
from koordinering.web.gate import needs
from koordinering.web.huset import me
from koordinering.web.sprak import gettext

MAKS_VALGTE = 100
"""Payments decided on at once; more than a page shows."""


@bp.get("/utbetalinger")
@needs(Rettighet.MIDLER_LES)
def utbetalinger() -> str:
    """The payments in one state, oldest first; those that wait can be ticked and decided on."""
    return _listeside(AvgjoerForm(formdata=None))


def _listeside(form: AvgjoerForm) -> str:
    soek = UtbetalingSoekForm(request.args)
    filter_ = Utbetalingsfilter(valgt(list(Utbetalingsfilter), Utbetalingsfilter.VENTER))
    query = queries.utbetalingsliste(filter_, soek.q.data or "")
    side = hent_side(db.session(), query, [Utbetaling.foert, Utbetaling.id], noekkel=request.args.get("side", ""))
    kan_avgjoere = can(me(), Rettighet.UTBETALING_GODKJENN) and filter_ is Utbetalingsfilter.VENTER
    return render_template(
        "midler/utbetalinger.html",
        soek=soek,
        form=form,
        side=side,
        filtre=list(Utbetalingsfilter),
        valgt=filter_,
        formaal={f.id: f.navn for f in queries.formaalene()},
        egne={u.id for u in side.rader if me().id == u.foert_av},
        egen_konto={u.id for u in side.rader if me().id == u.lag.konto_av},
        kan_avgjoere=kan_avgjoere,
        krysset=set(_ider()),
        her={navn: request.args[navn] for navn in ("q", "side") if request.args.get(navn)},
    )


def _ider() -> list[int]:
    noekler = [noekkel for tekst in request.values.getlist("valgt") if (noekkel := _noekkel(tekst)) is not None]
    return list(dict.fromkeys(noekler))[:MAKS_VALGTE]


def _noekkel(tekst: str) -> int | None:
    """A key as typed in an address or a form; None for what no column can hold."""
    noekkel = int(tekst) if tekst.isascii() and tekst.isdigit() and len(tekst) <= 19 else 2**63
    return noekkel if noekkel < 2**63 else None


@bp.post("/utbetalinger/avgjoer")
@needs(Rettighet.UTBETALING_GODKJENN)
def avgjoer() -> Svar:
    """Approve or send back what is ticked; the next page tells what came of each."""
    form, ider = AvgjoerForm(), _ider()
    sender = Avgjoerelse.SEND_TILBAKE if request.form.get("send_tilbake") else Avgjoerelse.GODKJENN
    if not form.validate():
        return _listeside(form), 422
    if not ider:
        form.form_errors.append(gettext(N_("Kryss av for minst én utbetaling.")))
        return _listeside(form), 422
    try:
        with transaction():
            svar = services.avgjoer(ider, sender, form.returgrunn(), av=me())
    except UgyldigFelt as feil:
        form.feil(feil)
        return _listeside(form), 422
    utfall = [f"{id_}.{utfall.value}" for id_, utfall in svar.items()]
    return redirect(url_for("midler.svar", u=utfall), 303)


@bp.get("/utbetalinger/svar")
@needs(Rettighet.UTBETALING_GODKJENN)
def svar() -> str:
    """What came of each; the address holds keys and codes alone, and changes nothing when it is opened again."""
    koder = {u.value: u for u in Utfall}
    par = [u.partition(".")[::2] for u in request.args.getlist("u")[:MAKS_VALGTE]]
    lest = {_noekkel(id_): koder[kode] for id_, kode in par if kode in koder}
    utfall = {id_: ett for id_, ett in lest.items() if id_ is not None}
    funnet = queries.utbetalinger(list(utfall))
    rader = [(funnet.get(id_), ett) for id_, ett in utfall.items()]
    return render_template("midler/svar.html", rader=rader)


@bp.get("/utbetalinger/<int:utbetaling_id>")
@needs(Rettighet.MIDLER_LES)
def utbetaling(utbetaling_id: int) -> str:
    """One payment."""
    en = queries.utbetaling(me(), utbetaling_id)
    endrer, eksporterer = can(me(), Rettighet.MIDLER_ENDRE), can(me(), Rettighet.UTBETALING_EKSPORTER)
    godkjenner = can(me(), Rettighet.UTBETALING_GODKJENN)
    venter = godkjenner and en.status is Utbetalingstatus.VENTER
    kan_ikke = egen_konto.kan_ikke_godkjenne(me(), en) if venter else ""
    paa_vei = {Utbetalingstatus.VENTER, Utbetalingstatus.KLAR, Utbetalingstatus.SENDT_TILBAKE}
    return render_template(
        "midler/utbetaling.html",
        utbetaling=en,
        formaal=en.budsjett.formaal.navn,
        navn=queries.navn_paa([en.foert_av, en.avgjort_av]),
        merknad=egen_konto.om_utbetalingen(me(), en),
        kan_godkjenne=venter and not kan_ikke,
        kan_ikke=kan_ikke,
        kan_angre=godkjenner and en.status is Utbetalingstatus.KLAR and en.avgjort_av is not None,
        kan_stanse=endrer and en.status in paa_vei,
        kan_sendes=endrer and en.status is Utbetalingstatus.SENDT_TILBAKE,
        kan_i_retur=eksporterer and en.status is Utbetalingstatus.EKSPORTERT,
    )


def _ferdig(utbetaling_id: int, melding: str) -> Response:
    flash(gettext(melding), "suksess")
    return redirect(url_for("midler.utbetaling", utbetaling_id=utbetaling_id), 303)


@bp.post("/utbetalinger/<int:utbetaling_id>/godkjenn")
@needs(Rettighet.UTBETALING_GODKJENN)
def godkjenn(utbetaling_id: int) -> Response:
    """Approve one."""
    with transaction():
        services.godkjenn(queries.utbetaling(me(), utbetaling_id), av=me())
    return _ferdig(utbetaling_id, Utfall.GODKJENT.tekst)


@bp.post("/utbetalinger/<int:utbetaling_id>/angre")
@needs(Rettighet.UTBETALING_GODKJENN)
def angre_godkjenning(utbetaling_id: int) -> Response:
    """Take an approval back, while the payment is in no file."""
    with transaction():
        services.angre_godkjenning(queries.utbetaling(me(), utbetaling_id), av=me())
    return _ferdig(utbetaling_id, N_("Godkjenningen er tatt tilbake. Utbetalingen venter på godkjenning igjen."))


@bp.post("/utbetalinger/<int:utbetaling_id>/paa-nytt")
@needs(Rettighet.MIDLER_ENDRE)
def send_paa_nytt(utbetaling_id: int) -> Response:
    """Send one that was sent back once more."""
    with transaction():
        services.send_paa_nytt(queries.utbetaling(me(), utbetaling_id), av=me())
    return _ferdig(utbetaling_id, N_("Utbetalingen venter på godkjenning igjen."))


@bp.post("/utbetalinger/<int:utbetaling_id>/stans")
@needs(Rettighet.MIDLER_ENDRE)
def stans(utbetaling_id: int) -> Response:
    """Stop one that is in no file."""
    with transaction():
        services.stans(queries.utbetaling(me(), utbetaling_id), av=me())
    return _ferdig(utbetaling_id, N_("Utbetalingen er stanset. Beløpet kan betales med en ny."))


@bp.post("/utbetalinger/<int:utbetaling_id>/retur")
@needs(Rettighet.UTBETALING_EKSPORTER)
def retur(utbetaling_id: int) -> Response:
    """One could not be paid and came back."""
    with transaction():
        services.kom_i_retur(queries.utbetaling(me(), utbetaling_id), av=me())
    return _ferdig(utbetaling_id, N_("Utbetalingen er ført i retur. Beløpet er bundet igjen og kan betales med en ny."))
