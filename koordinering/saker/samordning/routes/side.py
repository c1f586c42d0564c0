"""The consent, the common time line, notes, the meeting, who follows up, and the unit's list."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from koordinering import audit
from koordinering.access import can
from koordinering.audit import Hva, Ting
from koordinering.db import now, transaction
from koordinering.errors import UgyldigFelt
from koordinering.roles import Rettighet
from koordinering.saker import queries as saker
from koordinering.saker.routes.felles import logg_lesning
from koordinering.saker.samordning import queries, services
from koordinering.saker.samordning.forms import MoeteForm, NotatForm, OppfoelgerForm, SamordningForm
from koordinering.saker.samordning.models import SamordningEnhet, Samordningsavtale
from koordinering.saker.samordning.queries import Adgang
from koordinering.saker.samordning.routes.felles import bp
from koordinering.saker.samordning.rules import (
    Avtaleslag,
    NotaterStengt,
    Samordningsfilter,
    SamtykketGjelderIkke,
    kan_slette,
)
from koordinering.tekst import N_
from koordinering.web.gate import needs
from koordinering.web.huset import me
from koordinering.web.side import tidspunkt
from koordinering.web.skjema import BaseForm
from koordinering.web.sprak import gettext

Svar = Response | str | tuple[str, int]
DELTA = Rettighet.SAMORDNING_DELTA


# --- The consent -----------------------------------------------------------------------------------------


@bp.route("/saker/<int:sak_id>/samordning/ny", methods=["GET", "POST"])
@needs(Rettighet.SAK_REGISTRER)
def ny(sak_id: int) -> Svar:
    """Register the family's consent to coordinate."""
    sak = saker.sak(me(), sak_id, Rettighet.SAK_REGISTRER)
    form = SamordningForm(sak=sak, kan_nevnes=queries.kan_nevnes(sak))
    if request.method == "GET":
        logg_lesning(sak)
        return render_template("samordning/ny.html", form=form, sak=sak)
    if form.validate():
        try:
            with transaction():
                services.registrer(saker.sak(me(), sak_id, Rettighet.SAK_REGISTRER), form.kommando(), av=me())
        except UgyldigFelt as feil:
            form.feil(feil)
        else:
            flash(gettext(N_("Samtykket til samordning er registrert.")))
            return redirect(url_for("saker.vis", sak_id=sak_id), 303)
    sak = saker.sak(me(), sak_id, Rettighet.SAK_REGISTRER)
    logg_lesning(sak)
    return render_template("samordning/ny.html", form=form, sak=sak), 422


@bp.post("/saker/<int:sak_id>/samordning/<int:samordning_id>/trekk")
@needs(Rettighet.SAK_REGISTRER)
def trekk(sak_id: int, samordning_id: int) -> Response:
    """End the consent, with effect at once."""
    with transaction():
        sak = saker.sak(me(), sak_id, Rettighet.SAK_REGISTRER)
        services.trekk(queries.samordning(me(), sak, samordning_id), av=me())
    flash(gettext(N_("Samtykket er trukket. De andre enhetene ser ingenting fra nå av.")))
    return redirect(url_for("saker.vis", sak_id=sak_id), 303)


# --- The common page -------------------------------------------------------------------------------------


def _deltakere(sted: Mapping[str, int]) -> tuple[list[SamordningEnhet], int]:
    """The unit's lines as seen from a case or a referral that the user may open, and the case."""
    sak_id = sted.get("sak_id")
    if sak_id is None:
        henvisning = queries.henvisning(me(), sted["henvisning_id"])
        if not can(me(), Rettighet.SAK_LES, henvisning):
            return queries.fra_henvisning(me(), henvisning), henvisning.sak_id
        sak_id = henvisning.sak_id  # one of the unit's own: as from its case
    return queries.egen_eller_staaende(me(), saker.sak(me(), sak_id)), sak_id


def _adgang(samordning_id: int, sted: Mapping[str, int]) -> Adgang:
    deltakere, sak_id = _deltakere(sted)
    return queries.adgang(deltakere, sak_id, samordning_id)


