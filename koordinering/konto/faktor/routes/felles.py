"""The blueprint, and what its pages share: where one goes next, asking for a fresh proof, waits, the codes page."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Blueprint, flash, jsonify, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from koordinering.crypto.passkey import Sted
from koordinering.errors import DomainError
from koordinering.konto.faktor.rules import IkkeFersk
from koordinering.konto.routes.doer import egen_side
from koordinering.konto.routes.felles import bytt_token
from koordinering.konto.services import VentLitt
from koordinering.tekst import N_
from koordinering.web.huset import innstillinger
from koordinering.web.skjema import BaseForm
from koordinering.web.sprak import gettext

bp = Blueprint("faktor", __name__)

F = TypeVar("F", bound=Callable[..., Any])


def neste() -> str | None:
    """Where one was going, when it is a page of ours."""
    return egen_side(request.args.get("neste"))


def sted() -> Sted:
    """Where this page is served. The host is one of ours: anything else is refused before it comes here."""
    opphav = f"{'https' if innstillinger().https else 'http'}://{request.host}"
    return Sted(urlsplit(opphav).hostname or "", opphav)


def bekreft_foerst(view: F) -> F:
    """Ask who sits there where the last proof is too old, and come back to the page of the second factors."""

    @wraps(view)
    def viewet(*args: Any, **kwargs: Any) -> Any:
        try:
            return view(*args, **kwargs)
        except IkkeFersk:
            tilbake = request.full_path.rstrip("?") if request.method == "GET" else None
            return redirect(url_for("faktor.bekreft", neste=tilbake or _siden_foer()), 303)

    return viewet  # type: ignore[return-value]


def _siden_foer() -> str:
    verdier = request.view_args or {}
    if "user_id" in verdier:
        return url_for("faktor.ny_lenke", **verdier)
    return url_for("faktor.sikring", neste=neste())


def vent(form: BaseForm, feil: VentLitt) -> dict[str, str]:
    """Tell in the form how long to wait; the header that tells machines."""
    melding = gettext(N_("Du har prøvd mange ganger på kort tid. Vent %(antall)d sekunder og prøv igjen."))
    form.form_errors.append(melding % {"antall": feil.sekunder})
    return {"Retry-After": str(feil.sekunder)}


def spoersmaal(lag: Callable[[], dict[str, Any]]) -> Response:
    """What a script is to ask the browser, or why not."""
    try:
        return jsonify(lag())
    except IkkeFersk:
        svar = jsonify(til=url_for("faktor.bekreft", neste=_siden_foer()))
        svar.status_code = 403
    except VentLitt as feil:
        melding = N_("Du har prøvd mange ganger på kort tid. Vent %(antall)d sekunder og prøv igjen.")
        svar = jsonify(melding=gettext(melding) % {"antall": feil.sekunder})
        svar.status_code = 429
    except DomainError as feil:
        svar = jsonify(melding=gettext(str(feil)))
        svar.status_code = 422
    return svar


def ferdig(token: str, koder: tuple[str, ...], melding: str) -> Response:
    """Go on under the new id: with the new codes to print, or back to the page of the second factors."""
    bytt_token(token)
    if koder:
        videre = neste() or url_for("forside.start")
        return make_response(render_template("faktor/koder.html", koder=koder, melding=melding, videre=videre))
    flash(gettext(melding), "suksess")
    return redirect(neste() or url_for("faktor.sikring"), 303)
