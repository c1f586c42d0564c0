"""The blueprint, the session, and what is done with a form: shared by the pages of this package."""

from collections.abc import Callable

from flask import Blueprint, current_app, request, session

from koordinering.errors import DomainError
from koordinering.konto.oidc import services as oidc
from koordinering.konto.oidc.services import Tilbyder
from koordinering.konto.services import LestOkt
from koordinering.web.forsoek import Forsoek
from koordinering.web.skjema import BaseForm

bp = Blueprint("konto", __name__)

OIDC = "oidc"
"""Where the app keeps the issuers of single sign-on."""

_OKT, _HALVT = "okt", "halvt"
_FUNNET = "koordinering.okt"
"""Where the request keeps what is known of its session."""


def husk_okt(okt: LestOkt) -> None:
    """Remember it for the rest of the request; asking for it again would cost a query."""
    request.environ[_FUNNET] = okt


def denne() -> LestOkt | None:
    """The session of this request, as it was when the request came; None where nobody is signed in."""
    funnet: LestOkt | None = request.environ.get(_FUNNET)
    return funnet


def min_okt() -> LestOkt:
    """The same, behind the gate."""
    funnet = denne()
    if funnet is None:
        raise RuntimeError("min_okt() outside the gate")
    return funnet


def tilbydere() -> dict[str, Tilbyder]:
    """The issuers that this installation knows, by their names in addresses."""
    funnet: dict[str, Tilbyder] = current_app.extensions[OIDC]
    return funnet


def token() -> str | None:
    """The token in the cookie, whatever it is worth. The cookie holds it, the form token and messages, no more."""
    funnet = session.get(_OKT)
    return funnet if isinstance(funnet, str) else None


def sett_token(nytt: str) -> None:
    """Begin a session with nothing of the old one: a new token and a new form token."""
    session.clear()
    session[_OKT] = nytt


def bytt_token(nytt: str) -> None:
    """Go on under a new id: the same person at the same browser, whose other tabs have forms under way."""
    if (gammelt := token()) is not None:
        oidc.foelg_med(gammelt, nytt)
    session[_OKT] = nytt


def halvt_token() -> str | None:
    """The token of somebody whose password was right and who is not signed in."""
    funnet = session.get(_HALVT)
    return funnet if isinstance(funnet, str) else None


def sett_halvt(nytt: str) -> None:
    """Wait for the second factor, with nothing of what was before."""
    session.clear()
    session[_HALVT] = nytt


def glem_token() -> None:
    """Leave nothing of the session in the browser."""
    session.clear()


def gjort(form: BaseForm, gjoer: Callable[[], object]) -> bool:
    """Check the form and do what it asks for, in one transaction; False with the reason at its field, or at the top."""
    forsoek = Forsoek(form, DomainError)
    if forsoek.gyldig:
        with forsoek.gjoer():
            gjoer()
    return forsoek.gikk
