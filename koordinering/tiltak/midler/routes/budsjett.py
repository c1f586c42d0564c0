"""The budgets of a year on one page, their ledger, and the year's rules and rounds."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from koordinering.access import can
from koordinering.db import db, i_dag, transaction
from koordinering.errors import FinnesIkke
from koordinering.konto.services import ta_uttrekk
from koordinering.roles import Rettighet
from koordinering.sider import hent_side
from koordinering.tallskrift import kroner_tekst
from koordinering.tekst import N_
from koordinering.tiltak.midler import queries, services
from koordinering.tiltak.midler.export import Ark, Celle, Kroner, to_xlsx
from koordinering.tiltak.midler.forms import AarForm, GrenseForm, RammeForm, RundeForm, TakForm
from koordinering.tiltak.midler.models import Budsjett, Formaal, Midleraar, Postering, Runde
from koordinering.tiltak.midler.routes.felles import Svar, aar_i_adressen, bp, fil, gyldig_aar, proev, skjemaside
from koordinering.web.gate import needs
from koordinering.web.huset import me
from koordinering.web.side import kroner
from koordinering.web.sprak import gettext


def _til_budsjettet(aar: int) -> tuple[str, str]:
    return url_for("midler.oversikt", aar=aar), gettext(N_("Til budsjettet"))


def _aaret(aar: int) -> Midleraar:
    funnet = queries.midleraar(gyldig_aar(aar))
    if funnet is None:
        raise FinnesIkke
    return funnet


@bp.get("/midler")
@needs(Rettighet.MIDLER_LES)
def oversikt() -> str:
    """Balance, committed, paid and free of every budget of a year."""
    alle = queries.alle_aar()
    aar = aar_i_adressen(request.args.get("aar")) or i_dag().year
    satt = {b.formaal_id: b for b in queries.budsjettene(aar)}
    return render_template(
        "midler/oversikt.html",
        aar=aar,
        aaret=next((a for a in alle if a.aar == aar), None),
        andre=[a.aar for a in alle if a.aar != aar],
        linjer=[(formaal, satt.get(formaal.id)) for formaal in queries.formaalene()],
        sum=_sum(list(satt.values())),
        runder=queries.runder(aar),
        kan_endre=can(me(), Rettighet.MIDLER_ENDRE),
        kan_sette_grense=can(me(), Rettighet.UTBETALING_GODKJENN),
    )


def _sum(budsjetter: list[Budsjett]) -> tuple[int, int, int, int]:
    ramme, bundet, betalt = (
        sum(getattr(b, felt) for b in budsjetter) for felt in ("ramme_oere", "bundet_oere", "betalt_oere")
    )
    return ramme, bundet, betalt, ramme - bundet - betalt


@bp.post("/midler/<int:aar>/regneark")
@needs(Rettighet.MIDLER_LES)
def budsjett_xlsx(aar: int) -> Response:
    """The same page as a workbook."""
    gyldig_aar(aar)
    ta_uttrekk(av=me(), adresse=request.remote_addr)
    budsjetter = queries.budsjettene(aar)
    tekster = (N_("Formål"), N_("Ramme"), N_("Bundet"), N_("Betalt"), N_("Fritt"))
    rader: list[tuple[Celle, ...]] = [
        (b.formaal.navn, *(Kroner(oere) for oere in (b.ramme_oere, b.bundet_oere, b.betalt_oere, b.fritt_oere)))
        for b in budsjetter
    ]
    sum_: tuple[Celle, ...] = (gettext(N_("Sum")), *(Kroner(oere) for oere in _sum(budsjetter)))
    ark = Ark(f"Budsjett {aar}", [gettext(t) for t in tekster], [*rader, sum_])
    return fil(to_xlsx(ark), f"budsjett_{aar}_per-{i_dag().isoformat()}.xlsx")


@bp.get("/midler/budsjett/<int:budsjett_id>")
@needs(Rettighet.MIDLER_LES)
def hovedbok(budsjett_id: int) -> str:
    """Every entry of one budget, newest first."""
    budsjett = queries.budsjett(me(), budsjett_id)
    side = hent_side(
        db.session(),
        queries.posteringer(budsjett.id),
        [Postering.id],
        synkende=True,
        noekkel=request.args.get("side", ""),
    )
    return render_template("midler/hovedbok.html", budsjett=budsjett, side=side)


@bp.route("/midler/aar/nytt", methods=["GET", "POST"])
@needs(Rettighet.MIDLER_ENDRE)
def nytt_aar() -> Svar:
    """Make a year: its rules and rounds are those of the year before."""
    nyeste = next(iter(queries.alle_aar()), None)
    form = AarForm(aar=min(nyeste.aar, i_dag().year) + 1 if nyeste else i_dag().year)
    status = proev(form, lambda: services.opprett_aar(form.aar.data or 0, av=me()))
    if status is None:
        flash(gettext(N_("Året finnes. Sett rammen for hvert formål.")), "suksess")
        return redirect(url_for("midler.oversikt", aar=form.aar.data), 303)
    ingress = gettext(N_("Beløpsgrense, tak og søknadsrunder tas fra året før. Rammene setter du etterpå."))
    tilbake = (url_for("midler.oversikt"), gettext(N_("Til budsjettet")))
    return skjemaside(form, status, gettext(N_("Nytt år")), tilbake, knapp=gettext(N_("Opprett")), ingress=ingress)


@bp.route("/midler/<int:aar>/ramme/<formaal_id>", methods=["GET", "POST"])
@needs(Rettighet.MIDLER_ENDRE)
def ramme(aar: int, formaal_id: str) -> Svar:
    """What the year has for a purpose."""
    _aaret(aar)
    formaal = _formaal(formaal_id)
    budsjett = queries.budsjett_for(aar, formaal.id)
    form = _rammeskjema(budsjett)
    fakta = [(gettext(N_("Bundet og betalt")), kroner(budsjett.bundet_oere + budsjett.betalt_oere))] if budsjett else []
    tittel = gettext(N_("Ramme %(aar)d: %(formaal)s")) % {"aar": aar, "formaal": formaal.navn}

    def lagre() -> None:
        services.sett_ramme(_aaret(aar), _formaal(formaal_id), form.ramme.oere, vist_oere=form.lest_versjon(), av=me())

    status = proev(form, lagre, lambda: _rammeskjema(queries.budsjett_for(aar, formaal_id), formdata=None))
    if status is None:
        flash(gettext(N_("Rammen er satt.")), "suksess")
        return redirect(url_for("midler.oversikt", aar=aar), 303)
    return skjemaside(form, status, tittel, _til_budsjettet(aar), fakta=fakta)


def _rammeskjema(budsjett: Budsjett | None, **felter: Any) -> RammeForm:
    ramme = budsjett.ramme_oere if budsjett else 0
    return RammeForm(ramme=kroner_tekst(ramme), versjon=str(ramme), **felter)


def _formaal(formaal_id: str) -> Formaal:
    funnet = {f.id: f for f in queries.formaalene()}.get(formaal_id)
    if funnet is None:
        raise FinnesIkke
    return funnet


@bp.route("/midler/<int:aar>/tak", methods=["GET", "POST"])
@needs(Rettighet.MIDLER_ENDRE)
def tak(aar: int) -> Svar:
    """What may be committed for one child in the year."""
    form = _takskjema(_aaret(aar))

    def lagre() -> None:
        services.sett_tak(_aaret(aar), form.tak_oere(), versjon=form.lest_versjon(), av=me())

    status = proev(form, lagre, lambda: _takskjema(_aaret(aar), formdata=None))
    if status is None:
        flash(gettext(N_("Taket er lagret.")), "suksess")
        return redirect(url_for("midler.oversikt", aar=aar), 303)
    return skjemaside(form, status, gettext(N_("Tak per barn %(aar)d")) % {"aar": aar}, _til_budsjettet(aar))


def _takskjema(aaret: Midleraar, **felter: Any) -> TakForm:
    tak = kroner_tekst(aaret.tak_per_barn_oere) if aaret.tak_per_barn_oere else ""
    return TakForm(tak=tak, versjon=str(aaret.versjon), **felter)


@bp.route("/midler/<int:aar>/grense", methods=["GET", "POST"])
@needs(Rettighet.UTBETALING_GODKJENN)
def grense(aar: int) -> Svar:
    """Above which amount another must approve."""
    form = _grenseskjema(_aaret(aar))

    def lagre() -> None:
        services.sett_beloepsgrense(_aaret(aar), form.grense.oere, versjon=form.lest_versjon(), av=me())

    status = proev(form, lagre, lambda: _grenseskjema(_aaret(aar), formdata=None))
    if status is None:
        flash(gettext(N_("Beløpsgrensen er lagret. Den gjelder utbetalinger som føres fra nå.")), "suksess")
        return redirect(url_for("midler.oversikt", aar=aar), 303)
    return skjemaside(form, status, gettext(N_("Beløpsgrense %(aar)d")) % {"aar": aar}, _til_budsjettet(aar))


def _grenseskjema(aaret: Midleraar, **felter: Any) -> GrenseForm:
    return GrenseForm(grense=kroner_tekst(aaret.beloepsgrense_oere), versjon=str(aaret.versjon), **felter)


@bp.route("/midler/<int:aar>/runder/ny", methods=["GET", "POST"])
@needs(Rettighet.MIDLER_ENDRE)
def ny_runde(aar: int) -> Svar:
    """One more round of grants in the year."""
    _aaret(aar)
    return _rundeside(RundeForm(), aar, gettext(N_("Ny søknadsrunde %(aar)d")) % {"aar": aar})


@bp.route("/midler/runder/<int:runde_id>", methods=["GET", "POST"])
@needs(Rettighet.MIDLER_ENDRE)
def endre_runde(runde_id: int) -> Svar:
    """Another name or deadline for a round."""
    runde = queries.runde(me(), runde_id)
    form = RundeForm(navn=runde.navn, frist=runde.frist)
    return _rundeside(form, runde.aar, gettext(N_("Endre søknadsrunden")), runde_id)


def _rundeside(form: RundeForm, aar: int, tittel: str, runde_id: int | None = None) -> Svar:
    def lagre() -> None:
        runde: Runde | None = queries.runde(me(), runde_id) if runde_id is not None else None
        services.lagre_runde(_aaret(aar), form.navn.data or "", form.frist.data, runde=runde, av=me())

    status = proev(form, lagre)
    if status is None:
        flash(gettext(N_("Søknadsrunden er lagret.")), "suksess")
        return redirect(url_for("midler.oversikt", aar=aar), 303)
    return skjemaside(form, status, tittel, _til_budsjettet(aar))


@bp.post("/midler/<int:aar>/steng")
@needs(Rettighet.MIDLER_ENDRE)
def steng(aar: int) -> Response:
    """Close a year."""
    with transaction():
        services.steng_aar(_aaret(aar), av=me())
    flash(gettext(N_("Året er avsluttet. Det som er bundet, kan fortsatt betales.")), "suksess")
    return redirect(url_for("midler.oversikt", aar=aar), 303)
