"""One referral: as its receiver sees it, as its sender sees it, and the actions on it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from koordinering.access import can
from koordinering.db import db, i_dag, transaction
from koordinering.errors import FinnesIkke, KanIkkeInnvilges, Oppbrukt, UgyldigFelt, UgyldigOvergang
from koordinering.roles import Rettighet
from koordinering.saker import queries as saker
from koordinering.saker.models import Hendelse, Henvisning
from koordinering.saker.routes.visning import Linje, grunntekst, henvisningslinjer, rettet_av_henviser
from koordinering.saker.rules.behov import JaNeiVetIkke, Spoersmaal
from koordinering.saker.rules.behov import Svar as Svarkode
from koordinering.saker.rules.innsyn import RETTET
from koordinering.saker.rules.overganger import Part, Status
from koordinering.saker.samordning import queries as samordning
from koordinering.tekst import N_
from koordinering.tildeling import queries, services
from koordinering.tildeling.forms import HandlingForm
from koordinering.tildeling.queries.tilbudt import aapent
from koordinering.tildeling.routes.felles import GJORT, SLIPPER, Svar, blir_ledig, bp, logg_lesning
from koordinering.tildeling.routes.neste import neste_etter
from koordinering.tildeling.rules import HANDLINGER, Handling
from koordinering.tildeling.rules.runde import KOEVERDI
from koordinering.tildeling.services.lapp import gave
from koordinering.tiltak.rules import Mekanikk
from koordinering.users import Enhet
from koordinering.web.gate import needs
from koordinering.web.huset import me
from koordinering.web.sprak import gettext

_LESER = (Rettighet.HENVISNING_MOTTA, Rettighet.SAK_LES)

ETT_KLIKK: Mapping[Handling, Callable[..., object]] = {
    Handling.TA_IMOT: services.ta_imot,
    Handling.GI: services.gi,
    Handling.VENTELISTE: services.sett_paa_venteliste,
    Handling.FORTSETT: services.fortsett,
    Handling.GI_MEDHOLD: services.gi_medhold,
    Handling.OPPRETTHOLD: services.oppretthold,
    Handling.BEKREFT_START: services.bekreft_start,
    Handling.IKKE_MOETT: services.ikke_moett,
    Handling.LEVER_TILBAKE: services.lever_tilbake,
    Handling.MELD_TAPT: services.meld_tapt,
    Handling.ANGRE: services.angre,
}
"""Actions that ask for nothing more."""

BEKREFTES: Mapping[Handling, str] = {
    Handling.OPPRETTHOLD: N_("Avslaget står ved lag, og henvisningen lukkes."),
    Handling.IKKE_MOETT: N_("Plassen blir ledig for en annen, og henvisningen avsluttes."),
    Handling.LEVER_TILBAKE: N_("Det blir ledig for den neste, og henvisningen avsluttes."),
    Handling.MELD_TAPT: N_("Kortet kan ikke deles ut igjen i år, og familien får ikke et nytt."),
}
"""Actions that cannot be undone, and what the page says before them."""


@bp.get("/henvisninger/<int:henvisning_id>")
@needs(*_LESER)
def henvisning(henvisning_id: int) -> str:
    """One referral; opening it is logged."""
    return siden(henvisning_id)


def siden(henvisning_id: int, stoppet: str | None = None) -> str:
    """The page; with what stopped the answer to an offered place, where one was sent."""
    funnet = queries.henvisning(me(), henvisning_id)
    logg_lesning(funnet)
    avsender, mottaker = can(me(), Rettighet.SAK_LES, funnet), can(me(), Rettighet.HENVISNING_MOTTA, funnet)
    gitt = queries.tildelinger(funnet)
    samordninger = samordning.fra_henvisning(me(), funnet) if mottaker else []
    return render_template(
        "tildeling/henvisning.html",
        henvisning=funnet,
        avsender=avsender,
        mottaker=mottaker,
        innsyn=queries.innsyn(funnet),
        avsenderenhet=db.session.get(Enhet, funnet.avsender_id),
        grunn=grunntekst(funnet.status.value, funnet.grunn, mottaker=mottaker),
        handlinger=_knapper(funnet),
        midler=services.kan_gi_midler(funnet, me()),
        stoppet=stoppet,
        har_midler=mottaker and services.holder_midler(funnet, me()) is not None,
        gitt=gitt,
        tilbud={t.id: queries.tilbud_til(t) for t in gitt if t.slutt is None},
        lapp=gave(funnet) is not None,
        tilbudt=aapent(funnet) if funnet.svar_innen is not None else None,
        neste=neste_etter(funnet) if mottaker else None,
        i_koe=funnet.status in queries.I_KOE,
        sted_i_koe=next(sted for sted, verdi in KOEVERDI.items() if verdi == funnet.koe),
        kan_be_om_soesken=_kan_be_om_soesken(funnet, avsender),
        plass_i_koe=queries.plass_i_koeen(funnet) if funnet.status is Status.VENTELISTE else None,
        historie=_historie(funnet, avsender, mottaker),
        svar=list(Svarkode),
        samordninger=samordninger,
        avtalt=samordning.avtalt([d.samordning_id for d in samordninger]),
    )


def _kan_be_om_soesken(henvisning: Henvisning, avsender: bool) -> bool:
    """The sender, of one of several children, while the referral waits for a place in an offer."""
    venter = henvisning.status in {*queries.I_KOE, Status.SENDT, Status.MOTTATT, Status.PAA_VENT}
    gjelder = henvisning.barn_id is not None and Mekanikk.FRIPLASS in henvisning.tiltak.slag
    return avsender and venter and gjelder and can(me(), Rettighet.HENVISNING_REGISTRER, henvisning)


def _knapper(henvisning: Henvisning) -> list[dict[str, Any]]:
    """The actions that this user may take now, as the page shows them."""
    return [
        {
            "handling": h,
            "href": _adresse(henvisning, h),
            "post": h in ETT_KLIKK and not _velger_tilbud(henvisning, h),
            "bekreft": gettext(BEKREFTES[h]) if h in BEKREFTES else None,
        }
        for h in services.handlinger(henvisning, me())
    ]


def _velger_tilbud(henvisning: Henvisning, handling: Handling) -> bool:
    return handling is Handling.GI and Mekanikk.FRIPLASS in henvisning.tiltak.slag


def _adresse(henvisning: Henvisning, handling: Handling) -> str:
    if _velger_tilbud(henvisning, handling):
        return url_for("tildeling.fordel", henvisning=henvisning.id)
    if handling is Handling.TREKK:
        return url_for("tildeling.henvisning_trekk", henvisning_id=henvisning.id)
    return url_for("tildeling.handling", henvisning_id=henvisning.id, handling=handling.value)


def _historie(henvisning: Henvisning, avsender: bool, mottaker: bool) -> Sequence[Linje]:
    """What has happened: to the sender's unit with names, to the receiver without who and which unit."""
    navn = saker.navn(henvisning.hendelser) if avsender else {}
    hendelser = henvisning.hendelser if avsender else [h for h in henvisning.hendelser if _for_mottaker(h)]
    linjer = henvisningslinjer(henvisning.sak, hendelser, navn, mottaker=mottaker)
    if avsender:
        return linjer
    sider = {henvisning.mottaker_id: gettext(N_("Mottaker")), henvisning.avsender_id: gettext(N_("Henviser"))}
    dekket = _dekket(henvisning)
    return [
        rettet_av_henviser(linje, h, dekket) if h.slag == "rettet" else {**linje, "hvem": sider.get(h.enhet_id, "")}
        for linje, h in zip(linjer, hendelser, strict=True)
    ]


