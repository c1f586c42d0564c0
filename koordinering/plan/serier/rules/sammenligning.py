"""What may be compared with what: the only place where a figure is divided by another."""

from collections.abc import Iterator
from dataclasses import dataclass

from koordinering.errors import KoordineringError
from koordinering.plan.serier.rules.enhet import Enhetsslag
from koordinering.plan.serier.rules.serie import Opphav, Punkt, Serie

_UTEN_ENDRING = frozenset({Enhetsslag.JA_NEI})


class UlikeStoerrelser(KoordineringError):
    """Two figures of different units or origins were to be divided: users of measures by households, for one."""


@dataclass(frozen=True)
class Stoerrelse:
    """A number that knows what it counts and who counted it."""

    verdi: float
    enhet: Enhetsslag
    opphav: Opphav


def prosent_av(en: Stoerrelse, annen: Stoerrelse) -> float | None:
    """How many per cent one is of the other; None where the other is zero.

    Raises UlikeStoerrelser unless both count the same thing and come from the same origin: a family of ours is not a
    household of SSB's, and a referral is not a child.
    """
    if (en.enhet, en.opphav) != (annen.enhet, annen.opphav):
        raise UlikeStoerrelser(f"{en.enhet}/{en.opphav} deles ikke med {annen.enhet}/{annen.opphav}.")
    return 100 * en.verdi / annen.verdi if annen.verdi else None


def endring(serie: Serie) -> float | None:
    """The change from the point before the newest to the newest; see endringer()."""
    funnet = None
    for _, funnet in endringer(serie):  # noqa: B007 - the last one is wanted
        pass
    return funnet


def endringer(serie: Serie) -> Iterator[tuple[Punkt, float | None]]:
    """Each point with its change from the one before: per cent, or percentage points where the unit is per cent.

    None across a break, where either is hidden, missing or an interval, from zero, and where the two periods are not
    equally long.
    """
    foer: Punkt | None = None
    for punkt in serie.punkter:
        yield punkt, _endring(serie, foer, punkt)
        foer = punkt


def sammenlignbare(foer: Punkt | None, naa: Punkt) -> bool:
    """Whether a change from one point to the next may be told."""
    if foer is None or naa.brudd or foer.verdi is None or naa.verdi is None or foer.tid is None or naa.tid is None:
        return False
    return foer.tid.slag is naa.tid.slag


def _endring(serie: Serie, foer: Punkt | None, naa: Punkt) -> float | None:
    if foer is None or foer.verdi is None or naa.verdi is None or not sammenlignbare(foer, naa):
        return None
    if serie.enhetsslag in _UTEN_ENDRING:
        return None
    if serie.enhetsslag is Enhetsslag.PROSENT:
        return naa.verdi - foer.verdi
    enhet, opphav = serie.enhetsslag, serie.opphav
    nytt = prosent_av(Stoerrelse(naa.verdi, enhet, opphav), Stoerrelse(foer.verdi, enhet, opphav))
    return None if nytt is None else nytt - 100


def strekk(punkter: tuple[Punkt, ...]) -> tuple[tuple[Punkt, ...], ...]:
    """The unbroken runs of numbers: a break, a sign or an interval ends one. Each is one line in a picture."""
    alle: list[list[Punkt]] = []
    foer: Punkt | None = None
    for punkt in punkter:
        if punkt.verdi is not None and punkt.tid is not None:
            if not sammenlignbare(foer, punkt):
                alle.append([])
            alle[-1].append(punkt)
        foer = punkt
    return tuple(tuple(ett) for ett in alle)
