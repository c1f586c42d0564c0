"""Giving money for one child's place: which club is paid, from which budget, how much."""

from flask import flash, redirect, url_for

from koordinering.db import db, i_dag
from koordinering.roles import Rettighet
from koordinering.saker import queries as saker
from koordinering.tallskrift import kroner_tekst
from koordinering.tekst import N_
from koordinering.tildeling import queries, services
from koordinering.tildeling.forms import MidlerForm
from koordinering.tildeling.routes.felles import GJORT, Svar, betegnelse, bp, logg_lesning
from koordinering.tildeling.rules import Handling
from koordinering.tiltak.lag import queries as lagene
from koordinering.tiltak.midler import queries as midler
from koordinering.tiltak.midler.forms import BeloepForm
from koordinering.tiltak.midler.models import Budsjett
from koordinering.tiltak.midler.routes.felles import proev, skjemaside
from koordinering.web.gate import needs
from koordinering.web.huset import me
from koordinering.web.side import kroner
from koordinering.web.sprak import gettext


@bp.route("/henvisninger/<int:henvisning_id>/midler", methods=["GET", "POST"])
@needs(Rettighet.TILDELING_GI)
def gi_midler(henvisning_id: int) -> Svar:
    """Set money aside to pay a club for this child's place."""
    henvisning = saker.mottatt(me(), henvisning_id)
    side = url_for("tildeling.henvisning", henvisning_id=henvisning_id)
    if not services.kan_gi_midler(henvisning, me()):
        flash(gettext(N_("Det kan ikke gis midler til denne henvisningen nå.")), "info")
        return redirect(side, 303)
    budsjetter = midler.til_enkeltplasser(i_dag(), henvisning.tiltak_id)
    form, fakta = MidlerForm(budsjetter, lagene.aktive_lag()), _fakta(budsjetter)

    def gi() -> None:
        budsjett = db.session.get_one(Budsjett, int(form.budsjett_id.data))
        lag = lagene.lag(me(), int(form.lag_id.data))
        services.gi_midler(saker.mottatt(me(), henvisning_id), budsjett, lag, form.beloep.oere, av=me())

    tittel = gettext(N_("Innvilg midler: %(hvem)s")) % {"hvem": betegnelse(queries.innsyn(henvisning))}
    status = proev(form, gi)
    if status is None:
        flash(gettext(GJORT[Handling.GI]), "suksess")
        return redirect(side, 303)
    logg_lesning(henvisning)
    ingress = gettext(N_("Laget får betalt mot faktura. Familien får plassen, aldri penger."))
    return skjemaside(
        form,
        status,
        tittel,
        (side, gettext(N_("Til henvisningen"))),
        knapp=gettext(N_("Innvilg")),
        ingress=ingress,
        fakta=fakta,
    )


@bp.route("/henvisninger/<int:henvisning_id>/midler/endre", methods=["GET", "POST"])
@needs(Rettighet.TILDELING_GI)
def oek_midler(henvisning_id: int) -> Svar:
    """Set aside more, or less, for the place that is paid for."""
    henvisning = saker.mottatt(me(), henvisning_id)
    side = url_for("tildeling.henvisning", henvisning_id=henvisning_id)
    tildeling = services.holder_midler(henvisning, me())
    if tildeling is None or tildeling.tilsagn is None:
        flash(gettext(N_("Henvisningen har ingen midler som kan endres nå.")), "info")
        return redirect(side, 303)
    tilsagn = tildeling.tilsagn
    form = BeloepForm(beloep=kroner_tekst(tilsagn.beloep_oere), versjon=str(tilsagn.beloep_oere))
    fakta = [(gettext(N_("Lag")), tilsagn.lag.navn), *_fakta([tilsagn.budsjett])]

    def oek() -> None:
        henvisning = saker.mottatt(me(), henvisning_id)
        services.oek_midler(henvisning, form.beloep.oere, vist_oere=form.lest_versjon(), av=me())

    status = proev(form, oek)
    if status is None:
        flash(gettext(N_("Beløpet er endret.")), "suksess")
        return redirect(side, 303)
    return skjemaside(form, status, gettext(N_("Endre beløpet")), (side, gettext(N_("Til henvisningen"))), fakta=fakta)


def _fakta(budsjetter: list[Budsjett]) -> list[tuple[str, str]]:
    """What there is to give of."""
    fritt = gettext(N_("Fritt %(aar)d: %(formaal)s"))
    om = [(fritt % {"aar": b.aar, "formaal": b.formaal.navn}, kroner(b.fritt_oere)) for b in budsjetter]
    aaret = midler.midleraar(i_dag().year)
    if aaret is not None and aaret.tak_per_barn_oere is not None:
        om.append((gettext(N_("Tak for ett barn i året")), kroner(aaret.tak_per_barn_oere)))
    if not budsjetter:
        om.append((gettext(N_("Budsjett")), gettext(N_("Ingen penger er satt av til enkeltplasser i år."))))
    return om
