"""Error pages: every fault becomes a calm page in the user's language, never a trace."""

import logging

from flask import Flask, current_app, render_template, request
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, IntegrityError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as IngenLedige
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException, SecurityError
from werkzeug.wrappers import Response

from koordinering import audit, sporing
from koordinering.borte import is_away
from koordinering.db import db
from koordinering.errors import IngenTilgang, KanIkkeInnvilges, KoordineringError
from koordinering.fritekst import har_identitetsnummer
from koordinering.tekst import N_
from koordinering.web.huset import huset, me
from koordinering.web.sprak import gettext

log = logging.getLogger(__name__)

_TITLER = {
    400: N_("Siden var for gammel, eller adressen er feil"),
    404: N_("Fant ikke siden"),
    405: N_("Fant ikke siden"),
    409: N_("Noe er endret"),
    410: N_("Ikke lenger her"),
    413: N_("Det du sendte, er for stort"),
    422: N_("Noe må rettes"),
    429: N_("Vent litt"),
    500: N_("Noe gikk galt"),
    503: N_("Koordinering svarer ikke akkurat nå"),
}
_IKKE_NAA = N_("Kan ikke innvilges nå")
"""The title where nobody has changed anything: a rule says no."""
_MELDINGER = {
    400: N_("Gå tilbake, last siden på nytt og prøv igjen. Ingenting er lagret."),
    404: N_("Siden finnes ikke, eller du har ikke tilgang til den."),
    405: N_("Siden finnes ikke, eller du har ikke tilgang til den."),
    413: N_(
        "En fil kan være høyst 2 MB. Ingenting er lagret. Gå tilbake, og send en mindre fil eller en kortere tekst."
    ),
    500: N_("Feilen er på vår side. Det du skrev, er ikke lagret. Gå tilbake og prøv igjen."),
    503: N_("Databasen er opptatt eller borte. Vent et minutt og prøv igjen. Ingenting er ødelagt."),
}

_BORTE_UNDERVEIS = N_(
    "Databasen er opptatt eller borte. Ingenting er ødelagt. Vent et halvt minutt, og se om det du sendte, kom med, "
    "før du sender det en gang til."
)
"""Where something was sent: an answer that never came may have been a yes."""
_FULLT = N_("Mange bruker Koordinering akkurat nå. Vent et halvt minutt og prøv igjen. Det du sendte, er ikke lagret.")

_VENT_S = 5
"""Seconds that a machine is asked to wait before it tries again."""

_LESER = frozenset({"GET", "HEAD", "OPTIONS"})

_UKJENT_VERT = N_("Koordinering svarer ikke på denne adressen. Bruk adressen du har fått, eller spør den som drifter.")

_MISDANNET = frozenset({400, 413, 415})
"""What no page of ours sends: noted, since it may be somebody who is trying."""

_BORTE = 503

_HEMMELIGE = frozenset({"konto", "faktor", "oidc"})
"""Where people prove who they are."""

_LESES_BORT = 100_000_000
"""Bytes of a request that is too large that are read before the answer: a list of a million rows fits."""
_STYKKE = 65_536


def feilside(status: int, melding: str | None = None, tittel: str | None = None) -> tuple[str, int]:
    """The page for one kind of fault; `tittel` where the status alone says too little."""
    if status != _BORTE:
        try:
            return render_template("feil.html", **_paa_siden(status, melding, tittel)), status
        except SQLAlchemyError as feil:  # the menu is read from a database that has gone away meanwhile
            log.error("no database for the page of a fault: %s", type(feil).__name__)
            status, melding = _BORTE, None
    ting = _paa_siden(status, melding)
    # nothing that other pages have around them: it is read from the database
    return current_app.jinja_env.get_template("feil.html").render(**ting, sendt=_sendt()), status


def _paa_siden(status: int, melding: str | None, tittel: str | None = None) -> dict[str, object]:
    kode = status if status in _TITLER else (404 if 400 <= status < 500 else 500)
    tekst = melding or _MELDINGER.get(kode) or _MELDINGER[500]
    return {
        "tittel": gettext(tittel or _TITLER[kode]),
        "melding": gettext(tekst),
        "status": status,
        # what the user can read out to whoever keeps it, who finds the line of the log by it
        "nummer": sporing.nummer() if status >= 500 else None,
    }


def _sendt() -> list[tuple[str, str | None]]:
    """What was typed, to be sent again from the page itself: no database can keep it. Never a password or a code.

    A field for identity numbers has None, and is typed again: sent without, the child would stand unlinked. Where
    such a number stands in any other field, which no form takes, nothing is sent again.
    """
    if request.method != "POST" or request.blueprint in _HEMMELIGE or request.files:
        return []
    felter = [(navn, None if "fnr" in navn and verdi.strip() else verdi) for navn, verdi in request.form.items(True)]
    ulovlig = any(verdi and "konto" not in navn and har_identitetsnummer(verdi) for navn, verdi in felter)
    return [] if ulovlig else felter


