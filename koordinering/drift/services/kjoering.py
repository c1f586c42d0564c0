"""Runs checks one by one: one that cannot be made is a fault of its own."""

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.exc import SQLAlchemyError

from koordinering.drift.rules import Funn, Kontroller, Svar, feil
from koordinering.errors import KoordineringError

T = TypeVar("T")


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
