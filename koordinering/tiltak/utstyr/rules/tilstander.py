"""Codes of the equipment, and the table that says what can be done with an item where it stands."""

from collections.abc import Mapping
from datetime import date, timedelta
from types import MappingProxyType

from koordinering.errors import UgyldigFelt
from koordinering.tekst import N_, Kode


class Kategori(Kode):
    """What kind of equipment; loans are counted by it."""

    LANGRENN = "langrenn", N_("Langrenn")
    ALPINT = "alpint", N_("Alpint og snøbrett")
    SKOEYTER = "skoeyter", N_("Skøyter og hockey")
    AKING = "aking", N_("Akebrett og pulk")
    HJELM = "hjelm", N_("Hjelm og beskyttelse")
    SYKKEL = "sykkel", N_("Sykkel og sykkelvogn")
    RULLESPORT = "rullesport", N_("Rulleskøyter og skateboard")
    BALL = "ball", N_("Ball og racket")
    TUR = "tur", N_("Telt, sovepose og sekk")
    VANN = "vann", N_("Padling, redningsvest og fiske")
    BARNEUTSTYR = "barneutstyr", N_("Bæremeis og barnevogn")
    KLAER = "klaer", N_("Turklær og sko")
    SPILL = "spill", N_("Spill og uteleker")
    ANNET = "annet", N_("Annet")


class Tilstand(Kode):
    """Condition of an item (GLOSSARY.md)."""

    NY = "ny", N_("Ny")
    GOD = "god", N_("God")
    SLITT = "slitt", N_("Slitt")
    TIL_REPARASJON = "til_reparasjon", N_("Til reparasjon")
    KASSERT = "kassert", N_("Kassert")


BRUKBARE = (Tilstand.NY, Tilstand.GOD, Tilstand.SLITT)
"""Conditions in which an item is lent."""


class Status(Kode):
    """Where an item is. Every item is in exactly one of these."""

    LEDIG = "ledig", N_("Ledig")
    RESERVERT = "reservert", N_("Reservert")
    UTE = "ute", N_("Utlånt")
    UTE_AV_DRIFT = "ute_av_drift", N_("Til reparasjon")
    SAVNET = "savnet", N_("Savnet")
    KASSERT = "kassert", N_("Kassert")


class Handling(Kode):
    """What is done with an item, as its history shows it."""

    LAGT_INN = "lagt_inn", N_("Lagt inn")
    ENDRET = "endret", N_("Endret")
    LAANT_UT = "laant_ut", N_("Lånt ut")
    DELVIS = "delvis", N_("Levert uten alle delene")
    LEVERT = "levert", N_("Levert tilbake")
    FORLENGET = "forlenget", N_("Forlenget")
    TAPT = "tapt", N_("Utlånet avsluttet, enheten er savnet")
    RESERVERT = "reservert", N_("Reservert")
    AVLYST = "avlyst", N_("Reservasjonen er avlyst")
    UTLOEPT = "utloept", N_("Reservasjonen gikk ut")
    TATT_UT = "tatt_ut", N_("Tatt ut til reparasjon")
    REPARERT = "reparert", N_("Reparert og hel igjen")
    SAVNET = "savnet", N_("Meldt savnet")
    FUNNET = "funnet", N_("Funnet igjen")
    KASSERT = "kassert", N_("Kassert")
    TATT_INN = "tatt_inn", N_("Tatt inn igjen")


FRA: Mapping[Handling, frozenset[Status]] = MappingProxyType(
    {
        Handling.LAANT_UT: frozenset({Status.LEDIG, Status.RESERVERT}),
        Handling.DELVIS: frozenset({Status.UTE}),
        Handling.LEVERT: frozenset({Status.UTE}),
        Handling.FORLENGET: frozenset({Status.UTE}),
        Handling.TAPT: frozenset({Status.UTE}),
        Handling.RESERVERT: frozenset({Status.LEDIG}),
        Handling.AVLYST: frozenset({Status.RESERVERT}),
        Handling.UTLOEPT: frozenset({Status.RESERVERT}),
        Handling.TATT_UT: frozenset({Status.LEDIG}),
        Handling.REPARERT: frozenset({Status.UTE_AV_DRIFT}),
        Handling.SAVNET: frozenset({Status.LEDIG}),
        Handling.FUNNET: frozenset({Status.SAVNET}),
        Handling.KASSERT: frozenset({Status.LEDIG, Status.UTE_AV_DRIFT, Status.SAVNET}),
        Handling.TATT_INN: frozenset({Status.KASSERT}),
        Handling.LAGT_INN: frozenset(),
        Handling.ENDRET: frozenset(set(Status) - {Status.KASSERT}),
    }
)
"""Where an item must stand for each thing that is done with it."""

TIL: Mapping[Handling, Status] = MappingProxyType(
    {
        Handling.TATT_UT: Status.UTE_AV_DRIFT,
        Handling.REPARERT: Status.LEDIG,
        Handling.SAVNET: Status.SAVNET,
        Handling.FUNNET: Status.LEDIG,
        Handling.KASSERT: Status.KASSERT,
        Handling.TATT_INN: Status.LEDIG,
    }
)
"""What the operator does with an item in the house, and where it stands afterwards."""

PAA_HYLLEN = frozenset({Status.LEDIG, Status.RESERVERT, Status.UTE_AV_DRIFT})
"""What a stock-taking should find."""


def mulige(status: Status) -> tuple[Handling, ...]:
    """The buttons of an item in the house, from the same table that stops the others."""
    return tuple(handling for handling in TIL if status in FRA[handling])


def etter_levering(tilstand: Tilstand) -> Status:
    """Where a whole item stands when it has come back in this condition."""
    if tilstand is Tilstand.KASSERT:
        return Status.KASSERT
    return Status.UTE_AV_DRIFT if tilstand is Tilstand.TIL_REPARASJON else Status.LEDIG


LAANETID_DAGER = 7
"""Days of a loan unless the operator's unit has set another number (the plan's own)."""

LENGSTE_LAAN = timedelta(days=365)
LENGSTE_HOLD = timedelta(days=31)
MAKS_I_ETT_LAAN = 30
"""Items lent in one go."""


def sjekk_forfall(forfall: date, dag: date) -> None:
    """Raise UgyldigFelt("forfall", …) for a due date in the past or further off than a year."""
    if forfall < dag:
        raise UgyldigFelt("forfall", N_("Fristen kan ikke være før i dag."))
    if forfall - dag > LENGSTE_LAAN:
        raise UgyldigFelt("forfall", N_("Fristen kan være høyst ett år fram i tid."))


def sjekk_hold(holdes_til: date, dag: date) -> None:
    """Raise UgyldigFelt("holdes_til", …) for a day that has been, or more than a month off."""
    if holdes_til < dag:
        raise UgyldigFelt("holdes_til", N_("Dagen kan ikke være før i dag."))
    if holdes_til - dag > LENGSTE_HOLD:
        raise UgyldigFelt("holdes_til", N_("En reservasjon holdes i høyst 31 dager."))


def sjekk_laanetid(dager: int) -> None:
    """Raise UgyldigFelt("laanetid", …) for a number of days that cannot be meant."""
    if not 1 <= dager <= 90:
        raise UgyldigFelt("laanetid", N_("Skriv et antall dager fra 1 til 90."))
