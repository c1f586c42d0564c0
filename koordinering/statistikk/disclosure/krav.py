"""Which cells are small, and what an attacker may at most learn of each number (DISCLOSURE.md rules 1-4)."""

from collections.abc import Mapping
from typing import NamedTuple

from koordinering.statistikk.disclosure.tabell import BARN, FAMILIER, Noekkel, Raatall, RawCounts, Slag

MINSTE_BREDDE = 3
STOERSTE_ANDEL = 0.8
"""Above this share of a sum, whoever has it can be guessed from the sum."""


class Krav(NamedTuple):
    """What the attacker must still believe possible of one number: a value this high, this low, this wide apart."""

    hoey: float | None = None
    lav: float | None = None
    bredde: float = 0


def modellerte(raw: RawCounts) -> tuple[int, ...]:
    """The columns that the model knows: the first, and those that count whoever stands behind.

    Any other column is hidden with its cell and tells nothing about people by itself.
    """
    return tuple(i for i, k in enumerate(raw.kolonner) if i == 0 or k.kode in (BARN, FAMILIER))


def bak(raw: RawCounts, celle: Raatall) -> int | None:
    """How many families or children stand behind a cell, whichever are fewer; None where nobody is counted."""
    return min(folk(raw, celle).values(), default=None)


def folk(raw: RawCounts, celle: Raatall) -> dict[str, int]:
    """Everything that is known of how many stand behind a cell, by what is counted."""
    personer = {k.kode: celle.tall[i] for i, k in enumerate(raw.kolonner) if k.kode in (BARN, FAMILIER)}
    return personer if celle.bak is None else personer | {"bak": celle.bak}


def er_primaer(raw: RawCounts, noekkel: Noekkel, terskel: int, *, nuller_vises: bool) -> bool:
    """Whether a cell is small itself: few children or families, or a sum that one of them nearly fills."""
    celle = raw.celler[noekkel]
    if noekkel in raw.strukturelle:
        return False
    if celle.tall[0] == 0:
        return not nuller_vises
    personer = bak(raw, celle)
    if raw.kolonner[0].slag is Slag.BELOEP:
        return (personer is not None and personer < terskel) or celle.stoerste > STOERSTE_ANDEL * celle.tall[0]
    return min(celle.tall[0], celle.tall[0] if personer is None else personer) < terskel


def krav(raw: RawCounts, kolonne: int, verdi: int, terskel: int) -> Krav:
    """The demand on one number of a primary cell."""
    if raw.kolonner[kolonne].slag is Slag.BELOEP and verdi > 0:
        return Krav(hoey=1.5 * verdi, lav=0.5 * verdi)
    if verdi == 0:
        return Krav(hoey=MINSTE_BREDDE)
    return Krav(hoey=terskel if verdi < terskel else None, bredde=MINSTE_BREDDE)


def vernes(endring: int, foer: Mapping[str, int], etter: Mapping[str, int], terskel: int) -> bool:
    """Whether a change may tell of few: small itself, or few more or fewer behind the number than before."""
    faa = any(abs(etter[hva] - foer[hva]) < terskel for hva in foer.keys() & etter.keys())
    return endring != 0 and (faa or abs(endring) < terskel)


def krav_endring(endring: int, slag: Slag, terskel: int) -> Krav:
    """The demand on the difference between a number and what an earlier release says of it (rule 8)."""
    if slag is Slag.BELOEP:
        return Krav(hoey=endring + abs(endring) / 2, lav=endring - abs(endring) / 2)
    if abs(endring) >= terskel:
        return Krav(bredde=MINSTE_BREDDE)
    if endring > 0:
        return Krav(hoey=terskel, bredde=MINSTE_BREDDE)
    return Krav(lav=-terskel, bredde=MINSTE_BREDDE)
