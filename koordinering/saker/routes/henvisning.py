"""What the sender does with one referral."""

from collections.abc import Callable

from flask import render_template, request
from werkzeug.wrappers import Response

from koordinering.db import transaction
from koordinering.errors import Endret, UgyldigFelt
from koordinering.roles import Rettighet
from koordinering.saker import queries, services
from koordinering.saker.forms.felter import oenskedata
from koordinering.saker.forms.sak import HenvisningForm, RettHenvisningForm, SvarForm
from koordinering.saker.models import Henvisning
from koordinering.saker.routes.felles import bp, logg_lesning
from koordinering.saker.routes.sak import Svar, til_sak
from koordinering.saker.routes.visning import ledigtekster
from koordinering.saker.rules import behov
from koordinering.saker.rules.overganger import Status
from koordinering.tekst import N_
from koordinering.tiltak import queries as tiltak
from koordinering.web.gate import needs
from koordinering.web.huset import me
from koordinering.web.sprak import gettext

_REGISTRER = Rettighet.HENVISNING_REGISTRER
_SENDT = {
    Status.SENDT: N_("Henvisningen er sendt."),
    Status.VENTER_SAMTYKKE: N_("Henvisningen venter på samtykke. Registrer det her når familien har gitt det."),
    Status.VIST_TIL: N_("Familien er vist til tilbudet. Skriv gjerne ut lappen."),
}


@bp.route("/saker/<int:sak_id>/henvisning", methods=["GET", "POST"])
@needs(Rettighet.SAK_REGISTRER)
def ny_henvisning(sak_id: int) -> Svar:
    """Add a referral to a case."""
    sak = queries.sak(me(), sak_id, Rettighet.SAK_REGISTRER)
    form = HenvisningForm(sak=sak, tiltak=tiltak.henvisbare())
    if request.method == "POST" and form.validate():
        try:
            with transaction():
                sak = queries.sak(me(), sak_id, Rettighet.SAK_REGISTRER)
                ny = services.legg_til_henvisning(
                    sak, form.tiltak.data, form.barn_id, grunnlag=form.nytt_grunnlag, vent=form.vent, av=me()
                )
                status = ny.status
        except UgyldigFelt as feil:
            form.feil(feil)
        else:
            return til_sak(sak_id, _SENDT[status])
    logg_lesning(sak)
    side = render_template(
        "saker/henvisning.html", form=form, sak=sak, om=ledigtekster(tiltak.henvisbare(), tiltak.ledighet())
    )
    return side if request.method == "GET" else (side, 422)


@bp.route("/saker/henvisninger/<int:henvisning_id>/rett", methods=["GET", "POST"])
@needs(_REGISTRER)
def rett_henvisning(henvisning_id: int) -> Svar:
    """Correct a referral, also after it was sent."""
    henvisning = queries.henvisning(me(), henvisning_id, _REGISTRER)
    sak_id = henvisning.sak_id
    form = RettHenvisningForm(henvisning=henvisning, data=_data(henvisning))
    if request.method == "GET":
        return _rettside(form, henvisning_id)
    if form.validate():
        try:
            with transaction():
                funnet = queries.henvisning(me(), henvisning_id, _REGISTRER)
                services.rett_henvisning(funnet, form.kommando(), av=me())
        except UgyldigFelt as feil:
            form.feil(feil)
        except Endret as feil:
            # what was typed stays, and so do the old versions: the page is opened again to see what it says now
            form.form_errors.append(gettext(str(feil)))
            return _rettside(form, henvisning_id, endret=True), feil.status
        else:
            return til_sak(sak_id, N_("Henvisningen er rettet."))
    return _rettside(form, henvisning_id), 422


def _rettside(form: RettHenvisningForm, henvisning_id: int, *, endret: bool = False) -> str:
    henvisning = queries.henvisning(me(), henvisning_id, _REGISTRER)
    logg_lesning(henvisning.sak)
    return render_template("saker/rett_henvisning.html", form=form, henvisning=henvisning, endret=endret)


def _data(henvisning: Henvisning) -> dict[str, object]:
    oensker = [o.aktivitet for o in henvisning.barn.oensker] if henvisning.barn else []
    return {
        "barn": str(henvisning.barn_id or ""),
        "behov": [b.behov.value for b in henvisning.sak.behov],
        "versjon": str(henvisning.versjon),
        "sak_versjon": str(henvisning.sak.versjon),
        **oenskedata(oensker),
    }


def _gjoer(henvisning_id: int, handling: Callable[[Henvisning], object], melding: str) -> Response:
    with transaction():
        henvisning = queries.henvisning(me(), henvisning_id, _REGISTRER)
        handling(henvisning)
        sak_id = henvisning.sak_id
    return til_sak(sak_id, melding)


@bp.post("/saker/henvisninger/<int:henvisning_id>/send")
@needs(_REGISTRER)
def send(henvisning_id: int) -> Response:
    """Send a draft, or what waited for consent."""
    with transaction():
        henvisning = queries.henvisning(me(), henvisning_id, _REGISTRER)
        sak_id, status = henvisning.sak_id, services.send(henvisning, av=me())
    return til_sak(sak_id, _SENDT[status])


@bp.post("/saker/henvisninger/<int:henvisning_id>/svar")
@needs(_REGISTRER)
def svar(henvisning_id: int) -> Response:
    """Answer the receiver's question."""
    form = SvarForm()
    if not form.validate():
        queries.henvisning(me(), henvisning_id, _REGISTRER)
        raise UgyldigFelt("svar", N_("Velg et svar."))
    svaret = behov.Svar(form.svar.data)
    return _gjoer(henvisning_id, lambda h: services.svar(h, svaret, av=me()), N_("Svaret er sendt."))


@bp.post("/saker/henvisninger/<int:henvisning_id>/klage")
@needs(_REGISTRER)
def paaklag(henvisning_id: int) -> Response:
    """Register that the family appeals."""
    return _gjoer(henvisning_id, lambda h: services.paaklag(h, av=me()), N_("Klagen er registrert."))


@bp.post("/saker/henvisninger/<int:henvisning_id>/beskjed")
@needs(_REGISTRER)
def beskjed(henvisning_id: int) -> Response:
    """The family has been told."""
    melding = N_("Det er registrert at familien har fått beskjed.")
    return _gjoer(henvisning_id, lambda h: services.beskjed_gitt(h, av=me()), melding)


@bp.post("/saker/henvisninger/<int:henvisning_id>/slett")
@needs(_REGISTRER)
def slett_utkast(henvisning_id: int) -> Response:
    """Delete a referral that was never sent."""
    return _gjoer(henvisning_id, lambda h: services.slett_utkast(h, av=me()), N_("Utkastet er slettet."))
