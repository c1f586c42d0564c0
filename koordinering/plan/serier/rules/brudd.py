"""Where a series breaks: what its sources say, and what follows from how the points were counted."""

from collections.abc import Iterable
from dataclasses import replace

from koordinering.plan.serier.rules.serie import Punkt
from koordinering.tekst import N_

FRA_PLANEN = N_("Tallet før er planens eget, og planen sier ikke hvordan det er talt.")
NYTT_NUMMER = N_("Kommunen har fått nytt kommunenummer, og grensene kan være endret.")
NY_DEFINISJON = N_("Telledefinisjonen er endret.")
UKJENT = N_("Tallet kan ikke sammenlignes med tallet før.")


def med_brudd(punkter: Iterable[Punkt]) -> tuple[Punkt, ...]:
    """The points oldest first, each marked where it cannot be compared with the one before it, and why."""
    ut: list[Punkt] = []
    for punkt in sorted(punkter, key=lambda p: p.rekkefoelge):
        grunn = bruddgrunn(ut[-1] if ut else None, punkt)
        ut.append(replace(punkt, brudd=grunn is not None, brudd_grunn=grunn))
    return tuple(ut)


def bruddgrunn(foer: Punkt | None, naa: Punkt) -> str | None:
    """Why the two are not comparable; None where they are. A source may say so of its first point, too."""
    if naa.brudd:
        return naa.brudd_grunn or UKJENT
    if foer is None:
        return None
    if foer.fra_planen and not naa.fra_planen:
        return FRA_PLANEN
    if foer.kommunenummer and naa.kommunenummer and foer.kommunenummer != naa.kommunenummer:
        return NYTT_NUMMER
    return NY_DEFINISJON if foer.telledefinisjon != naa.telledefinisjon else None
