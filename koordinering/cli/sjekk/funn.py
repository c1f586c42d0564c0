"""What a check of the installation found: how bad it is, in one line, and what to do."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy.exc import SQLAlchemyError

from koordinering.errors import KoordineringError
from koordinering.tekst import Kode

T = TypeVar("T")


class Dom(Kode):
    """How bad it is."""

    OK = "ok", "ok"
    ADVARSEL = "advarsel", "advarsel"
    FEIL = "feil", "FEIL"


KODER = {Dom.OK: 0, Dom.ADVARSEL: 1, Dom.FEIL: 2}
"""The command's exit code is that of the worst."""


@dataclass(frozen=True)
class Svar:
    """What one check came to."""

    dom: Dom
    funnet: str
    gjoer: str = ""
    """What to do; empty when there is nothing to do."""


@dataclass(frozen=True)
class Funn:
    """A check by its name, and what it came to."""

    navn: str
    svar: Svar


def ok(funnet: str) -> Svar:
    """Nothing to do."""
    return Svar(Dom.OK, funnet)


def advarsel(funnet: str, gjoer: str) -> Svar:
    """It works, and somebody should look at it."""
    return Svar(Dom.ADVARSEL, funnet, gjoer)


def feil(funnet: str, gjoer: str) -> Svar:
    """It must be mended before real families are registered."""
    return Svar(Dom.FEIL, funnet, gjoer)


Kontroller = Sequence[tuple[str, Callable[[T], Svar]]]
"""Checks by name, in the order in which they are told."""


def kjoer(kontroller: Kontroller[T], paa: T) -> list[Funn]:
    """Every check on its own: one that cannot be made is an error of its own, and the rest go on."""
    return [Funn(navn, _en(kontroll, paa)) for navn, kontroll in kontroller]


def _en(kontroll: Callable[[T], Svar], paa: T) -> Svar:
    try:
        return kontroll(paa)
    except KoordineringError as en:
        return feil(str(en), "Rett det meldingen sier, og kjør kontrollen igjen.")
    except SQLAlchemyError as en:
        # only the kind of fault: its text can hold values from the query
        return feil(f"Databasen svarte ikke som den skulle ({type(en).__name__}).", "Kjør: koordinering db status")
    except OSError as en:
        return feil(f"{en.filename or 'Systemet'}: {en.strerror or type(en).__name__}.", "Se på filen og rettighetene.")
