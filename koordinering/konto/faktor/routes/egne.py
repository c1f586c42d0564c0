"""One's own second factors: seen, added, removed; and proving again who sits there."""

from flask import flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from koordinering import crypto
from koordinering.db import transaction
from koordinering.errors import DomainError, FinnesIkke, UgyldigFelt
from koordinering.konto.faktor import queries, services
from koordinering.konto.faktor.forms import AppkodeForm, BekreftForm, NyPasskeyForm, SvarForm
from koordinering.konto.faktor.routes.felles import bekreft_foerst, bp, ferdig, neste, spoersmaal, sted, vent
from koordinering.konto.faktor.rules import IkkeFersk, krever_faktor
from koordinering.konto.faktor.visning import qr_sti
from koordinering.konto.routes.felles import bytt_token, min_okt
from koordinering.konto.rules import Metode, enhetstype
from koordinering.konto.services import VentLitt
from koordinering.tekst import N_
from koordinering.web.gate import signed_in_unsecured
from koordinering.web.huset import huset, innstillinger, me
from koordinering.web.sprak import gettext

TJENESTE = "Koordinering"


@bp.get("/konto/sikring")
@signed_in_unsecured
def sikring() -> Response:
    """What one can sign in with besides the password; for who must choose the first, the choice and nothing else."""
    return _sikring(None, 200)


def _sikring(form: NyPasskeyForm | None, status: int) -> Response:
    forslag = enhetstype(request.headers.get("User-Agent", ""))
    side = render_template(
        "faktor/sikring.html",
        har=queries.faktorer(me()),
        maa=krever_faktor(me().roller, innstillinger().faktor),
        usikret=huset().usikret(me()),
        form=form or NyPasskeyForm(formdata=None, data={"navn": forslag}),
        neste=neste(),
    )
    return make_response(side, status)


# --- Proving again who sits there ------------------------------------------------------------------------


@bp.route("/konto/bekreft", methods=["GET", "POST"])
@signed_in_unsecured
def bekreft() -> Response:
    """The password once more, or a passkey."""
    form = BekreftForm()
    if request.method != "POST":
        return _bekreft(form, 200)
    if not form.validate_on_submit():
        return _bekreft(form, 422)
    try:
        return _bekreftet(services.bekreft_med_passord(form.passord_naa.data or "", min_okt().id, av=me()))
    except VentLitt as feil:
        hoder = vent(form, feil)
        svar = _bekreft(form, 429)
        svar.headers.extend(hoder)
        return svar
    except UgyldigFelt as feil:
        form.feil(feil)
        return _bekreft(form, 422)


def _bekreft(form: BekreftForm, status: int) -> Response:
    side = render_template(
        "faktor/bekreft.html",
        form=form,
        svarform=SvarForm(formdata=None),
        passord=me().passord_hash is not None,
        passkey=queries.har_passkey(me()),
        jobbkonto=min_okt().metode is Metode.OIDC,
        neste=neste(),
    )
    return make_response(side, status)


def _bekreftet(token: str) -> Response:
    bytt_token(token)
    return redirect(neste() or url_for("faktor.sikring"), 303)


@bp.post("/konto/bekreft/passkey/start")
@signed_in_unsecured
def bekreft_start() -> Response:
    """What the browser is asked to prove."""
    return spoersmaal(lambda: services.be_om_bevis(sted(), av=me()))


@bp.post("/konto/bekreft/passkey")
@signed_in_unsecured
def bekreft_passkey() -> Response:
    """Take the browser's answer."""
    form = SvarForm()
    try:
        return _bekreftet(services.bekreft_med_passkey(form.passkey_svar.data or "", sted(), min_okt().id, av=me()))
    except services.FeilPasskey as feil:
        flash(gettext(str(feil)), "feil")
        return redirect(url_for("faktor.bekreft", neste=neste()), 303)


# --- The app ---------------------------------------------------------------------------------------------


@bp.post("/konto/sikring/app/start")
@signed_in_unsecured
@bekreft_foerst
def app_start() -> Response:
    """Make a secret for an app."""
    with transaction():
        services.start_app(min_okt().bevist, av=me())
    return redirect(url_for("faktor.app", neste=neste()), 303)