@bp.get("/saker/<int:sak_id>/samordning")
@bp.get("/henvisninger/<int:henvisning_id>/samordning")
@needs(DELTA)
def vis(**sted: int) -> Svar:
    """The common page, logged before it is shown; empty where no consent reaches the case or the referral."""
    deltakere, sak_id = _deltakere(sted)
    if not deltakere:
        # of a referral received, its own number: the sender's case must not be known again in the unit's log
        slag, nummer = ("henvisning", sted["henvisning_id"]) if "henvisning_id" in sted else ("sak", sak_id)
        audit.record(Hva.SAMORDNING_LEST, av=me(), gjelder=Ting(slag, nummer), detalj="ingen")
        return render_template("samordning/ingen.html", tilbake=_tilbake(sted))
    valgt = next((d for d in deltakere if str(d.samordning_id) == request.args.get("om")), deltakere[0])
    return _side(Adgang(valgt, sak_id), deltakere, sted)


def _side(adgang: Adgang, deltakere: list[SamordningEnhet], sted: Mapping[str, int]) -> str:
    naa, samordning = now(), adgang.samordning
    audit.record(Hva.SAMORDNING_LEST, av=me(), gjelder=Ting("samordning", samordning.id, adgang.deltaker.enhet_id))
    notater, avtaler = queries.notater(adgang), queries.avtaler(adgang)
    side = render_template(
        "samordning/vis.html",
        adgang=adgang,
        samordning=samordning,
        andre=[d for d in deltakere if d.samordning_id != samordning.id],
        sted=sted,
        tilbake=_tilbake(sted),
        linjer=queries.tidslinje(adgang, request.args.get("side", "")),
        notater=notater,
        tekster=services.les_notater(adgang, notater),
        kan_slettes={n.id for n in notater if kan_slette(n.user_id, n.tid, me().id, naa)},
        avtalt=queries.avtalt([samordning.id])[samordning.id],
        historie=[_steg(avtale) for avtale in avtaler],
    )
    if adgang.gjelder:
        services.merk_sett(adgang, naa, av=me())
    return side


def _tilbake(sted: Mapping[str, int]) -> str:
    if "sak_id" in sted:
        return url_for("saker.vis", sak_id=sted["sak_id"])
    return url_for("tildeling.henvisning", henvisning_id=sted["henvisning_id"])


def _steg(avtale: Samordningsavtale) -> dict[str, str]:
    """One step of the history, as the time line macro takes it."""
    if avtale.slag is Avtaleslag.OPPFOELGER:
        tittel, tekst = gettext(N_("Følger opp")), avtale.hvem
    elif avtale.moete is None:
        tittel, tekst = gettext(N_("Samarbeidsmøtet ble avlyst")), ""
    else:
        tittel, tekst = gettext(N_("Samarbeidsmøte ble satt")), tidspunkt(avtale.moete)
    return {
        "tid": tidspunkt(avtale.tid),
        "iso": avtale.tid.isoformat(),
        "hvem": avtale.enhet.kortnavn,
        "tittel": tittel,
        "tekst": tekst,
    }


# --- What is done ----------------------------------------------------------------------------------------


def _staaende(samordning_id: int, sted: Mapping[str, int]) -> Adgang:
    """As _adgang, for pages where something is about to be done."""
    adgang = _adgang(samordning_id, sted)
    if not adgang.gjelder:
        raise SamtykketGjelderIkke
    return adgang


def _til_siden(samordning_id: int, sted: Mapping[str, int], melding: str) -> Response:
    flash(gettext(melding))
    return redirect(_siden(samordning_id, sted), 303)


def _siden(samordning_id: int, sted: Mapping[str, Any]) -> str:
    return url_for("samordning.vis", om=samordning_id, **sted)


def _skriv(
    form: BaseForm,
    samordning_id: int,
    sted: Mapping[str, int],
    gjoer: Callable[[Adgang], object],
    melding: str,
    **sider: str,
) -> Svar:
    """A form of one thing: shown, checked, done, and back to the common page."""
    kode = 200
    if request.method == "POST":
        kode = 422
        if form.validate():
            try:
                with transaction():
                    gjoer(_adgang(samordning_id, sted))
            except UgyldigFelt as feil:
                form.feil(feil)
            else:
                return _til_siden(samordning_id, sted, melding)
    side = render_template("samordning/skjema.html", form=form, avbryt=_siden(samordning_id, sted), **sider)
    return side, kode


