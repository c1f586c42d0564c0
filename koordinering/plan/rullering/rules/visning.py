"""A version of the plan as the matrix that it is, with what a new version does to each measure."""

from collections.abc import Mapping
from dataclasses import dataclass

from koordinering.plan.rules.planfil import Planfil, Strategilinje, Tiltakslinje
from koordinering.plan.rullering.rules import Merke, Plandel
from koordinering.plan.rullering.rules.forskjell import Endring, merker


@dataclass(frozen=True)
class Navn:
    """A unit as the pages name it."""

    navn: str


@dataclass(frozen=True)
class Ansvar:
    """A unit that answers for a measure."""

    enhet: Navn
    hovedansvar: bool


@dataclass(frozen=True)
class Tiltaksrad:
    """One measure of a version."""

    linje: Tiltakslinje
    ansvar: tuple[Ansvar, ...]
    merke: Merke | None = None
    endring: Endring | None = None


@dataclass(frozen=True)
class Strategirad:
    """One strategy of a version. `avsluttet`: its measures that the version has no more."""

    strategi: Strategilinje
    tiltak: tuple[Tiltaksrad, ...]
    avsluttet: tuple[Tiltaksrad, ...] = ()
    endring: Endring | None = None


def matrise(
    fil: Planfil,
    navn: Mapping[str, str],
    *,
    mot: Planfil | None = None,
    endringer: tuple[Endring, ...] = (),
) -> tuple[Strategirad, ...]:
    """The version strategy by strategy. `navn`: full names of units that the plan does not name itself.

    `mot` and `endringer`: the version in force and what differs from it, for a draft.
    """
    navn = {**navn, **{enhet.id: enhet.navn for enhet in (mot.enheter if mot else ())}}
    navn |= {enhet.id: enhet.navn for enhet in fil.enheter}
    merket = merker(endringer, fil) if mot is not None else {}
    av_del = {(en.slag, en.id): en for en in endringer}
    finnes = {en.id for en in fil.tiltak}
    borte = [en for en in (mot.tiltak if mot else ()) if en.id not in finnes]

    def rad(linje: Tiltakslinje) -> Tiltaksrad:
        ansvar = tuple(Ansvar(Navn(navn.get(enhet, enhet)), hoved) for enhet, hoved in linje.ansvar)
        return Tiltaksrad(linje, ansvar, merket.get(linje.id), av_del.get((Plandel.TILTAK, linje.id)))

    return tuple(
        Strategirad(
            strategi,
            tuple(rad(en) for en in strategi.tiltak),
            tuple(rad(en) for en in borte if en.strategi == strategi.id),
            av_del.get((Plandel.STRATEGI, strategi.id)),
        )
        for strategi in fil.strategier
    )
