"""Commitments for single places: promised to which club, invoiced and paid how much. For whom is not here."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from koordinering.access import can
from koordinering.db import db, transaction
from koordinering.roles import Rettighet
from koordinering.sider import hent_side
from koordinering.tallskrift import kroner_tekst
from koordinering.tekst import N_
from koordinering.tiltak.midler import queries, services
from koordinering.tiltak.midler.forms import BeloepForm, BetalForm, FakturaForm, KreditnotaForm, SoekForm
from koordinering.tiltak.midler.models import Faktura, Tilsagn
from koordinering.tiltak.midler.queries import Tilsagnsfilter
from koordinering.tiltak.midler.routes import egen_konto
from koordinering.tiltak.midler.routes.felles import Svar, bp, kontofakta, paa_vei, proev, skjemaside, valgt
from koordinering.tiltak.midler.rules import Tilsagnstatus
from koordinering.web.gate import needs
from koordinering.web.huset import me
from koordinering.web.side import kroner
from koordinering.web.sprak import gettext


@bp.get("/midler/plasser")
@needs(Rettighet.MIDLER_LES)
def tilsagnsliste() -> str:
    """The commitments, newest first."""
    form, filter_ = SoekForm(request.args), Tilsagnsfilter(valgt(list(Tilsagnsfilter), Tilsagnsfilter.AAPENT))
    query = queries.tilsagnsliste(filter_, form.q.data or "")
    side = hent_side(
        db.session(), query, [Tilsagn.gitt, Tilsagn.id], synkende=True, noekkel=request.args.get("side", "")
    )
    return render_template(
        "midler/tilsagnsliste.html",
        form=form,
        side=side,
        filtre=list(Tilsagnsfilter),
        valgt=filter_,
        betalt={t.id: sum(f.betalt_oere for f in t.fakturaer) for t in side.rader},
    )


@bp.get("/midler/plasser/<int:tilsagn_id>")
@needs(Rettighet.MIDLER_LES)
def tilsagn(tilsagn_id: int) -> str:
    """One commitment: its invoices, credit notes and payments."""
    ett = queries.tilsagn(me(), tilsagn_id)
    return render_template(
        "midler/tilsagn.html",
        tilsagn=ett,
        betalt=sum(f.betalt_oere for f in ett.fakturaer),
        kreditnotaer=queries.kreditnotaer(ett.fakturaer),
        utbetalinger=queries.utbetalinger_av(fakturaer=[f.id for f in ett.fakturaer]),
        kan_endre=can(me(), Rettighet.MIDLER_ENDRE),
    )


def _til(tilsagn_id: int) -> tuple[str, str]:
    return url_for("midler.tilsagn", tilsagn_id=tilsagn_id), gettext(N_("Til tilsagnet"))


def _ferdig(tilsagn_id: int, melding: str) -> Response:
    flash(gettext(melding), "suksess")
    return redirect(url_for("midler.tilsagn", tilsagn_id=tilsagn_id), 303)


def _fakta(ett: Tilsagn) -> list[tuple[str, str]]:
    return [
        (gettext(N_("Lag")), ett.lag.navn),
        (gettext(N_("Tilsagn")), kroner(ett.beloep_oere)),
        *_rest(ett),
    ]


def _rest(ett: Tilsagn) -> list[tuple[str, str]]:
    """What an invoice can be held against: what is left, or for a closed one the budget that it must be bound in."""
    if ett.status is Tilsagnstatus.AAPENT:
        return [(gettext(N_("Igjen av tilsagnet")), kroner(ett.beloep_oere - ett.fakturert_oere))]
    var_satt_av = queries.hoeyest_avsatt(ett) - ett.fakturert_oere
    return [
        (gettext(N_("Var satt av og er frigitt")), kroner(max(var_satt_av, 0))),
        (gettext(N_("Fritt i budsjettet")), kroner(ett.budsjett.fritt_oere)),
    ]


def _om_fakturaen(en: Faktura) -> list[tuple[str, str]]:
    return [
        (gettext(N_("Lag")), en.lag.navn),
        (gettext(N_("Faktura")), f"{en.nummer}, {kroner(en.beloep_oere)}"),
        (gettext(N_("Igjen å betale")), kroner(en.rest_oere)),
    ]


def _satt_av(ett: Tilsagn, **felter: Any) -> BeloepForm:
    """The version is the amount that was set aside when the page was made."""
    return BeloepForm(beloep=kroner_tekst(ett.beloep_oere), versjon=str(ett.beloep_oere), **felter)


@bp.route("/midler/plasser/<int:tilsagn_id>/endre", methods=["GET", "POST"])
@needs(Rettighet.MIDLER_ENDRE)
def endre_tilsagn(tilsagn_id: int) -> Svar:
    """Set aside less."""
    ett = queries.tilsagn(me(), tilsagn_id)
    form, fakta = _satt_av(ett), _fakta(ett)

    def lagre() -> None:
        services.sett_ned(queries.tilsagn(me(), tilsagn_id), form.beloep.oere, vist_oere=form.lest_versjon(), av=me())

    status = proev(form, lagre, lambda: _satt_av(queries.tilsagn(me(), tilsagn_id), formdata=None))
    if status is None:
        return _ferdig(tilsagn_id, N_("Tilsagnet er endret."))
    return skjemaside(form, status, gettext(N_("Sett ned beløpet")), _til(tilsagn_id), fakta=fakta)


@bp.post("/midler/plasser/<int:tilsagn_id>/avslutt")
@needs(Rettighet.MIDLER_ENDRE)
def avslutt_tilsagn(tilsagn_id: int) -> Response:
    """Close a commitment that no referral will close."""
    with transaction():
        services.avslutt_tilsagn(queries.tilsagn(me(), tilsagn_id), av=me())
    return _ferdig(tilsagn_id, N_("Tilsagnet er avsluttet. Det som ikke er fakturert, er frigitt."))


@bp.route("/midler/plasser/<int:tilsagn_id>/faktura", methods=["GET", "POST"])
@needs(Rettighet.MIDLER_ENDRE)
def ny_faktura(tilsagn_id: int) -> Svar:
    """Enter the club's invoice."""
    ett = queries.tilsagn(me(), tilsagn_id)
    form, fakta = FakturaForm(), _fakta(ett)

    def lagre() -> None:
        services.foer_faktura(
            queries.tilsagn(me(), tilsagn_id), form.nummer.data or "", form.beloep.oere, form.forfall.data, av=me()
        )

    status = proev(form, lagre)
    if status is None:
        return _ferdig(tilsagn_id, N_("Fakturaen er ført. Nå kan den betales."))
    ingress = gettext(N_("Bare nummer, beløp og forfall føres. Ikke skriv hvem fakturaen gjelder."))
    return skjemaside(form, status, gettext(N_("Ny faktura fra laget")), _til(tilsagn_id), fakta=fakta, ingress=ingress)


