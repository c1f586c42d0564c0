"""Registering a family on one page, its receipt, and the sender's steps that may free something."""

from collections.abc import Sequence

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from koordinering import audit
from koordinering.audit import Hva, Ting
from koordinering.db import transaction
from koordinering.errors import UgyldigFelt, UgyldigOvergang
from koordinering.roles import Rettighet
from koordinering.saker import queries as saker
from koordinering.saker import services as saken
from koordinering.saker.forms.registrering import NySakForm
from koordinering.saker.forms.trekk import TrekkForm
from koordinering.saker.models import Henvisning, Sak
from koordinering.saker.routes.felles import kan_slaa_opp, kjente_i_enheten, tell_oppslag
from koordinering.saker.routes.visning import ledigtekster
from koordinering.saker.rules.overganger import Status
from koordinering.saker.rules.registrering import gjelder_familien
from koordinering.tekst import N_
from koordinering.tildeling import services
from koordinering.tildeling.routes.felles import bp
from koordinering.tiltak import queries as tiltaket
from koordinering.tiltak.queries import Henvisbart, Mottaker
from koordinering.tiltak.rules import Kortenhet, Mekanikk
from koordinering.web.gate import needs
from koordinering.web.huset import me
from koordinering.web.sprak import gettext

Svar = Response | str | tuple[str, int]


@bp.route("/saker/ny", methods=["GET", "POST"])
@needs(Rettighet.SAK_REGISTRER)
def ny() -> Svar:
    """Journey 1: the whole registration on one page."""
    form = _skjema()
    if request.method == "GET":
        return _vis(form)
    if not form.validate() or not kan_slaa_opp(form, form.med_nummer):
        return _vis(form), 422
    return _registrer(form)


def _registrer(form: NySakForm) -> Svar:
    kommando = form.kommando()  # slow where there are numbers: before the transaction
    uten_kort = False
    try:
        with transaction():
            sak_id = saken.registrer(kommando, av=me())
            if form.del_ut.data:
                uten_kort = not _del_ut(saker.sak(me(), sak_id))
    except UgyldigFelt as feil:
        form.feil(feil)
        return _vis(form), 422
    except saken.KjentIEgenEnhet as kjent:
        tell_oppslag()
        return _vis(form, kjente_i_enheten(kjent)), 409
    except saken.AlleredeRegistrert as feil:
        flash(gettext(str(feil)), "info")
        sak_id = feil.sak_id
    else:
        _si_hva_som_venter(form)
    if uten_kort:
        flash(gettext(N_("Kortet kan ikke deles ut nå. Familien står på ventelisten.")), "info")
    return redirect(url_for("tildeling.kvittering", sak_id=sak_id), 303)


def _si_hva_som_venter(form: NySakForm) -> None:
    """What a draft left open is told on its receipt, and what was not kept."""
    if form.ubesvart:
        hvordan = N_("Det du ikke svarte på om barna, står som «Vet ikke» og «Nei». Rett det på saken før du sender.")
        flash(gettext(hvordan), "info")
    if form.uferdige:
        uferdig = N_("Samtykket eller hjemmelen var ikke ferdig utfylt, og er ikke lagret. Registrer det på saken.")
        flash(gettext(uferdig), "info")


def _del_ut(sak: Sak) -> bool:
    """Hand out at once the cards of the user's own unit, and nothing else; False where one could not be given."""
    alle_gitt = True
    for henvisning in sak.henvisninger:
        sendt_kort = henvisning.status is Status.SENDT and Mekanikk.KORT in henvisning.tiltak.slag
        if sendt_kort and services.kan_gi_straks(henvisning, me()):
            alle_gitt = services.gi_straks(henvisning, av=me()) is not None and alle_gitt
    return alle_gitt


def _skjema() -> NySakForm:
    familie: list[Henvisbart] = []
    for_barn: list[Henvisbart] = []
    for tiltak in tiltaket.henvisbare():
        hel = gjelder_familien(tiltak.id, tiltak.slag, tiltak.kort_per or Kortenhet.FAMILIE)
        (familie if hel else for_barn).append(tiltak)
    return NySakForm(enheter=saker.registreringsenheter(me()), familietiltak=familie, barnetiltak=for_barn)


