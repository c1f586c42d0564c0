"""Limits on attempts, counted in the database so that they hold across processes."""

import logging
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import cast

from sqlalchemy import Table, bindparam, case, delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from koordinering import crypto
from koordinering.db import STILT_TILBAKE, now, own_connection
from koordinering.errors import ForMangeForsoek
from koordinering.kolonnetyper import HELTALL, Utc
from koordinering.konto.models import Grense
from koordinering.konto.rules import (
    AAPENT_GLEMMES,
    AAPENTRAPP,
    ADRESSETRAPP,
    FAKTOR_GLEMMES,
    FAKTORTRAPP,
    GLEMMES,
    KONTOTRAPP,
    Trapp,
    grov_adresse,
)
from koordinering.setning import Setning
from koordinering.sidevei import Sidevei

log = logging.getLogger(__name__)

SAMTIDIG = timedelta(seconds=30)
"""Longer than a request waits for its turn to write: of many at one moment, one that came first may be counted last,
and must not find that the count opened only after it came."""


class VentLitt(ForMangeForsoek):
    """Too many attempts: the next is taken after `sekunder`."""

    def __init__(self, sekunder: int) -> None:
        super().__init__()
        self.sekunder = sekunder


@dataclass(frozen=True)
class Teller:
    """One count of attempts."""

    noekkel: bytes
    trapp: Trapp
    glemmes_ved_suksess: bool
    """A right password forgets the failures; otherwise only the attempt itself is given back."""
    glemmes: timedelta = GLEMMES
    """The count begins anew when nothing has been counted for so long."""


def noekkel(*deler: str, noekler: crypto.Noekler | None = None) -> bytes:
    """What a count is found by: keyed, so that the table cannot be searched for an address or a name."""
    return (noekler or crypto.gjeldende()).merke(b"grense:" + "\x1f".join(deler).encode())


def innlogging(brukernavn: str, adresse: str | None, kjent: str | None) -> tuple[Teller, ...]:
    """The counts of an attempt to sign in.

    `kjent` names a browser where this user has signed in before: it has a count of its own, which nobody else's
    guesses touch, not even those from the same office.
    """
    if kjent is not None:
        return (Teller(noekkel("kjent", brukernavn, kjent), KONTOTRAPP, True),)
    nett = grov_adresse(adresse)
    return (
        Teller(noekkel("konto", brukernavn, nett), KONTOTRAPP, True),
        Teller(noekkel("adresse", nett), ADRESSETRAPP, False),
    )


def hos_andre(adresse: str | None) -> tuple[Teller, ...]:
    """The count of sign-ins that one network has begun at an issuer and not finished."""
    return (Teller(noekkel("hos andre", grov_adresse(adresse)), ADRESSETRAPP, False),)


def passordbytte(user_id: int) -> tuple[Teller, ...]:
    """The count of attempts at one's present password when changing it."""
    return (Teller(noekkel("passordbytte", str(user_id)), KONTOTRAPP, True),)


def faktor(user_id: int) -> tuple[Teller, ...]:
    """The count of codes tried at an account whose password was right."""
    return (Teller(noekkel("faktor", str(user_id)), FAKTORTRAPP, True, FAKTOR_GLEMMES),)


def passkey(adresse: str | None) -> tuple[Teller, ...]:
    """The count of challenges that a network has asked for and not answered."""
    return (Teller(noekkel("passkey", grov_adresse(adresse)), ADRESSETRAPP, False),)


def gjenoppretting(adresse: str | None) -> tuple[Teller, ...]:
    """The count of links tried from a network that were none."""
    return (Teller(noekkel("gjenoppretting", grov_adresse(adresse)), ADRESSETRAPP, False),)


def aapne_data(adresse: str | None) -> tuple[Teller, ...]:
    """The count of requests for open data from a network."""
    return (Teller(noekkel("åpne data", grov_adresse(adresse)), AAPENTRAPP, False, AAPENT_GLEMMES),)


