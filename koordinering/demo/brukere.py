"""The demo's users: the cast of the demo town and of the tests, one or more for each role."""

from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from pathlib import Path

import yaml
from sqlalchemy import Engine, inspect, select
from sqlalchemy.orm import selectinload

from koordinering import crypto
from koordinering.config import Config
from koordinering.db import db, i_dag, transaction
from koordinering.errors import ConfigError
from koordinering.konto import services as konto
from koordinering.konto.rules import Periode
from koordinering.roles import Rolle
from koordinering.saker.models import Sak
from koordinering.users import User
from koordinering.web.huset import innstillinger

_FIL = Path(__file__).parents[1] / "data" / "demobrukere.yaml"
_ANNEN_MAPPE = "Bruk en egen mappe og en egen database til demoen (KOORDINERING_DATA, KOORDINERING_DATABASE_URL)."


@dataclass(frozen=True)
class Demobruker:
    """One line of the list."""

    brukernavn: str
    navn: str
    rolle: Rolle
    enhet: str
    proev: str
    """What somebody who looks at the demo can try as this user."""
    gitt_for_dager: int = 0
    """Days since the role was given; after a year somebody has to confirm it."""


@cache
def demolisten() -> tuple[Demobruker, ...]:
    """The list as it is shipped."""
    rader = yaml.safe_load(_FIL.read_text(encoding="utf-8"))["brukere"]
    return tuple(Demobruker(**{**rad, "rolle": Rolle(rad["rolle"])}) for rad in rader)


def krev_demodata(config: Config, engine: Engine) -> None:
    """Raise ConfigError where the keys or the database belong to production. Adds nothing; needs no schema.

    Production never starts with a demo user, and a demo has its cast before it has anything else: accounts or
    cases without one demo user are real.
    """
    if config.noekler is not None or config.noekkelfil.exists():
        kilde = replace(config.kilde, demo=True)
        if kilde.les().indeks_kostnad != crypto.KOSTNAD_DEMO:
            raise ConfigError(f"{kilde.sted} er laget for produksjon. {_ANNEN_MAPPE}")
    with engine.connect() as forbindelse:
        if {User.__tablename__, Sak.__tablename__} <= set(inspect(forbindelse).get_table_names()):
            i_bruk = any(forbindelse.scalar(select(rad.id).limit(1)) is not None for rad in (User, Sak))
            if i_bruk and forbindelse.scalar(select(User.id).where(User.demo).limit(1)) is None:
                raise ConfigError(f"Databasen er i bruk og er ikke en demo. {_ANNEN_MAPPE}")


def lag_demobrukere(passord: str) -> None:
    """Make those that are missing, and give all of them this password. Safe to repeat.

    Raises ConfigError outside the demo and where the place is production's. Opens its own transaction.
    """
    if not innstillinger().demo:
        raise ConfigError("Demobrukere finnes bare når KOORDINERING_MILJOE er demo.")
    krev_demodata(innstillinger(), db.engine)
    finnes = {user.brukernavn: user for user in demobrukere()}
    # One look is enough: they all got their password at the same time.
    nytt = any(not crypto.passord_stemmer(user.passord_hash or "", passord) for user in [*finnes.values()][:1])
    with transaction():
        if nytt:
            for user in demobrukere():
                user.passord_hash = crypto.hash_passord(passord)
                konto.avslutt_alle(user, av=None)
        for en in demolisten():
            if en.brukernavn not in finnes:
                tid = Periode(i_dag() - timedelta(days=en.gitt_for_dager))
                roller = [(en.rolle, en.enhet)]
                konto.lag_bruker(en.brukernavn, en.navn, passord, roller, av=None, demo=True, periode=tid)


def demobrukere() -> list[User]:
    """The accounts, in the order of the list."""
    orden = {en.brukernavn: nr for nr, en in enumerate(demolisten())}
    query = select(User).where(User.demo, User.brukernavn.in_(orden)).options(selectinload(User.rolletildelinger))
    return sorted(db.session.scalars(query), key=lambda user: orden[user.brukernavn])
