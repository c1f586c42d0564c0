"""What may be registered: ages, wishes, consent by the young person, and text without identities."""

from collections.abc import Collection, Hashable, Iterable, Iterator
from datetime import date

from koordinering import fritekst
from koordinering.errors import UgyldigFelt
from koordinering.fritekst import Funn
from koordinering.saker.rules.behov import MAKS_OENSKER, JaNeiVetIkke, Spurt
from koordinering.tekst import N_
from koordinering.tiltak.rules import VISES_TIL, Kortenhet, Mekanikk

ELDSTE = 24
"""Oldest a registered child or young person turns this year (GLOSSARY.md: 0–24)."""

MAKS_BARN = 20
"""Children in one case."""

MAKS_FRITEKST = 300
"""Characters of a note; a note is a line, not a journal."""

HELE_FAMILIEN = frozenset({"4b-12"})
"""Follow-up that the plan gives to the family and not to one child."""

UBESVART_DELTAR, UBESVART_SPURT = JaNeiVetIkke.VET_IKKE, Spurt.NEI
"""What a draft has where nothing is answered: it is not known, and nobody has said that the child was asked."""

SAKSNUMMER = frozenset({Funn.TELEFON, Funn.KONTONUMMER})
"""What a case number of another system can look like, and so is let through in the unit's own reference."""


def sjekk_foedselsaar(felt: str, foedselsaar: int, aar: int) -> None:
    """Raise UgyldigFelt unless the child turns 0 to ELDSTE in `aar`."""
    if not aar - ELDSTE <= foedselsaar <= aar:
        raise UgyldigFelt(felt, N_("Skriv fødselsåret med fire sifre. Barnet må fylle 24 år eller mindre i år."))


def sjekk_oensker(felt: str, oensker: Collection[object]) -> None:
    """Raise UgyldigFelt for more wishes than are kept, or the same twice."""
    if len(oensker) > MAKS_OENSKER or len(set(oensker)) != len(oensker):
        raise UgyldigFelt(felt, N_("Velg opptil tre forskjellige ønsker."))


def like(felt: str, numre: Iterable[Hashable | None]) -> Iterator[UgyldigFelt]:
    """An error at each child (`felt` holds {}) whose number, or its index, an earlier one has."""
    sett: set[Hashable] = set()
    for nr, nummer in enumerate(numre):
        if nummer in sett:
            yield UgyldigFelt(felt.format(nr), N_("Dette nummeret er skrevet på to barn. Se over."))
        if nummer is not None:
            sett.add(nummer)


def sjekk_valgt(felt: str, tiltak: Collection[object]) -> None:
    """Raise UgyldigFelt where nothing is chosen that the family could be referred to."""
    if not tiltak:
        raise UgyldigFelt(felt, N_("Velg minst ett tiltak, eller lagre som utkast."))


def sjekk_gitt(felt: str, gitt: date, dag: date) -> None:
    """Raise UgyldigFelt for a consent given after `dag`, or longer ago than any consent that still means something."""
    if not dag.year - ELDSTE <= gitt.year or gitt > dag:
        raise UgyldigFelt(felt, N_("Skriv dagen samtykket ble gitt. Den kan ikke være fram i tid."))


def gjelder_familien(tiltak_id: str, slag: Collection[Mekanikk], kort_per: Kortenhet) -> bool:
    """Tell whether a referral to the measure is for the whole family; else it is for one child."""
    if Mekanikk.FRIPLASS in slag:
        return False
    if Mekanikk.KORT in slag:
        return kort_per is Kortenhet.FAMILIE
    return bool(VISES_TIL & set(slag)) or tiltak_id in HELE_FAMILIEN


def sjekk_egen_referanse(felt: str, tekst: str) -> None:
    """Raise UgyldigFelt where the unit's own reference can tell who somebody is."""
    fritekst.sjekk(felt, tekst, unntatt=SAKSNUMMER)


def sjekk_fritekst(felt: str, tekst: str) -> None:
    """Raise UgyldigFelt for a note that is too long or can tell who somebody is. Never repeats the text."""
    if len(tekst) > MAKS_FRITEKST:
        raise UgyldigFelt(felt, N_("Teksten er for lang. Skriv høyst 300 tegn."))
    fritekst.sjekk(felt, tekst)