def operatoerkode(user_id: int, nummer: int) -> tuple[Teller, ...]:
    """The counts of attempts at one person's code at a station's counter, and at that station altogether."""
    return (
        Teller(noekkel("operatoerkode", str(user_id), str(nummer)), KONTOTRAPP, True),
        Teller(noekkel("operatoerkode", str(user_id)), ADRESSETRAPP, False),
    )


def ta_forsoek(tellere: Sequence[Teller]) -> None:
    """Count one attempt before it is made, so that many at one moment cannot slip through together.

    Raises VentLitt, and counts nothing, when one of the counts says wait.
    """
    with own_connection() as vei:
        naa = now()
        # One order for all, so that two processes never wait for each other.
        for teller in sorted(tellere, key=lambda t: t.noekkel):
            if not _tell_opp(vei, teller, naa):
                aapner = _AAPNER.verdi({"noekkelen": teller.noekkel}, paa=vei) or naa
                sekunder = max(1, math.ceil((aapner - naa).total_seconds()))
                log.warning("a limit on attempts is reached; the next is taken in %d s", sekunder)  # and not whose
                raise VentLitt(sekunder)


def _tell_opp(vei: Sidevei, teller: Teller, naa: datetime) -> bool:
    trapp = teller.trapp
    verdier = {
        "noekkelen": teller.noekkel,
        "foerst": naa + _vent(trapp.vent(1)),
        "naa": naa,
        "glemt": naa - teller.glemmes,
        "lengst": naa + timedelta(seconds=trapp.lengst) + STILT_TILBAKE,
        "fri": trapp.fri,
        **{_om(nr): naa + _vent(sekunder) for nr, sekunder in enumerate((0, *trapp.venter))},
    }
    setning = _telling(vei.dialect.name, len(trapp.venter))
    return setning.en(verdier, paa=vei) is not None


_AAPNER = Setning[datetime](select(Grense.aapner).where(Grense.noekkel == bindparam("noekkelen")))


def _vent(sekunder: int) -> timedelta:
    """How long from now the next attempt is taken; what is open has been so for a while, see SAMTIDIG."""
    return timedelta(seconds=sekunder) if sekunder else -SAMTIDIG


def _om(trinn: int) -> str:
    return f"om_{trinn}"


@lru_cache(maxsize=16)
def _telling(dialekt: str, venter: int) -> Setning[int]:
    """Count once more and say when the next may come, unless it is not yet time. Made once for each length of stair."""
    insert = postgresql.insert if dialekt == "postgresql" else sqlite.insert
    fri = bindparam("fri", type_=HELTALL)
    naa, glemt, lengst, foerst, *om = (
        bindparam(navn, type_=Utc()) for navn in ("naa", "glemt", "lengst", "foerst", *map(_om, range(venter + 1)))
    )
    antall = case((Grense.aapner < glemt, 1), else_=Grense.antall + 1)
    trinn = [(antall == fri + nr, om[nr]) for nr in range(1, venter + 1)]
    return Setning(
        insert(cast(Table, Grense.__table__))
        .values(noekkel=bindparam("noekkelen"), antall=1, aapner=foerst)
        .on_conflict_do_update(
            index_elements=[Grense.noekkel],
            set_={"antall": antall, "aapner": case((antall <= fri, om[0]), *trinn, else_=om[-1])},
            # no wait is longer than the longest: what ends later was noted before the clock was set back
            where=or_(Grense.aapner <= naa, Grense.aapner > lengst),
        )
        .returning(Grense.antall)
    )


def gi_tilbake(session: Session, tellere: Sequence[Teller]) -> None:
    """The attempt was right: it should not count."""
    for teller in sorted(tellere, key=lambda t: t.noekkel):
        if teller.glemmes_ved_suksess:
            session.execute(delete(Grense).where(Grense.noekkel == teller.noekkel))
        else:
            # Back to how it stood before the attempt, which was made when the count was open.
            session.execute(
                update(Grense)
                .where(Grense.noekkel == teller.noekkel, Grense.antall > 0)
                .values(antall=Grense.antall - 1, aapner=now() - SAMTIDIG)
            )
