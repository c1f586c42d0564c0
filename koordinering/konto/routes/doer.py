"""The door: who is signed in, what those who are not are told, and work kept across it."""

from urllib.parse import urlsplit

from flask import Flask, current_app, flash, redirect, request, session, url_for
from flask_login import LoginManager
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from koordinering.db import now
from koordinering.konto import services
from koordinering.konto.faktor.rules import er_usikret
from koordinering.konto.routes.felles import denne, glem_token, halvt_token, husk_okt, min_okt, token
from koordinering.konto.rules import Metode
from koordinering.tekst import N_
from koordinering.users import User
from koordinering.web.huset import innstillinger
from koordinering.web.sprak import gettext


class _Innlogging(LoginManager):  # type: ignore[misc]  # Flask-Login ships no types
    def _load_user(self) -> None:
        """By our own sessions: Flask-Login looks first for its own, and for a cookie that remembers, on each page."""
        self._update_request_context_with_user(_hvem())

    def _update_remember_cookie(self, response: Response) -> Response:
        """There is none."""
        return response


_innlogging = _Innlogging()


_IKKE_LAGRET = N_("Du er logget ut, og det du sendte, er ikke lagret. Logg inn og gjør det på nytt.")
_TAPER_INGENTING = frozenset({"konto.logg_ut", "konto.forleng"})
"""What is sent here is nobody's work: signing out a second time, and a page that asks for more time."""


def _hvem() -> User | None:
    verdi = token()
    if verdi is None:
        return None
    try:
        okt = services.les_okt(verdi, tomgang=innstillinger().tomgang)
    except SQLAlchemyError:
        # The error page asks who is signed in: it must get an answer when the database gives none.
        _innlogging._update_request_context_with_user(None)
        raise
    if okt is None:
        return None
    husk_okt(okt)
    return okt.user


def usikret(user: User) -> bool:
    """Whether the user must have a second factor and has signed in without."""
    okt = denne()
    return er_usikret(user.roller, okt.metode if okt else Metode.PASSORD, innstillinger().faktor)


def halvt_inne() -> bool:
    """Whether a password was right here, and the second factor is missing."""
    verdi = halvt_token()
    return verdi is not None and services.halvt_inne(verdi) is not None


def okt_sekunder() -> int:
    """Seconds until the session ends if nothing is done: unused, or however much it is used."""
    igjen = (min_okt().utloeper - now()).total_seconds()
    return max(0, int(min(igjen, innstillinger().tomgang.total_seconds())))


def init_app(app: Flask) -> None:
    """Let Flask-Login find the user by our own sessions."""
    _innlogging.init_app(app)


def egen_side(adresse: str | None) -> str | None:
    """The address, when it is the path of one of our own pages that can be opened; else None.

    What comes from outside (`?neste=`, Referer) becomes a redirect only through here.
    """
    if not adresse or not adresse.startswith("/") or adresse.startswith("//"):
        return None
    if "\\" in adresse or not adresse.isprintable():
        return None
    sti = urlsplit(adresse).path
    adapter = current_app.create_url_adapter(request)
    if adapter is None or "//" in sti or not adapter.test(sti, method="GET"):
        return None
    return None if sti == url_for("konto.logg_inn") else adresse


def _denne_siden() -> str:
    return request.full_path.rstrip("?") if request.query_string else request.path


def _skjemaets_side() -> str | None:
    """The page on which the form that was sent stands: its own address, or the one it was sent from."""
    egen = egen_side(_denne_siden())
    if egen is not None:
        return egen
    deler = urlsplit(request.referrer or "")
    if deler.netloc != request.host:
        return None
    return egen_side(deler.path + (f"?{deler.query}" if deler.query else ""))


def _fra_oss_selv() -> bool:
    # Browsers say where a request comes from; those too old to say it send no cookie from elsewhere (SameSite).
    return request.headers.get("Sec-Fetch-Site", "same-origin") == "same-origin"


def _ta_vare_paa(user_id: int | None, side: str | None) -> bool:
    if user_id is None or side is None or not _fra_oss_selv():
        return False
    felter = [(navn, verdi) for navn, verdi in request.form.items(multi=True)]
    return services.bevar_arbeid(user_id, urlsplit(side).path, felter)


def slipp_ikke_inn() -> Response:
    """Send somebody without a running session to the sign-in page; what a form held is kept for its user."""
    verdi = token()
    if halvt_token() is not None:
        return _for_sent()
    if request.method in {"GET", "HEAD"}:
        side = egen_side(_denne_siden())
        melding = N_("Du er logget ut. Logg inn for å fortsette.") if verdi else None
    else:
        side = _skjemaets_side()
        eier = services.eier_av_okt(verdi) if verdi else None
        bevart_ = _ta_vare_paa(eier, side)
        melding = _IKKE_LAGRET if _fra_oss_selv() and request.endpoint not in _TAPER_INGENTING else None
        if bevart_:
            melding = N_("Du var logget ut. Logg inn, så får du tilbake det du skrev.")
    if melding and "_flashes" not in session:
        flash(gettext(melding), "info")
    neste = None if side in {None, url_for("forside.start")} else side
    return redirect(url_for("konto.logg_inn", neste=neste), 303)


def _for_sent() -> Response:
    """The answer to somebody who waits for the second factor and asks for something else, or has waited too long."""
    if halvt_inne():
        return redirect(url_for("faktor.inn", neste=_hvor()), 303)
    glem_token()
    flash(gettext(N_("Det gikk for lang tid. Logg inn på nytt.")), "info")
    return redirect(url_for("konto.logg_inn"), 303)


def bytt_passord_foerst() -> Response:
    """Send somebody whose password is temporary to the page where it is changed, and from there to where she was."""
    return redirect(url_for("konto.nytt_passord", neste=_hvor()), 303)


def sikre_foerst() -> Response:
    """Send somebody who must have a second factor to the page where it is chosen, and from there to where she was."""
    return redirect(url_for("faktor.sikring", neste=_hvor()), 303)


def _hvor() -> str | None:
    side = egen_side(_denne_siden()) if request.method in {"GET", "HEAD"} else _skjemaets_side()
    return None if side in {None, url_for("forside.start")} else side


def gammel_fane(user: User) -> Response | None:
    """The answer to a form whose token is older than the session (a tab from before signing in again).

    Nothing is done with the form but to show it again, filled. None when it did not come from our own page.
    """
    side = _skjemaets_side()
    if side is None or not _ta_vare_paa(user.id, side):
        return None
    return redirect(side, 303)


def bevart(user: User) -> MultiDict[str, str] | None:
    """What was typed on this page before the session ended, once, with a word about it."""
    felter = services.hent_bevart(user.id, request.path)
    if felter is None:
        return None
    flash(gettext(N_("Du var logget ut. Det du skrev, er her. Fødselsnummer må skrives på nytt.")), "info")
    return MultiDict(felter)
