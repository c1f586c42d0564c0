"""Waiting: the list in its order, moving somebody in it, and the answer to a place that is offered."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request, url_for

from koordinering import audit
from koordinering.audit import Hva
from koordinering.db import transaction
from koordinering.errors import DomainError, KanIkkeInnvilges, UgyldigFelt, UgyldigOvergang
from koordinering.roles import Rettighet
from koordinering.saker import queries as saker
from koordinering.tekst import N_
from koordinering.tildeling import queries, services
from koordinering.tildeling.forms import KoeForm
from koordinering.tildeling.queries.venter import Ventefilter, venteside
from koordinering.tildeling.routes.felles import Svar, bp, innsyn_i, logg_lesning
from koordinering.tildeling.routes.henvisning import siden
from koordinering.tildeling.routes.neste import NETTOPP
from koordinering.tildeling.rules.runde import KOEVERDI, Koe
from koordinering.web.gate import needs
from koordinering.web.huset import me
from koordinering.web.sprak import gettext


@bp.get("/venteliste")
@needs(Rettighet.TILDELING_GI)
def venteliste() -> str:
    """Those who wait for something from the user's units, in waiting order, by a named filter."""
    filter_ = request.args.get("filter", "")
    valgt = Ventefilter(filter_) if filter_ in set(Ventefilter) else Ventefilter.ALLE
    audit.record(Hva.LISTE_LEST, av=me(), detalj=f"venteliste:{valgt.value}")
    side = venteside(me(), valgt, request.args.get("side", ""))
    return render_template(
        "tildeling/venteliste.html",
        side=side,
        valgt=valgt,
        filtre=list(Ventefilter),
        innsyn=innsyn_i(side.rader),
        steder={verdi: sted for sted, verdi in KOEVERDI.items()},
    )


@bp.route("/henvisninger/<int:henvisning_id>/koe", methods=["GET", "POST"])
@needs(Rettighet.TILDELING_GI)
def flytt_i_koeen(henvisning_id: int) -> Svar:
    """Move a referral in the waiting order, with a reason."""
    henvisning = saker.mottatt(me(), henvisning_id)
    if henvisning.status not in queries.I_KOE:
        flash(gettext(UgyldigOvergang.melding), "info")
        return redirect(url_for("tildeling.henvisning", henvisning_id=henvisning_id), 303)
    naa = next(sted for sted, verdi in KOEVERDI.items() if verdi == henvisning.koe)
    form = KoeForm(til=naa.value)
    if form.validate_on_submit():
        try:
            with transaction():
                til, grunn = Koe(form.til.data), form.grunn.data
                services.flytt_i_koeen(saker.mottatt(me(), henvisning_id), til, grunn, av=me())
        except UgyldigFelt as feil:
            form.feil(feil)
        else:
            flash(gettext(N_("Plassen i køen er lagret.")), "suksess")
            return redirect(url_for("tildeling.henvisning", henvisning_id=henvisning_id), 303)
    henvisning = saker.mottatt(me(), henvisning_id)
    logg_lesning(henvisning)
    vises = {"form": form, "henvisning": henvisning, "innsyn": queries.innsyn(henvisning)}
    return render_template("tildeling/koe.html", **vises), 422 if form.is_submitted() else 200


@bp.post("/henvisninger/<int:henvisning_id>/plasstilbud/svar")
@needs(Rettighet.HENVISNING_REGISTRER, Rettighet.TILDELING_GI)
def svar_paa_plass(henvisning_id: int) -> Svar:
    """The family says yes or no to the place that is offered."""
    svar = request.form.get("svar", "")

    def svarer() -> None:
        henvisning = queries.henvisning(me(), henvisning_id)
        if svar not in {"ja", "nei"}:
            raise UgyldigFelt("svar", N_("Velg om familien takker ja eller nei."))
        services.svar_paa_tilbud(henvisning, ja=svar == "ja", av=me())

    ja, nei = N_("Plassen er gitt. Gi beskjed til familien."), N_("Svaret er lagret, og plassen går videre.")
    return _forsoek(henvisning_id, svarer, ja if svar == "ja" else nei)


def _forsoek(henvisning_id: int, tjeneste: Callable[[], object], gjort: str, **adresse: Any) -> Svar:
    """Do it, and back to the referral; when it is refused, the referral as it stands now, and why."""
    try:
        with transaction():
            tjeneste()
    except DomainError as feil:
        grunner = feil.grunner if isinstance(feil, KanIkkeInnvilges) and feil.grunner else (str(feil),)
        hvorfor = [gettext(tekst) for tekst in (N_("Ingenting er endret."), *grunner)]
        return siden(henvisning_id, " ".join(hvorfor)), feil.status
    flash(gettext(gjort), "suksess")
    return redirect(url_for("tildeling.henvisning", henvisning_id=henvisning_id, **adresse), 303)


@bp.post("/henvisninger/<int:henvisning_id>/plasstilbud/trekk")
@needs(Rettighet.TILDELING_GI)
def trekk_plasstilbudet(henvisning_id: int) -> Svar:
    """Take an offered place back."""
    trukket = N_("Tilbudet er trukket, og plassen er ledig. Henvisningen står fortsatt på venteliste.")

    def trekker() -> None:
        services.trekk_tilbudet(saker.mottatt(me(), henvisning_id), av=me())

    return _forsoek(henvisning_id, trekker, trukket, **{NETTOPP: "1"})


@bp.post("/henvisninger/<int:henvisning_id>/soesken")
@needs(Rettighet.HENVISNING_REGISTRER)
def soesken(henvisning_id: int) -> Svar:
    """The sender asks that the siblings get places in the same offer, or asks no more."""
    sammen = request.form.get("sammen", "") == "1"

    def oensker() -> None:
        services.la_soesken_vaere_sammen(queries.henvisning(me(), henvisning_id), sammen=sammen, av=me())

    return _forsoek(henvisning_id, oensker, N_("Lagret."))
