"""The blueprint and the session cookie that the pages of this package share."""

from flask import Blueprint, session

bp = Blueprint("konto", __name__)

_OKT = "okt"


def token() -> str | None:
    """The token in the cookie, whatever it is worth. The cookie holds it, the form token and messages, no more."""
    funnet = session.get(_OKT)
    return funnet if isinstance(funnet, str) else None


def sett_token(nytt: str) -> None:
    """Begin a session with nothing of the old one: a new token and a new form token."""
    session.clear()
    session[_OKT] = nytt


def glem_token() -> None:
    """Leave nothing of the session in the browser."""
    session.clear()
