"""The blueprint, the session cookie and what is done with a form: shared by the pages of this package."""

from collections.abc import Callable

from flask import Blueprint, session
from flask_babel import gettext

from koordinering.db import transaction
from koordinering.errors import DomainError, UgyldigFelt
from koordinering.web.skjema import BaseForm

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


def gjort(form: BaseForm, gjoer: Callable[[], object]) -> bool:
    """Check the form and do what it asks for, in one transaction; False with the reason at its field, or at the top."""
    if not form.validate_on_submit():
        return False
    try:
        with transaction():
            gjoer()
    except UgyldigFelt as feil:
        form.feil(feil)
    except DomainError as feil:
        form.form_errors.append(gettext(str(feil)))
    else:
        return True
    return False
