"""Runs checks one by one: one that cannot be made is a fault of its own."""

from collections.abc import Callable
from typing import TypeVar

from koordinering.drift.rules import Funn, Kontroller, Svar, feil
from koordinering.driftsfeil import er_basens, om_basen, om_filen
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
    except OSError as en:
        return feil(om_filen(en), "Se på filen og rettighetene.")
    except Exception as en:
        if not er_basens(en):
            raise
        return feil(om_basen(en), "Rett det meldingen sier, og kjør kontrollen igjen.")
