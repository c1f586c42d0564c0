"""Children of a case: add, correct, remove."""

from collections.abc import Sequence

from flask import render_template, request
from werkzeug.wrappers import Response

from koordinering.db import transaction
from koordinering.errors import Endret, UgyldigFelt
from koordinering.roles import Rettighet
from koordinering.saker import queries, services
from koordinering.saker.forms.felter import barnedata
from koordinering.saker.forms.sak import BarnForm, RettBarnForm, versjon
from koordinering.saker.models import Barn, Sak
from koordinering.saker.routes.felles import bp, kan_slaa_opp, kjente_i_enheten, logg_lesning, tell_oppslag
from koordinering.saker.routes.sak import Svar, til_den_nye_versjonen, til_sak
from koordinering.saker.rules.behov import Rettegrunn
from koordinering.tekst import N_
from koordinering.web.gate import needs
from koordinering.web.huset import me
from koordinering.web.sprak import gettext


@bp.route("/saker/<int:sak_id>/barn", methods=["GET", "POST"])
@needs(Rettighet.SAK_REGISTRER)
def nytt_barn(sak_id: int) -> Svar:
    """Add a child."""
    sak = queries.sak(me(), sak_id, Rettighet.SAK_REGISTRER)
    form = BarnForm(data={"versjon": str(sak.versjon)})
    if request.method == "GET":
        return _vis(form, sak)
    if form.validate() and kan_slaa_opp(form, form.med_nummer):
        nytt = form.kommando()  # slow: before the transaction
        kode = services.klar_kode(sak, [*_aarene(sak), nytt.foedselsaar])
        try:
            with transaction():
                sak = queries.sak(me(), sak_id, Rettighet.SAK_REGISTRER)
                services.legg_til_barn(
                    sak, nytt, av=me(), versjon=versjon(form.versjon), likevel=bool(form.likevel.data), kode=kode
                )
        except UgyldigFelt as feil:
            form.feil(feil)
        except Endret as feil:
            sak = queries.sak(me(), sak_id, Rettighet.SAK_REGISTRER)
            form.versjon.data = str(sak.versjon)
            form.form_errors.append(gettext(N_("Saken er endret siden du åpnet siden. Se om barnet alt er lagt til.")))
            return _vis(form, sak), feil.status
        except services.KjentIEgenEnhet as kjent:
            tell_oppslag()
            return _vis(form, sak, kjente=kjente_i_enheten(kjent)), 409
        else:
            return til_sak(sak_id, N_("Barnet er lagt til."))
    return _vis(form, sak), 422


def _aarene(sak: Sak, *, uten: Barn | None = None) -> list[int]:
    return [barn.foedselsaar for barn in sak.barn if barn is not uten]


def _vis(form: BarnForm | RettBarnForm, sak: Sak, barn: Barn | None = None, kjente: Sequence[Sak] = ()) -> str:
    logg_lesning(sak)
    if request.method == "POST" and not kjente:
        form.be_om_nummeret()
    return render_template("saker/barn.html", form=form, sak=sak, barn=barn, kjente=kjente)


@bp.route("/saker/barn/<int:barn_id>/rett", methods=["GET", "POST"])
@needs(Rettighet.SAK_REGISTRER)
def rett_barn(barn_id: int) -> Svar:
    """Correct a child, its number included."""
    barn = queries.barn(me(), barn_id)
    sak_id = barn.sak_id
    form = RettBarnForm(data={**barnedata(barn), "versjon": str(barn.sak.versjon)})
    if request.method == "GET":
        return _vis(form, barn.sak, barn)
    if form.validate() and kan_slaa_opp(form, form.med_nummer):
        nytt, grunn = form.kommando(), Rettegrunn(form.grunn.data)  # slow: before the transaction
        kode = services.klar_kode(barn.sak, [nytt.foedselsaar if b is barn else b.foedselsaar for b in barn.sak.barn])
        try:
            with transaction():
                services.rett_barn(
                    queries.barn(me(), barn_id),
                    nytt,
                    grunn,
                    av=me(),
                    versjon=versjon(form.versjon),
                    likevel=bool(form.likevel.data),
                    kode=kode,
                )
        except UgyldigFelt as feil:
            form.feil(feil)
        except Endret as feil:
            barn = queries.barn(me(), barn_id)
            til_den_nye_versjonen(form, barn.sak.versjon, barnedata(barn))
            return _vis(form, barn.sak, barn), feil.status
        except services.KjentIEgenEnhet as kjent:
            tell_oppslag()
            return _vis(form, barn.sak, barn, kjente_i_enheten(kjent)), 409
        else:
            return til_sak(sak_id, N_("Barnet er rettet."))
    return _vis(form, barn.sak, barn), 422


@bp.post("/saker/barn/<int:barn_id>/fjern")
@needs(Rettighet.SAK_REGISTRER)
def fjern_barn(barn_id: int) -> Response:
    """Remove a child that was registered by mistake."""
    barn = queries.barn(me(), barn_id)
    kode = services.klar_kode(barn.sak, _aarene(barn.sak, uten=barn))  # slow: before the transaction
    with transaction():
        barn = queries.barn(me(), barn_id)
        sak_id = barn.sak_id
        services.fjern_barn(barn, av=me(), kode=kode)
    return til_sak(sak_id, N_("Barnet er fjernet."))
