"""What is found in a text, and what the writer is told. No message repeats a number or a name."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from koordinering.errors import UgyldigFelt
from koordinering.fritekst.ordliste import Ordliste, gjeldende
from koordinering.fritekst.sifre import har_identitetsnummer, har_kontonummer, har_telefonnummer
from koordinering.tekst import N_, Kode


class Funn(Kode):
    """What can stand in a text and must not; the text says what was found and what to do."""

    IDENTITETSNUMMER = (
        "identitetsnummer",
        N_("Teksten har et fødselsnummer eller D-nummer. Ta det bort. Familien kjennes på sakens referanse."),
    )
    KONTONUMMER = "kontonummer", N_("Teksten har et kontonummer. Ta det bort.")
    TELEFON = "telefon", N_("Teksten har et telefonnummer. Ta det bort. Kontakten med familien har du i fagsystemet.")
    EPOST = "epost", N_("Teksten har en e-postadresse. Ta den bort.")
    ORD = "ord", N_("Teksten har et ord som hører hjemme i en journal eller hos barnevernet. Skriv om uten det.")
    NAVN = (
        "navn",
        N_("To ord med stor forbokstav etter hverandre kan være et navn. Er det et navn, tar du det bort."),
    )
    """Only asked about: a club and a street look the same."""


ORDET = N_("Ordet «%(ord)s» hører hjemme i en journal eller hos barnevernet. Skriv om uten det.")
"""The message of Funn.ORD with the word; it is one of the list, and nobody's name."""


@dataclass(frozen=True)
class Treff:
    """One thing found; `ord` is the word that the list takes."""

    funn: Funn
    ord: str = ""


_EPOST = re.compile(r"[^\s@<>()]+@[^\s@<>()]+\.[^\s@<>()]+")


def finn(tekst: str, *, unntatt: Collection[Funn] = (), ordliste: Ordliste | None = None) -> list[Treff]:
    """All that is refused in a text, but for what the field may hold. Names are asked about: see navnelike."""
    return [treff for treff in _alt(tekst, unntatt, ordliste or gjeldende()) if treff.funn not in unntatt]


def _alt(tekst: str, unntatt: Collection[Funn], ordliste: Ordliste) -> Iterator[Treff]:
    """What is exempted costs nothing where it can be left unsearched."""
    if har_identitetsnummer(tekst):
        yield Treff(Funn.IDENTITETSNUMMER)
    elif Funn.KONTONUMMER not in unntatt and har_kontonummer(tekst):  # the same eleven digits can pass both
        yield Treff(Funn.KONTONUMMER)
    if Funn.TELEFON not in unntatt and har_telefonnummer(tekst):
        yield Treff(Funn.TELEFON)
    if "@" in tekst and _EPOST.search(tekst):
        yield Treff(Funn.EPOST)
    if ord_ := ordliste.finn(tekst):
        yield Treff(Funn.ORD, ord_)


def sjekk(felt: str, tekst: str, *, unntatt: Collection[Funn] = ()) -> None:
    """Raise UgyldigFelt for the first thing that is refused. The last guard: the form has told it before."""
    for treff in finn(tekst, unntatt=unntatt):
        raise UgyldigFelt(felt, treff.funn.tekst)


_ORD = r"[^\W\d_]+(?:['’\-][^\W\d_]+)*"
_PAR = re.compile(rf"(?=(?<![\w'’\-])({_ORD})\s+(?:[^\W\d_]\.\s*)?({_ORD}))")

_BEGYNNER_SETNINGER = frozenset(
    re.findall(
        r"\w+",
        "alle at av barn barna barnet begge bror da de den der det dette du en er et etter familien far fra før for "
        "gutten han har hei hele henviser hun hva hvem hver hvis hvor hvorfor i ikke ingen jenta jeg kan kanskje kom "
        "kurs kurset laget med men mor ned nei nå når og også om opp på plassen se ser siden skal skulle som snart "
        "spør søsknene ta takk til ungdommen uten vant var ved vet vi vil ville være åpent",
    )
)
"""Words that open a sentence and are nobody's name: «Fra Lillehammer» is not asked about."""


def navnelike(tekst: str) -> list[str]:
    """Pairs of words that look like a name: both with a capital letter first, or both in capitals."""
    return [f"{foerste} {andre}" for foerste, andre in _PAR.findall(tekst) if _som_navn(foerste, andre)]


def _som_navn(foerste: str, andre: str) -> bool:
    if min(len(foerste), len(andre)) < 2 or foerste.lower() in _BEGYNNER_SETNINGER:
        return False
    if foerste.isupper() and andre.isupper():
        return min(len(foerste), len(andre)) > 2
    return all(ord_[0].isupper() and not ord_.isupper() for ord_ in (foerste, andre))