def _forventet(feil: KoordineringError) -> tuple[str, int]:
    if isinstance(feil, IngenTilgang) and current_user.is_authenticated and request.endpoint:
        audit.record(audit.Hva.NEKTET, av=me(), detalj=request.endpoint)
    if isinstance(feil, KanIkkeInnvilges):
        return feilside(feil.status, " ".join(gettext(g) for g in feil.grunner or (str(feil),)), _IKKE_NAA)
    return feilside(feil.status, str(feil) if feil.status != 404 else None)


def _gammelt_skjema(_feil: CSRFError) -> tuple[str, int] | Response:
    log.warning("form token refused in %s", request.endpoint)
    svar = huset().gammel_fane(me()) if current_user.is_authenticated else None
    return svar if svar is not None else feilside(400)


def _http(feil: HTTPException) -> tuple[str, int] | Response:
    if feil.code is None or feil.code < 400:
        return feil.get_response()
    if isinstance(feil, SecurityError):
        log.warning("a host that is not ours was asked for")
        # no address of ours can be made, so no page either
        return Response(gettext(_UKJENT_VERT) + "\n", 400, content_type="text/plain; charset=utf-8")
    if feil.code in _MISDANNET:
        log.warning("refused with %d in %s", feil.code, request.endpoint)
    if feil.code == 413 and current_user.is_authenticated:
        _les_bort()
    return feilside(feil.code)


def _les_bort() -> None:
    """Read what is still being sent and throw it away: a browser cut off while it sends never shows the answer."""
    igjen = min(request.content_length or 0, _LESES_BORT)
    while igjen > 0 and (stykke := request.environ["wsgi.input"].read(min(igjen, _STYKKE))):
        igjen -= len(stykke)


def _database(feil: SQLAlchemyError) -> tuple[str, int, dict[str, str]]:
    # Only the kind of fault is logged: its text can hold values from the query.
    fra = getattr(feil, "orig", feil)
    kode = getattr(fra, "sqlite_errorname", None) or getattr(fra, "sqlstate", None) or "-"
    log.error("database fault: %s %s", type(fra).__name__, kode)
    return _vent(None if request.method in _LESER else _BORTE_UNDERVEIS)


def _basen(feil: SQLAlchemyError) -> tuple[str, int] | tuple[str, int, dict[str, str]]:
    return _database(feil) if is_away(feil) else _uventet(feil)


def _ingen_ledige(_feil: IngenLedige) -> tuple[str, int, dict[str, str]]:
    log.error("no free database connection in %s", request.endpoint)
    return _vent(_FULLT)


def _vent(melding: str | None) -> tuple[str, int, dict[str, str]]:
    return *feilside(503, melding), {"Retry-After": str(_VENT_S)}


def _samtidig(_feil: Exception) -> tuple[str, int]:
    return feilside(409, N_("Noen andre har endret dette siden du åpnet siden. Se over og prøv igjen."))


def _uventet(feil: Exception) -> tuple[str, int]:
    # The trace names places in the code; the message may hold what somebody typed and is left out.
    spor = feil.__traceback__
    steder = []
    while spor is not None:
        steder.append(f"{spor.tb_frame.f_code.co_filename.rsplit('koordinering/', 1)[-1]}:{spor.tb_lineno}")
        spor = spor.tb_next
    log.error("unexpected %s in %s at %s", type(feil).__name__, request.endpoint, " > ".join(steder[-12:]))
    return feilside(500)


def _slipp_basen(_feil: BaseException | None) -> None:
    """Let go of the session before Flask-SQLAlchemy does: there is nothing to undo in a database that is away.

    Else the page that has been made, whole, would become a fault of ours.
    """
    try:
        db.session.remove()
    except SQLAlchemyError as feil:
        if not is_away(feil):
            raise
        log.warning("the database went away before a request ended: %s", type(feil).__name__)
        db.session.registry.clear()


def _uten_innhold(exc_info: object) -> None:
    """Flask's own line holds the address and the trace; `_uventet` has said what may be said."""


def init_app(app: Flask) -> None:
    """Register the handlers."""
    app.teardown_appcontext(_slipp_basen)
    app.log_exception = _uten_innhold  # type: ignore[method-assign]
    app.register_error_handler(KoordineringError, _forventet)
    app.register_error_handler(CSRFError, _gammelt_skjema)
    app.register_error_handler(HTTPException, _http)
    # The database's own trouble (away, full, busy, a standby that takes no writes yet) is told apart from ours.
    app.register_error_handler(SQLAlchemyError, _basen)
    app.register_error_handler(IngenLedige, _ingen_ledige)
    # A number too large for any column: what was asked for cannot exist.
    app.register_error_handler(OverflowError, lambda _feil: feilside(404))
    app.register_error_handler(DataError, lambda _feil: feilside(404))
    app.register_error_handler(StaleDataError, _samtidig)
    # A constraint stopped what somebody else did first: the database is the last wall.
    app.register_error_handler(IntegrityError, _samtidig)
    app.register_error_handler(Exception, _uventet)