def _dekket(henvisning: Henvisning) -> frozenset[str]:
    """The corrected fields whose values the receiver may see."""
    ser = queries.innsyn(henvisning).felter
    return frozenset(rettet for rettet, felt in RETTET.items() if felt in ser)


_FELLES = frozenset(
    {
        "spurt",
        "svart",
        "gitt",
        "rettet",
        "tilbudt",
        "takket_ja",
        "takket_nei",
        "tilbud_utloept",
        "tilbud_trukket",
        "angret",
        "flyttet",
        "soesken",
    }
)
"""What both sides may know has happened."""


def _for_mottaker(hendelse: Hendelse) -> bool:
    """Which field was corrected is told, its value only by consent; drafts were never the receiver's."""
    return hendelse.slag in _FELLES or (
        hendelse.slag == "status" and hendelse.til not in {Status.UTKAST, Status.VENTER_SAMTYKKE}
    )


@bp.route("/henvisninger/<int:henvisning_id>/<handling>", methods=["GET", "POST"])
@needs(Rettighet.HENVISNING_MOTTA, Rettighet.TILDELING_GI)
def handling(henvisning_id: int, handling: str) -> Svar:
    """One action: a page that asks for what it needs, and the action itself."""
    valgt = _handling(handling)
    funnet = saker.mottatt(me(), henvisning_id)
    form = _skjema(valgt, funnet)
    if not form.is_submitted():
        if valgt not in services.handlinger(funnet, me()):
            flash(gettext(UgyldigOvergang.melding), "info")
            return redirect(url_for("tildeling.henvisning", henvisning_id=henvisning_id), 303)
        return _spoer(valgt, funnet, form), 200
    if not form.validate():
        return _spoer(valgt, funnet, form), 422
    try:
        with transaction():
            funnet = saker.mottatt(me(), henvisning_id)
            ledig = blir_ledig(queries.aapen_tildeling(funnet)) if valgt in SLIPPER else ""
            _utfoer(valgt, funnet, form)
    except (UgyldigFelt, KanIkkeInnvilges, Oppbrukt) as feil:
        _stoppet(form, feil)
        return _spoer(valgt, saker.mottatt(me(), henvisning_id), form), feil.status
    return _ferdig(valgt, henvisning_id, ledig)


