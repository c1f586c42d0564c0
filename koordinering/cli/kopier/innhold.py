"""What a drill does in the fetched copy before it is served: opens what is sealed, and makes people to work in it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from koordinering import crypto, noekkellager
from koordinering.db import db, i_dag, tilfeldig_id, transaction
from koordinering.errors import KoordineringError
from koordinering.konto import services as konto
from koordinering.konto.faktor.models import Totp
from koordinering.konto.faktor.services.koder import forsegle
from koordinering.konto.rules import midlertidig_passord
from koordinering.roles import Rolle
from koordinering.saker.models import Sak
from koordinering.saker.services import les_egen_referanse
from koordinering.tiltak import services as tiltak
from koordinering.tiltak.models import Tiltak
from koordinering.tiltak.queries import friplasstiltak
from koordinering.tiltak.rules import Aktivitet, Tilbudsopplysninger
from koordinering.tiltak.utstyr.models import Utlaan
from koordinering.tiltak.utstyr.services import les_telefon
from koordinering.users import Enhet, Rolletildeling, User

_OM_GANGEN = 500
_NAVN = "oevelse"


# --- What is sealed --------------------------------------------------------------------------------------


def aapne_alt() -> dict[str, int]:
    """Open every key, and every own reference and telephone number with them.

    Raises KoordineringError where one cannot be opened. What was forgotten on purpose has no key, and is counted apart.
    """
    noekler, lukket = noekkellager.aapne_alle()
    if lukket:
        raise KoordineringError(f"{lukket} nøkler i kopien åpnes ikke med nøkkelfilen.")
    referanser = _aapne(Sak, Sak.egen_referanse, crypto.SAK, les_egen_referanse)
    telefoner = _aapne(Utlaan, Utlaan.telefon, "utlaan", les_telefon)
    glemt = referanser[1] + telefoner[1]
    return {"noekler": noekler, "egne_referanser": referanser[0], "telefonnumre": telefoner[0], "glemt": glemt}


def _aapne(modell: Any, kolonne: Any, tabell: str, les: Callable[[Any], str | None]) -> tuple[int, int]:
    """How many values opened, and how many have no key any more."""
    aapnet = glemt = 0
    for rader in _bunker(modell, kolonne):
        noekkellager.hent(tabell, [rad.id for rad in rader])  # all at once
        for rad in rader:
            if les(rad) is None:
                glemt += 1
            else:
                aapnet += 1
        db.session.expunge_all()
    return aapnet, glemt


def _bunker(modell: Any, kolonne: Any) -> Iterator[list[Any]]:
    sist = -1
    while True:
        query = select(modell).where(kolonne.is_not(None), modell.id > sist).order_by(modell.id).limit(_OM_GANGEN)
        rader = list(db.session.scalars(query))
        if not rader:
            return
        sist = rader[-1].id
        yield rader


# --- People ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Person:
    """Somebody who works in the copy."""

    brukernavn: str
    enhet: str
    passord: str = field(repr=False)
    hemmelighet: str = field(repr=False)
    """Of the app that shows the codes."""


@dataclass(frozen=True)
class Folk:
    """Who takes the three journeys, and what they need."""

    henviser: Person
    mottaker: Person
    koordinator: Person
    tiltak_id: str
    tilbud_id: int


def lag_folk() -> Folk:
    """Three accounts with passwords that nobody has seen, and an offer with two places. Raises KoordineringError."""
    til = next(iter(friplasstiltak()), None)
    if til is None or til.mottaker_id is None:
        raise KoordineringError("Planen i kopien har ingen tiltak med plasser. Øvelsen kan ikke fordele noe.")
    tiltak_id, mottaker_id = til.id, til.mottaker_id
    henviser = _person("1", Rolle.HENVISER, _enhet(Rolle.HENVISER, ikke=mottaker_id))
    mottaker = _person("2", Rolle.INKLUDERINGSKONSULENT, mottaker_id)
    koordinator = _person("3", Rolle.KOORDINATOR, _enhet(Rolle.KOORDINATOR, ikke=None))
    return Folk(henviser, mottaker, koordinator, tiltak_id, _tilbud(tiltak_id, mottaker.brukernavn))


def _enhet(rolle: Rolle, *, ikke: str | None) -> str:
    """A unit where somebody has the role, or any other one."""
    har = select(Rolletildeling.enhet_id).where(Rolletildeling.rolle == rolle, Rolletildeling.enhet_id != ikke)
    alle = select(Enhet.id).where(Enhet.id != ikke).order_by(Enhet.id)
    funnet = db.session.scalar(har.order_by(Rolletildeling.enhet_id).limit(1)) or db.session.scalar(alle.limit(1))
    if funnet is None:
        raise KoordineringError("Kopien har ingen enheter. Er den tatt av en tom installasjon?")
    return funnet


def _person(nr: str, rolle: Rolle, enhet: str) -> Person:
    ledig = f"{_NAVN}{nr}-{tilfeldig_id() % 1_000_000}"
    passord, hemmelighet = midlertidig_passord(), crypto.ny_totp_hemmelighet()
    with transaction() as session:
        user = konto.lag_bruker(ledig, "Øvelse", passord, [(rolle, enhet)], av=None)
        user.passord_midlertidig = False  # nobody else has seen it
        session.flush()
        rad_id = tilfeldig_id()
        session.add(Totp(id=rad_id, user_id=user.id, hemmelighet=forsegle(hemmelighet, rad_id), i_bruk=True))
    return Person(ledig, enhet, passord, hemmelighet)


def _tilbud(tiltak_id: str, brukernavn: str) -> int:
    dag = i_dag()
    om = Tilbudsopplysninger(
        lag_id=None,
        arrangoertekst="Øvelse",
        aktivitet=Aktivitet.FOTBALL,
        navn="Øvelse",
        sted=None,
        ukedager=None,
        oppmoete=None,
        sesong_fra=dag,
        sesong_til=dag + timedelta(days=30),
        alder_fra=0,
        alder_til=18,
        egenandel_oere=0,
        antall=2,
    )
    with transaction() as session:
        av = session.scalars(select(User).where(User.brukernavn == brukernavn)).one()
        return tiltak.opprett_tilbud(session.get_one(Tiltak, tiltak_id), om, av=av).id
