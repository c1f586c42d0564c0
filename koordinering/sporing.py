"""The number of the request that is being answered: in from the proxy, out to the browser, and on each log line."""

import logging
import re
import secrets
import sys
import time
from collections.abc import Iterable
from contextvars import ContextVar
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

HODE = "X-Request-ID"
STARTET = "koordinering.startet"
"""Where a request keeps the moment it came, on the clock of time.perf_counter()."""
FELTER = "felter"
"""What a log line says in fields of its own: log.warning("…", extra={FELTER: {"ms": 12}}). Codes and numbers only."""

_NUMMER = re.compile(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}")
"""32 hexadecimal digits, as nginx makes them, or a UUID, as Caddy does. Nothing else is taken from outside: a name or
an identity number in the header would stand in the log."""

SISTE_UTVEI = "Noe gikk galt hos oss. Vent et minutt, gå tilbake og prøv igjen.\n"
"""In the language of the pages: the catalogue may be what is missing."""

log = logging.getLogger(__name__)

_naa: ContextVar[str | None] = ContextVar("foresporsel", default=None)


def nummer() -> str | None:
    """The number of the request that is being answered here; None outside a request."""
    return _naa.get()


class Sporing:
    """Gives each request its number, and its answer the same one. The outermost layer, so that no answer lacks it."""

    def __init__(self, program: WSGIApplication, *, bak_proxy: bool) -> None:
        """`bak_proxy`: a proxy of ours stands before, and its number is believed."""
        self._program = program
        self._bak_proxy = bak_proxy

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        utenfra = str(environ.get("HTTP_X_REQUEST_ID", "")).lower() if self._bak_proxy else ""
        nummeret = utenfra if _NUMMER.fullmatch(utenfra) else secrets.token_hex(16)
        environ[STARTET] = time.perf_counter()

        def start(status: str, hoder: list[tuple[str, str]], *feil: object) -> object:
            return start_response(status, [*hoder, (HODE, nummeret)], *feil)  # type: ignore[arg-type]

        token = _naa.set(nummeret)
        try:
            return self._program(environ, start)  # type: ignore[arg-type]
        except Exception as feil:
            # not even the page of a fault could be made; the server would write the trace, with what it held
            log.error("no answer could be made: %s", type(feil).__name__)
            # with what went wrong beside it, so that what was begun on is not sent
            start("500 Internal Server Error", [("Content-Type", "text/plain; charset=utf-8")], sys.exc_info())
            return [SISTE_UTVEI.encode()]
        finally:
            _naa.reset(token)
