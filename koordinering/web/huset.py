"""What belongs to the running installation: settings and hooks, kept on the app."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from flask import current_app, request
from flask_login import current_user
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from koordinering.config import Config
from koordinering.users import User

NAVN = "koordinering"
_INNE = "koordinering.inne"
"""Where a request keeps who is signed in."""


@dataclass(frozen=True)
class Huset:
    """Settings, and what konto does for the web layer below it."""

    config: Config
    statisk_versjon: str
    slipp_ikke_inn: Callable[[], Response]
    """Answer to somebody without a session: keeps typed work, sends to the sign-in page."""
    bytt_passord_foerst: Callable[[], Response]
    """Answer to somebody whose password is temporary: sends to the page where it is changed."""
    bevart: Callable[[User], MultiDict[str, str] | None]
    """What was typed on this page before the session ended; handed out once."""
    sikre_foerst: Callable[[], Response]
    """Answer to somebody who must have a second factor: sends to the page where it is chosen."""
    usikret: Callable[[User], bool]
    """Whether the user must have a second factor and has signed in without."""
    halvt_inne: Callable[[], bool]
    """Whether a password was right in this browser and the second factor is missing."""
    okt_sekunder: Callable[[], int]
    """Seconds until the session of this request ends if nothing is done."""
    gammel_fane: Callable[[User], Response | None]
    """Answer to a form from a tab that is older than the session: the same form again, filled; None to refuse."""


# What flask offers by name is looked up anew each time a name is asked of it; here it is taken once.


def huset() -> Huset:
    """The running installation."""
    funnet: Huset = current_app._get_current_object().extensions[NAVN]  # type: ignore[attr-defined]
    return funnet


def innstillinger() -> Config:
    """The settings of the running installation."""
    return huset().config


def innlogget() -> User | None:
    """The one who is signed in; None for anybody else. Looked for once in each request."""
    miljoe = request._get_current_object().environ  # type: ignore[attr-defined]
    user = miljoe.get(_INNE)
    if user is None:
        user = current_user._get_current_object()
        if not isinstance(user, User):
            return None
        miljoe[_INNE] = user
    return cast(User, user)


def me() -> User:
    """The one who is signed in. Only behind the gate."""
    user = innlogget()
    if user is None:
        raise RuntimeError("me() outside the gate")
    return user