@bp.route("/saker/<int:sak_id>/samordning/<int:samordning_id>/notat", methods=["GET", "POST"])
@bp.route("/henvisninger/<int:henvisning_id>/samordning/<int:samordning_id>/notat", methods=["GET", "POST"])
@needs(DELTA)
def notat(samordning_id: int, **sted: int) -> Svar:
    """Write a note."""
    if not _staaende(samordning_id, sted).notater:
        raise NotaterStengt
    form = NotatForm()
    return _skriv(
        form,
        samordning_id,
        sted,
        lambda adgang: services.skriv_notat(adgang, form.tekst.data or "", av=me()),
        N_("Notatet er lagret."),
        tittel=gettext(N_("Nytt notat")),
        ingress=gettext(
            N_("De andre enhetene i samordningen leser det, unntatt helsestasjonen. Du kan slette det i ti minutter.")
        ),
    )


@bp.post("/saker/<int:sak_id>/samordning/<int:samordning_id>/notat/<int:notat_id>/slett")
@bp.post("/henvisninger/<int:henvisning_id>/samordning/<int:samordning_id>/notat/<int:notat_id>/slett")
@needs(DELTA)
def slett_notat(samordning_id: int, notat_id: int, **sted: int) -> Response:
    """Delete one's own note."""
    with transaction():
        services.slett_notat(_adgang(samordning_id, sted), notat_id, av=me())
    return _til_siden(samordning_id, sted, N_("Notatet er slettet."))


@bp.route("/saker/<int:sak_id>/samordning/<int:samordning_id>/moete", methods=["GET", "POST"])
@bp.route("/henvisninger/<int:henvisning_id>/samordning/<int:samordning_id>/moete", methods=["GET", "POST"])
@needs(DELTA)
def moete(samordning_id: int, **sted: int) -> Svar:
    """Set or move the meeting."""
    adgang = _staaende(samordning_id, sted)
    avtalt = queries.gjeldende([adgang.samordning.id]).get((adgang.samordning.id, Avtaleslag.MOETE))
    form = MoeteForm(avtalt=avtalt)
    return _skriv(
        form,
        samordning_id,
        sted,
        lambda adgang: services.avtal_moete(adgang, form.tidspunkt(), av=me()),
        N_("Møtet er satt. De andre enhetene ser det på startsiden."),
        tittel=gettext(N_("Samarbeidsmøte")),
        ingress=gettext(N_("Bare tidspunktet. Hva møtet handler om, skrives ikke her.")),
    )


@bp.post("/saker/<int:sak_id>/samordning/<int:samordning_id>/moete/avlys")
@bp.post("/henvisninger/<int:henvisning_id>/samordning/<int:samordning_id>/moete/avlys")
@needs(DELTA)
def avlys(samordning_id: int, **sted: int) -> Response:
    """Cancel the meeting."""
    with transaction():
        services.avlys_moete(_adgang(samordning_id, sted), av=me())
    return _til_siden(samordning_id, sted, N_("Møtet er avlyst."))


@bp.route("/saker/<int:sak_id>/samordning/<int:samordning_id>/oppfoelger", methods=["GET", "POST"])
@bp.route("/henvisninger/<int:henvisning_id>/samordning/<int:samordning_id>/oppfoelger", methods=["GET", "POST"])
@needs(DELTA)
def oppfoelger(samordning_id: int, **sted: int) -> Svar:
    """Name who follows up."""
    form = OppfoelgerForm(adgang=_staaende(samordning_id, sted))
    return _skriv(
        form,
        samordning_id,
        sted,
        lambda adgang: services.pek_ut(adgang, *form.valgt(), av=me()),
        N_("Det er lagret hvem som følger opp."),
        tittel=gettext(N_("Hvem følger opp?")),
        ingress=gettext(N_("I egen enhet kan du velge en kollega. Av en annen enhet kan du bare foreslå enheten.")),
    )


# --- The unit's list -------------------------------------------------------------------------------------


@bp.get("/samordning")
@needs(DELTA)
def liste() -> str:
    """What the user's units coordinate, by a named filter; nothing of what stands in it."""
    valgt = request.args.get("filter", "")
    filter_ = Samordningsfilter(valgt) if valgt in set(Samordningsfilter) else Samordningsfilter.ALLE
    audit.record(Hva.LISTE_LEST, av=me(), detalj=f"samordning:{filter_.value}")
    side = queries.side(me(), filter_, request.args.get("side", ""))
    return render_template(
        "samordning/liste.html",
        side=side,
        valgt=filter_,
        filtre=list(Samordningsfilter),
        innganger=queries.innganger(me(), side.rader),
        avtalt=queries.avtalt([d.samordning_id for d in side.rader]),
    )