def _stoppet(form: HandlingForm, feil: UgyldigFelt | KanIkkeInnvilges | Oppbrukt) -> None:
    """Say why at the field, or on top of the form where no field is to blame."""
    if isinstance(feil, UgyldigFelt):
        form.feil(feil)
    else:
        form.oeverst(feil)


def _handling(verdi: str) -> Handling:
    if verdi not in set(Handling) or HANDLINGER[Handling(verdi)].part is not Part.MOTTAKER:
        raise FinnesIkke
    return Handling(verdi)


def _skjema(handling: Handling, henvisning: Henvisning) -> HandlingForm:
    enhet = henvisning.mottaker
    return HandlingForm(
        handling,
        tiltak=services.kan_videresendes_til(henvisning) if handling is Handling.VIDERESEND else None,
        fri_tekst=enhet is not None and not enhet.helse,
        for_barn=henvisning.barn_id is not None,
        **_om_oppfoelging(henvisning),
    )


def _om_oppfoelging(henvisning: Henvisning) -> dict[str, Any]:
    """Whether a follow-up is what would be closed, and the days that the form begins with."""
    holder = queries.aapen_tildeling(henvisning)
    if holder is None or not holder.er_oppfoelging:
        return {}
    return {"oppfoelging": True, "deltatt_fra": holder.periode.fra if holder.periode else None, "deltatt_til": i_dag()}


def _spoer(handling: Handling, henvisning: Henvisning, form: HandlingForm) -> str:
    logg_lesning(henvisning)
    return render_template(
        "tildeling/handling.html",
        handling=handling,
        henvisning=henvisning,
        innsyn=queries.innsyn(henvisning),
        form=form,
        bekreft=gettext(BEKREFTES[handling]) if handling in BEKREFTES else None,
        frigis=services.frigis_ved_slutt(henvisning) if handling is Handling.AVSLUTT else 0,
    )


def _utfoer(handling: Handling, henvisning: Henvisning, form: HandlingForm) -> None:
    if handling in ETT_KLIKK:
        ETT_KLIKK[handling](henvisning, av=me())
        return
    _MED_SKJEMA[handling](henvisning, form)


def _avslutt(henvisning: Henvisning, form: HandlingForm) -> None:
    deltar = form.verdi("deltar")
    services.avslutt(
        henvisning,
        form.verdi("grunn"),
        JaNeiVetIkke(deltar) if deltar else None,
        deltakelse=form.deltakelse(),
        fritekst=form.verdi("fritekst"),
        av=me(),
    )


def _videresend(henvisning: Henvisning, form: HandlingForm) -> None:
    til = form.verdi("tiltak_id") or ""
    services.videresend(henvisning, til, form.verdi("grunn"), fritekst=form.verdi("fritekst"), av=me())


_MED_SKJEMA: Mapping[Handling, Callable[[Henvisning, HandlingForm], None]] = {
    Handling.SPOER: lambda h, form: services.spoer(h, Spoersmaal(form.verdi("spoersmaal") or ""), av=me()),
    Handling.SETT_PAA_VENT: lambda h, form: services.sett_paa_vent(h, form.verdi("grunn"), av=me()),
    Handling.AVSLAA: lambda h, form: services.avslaa(h, form.verdi("grunn"), fritekst=form.verdi("fritekst"), av=me()),
    Handling.GJENAAPNE: lambda h, form: services.gjenaapne(h, form.verdi("grunn"), av=me()),
    Handling.AVSLUTT: _avslutt,
    Handling.VIDERESEND: _videresend,
}


def _ferdig(handling: Handling, henvisning_id: int, ledig: str) -> Response:
    flash(f"{gettext(GJORT[handling])} {ledig}".strip(), "suksess")
    return redirect(url_for("tildeling.henvisning", henvisning_id=henvisning_id), 303)
