"""Reading who waits for a role and who signs in elsewhere: the user who asks comes first."""

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from koordinering.access import require
from koordinering.db import db, now
from koordinering.errors import FinnesIkke
from koordinering.konto.oidc.models import OidcForespoersel, OidcIdentitet
from koordinering.konto.oidc.rules import FORESPOERSEL_VARER
from koordinering.roles import Rettighet
from koordinering.sider import Side, hent_side
from koordinering.users import User


def ventende(user: User, noekkel: str = "") -> Side[OidcForespoersel]:
    """A page of the requests that wait or were refused, the oldest first."""
    require(user, Rettighet.BRUKER_LES)
    query = select(OidcForespoersel).where(OidcForespoersel.sist > now() - FORESPOERSEL_VARER)
    rekkefoelge = [OidcForespoersel.opprettet, OidcForespoersel.id]
    return hent_side(db.session(), query, rekkefoelge, noekkel=noekkel)


def forespoersel(user: User, forespoersel_id: int) -> OidcForespoersel:
    """One request. Raises FinnesIkke."""
    require(user, Rettighet.BRUKER_LES)
    funnet = db.session.get(OidcForespoersel, forespoersel_id)
    if funnet is None:
        raise FinnesIkke
    return funnet


def identiteter(user: User, noekkel: str = "") -> Side[OidcIdentitet]:
    """A page of the accounts that sign in elsewhere, the newest first."""
    require(user, Rettighet.BRUKER_LES)
    query = select(OidcIdentitet).options(joinedload(OidcIdentitet.user))
    rekkefoelge = [OidcIdentitet.opprettet, OidcIdentitet.id]
    return hent_side(db.session(), query, rekkefoelge, noekkel=noekkel)


def identitet(user: User, identitet_id: int) -> OidcIdentitet:
    """One connection between a person at an issuer and an account. Raises FinnesIkke."""
    require(user, Rettighet.BRUKER_LES)
    funnet = db.session.get(OidcIdentitet, identitet_id)
    if funnet is None:
        raise FinnesIkke
    return funnet