def _vis(form: NySakForm, kjente: Sequence[Sak] = ()) -> str:
    if request.method == "POST" and not kjente:
        form.be_om_numrene()
    alle = tiltaket.henvisbare()
    egne = {enhet.id for enhet in saker.registreringsenheter(me())}
    return render_template(
        "saker/ny.html",
        form=form.med_alle_mottakere(),
        kjente=kjente,
        merker=ledigtekster(alle, tiltaket.ledighet()),
        om={t.id: _sendes_til(t, egne) for t in alle},
        del_ut=_kan_deles_ut(alle, egne),
    )


def _kan_deles_ut(tiltak: Sequence[Henvisbart], egne: set[str]) -> list[str]:
    return [t.id for t in tiltak if Mekanikk.KORT in t.slag and t.mottaker_id in egne]


def _sendes_til(tiltak: Henvisbart, egne: set[str]) -> str:
    mottaker: Mottaker | None = tiltak.mottaker
    if mottaker is None:
        tekst: str = gettext(N_("Familien vises vei. Ingenting sendes."))
    elif mottaker.id in egne:
        tekst = gettext(N_("Behandles i din egen enhet."))
    else:
        tekst = gettext(N_("Sendes til %(enhet)s.")) % {"enhet": mottaker.kortnavn}
    return tekst


@bp.get("/saker/<int:sak_id>/kvittering")
@needs(Rettighet.SAK_LES)
def kvittering(sak_id: int) -> str:
    """The receipt: the reference to copy, what went where, what was handed out, what is next."""
    sak = saker.sak(me(), sak_id)
    audit.record(Hva.SAK_LEST, av=me(), gjelder=Ting("sak", sak.id, sak.enhet_id))
    henvisninger = saker.henvisninger(sak)
    gitt = {h.id: e.til for h in henvisninger for e in h.hendelser if e.slag == "gitt"}
    return render_template(
        "saker/kvittering.html",
        sak=sak,
        henvisninger=henvisninger,
        utkast=all(h.status is Status.UTKAST for h in henvisninger),
        slettes=saken.utkastet_slettes(sak, henvisninger),
        kode=saken.les_koblingskode(sak),
        gitt=gitt,
        kort_gitt=any(h.id in gitt and Mekanikk.KORT in h.tiltak.slag for h in henvisninger),
    )


@bp.post("/samtykker/<int:samtykke_id>/trekk")
@needs(Rettighet.SAK_REGISTRER)
def samtykke_trekk(samtykke_id: int) -> Response:
    """The family withdraws a consent: hidden from its receiver at once."""
    with transaction():
        samtykke = saker.samtykke(me(), samtykke_id)
        sak_id = samtykke.sak_id
        services.trekk_samtykke(samtykke, av=me())
    flash(gettext(N_("Samtykket er trukket. Mottakeren ser ikke lenger opplysningene.")))
    return redirect(url_for("saker.vis", sak_id=sak_id), 303)


@bp.route("/saker/henvisninger/<int:henvisning_id>/trekk", methods=["GET", "POST"])
@needs(Rettighet.HENVISNING_REGISTRER)
def henvisning_trekk(henvisning_id: int) -> Svar:
    """The sender withdraws a referral, with a reason."""
    henvisning = saker.henvisning(me(), henvisning_id, Rettighet.HENVISNING_REGISTRER)
    # a health unit sends no free text: it is not offered
    sak_id, form = henvisning.sak_id, TrekkForm(fri_tekst=not henvisning.sak.enhet.helse)
    if request.method == "GET":
        return _trekkside(form, henvisning)
    if form.validate():
        try:
            with transaction():
                funnet = saker.henvisning(me(), henvisning_id, Rettighet.HENVISNING_REGISTRER)
                fritekst = form.fritekst.data if "fritekst" in form else None
                services.trekk(funnet, form.grunn.data, fritekst=fritekst or None, av=me())
        except UgyldigFelt as feil:
            form.feil(feil)
        except UgyldigOvergang as feil:
            flash(gettext(str(feil)), "advarsel")
            return redirect(url_for("saker.vis", sak_id=sak_id), 303)
        else:
            flash(gettext(N_("Henvisningen er trukket.")))
            return redirect(url_for("saker.vis", sak_id=sak_id), 303)
    return _trekkside(form, henvisning), 422


def _trekkside(form: TrekkForm, henvisning: Henvisning) -> str:
    frigis = services.frigis_ved_slutt(henvisning)
    return render_template("saker/trekk.html", form=form, henvisning=henvisning, frigis=frigis)
