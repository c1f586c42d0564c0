"""One case: open, correct, delete, hand over, consent."""

from collections.abc import Mapping, Sequence

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from koordinering.db import i_dag, transaction
from koordinering.errors import Endret, UgyldigFelt
from koordinering.roles import Rettighet
from koordinering.saker import queries, services
from koordinering.saker.forms.sak import OverleverForm, RettBarnForm, RettSakForm, SvarForm
from koordinering.saker.forms.samtykke import SamtykkeForm
from koordinering.saker.models import Sak
from koordinering.saker.routes.felles import bp, kan_slaa_opp, kjente_i_enheten, logg_lesning, tell_oppslag
from koordinering.saker.routes.visning import grunntekst, henvisningslinjer, hvem_det_gjelder, sakslinjer
from koordinering.saker.rules.behov import Opplysning, SamtykkeFra
from koordinering.saker.rules.koblingskode import Kodevalg
from koordinering.saker.rules.samtykke import foerste, hvem_kan_samtykke
from koordinering.saker.samordning import queries as samordningene
from koordinering.tekst import N_
from koordinering.users import User, kommune
from koordinering.web.gate import needs
from koordinering.web.huset import me
from koordinering.web.skjema import i_ord
from koordinering.web.sprak import gettext

Svar = Response | str | tuple[str, int]


def til_sak(sak_id: int, melding: str) -> Response:
    """Back to the case with a message."""
    flash(gettext(melding))
    return redirect(url_for("saker.vis", sak_id=sak_id), 303)


@bp.get("/saker/<int:sak_id>")
@needs(Rettighet.SAK_LES)
def vis(sak_id: int) -> str:
    """The case. Opening it is logged first."""
    return _side(sak_id)


def _side(sak_id: int, overlever: OverleverForm | None = None) -> str:
    sak = queries.sak(me(), sak_id, hele=True)
    logg_lesning(sak)
    henvisninger = queries.henvisninger(sak)
    saken, samordninger = queries.sakshendelser(sak), samordningene.fra_sak(me(), sak)
    navn = queries.navn([*saken, *(h for henvisning in henvisninger for h in henvisning.hendelser)])
    handlinger = {h.id: services.handlinger(h, me()) for h in henvisninger}
    spurt = any(services.Handling.SVAR in kan for kan in handlinger.values())
    return render_template(
        "saker/vis.html",
        sak=sak,
        egen_referanse=services.les_egen_referanse(sak),
        har_kode=sak.koblingskode is not None and services.bruker_koder(),
        holdetekst=services.les_holdetekst(sak),
        henvisninger=henvisninger,
        handlinger=handlinger,
        historikk={h.id: henvisningslinjer(sak, h.hendelser, navn) for h in henvisninger},
        saken=sakslinjer(saken, navn),
        grunntekst=grunntekst,
        opplysninger=list(Opplysning),
        grunnlag=[
            (s, services.tilstand_naa(s), services.slutter(s), hvem_det_gjelder(s.gjelder, sak.barn))
            for s in sak.samtykker
        ],
        kan_slettes=services.kan_slettes(henvisninger),
        slettes=services.utkastet_slettes(sak, henvisninger),
        svar=SvarForm(formdata=None) if spurt else None,
        samordninger=samordninger,
        avtalt=samordningene.avtalt([d.samordning_id for d in samordninger]),
        samtykker_til_samordning=samordningene.registrerte(sak),
        overlever=overlever or OverleverForm(formdata=None, kolleger=_andre(sak)),
    )


def _andre(sak: Sak) -> list[User]:
    return [kollega for kollega in queries.kolleger(sak.enhet_id) if kollega.id != sak.ansvarlig_id]


@bp.route("/saker/<int:sak_id>/rett", methods=["GET", "POST"])
@needs(Rettighet.SAK_REGISTRER)
def rett(sak_id: int) -> Svar:
    """Correct the case's own fields."""
    sak = queries.sak(me(), sak_id, Rettighet.SAK_REGISTRER)
    form = RettSakForm(data=_saksdata(sak))
    if request.method == "GET":
        return _rettside(form, sak)
    if form.validate() and kan_slaa_opp(form, form.med_kode):
        rettelse = form.kommando([barn.foedselsaar for barn in sak.barn])  # slow: before the transaction
        try:
            with transaction():
                services.rett_sak(queries.sak(me(), sak_id, Rettighet.SAK_REGISTRER), rettelse, av=me())
        except UgyldigFelt as feil:
            form.feil(feil)
        except Endret as feil:
            sak = queries.sak(me(), sak_id, Rettighet.SAK_REGISTRER)
            til_den_nye_versjonen(form, sak.versjon, _saksdata(sak))
            return _rettside(form, sak), feil.status
        except services.KjentIEgenEnhet as kjent:
            tell_oppslag()
            return _rettside(form, sak, kjente_i_enheten(kjent)), 409
        else:
            return til_sak(sak_id, N_("Saken er rettet."))
    return _rettside(form, sak), 422


