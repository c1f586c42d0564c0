"""Plain rules of activities: what is written, and what the plan asks for against what there was."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from koordinering import fritekst
from koordinering.errors import UgyldigFelt
from koordinering.tekst import N_, Kode

MAKS_TEMA = 300
MAKS_ANTALL = 9_999
AAR = (2000, 2100)


class Aktivitetsslag(Kode):
    """What kind of activity; a closed list."""

    FORUM = "forum", N_("Samarbeidsforum")
    MOETE = "moete", N_("Møte")
    SEMINAR = "seminar", N_("Seminar")
    KURS = "kurs", N_("Kurs")
    DAGSORDEN = "dagsorden", N_("Tema på dagsordenen")
    INFORMASJON = "informasjon", N_("Informasjon til lag og foreninger")
    TEMALISTE = "temaliste", N_("Temaliste for kompetanseheving")


class Per(Kode):
    """How the plan counts."""

    AAR = "aar", N_("hvert år")
    HALVAAR = "halvaar", N_("hvert halvår")
    ORGAN = "organ", N_("hvert år i hvert organ tiltaket rapporterer til")


@dataclass(frozen=True)
class Aktivitetsopplysninger:
    """What is written about an activity; the fields are those of the table."""

    dag: date
    slag: Aktivitetsslag
    tema: str
    antall: int | None
    tiltak_id: str
    organer: frozenset[int] = frozenset()
    lite_bekreftet: bool = False
    """The writer has said that a small number present is of staff and clubs, not of families."""


def sjekk_aktivitet(opplysninger: Aktivitetsopplysninger, i_dag: date, terskel: int) -> None:
    """Raise UgyldigFelt for the first thing that cannot be so, or that could tell who somebody is.

    `terskel`: the smallest count that the municipality shows; a smaller number present is asked about.
    """
    if opplysninger.dag > i_dag:
        raise UgyldigFelt("dag", N_("Dagen er ikke kommet ennå."))
    if opplysninger.dag.year < AAR[0]:
        raise UgyldigFelt("dag", N_("Skriv en dato med et årstall fra 2000 til 2100."))
    if not opplysninger.tema.strip():
        raise UgyldigFelt("tema", N_("Skriv temaet."))
    if len(opplysninger.tema) > MAKS_TEMA:
        raise UgyldigFelt("tema", N_("Teksten er for lang."))
    fritekst.sjekk("tema", opplysninger.tema)
    if opplysninger.antall is None:
        return
    if not 0 <= opplysninger.antall <= MAKS_ANTALL:
        raise UgyldigFelt("antall", N_("Skriv et helt tall fra 0 til 9999."))
    if 0 < opplysninger.antall < terskel and not opplysninger.lite_bekreftet:
        raise UgyldigFelt(
            "lite_bekreftet", N_("Tallet er lite. Bekreft at det gjelder fagfolk eller lag, ikke barn og familier.")
        )


@dataclass(frozen=True)
class Aktivitetslinje:
    """An activity as it is taken out."""

    dag: date
    tiltak_id: str
    tiltak: str
    slag: Aktivitetsslag
    tema: str
    antall: int | None
    organer: tuple[str, ...]
    enhet: str


@dataclass(frozen=True)
class Kravdel:
    """One part that the plan counts by: the year, a half of it, or a body."""

    navn: str
    antall: int
    krevd: int
    slutt: date
    """The last day on which it can be done."""


@dataclass(frozen=True)
class Aktivitetskrav:
    """What the plan asks of one measure in a year, and what there was."""

    tiltak_id: str
    tiltak: str
    """The measure's short name."""
    slag: Aktivitetsslag
    krevd: int
    per: Per
    deler: tuple[Kravdel, ...]
    temaer: tuple[str, ...]
    """What the activities were about, oldest first."""

    @property
    def funnet(self) -> int:
        """How many there were in the year; one in two bodies is two."""
        return sum(del_.antall for del_ in self.deler)

    @property
    def oppfylt(self) -> bool:
        """Every part has what the plan asks; nothing is made up for by another part."""
        return bool(self.deler) and all(del_.antall >= del_.krevd for del_ in self.deler)

    def mangler(self, i_dag: date) -> tuple[str, ...]:
        """The parts that are over and had too few."""
        return tuple(del_.navn for del_ in self.deler if del_.antall < del_.krevd and del_.slutt < i_dag)


@dataclass(frozen=True)
class Foert:
    """What counting needs of an activity."""

    dag: date
    tema: str
    organer: frozenset[str]


HALVAAR = (N_("første halvår"), N_("andre halvår"))


def kravdeler(per: Per, krevd: int, foert: Iterable[Foert], aar: int, organer: Sequence[str]) -> tuple[Kravdel, ...]:
    """The year in the parts that the plan counts by. `organer`: the names of those the measure reports to."""
    alle, nyttaar = list(foert), date(aar, 12, 31)
    if per is Per.HALVAAR:
        tidlig = sum(en.dag.month <= 6 for en in alle)
        return (
            Kravdel(HALVAAR[0], tidlig, krevd, date(aar, 6, 30)),
            Kravdel(HALVAAR[1], len(alle) - tidlig, krevd, nyttaar),
        )
    if per is Per.ORGAN and organer:
        return tuple(Kravdel(navn, sum(navn in en.organer for en in alle), krevd, nyttaar) for navn in organer)
    return (Kravdel(str(aar), len(alle), krevd, nyttaar),)
