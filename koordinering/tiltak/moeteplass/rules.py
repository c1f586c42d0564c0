"""Plain rules of open offers: what one may be, which days it can be written for, and what an empty field means."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from koordinering.errors import UgyldigFelt
from koordinering.tekst import N_, Kode
from koordinering.tiltak.foering.rules import Foert, sjekk_dager


class Ukedag(Kode):
    """A day of the week on which an offer is open."""

    MANDAG = "1", N_("Mandag")
    TIRSDAG = "2", N_("Tirsdag")
    ONSDAG = "3", N_("Onsdag")
    TORSDAG = "4", N_("Torsdag")
    FREDAG = "5", N_("Fredag")
    LOERDAG = "6", N_("Lørdag")
    SOENDAG = "7", N_("Søndag")


def ukedag(dag: date) -> Ukedag:
    """Which day of the week it is."""
    return Ukedag(str(dag.isoweekday()))


MAKS_GRUPPER = 8
"""Age groups of one offer: one number field each, on a telephone."""

MAKS_GRUPPENAVN = 30


@dataclass(frozen=True)
class Moeteplassopplysninger:
    """What is written about an open offer; the fields are those of the table."""

    navn: str
    fra: date
    til: date | None
    ukedager: tuple[Ukedag, ...]
    """Usually open on these; none: on no fixed day."""
    grupper: tuple[str, ...]
    """Age groups in use, in the order of the form."""


def les_grupper(tekst: str) -> tuple[str, ...]:
    """The age groups of a text with one a line; empty lines are nothing."""
    return tuple(" ".join(linje.split()) for linje in tekst.splitlines() if linje.strip())


def sjekk_moeteplass(opplysninger: Moeteplassopplysninger) -> None:
    """Raise UgyldigFelt for the first thing about the open offer that cannot be so."""
    if not opplysninger.navn:
        raise UgyldigFelt("navn", N_("Feltet må fylles ut."))
    sjekk_dager(opplysninger.fra, opplysninger.til)
    grupper = opplysninger.grupper
    if not 1 <= len(grupper) <= MAKS_GRUPPER:
        raise UgyldigFelt("grupper", N_("Skriv fra 1 til 8 aldersgrupper, én på hver linje."))
    if any(len(navn) > MAKS_GRUPPENAVN for navn in grupper):
        raise UgyldigFelt("grupper", N_("Navnet på en aldersgruppe kan ha høyst 30 tegn."))
    if len({navn.casefold() for navn in grupper}) != len(grupper):
        raise UgyldigFelt("grupper", N_("To aldersgrupper har samme navn."))


def sjekk_dag(dag: date, *, fra: date, til: date | None, i_dag: date) -> None:
    """Raise UgyldigFelt("dag", …) for a day on which nobody can have come."""
    if dag > i_dag:
        raise UgyldigFelt("dag", N_("Dagen er ikke kommet ennå."))
    if dag < fra or (til is not None and dag > til):
        raise UgyldigFelt("dag", N_("Møteplassen var ikke i drift denne dagen."))


def kan_foeres(dag: date, *, fra: date, til: date | None, i_dag: date) -> bool:
    """Tell whether the day can be written for."""
    try:
        sjekk_dag(dag, fra=fra, til=til, i_dag=i_dag)
    except UgyldigFelt:
        return False
    return True


def er_foert(tall: Foert) -> bool:
    """Whether the day is written in. A day with nobody is 0; a day that is not written in is empty."""
    return any(antall is not None for antall in tall.values())


def fyll_ut(nye: Foert, naa: Foert) -> dict[int, int | None]:
    """What empty fields mean: 0 the first time the day is written in, «not written in» for a group that is new.

    Raises UgyldigFelt for a form with no number at all, and for a number that was written in and is now empty.
    """
    if nye and not er_foert(nye):
        raise UgyldigFelt(f"tall_{next(iter(nye))}", N_("Skriv minst ett tall. Kom det ingen, skriver du 0."))
    if not er_foert(naa):
        return {gruppe: antall or 0 for gruppe, antall in nye.items()}
    for gruppe, antall in nye.items():
        if antall is None and naa.get(gruppe) is not None:
            raise UgyldigFelt(f"tall_{gruppe}", N_("Skriv et tall. Kom det ingen, skriver du 0."))
    return dict(nye)


def maanedens_dager(maaned: date) -> Iterator[date]:
    """Every day of the month that begins here."""
    dag = maaned.replace(day=1)
    while dag.month == maaned.month:
        yield dag
        dag += timedelta(days=1)


def forrige_maaned(maaned: date) -> date:
    """First day of the month before."""
    return (maaned.replace(day=1) - timedelta(days=1)).replace(day=1)


def neste_maaned(maaned: date) -> date:
    """First day of the month after."""
    return (maaned.replace(day=28) + timedelta(days=4)).replace(day=1)


@dataclass(frozen=True)
class Dagslinje:
    """One line of the month's list."""

    dag: date
    tall: tuple[int | None, ...]
    """In the order of the groups; None: not written in."""
    aapen: bool
    """Usually open on this day of the week."""

    @property
    def foert(self) -> bool:
        """Whether anything is written in."""
        return any(antall is not None for antall in self.tall)

    @property
    def sum(self) -> int:
        """Everybody who came."""
        return sum(antall or 0 for antall in self.tall)


def linjer(maaned: date, grupper: Sequence[int], tall: dict[tuple[date, int], int | None], *,
           ukedager: Sequence[str], fra: date, til: date | None, i_dag: date) -> list[Dagslinje]:  # fmt: skip
    """The month's list: the days that are written in, and those that should have been; nothing of what is to come."""
    ut = []
    for dag in maanedens_dager(maaned):
        dagens = tuple(tall.get((dag, gruppe)) for gruppe in grupper)
        aapen = ukedag(dag).value in ukedager and kan_foeres(dag, fra=fra, til=til, i_dag=i_dag)
        linje = Dagslinje(dag, dagens, aapen)
        if aapen or linje.foert:
            ut.append(linje)
    return ut