def _rettside(form: RettSakForm, sak: Sak, kjente: Sequence[Sak] = ()) -> str:
    logg_lesning(sak)
    return render_template("saker/rett.html", form=form, sak=sak, kjente=kjente)


def til_den_nye_versjonen(form: RettSakForm | RettBarnForm, versjon: int, naa: Mapping[str, object]) -> None:
    """Keep what was typed when somebody else changed the case meanwhile, say so, and let the next try count.

    At each field that is not as the case is now (`naa`), the case's own stands too: else what the other wrote would be
    written over unseen.
    """
    form.versjon.data = str(versjon)
    melding = N_(
        "Noen andre har endret saken siden du åpnet siden. Det du skrev, står her, og under feltene står det som er i "
        "saken nå. Se over, og lagre igjen."
    )
    form.form_errors.append(gettext(melding))
    for felt in form:
        if felt.short_name in naa and felt.short_name not in {"versjon", "kodevalg"}:
            saken, skrevet = i_ord(felt, naa[felt.short_name]), i_ord(felt, felt.data)
            if saken != skrevet:
                felt.errors = [*felt.errors, gettext(N_("I saken står det nå: %(hva)s.")) % {"hva": saken}]


def _saksdata(sak: Sak) -> dict[str, object]:
    return {
        "i_maalgruppe": "ja" if sak.i_maalgruppe else "nei",
        "behov": [b.behov.value for b in sak.behov],
        "egen_referanse": services.les_egen_referanse(sak),
        "kodevalg": Kodevalg.BEHOLD.value,
        "versjon": str(sak.versjon),
    }


@bp.post("/saker/<int:sak_id>/slett")
@needs(Rettighet.SAK_REGISTRER)
def slett(sak_id: int) -> Response:
    """Delete a wrong registration."""
    with transaction():
        services.slett(queries.sak(me(), sak_id, Rettighet.SAK_REGISTRER), av=me())
    flash(gettext(N_("Feilregistreringen er slettet.")))
    return redirect(url_for("saker.liste"), 303)


@bp.post("/saker/<int:sak_id>/overlever")
@needs(Rettighet.SAK_OVERLEVER)
def overlever(sak_id: int) -> Svar:
    """Hand the case over to a colleague."""
    sak = queries.sak(me(), sak_id, Rettighet.SAK_OVERLEVER)
    form = OverleverForm(kolleger=_andre(sak))
    if form.validate():
        try:
            with transaction():
                sak = queries.sak(me(), sak_id, Rettighet.SAK_OVERLEVER)
                services.overlever(sak, int(form.til.data), av=me())
        except UgyldigFelt as feil:
            form.feil(feil)
        else:
            return til_sak(sak_id, N_("Saken er overlevert."))
    return _side(sak_id, form), 422


@bp.route("/saker/<int:sak_id>/samtykke", methods=["GET", "POST"])
@needs(Rettighet.SAK_REGISTRER)
def samtykke(sak_id: int) -> Svar:
    """Register consent or statutory authority for a receiving unit."""
    sak = queries.sak(me(), sak_id, Rettighet.SAK_REGISTRER)
    foreslaatt = _foreslaatt(sak, request.args.get("mottaker", "")) if request.method == "GET" else {}
    form = SamtykkeForm(sak=sak, mottakere=queries.mottakere(sak.enhet_id), data=foreslaatt)
    if request.method == "GET":
        return render_template("saker/samtykke.html", form=form, sak=sak)
    if form.validate():
        try:
            with transaction():
                saken = queries.sak(me(), sak_id, Rettighet.SAK_REGISTRER)
                sendt = services.registrer_samtykke(saken, form.kommando(), av=me())
        except UgyldigFelt as feil:
            form.feil(feil)
        else:
            sendte = N_("Grunnlaget er registrert, og henvisningene som ventet, er sendt.")
            return til_sak(sak_id, sendte if sendt else N_("Grunnlaget er registrert."))
    return render_template("saker/samtykke.html", form=form, sak=sak), 422


def _foreslaatt(sak: Sak, mottaker_id: str) -> dict[str, str]:
    """What is chosen when the page opens: also who consented, where it cannot have been anybody else."""
    barna = services.gjelder_i_saken(sak, services.henvist_til(sak, mottaker_id), alle=False)
    kan = hvem_kan_samtykke([barn.foedselsaar for barn in barna], i_dag().year, kommune().samtykkealder)
    # whom both must speak for depends on the unit: another one may be about the younger children alone
    sikkert = len(kan) == 1 and (bool(mottaker_id) or SamtykkeFra.BEGGE not in kan)
    return {"mottaker": mottaker_id, "fra": foerste(kan).value if sikkert else ""}
