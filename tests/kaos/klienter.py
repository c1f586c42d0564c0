"""Clients that write over HTTP while things are killed around them, and what each has been told is done.

A client sends the same form again until it is told something: whether the write was done when nobody answered, only
the product knows. Each thing is written by one client alone, so that a refusal of the second try means «done».
"""

import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count

from koordinering.db import i_dag
from tests.paa_nett import INGEN, Felter, Person

_FRIST = 180
"""Seconds in which somebody must have answered, on a machine that is busy with other things."""
_PAUSE = 0.1

SVIKT = frozenset({INGEN, 503})
"""Nobody there, or a page that says that the database is not."""


class Uventet(AssertionError):
    """An answer that no user should see, such as a 500."""


@dataclass
class Regnskap:
    """What the clients have been told is done. Written by many threads."""

    registrert: set[str] = field(default_factory=set)
    """References of the unit's own, one for each case."""
    gitt: set[int] = field(default_factory=set)
    """Referrals that were given a card."""
    bevilget: set[int] = field(default_factory=set)
    """Referrals that were granted money."""
    ut: Counter[int] = field(default_factory=Counter)
    """How many times each item was lent."""
    inn: Counter[int] = field(default_factory=Counter)
    """How many times each item came back."""
    vist: Counter[str] = field(default_factory=Counter)
    """Lists that were shown, by user."""
    svikt: Counter[int] = field(default_factory=Counter)
    """What the clients met instead of an answer, and sent the form again after."""
    laas: threading.Lock = field(default_factory=threading.Lock)

    @property
    def skrevet(self) -> int:
        """All writes that were told to be done."""
        with self.laas:
            return len(self.registrert) + len(self.gitt) + len(self.bevilget) + self.ut.total() + self.inn.total()

    def kopi(self) -> "Regnskap":
        """As it stands: what was told before this moment must be in any copy that is taken after it."""
        with self.laas:
            return Regnskap(
                set(self.registrert), set(self.gitt), set(self.bevilget),
                Counter(self.ut), Counter(self.inn), Counter(self.vist), Counter(self.svikt),
            )  # fmt: skip


class Klient:
    """One person who goes on until it is done."""

    def __init__(self, adresse: str, brukernavn: str, regnskap: Regnskap) -> None:
        self.brukernavn, self.regnskap = brukernavn, regnskap
        self._person = Person(adresse, brukernavn)

    def _til_noen_svarer(self, gjoer: Callable[[], tuple[int, str]]) -> tuple[int, int]:
        """The first status that is an answer, and how many tries came before it."""
        frist = time.monotonic() + _FRIST
        for nr in count():
            status, _ = gjoer()
            if status not in SVIKT:
                return status, nr
            with self.regnskap.laas:
                self.regnskap.svikt[status] += 1
            if time.monotonic() > frist:
                raise Uventet(f"{self.brukernavn}: nobody answers any more ({status})")
            time.sleep(_PAUSE)
        raise AssertionError

    def skriv(self, sti: str, felter: Felter, *, gjort_alt: frozenset[int] = frozenset({409})) -> None:
        """Send a form until it is done: told so at once, or refused as done after a try that nobody answered."""
        status, proevd = self._til_noen_svarer(lambda: self._person.send(sti, felter))
        if status != 303 and not (proevd and status in gjort_alt):
            raise Uventet(f"{sti} answered {status} after {proevd} tries")

    def se(self, sti: str) -> None:
        """Open a page until it is shown."""
        status, _ = self._til_noen_svarer(lambda: self._person.hent(sti))
        if status != 200:
            raise Uventet(f"{sti} answered {status}")


# --- What they do ----------------------------------------------------------------------------------------

Steg = Callable[[Klient], None]


def registrer_skjema(referanse: str) -> dict[str, str | list[str]]:
    """The form of a family, under a reference that nobody else has."""
    return {
        "enhet": "nav",
        "innsending": f"kaos-{referanse}",
        "egen_referanse": referanse,
        "barn-0-foedselsaar": str(i_dag().year - 9),
        "barn-0-deltar": "nei",
        "barn-0-spurt": "ja",
        "barn-0-oenske1": "fotball",
        "barn-0-tiltak": "4a-3",
        "i_maalgruppe": "ja",
        "behov": ["fritid"],
        "grunnlag": "samtykke",
        "maate": "skriftlig",
        "fra": "foresatt",
        "opplysninger": ["behov", "oenske", "aldersgruppe", "referanse"],
    }


def registrer(referanse: str) -> Steg:
    """A family; sent again it is the same one."""
    skjema = registrer_skjema(referanse)

    def steg(klient: Klient) -> None:
        klient.skriv("/saker/ny", skjema)
        with klient.regnskap.laas:
            klient.regnskap.registrert.add(referanse)

    return steg


def gi_kort(henvisning_id: int) -> Steg:
    """A card of the year's."""

    def steg(klient: Klient) -> None:
        klient.skriv(f"/henvisninger/{henvisning_id}/gi", {})
        with klient.regnskap.laas:
            klient.regnskap.gitt.add(henvisning_id)

    return steg


def gi_midler(henvisning_id: int, budsjett_id: int, lag_id: int, kroner: int) -> Steg:
    """So much of a budget, for one referral."""
    felter = {"budsjett_id": str(budsjett_id), "lag_id": str(lag_id), "beloep": str(kroner)}

    def steg(klient: Klient) -> None:
        klient.skriv(f"/henvisninger/{henvisning_id}/midler", felter)
        with klient.regnskap.laas:
            klient.regnskap.bevilget.add(henvisning_id)

    return steg


def laan_ut_og_inn(utstyrsenhet_id: int) -> Steg:
    """One item goes out and comes back."""
    forfall = f"{i_dag() + timedelta(days=7):%d.%m.%Y}"
    ut = {"enhet": str(utstyrsenhet_id), "telefon": "41234567", "forfall": forfall, "kode": ""}
    inn = {"enhet": str(utstyrsenhet_id), "kode": "", f"rad{utstyrsenhet_id}-tilstand": "god"}

    def steg(klient: Klient) -> None:
        klient.skriv("/utstyr/ut", ut)
        with klient.regnskap.laas:
            klient.regnskap.ut[utstyrsenhet_id] += 1
        klient.skriv("/utstyr/inn", inn)
        with klient.regnskap.laas:
            klient.regnskap.inn[utstyrsenhet_id] += 1

    return steg


def se_listen(klient: Klient) -> None:
    """The unit's cases: a line in the access log before the page is shown."""
    klient.se("/saker?filter=enheten")
    with klient.regnskap.laas:
        klient.regnskap.vist[klient.brukernavn] += 1


Plan = tuple[str, list[Steg]]
"""Who, and what that person does in order."""


class Folk:
    """Everybody of some plans, signed in."""

    def __init__(self, adresse: str, regnskap: Regnskap, planer: Sequence[Plan]) -> None:
        self._alle = [(Klient(adresse, brukernavn, regnskap), stegene) for brukernavn, stegene in planer]

    def arbeid(self) -> None:
        """All at once, each through the plan; raises the first Uventet."""
        with ThreadPoolExecutor(len(self._alle)) as traader:
            list(traader.map(_gaa, self._alle))


def _gaa(par: tuple[Klient, Sequence[Steg]]) -> None:
    klient, stegene = par
    for steg in stegene:
        steg(klient)