@bp.route("/konto/sikring/app", methods=["GET", "POST"])
@signed_in_unsecured
@bekreft_foerst
def app() -> Response:
    """The secret as a picture and as text, and its first code."""
    form = AppkodeForm()
    try:
        if request.method == "POST" and form.validate_on_submit():
            kode = form.engangskode.data or ""
            token, koder = services.bekreft_app(kode, min_okt().bevist, min_okt().id, av=me())
            return ferdig(token, koder, N_("Appen er satt opp."))
        return _app(form, 422 if form.is_submitted() else 200)
    except services.FeilKode as feil:
        form.feil(feil)
        return _app(form, 422)
    except VentLitt as feil:
        hoder = vent(form, feil)
        svar = _app(form, 429)
        svar.headers.extend(hoder)
        return svar
    except FinnesIkke:  # nothing waits: it is done, or too long ago
        return redirect(url_for("faktor.sikring", neste=neste()), 303)


def _app(form: AppkodeForm, status: int) -> Response:
    hemmelighet = services.ventende_hemmelighet(min_okt().bevist, av=me())
    adresse = crypto.totp_adresse(hemmelighet, me().brukernavn, TJENESTE)
    grupper = " ".join(hemmelighet[i : i + 4] for i in range(0, len(hemmelighet), 4))
    return make_response(
        render_template("faktor/app.html", form=form, qr=qr_sti(adresse), hemmelighet=grupper, neste=neste()), status
    )


@bp.post("/konto/sikring/app/fjern")
@signed_in_unsecured
@bekreft_foerst
def fjern_app() -> Response:
    """Take no more codes from the app."""
    try:
        with transaction():
            token = services.fjern_app(min_okt().bevist, min_okt().id, innstillinger().faktor, av=me())
    except FinnesIkke:
        return redirect(url_for("faktor.sikring"), 303)
    except IkkeFersk:
        raise
    except DomainError as feil:
        return _nei(feil)
    return ferdig(token, (), N_("Appen er fjernet. Andre økter er avsluttet."))


def _nei(feil: DomainError) -> Response:
    flash(gettext(str(feil)), "feil")
    return redirect(url_for("faktor.sikring"), 303)


# --- Passkeys --------------------------------------------------------------------------------------------


@bp.post("/konto/sikring/passkey/start")
@signed_in_unsecured
def ny_passkey_start() -> Response:
    """What the browser is asked to make."""
    return spoersmaal(lambda: services.be_om_passkey(min_okt().bevist, sted(), TJENESTE, av=me()))


@bp.post("/konto/sikring/passkey")
@signed_in_unsecured
def ny_passkey() -> Response:
    """Keep what the browser made."""
    form = NyPasskeyForm()
    if not form.validate_on_submit():
        return _sikring(form, 422)
    try:
        token, koder = services.lagre_passkey(
            form.passkey_svar.data or "", form.navn.data or "", sted(), min_okt().id, av=me()
        )
    except UgyldigFelt as feil:
        form.feil(feil)
        return _sikring(form, 422)
    return ferdig(token, koder, N_("Passkeyen er lagt til."))


@bp.post("/konto/sikring/passkey/<int:passkey_id>/fjern")
@signed_in_unsecured
@bekreft_foerst
def fjern_passkey(passkey_id: int) -> Response:
    """Take no more proofs from one of one's passkeys."""
    try:
        with transaction():
            token = services.fjern_passkey(passkey_id, min_okt().bevist, min_okt().id, innstillinger().faktor, av=me())
    except (FinnesIkke, IkkeFersk):
        raise
    except DomainError as feil:
        return _nei(feil)
    return ferdig(token, (), N_("Passkeyen er fjernet. Andre økter er avsluttet."))


# --- Recovery codes --------------------------------------------------------------------------------------


@bp.post("/konto/sikring/koder")
@signed_in_unsecured
@bekreft_foerst
def nye_koder() -> Response:
    """New recovery codes instead of those one has."""
    try:
        token, koder = services.nye_koder(min_okt().bevist, min_okt().id, av=me())
    except IkkeFersk:
        raise
    except DomainError as feil:
        return _nei(feil)
    return ferdig(token, koder, N_("De gamle kodene gjelder ikke lenger."))