@bp.route("/midler/fakturaer/<int:faktura_id>/betal", methods=["GET", "POST"])
@needs(Rettighet.MIDLER_ENDRE)
def betal_faktura(faktura_id: int) -> Svar:
    """Enter a payment of some or all of an invoice."""
    en = queries.faktura(me(), faktura_id)
    form, tilsagn_id = _betalingsskjema(en), en.tilsagn_id
    merknad, melding = egen_konto.foer_betaling(me(), en.lag), []
    fakta = [*_om_fakturaen(en), *paa_vei(en.paa_vei_oere), kontofakta(en.lag)]

    def lagre() -> None:
        faktura, vist = queries.faktura(me(), faktura_id), form.lest_versjon()
        ny = services.betal_faktura(faktura, form.beloep.oere, vist_oere=vist, av=me())
        melding.append(egen_konto.foert(ny))

    status = proev(form, lagre, lambda: _betalingsskjema(queries.faktura(me(), faktura_id), formdata=None))
    if status is None:
        return _ferdig(tilsagn_id, melding[0])
    tittel = gettext(N_("Betal fakturaen"))
    return skjemaside(form, status, tittel, _til(tilsagn_id), fakta=fakta, merknad=merknad)


def _betalingsskjema(en: Faktura, **felter: Any) -> BetalForm:
    """The version is what was left to pay when the page was made."""
    return BetalForm(beloep=kroner_tekst(en.rest_oere), versjon=str(en.rest_oere), **felter)


@bp.route("/midler/fakturaer/<int:faktura_id>/kreditnota", methods=["GET", "POST"])
@needs(Rettighet.MIDLER_ENDRE)
def ny_kreditnota(faktura_id: int) -> Svar:
    """Enter the club's credit note."""
    en = queries.faktura(me(), faktura_id)
    form, tilsagn_id, fakta = KreditnotaForm(), en.tilsagn_id, _om_fakturaen(en)

    def lagre() -> None:
        services.foer_kreditnota(queries.faktura(me(), faktura_id), form.nummer.data or "", form.beloep.oere, av=me())

    status = proev(form, lagre)
    if status is None:
        return _ferdig(tilsagn_id, N_("Kreditnotaen er ført."))
    ingress = gettext(N_("Trekkes først fra det som ikke er betalt. Er noe betalt, skal laget betale det tilbake."))
    return skjemaside(form, status, gettext(N_("Ny kreditnota")), _til(tilsagn_id), fakta=fakta, ingress=ingress)
