"""One gate before every request: it reads what the route demands; a route that says nothing is closed."""

import hmac
from collections.abc import Callable
from itertools import chain
from typing import Any, TypeVar

from flask import Flask, abort, current_app, request
from werkzeug.routing import IntegerConverter, Map
from werkzeug.wrappers import Response

from koordinering.access import can
from koordinering.errors import IngenTilgang
from koordinering.roles import Rettighet
from koordinering.tekst import N_, Kode
from koordinering.users import User
from koordinering.web.huset import huset, innlogget, innstillinger

F = TypeVar("F", bound=Callable[..., Any])

_MERKE = "__koordinering_krav__"


class Krav(Kode):
    """What a route may demand besides a right."""

    AAPEN = "aapen", N_("Åpen for alle")
    INNLOGGET = "innlogget", N_("Alle som er logget inn")
    MIDLERTIDIG = "midlertidig", N_("Også den som har et midlertidig passord")
    USIKRET = "usikret", N_("Også den som må ha sikker innlogging og ikke har det ennå")
    MASKIN = "maskin", N_("Overvåkingen, med installasjonens eget token")
    HALVT = "halvt", N_("Den som har skrevet riktig passord og mangler koden")


def needs(*krav: Rettighet) -> Callable[[F], F]:
    """Mark a route with the rights of which the user must hold at least one; services ask again about the row."""
    if not krav:
        raise TypeError("needs() without a right")
    return _merk(krav)


def signed_in(view: F) -> F:
    """Mark a route as open to everybody who is signed in."""
    return _merk((Krav.INNLOGGET,))(view)


def signed_in_for_the_first_time(view: F) -> F:
    """Mark a route as open also to somebody whose password is temporary: to change it, and to leave."""
    return _merk((Krav.INNLOGGET, Krav.MIDLERTIDIG, Krav.USIKRET))(view)


def signed_in_unsecured(view: F) -> F:
    """Mark a route as open also to somebody who must have a second factor: to choose one."""
    return _merk((Krav.INNLOGGET, Krav.USIKRET))(view)


def half_signed_in(view: F) -> F:
    """Mark a route as open to somebody whose password was right and who is nobody yet: to type the code."""
    return _merk((Krav.HALVT,))(view)


def public(view: F) -> F:
    """Mark a route as open without signing in. Used by the sign-in page, the health check and the families' page."""
    return _merk((Krav.AAPEN,))(view)


def monitoring(view: F) -> F:
    """Mark a route as open to a machine that shows the installation's own token, and to nobody else.

    Without KOORDINERING_METRIKK_TOKEN it is closed to all.
    """
    return _merk((Krav.MASKIN,))(view)


def _merk(krav: tuple[Rettighet | Krav, ...]) -> Callable[[F], F]:
    def merk(view: F) -> F:
        setattr(view, _MERKE, krav)
        return view

    return merk


def demand(app: Flask, endpoint: str) -> tuple[Rettighet | Krav, ...]:
    """What the route demands; empty when it says nothing and is closed."""
    krav: tuple[Rettighet | Krav, ...] = getattr(app.view_functions[endpoint], _MERKE, ())
    return krav


class Noekkel(IntegerConverter):
    """A key in an address: a larger number than a column holds is no address at all."""

    def __init__(self, map: Map, *args: Any, **kwargs: Any) -> None:
        super().__init__(map, *args, **{"max": 2**63 - 1, **kwargs})


def gate() -> Response | None:
    """Let through, send to the sign-in page, or answer 404. Runs before every request."""
    sendt = request._get_current_object()  # type: ignore[attr-defined]
    endpoint = sendt.endpoint
    if endpoint is None:
        return None  # no such address; the error page answers 404
    deler = (sendt.args,) if sendt.method in {"GET", "HEAD"} else (sendt.args, sendt.form)
    if any(not all(del_) or "\x00" in "".join(chain.from_iterable(dict.values(del_))) for del_ in deler):
        abort(400)  # no keyboard makes it, no database column and no page can hold it; no form of ours has no name
    krav = demand(current_app._get_current_object(), endpoint)  # type: ignore[attr-defined]
    if Krav.AAPEN in krav:
        return None
    if Krav.MASKIN in krav:
        _require_the_token()
        return None
    user = innlogget()
    if user is None:
        return None if Krav.HALVT in krav and huset().halvt_inne() else huset().slipp_ikke_inn()
    return _for_the_signed_in(user, krav)


def _require_the_token() -> None:
    token = innstillinger().drift.metrikk_token
    vist = request.headers.get("Authorization", "")
    if token is None or not hmac.compare_digest(vist.encode(), f"Bearer {token}".encode()):
        raise IngenTilgang


def _for_the_signed_in(user: User, krav: tuple[Rettighet | Krav, ...]) -> Response | None:
    if user.passord_midlertidig and Krav.MIDLERTIDIG not in krav:
        return huset().bytt_passord_foerst()
    if Krav.USIKRET not in krav and huset().usikret(user):
        return huset().sikre_foerst()
    for_alle = Krav.INNLOGGET in krav or Krav.HALVT in krav
    if not for_alle and not any(can(user, rett) for rett in krav if isinstance(rett, Rettighet)):
        raise IngenTilgang  # logged where it is answered
    return None
