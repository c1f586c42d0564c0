"""Changes a plan in memory: one part at a time, and what must hold before it can be kept or put in force."""

import hashlib
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from typing import Any

from koordinering.errors import FinnesIkke, UgyldigFelt
from koordinering.plan.rules.planfil import ID, Indikatorlinje, Planfil, Strategilinje, Tiltakslinje
from koordinering.plan.rullering.rules import IBruk, Plandel
from koordinering.plan.rullering.rules.forskjell import deler, finn, kalles
from koordinering.tekst import N_
from koordinering.tiltak.rules import FORMIDLES

_SAMLING = {
    Plandel.DELMAAL: "delmaal",
    Plandel.STRATEGI: "strategier",
    Plandel.INDIKATOR: "indikatorer",
    Plandel.ENHET: "enheter",
}
"""Where the parts of a kind lie; measures lie in their strategies."""


@dataclass(frozen=True)
class Mangel:
    """One thing that must be mended, at its part and its field."""

    slag: Plandel
    id: str
    navn: str
    felt: str
    melding: str


def avtrykk(del_: Any) -> str:
    """Tells whether a part has been changed since a page was shown. A strategy is not its measures."""
    if isinstance(del_, Strategilinje):
        del_ = replace(del_, tiltak=())
    return hashlib.sha256(repr(del_).encode()).hexdigest()[:16]


def bytt(fil: Planfil, slag: Plandel, del_id: str, /, **felter: Any) -> Planfil:
    """The plan with these fields of one part changed. A measure that gets another strategy stands last in it."""
    gammel = finn(fil, slag, del_id)
    if gammel is None:
        raise FinnesIkke
    ny = replace(gammel, **felter)
    if slag is Plandel.HODE:
        return replace(fil, hode=ny)
    if slag is not Plandel.TILTAK:
        return _med(fil, slag, [ny if en.id == del_id else en for en in deler(fil, slag)])
    if ny.strategi != gammel.strategi:
        return legg_til(_uten(fil, slag, del_id), slag, ny)
    return _i_strategiene(fil, lambda tiltak: [ny if en.id == del_id else en for en in tiltak])


def _med(fil: Planfil, slag: Plandel, linjer: list[Any]) -> Planfil:
    samling: dict[str, Any] = {_SAMLING[slag]: tuple(linjer)}
    return replace(fil, **samling)


def _i_strategiene(fil: Planfil, gjoer: Callable[[tuple[Tiltakslinje, ...]], list[Tiltakslinje]]) -> Planfil:
    strategier = (replace(en, tiltak=tuple(gjoer(en.tiltak))) for en in fil.strategier)
    return replace(fil, strategier=tuple(strategier))


def legg_til(fil: Planfil, slag: Plandel, linje: Any) -> Planfil:
    """The plan with one part more, last of its kind. Raises UgyldigFelt when its id is no id or is taken."""
    if not ID.fullmatch(linje.id):
        raise UgyldigFelt(
            "id", N_("Bruk bokstavene a–z, tall, bindestrek og punktum, og begynn med bokstav eller tall.")
        )
    if finn(fil, slag, linje.id) is not None:
        raise UgyldigFelt("id", N_("Nummeret er brukt i planen fra før."))
    if slag is not Plandel.TILTAK:
        return _med(fil, slag, [*deler(fil, slag), linje])
    if finn(fil, Plandel.STRATEGI, linje.strategi) is None:
        raise UgyldigFelt("strategi", N_("Velg en strategi som står i planen."))
    strategier = (replace(en, tiltak=(*en.tiltak, linje)) if en.id == linje.strategi else en for en in fil.strategier)
    return replace(fil, strategier=tuple(strategier))


def fjern(fil: Planfil, slag: Plandel, del_id: str) -> Planfil:
    """The plan without one part. Raises IBruk when something in the plan needs it, FinnesIkke."""
    if slag is Plandel.HODE or finn(fil, slag, del_id) is None:
        raise FinnesIkke
    if slag is Plandel.STRATEGI and any(en.strategi == del_id for en in fil.tiltak):
        raise IBruk(N_("Strategien har tiltak. Avslutt eller flytt tiltakene først."))
    if slag is Plandel.ENHET and any(del_id in {en.mottaker, *(e for e, _ in en.ansvar)} for en in fil.tiltak):
        raise IBruk(N_("Enheten har ansvar for tiltak eller behandler henvisninger. Gi ansvaret til en annen først."))
    return _uten(fil, slag, del_id)


def _uten(fil: Planfil, slag: Plandel, del_id: str) -> Planfil:
    if slag is not Plandel.TILTAK:
        return _med(fil, slag, [en for en in deler(fil, slag) if en.id != del_id])
    uten = _i_strategiene(fil, lambda tiltak: [en for en in tiltak if en.id != del_id])
    indikatorer = (replace(en, tiltak=tuple(t for t in en.tiltak if t != del_id)) for en in fil.indikatorer)
    return replace(uten, indikatorer=tuple(indikatorer))


def tilbake(fil: Planfil, grunnlag: Planfil, slag: Plandel, del_id: str) -> Planfil:
    """The plan with a part as it is in the version in force: one that was taken out, at its place, or one changed.

    Raises FinnesIkke when the version in force has it not.
    """
    gammel = finn(grunnlag, slag, del_id)
    if gammel is None:
        raise FinnesIkke
    if slag is Plandel.HODE:
        return replace(fil, hode=gammel)
    if slag is Plandel.TILTAK:
        return _tiltak_tilbake(fil, grunnlag, gammel)
    if slag is Plandel.STRATEGI:
        naa = finn(fil, slag, del_id)
        gammel = replace(gammel, tiltak=naa.tiltak if naa is not None else ())
    if slag is Plandel.INDIKATOR:
        finnes = {en.id for en in fil.tiltak}
        gammel = replace(gammel, tiltak=tuple(en for en in gammel.tiltak if en in finnes))
    rest = [en for en in deler(fil, slag) if en.id != del_id]
    rekke = [en.id for en in deler(grunnlag, slag)]
    rest.insert(_plassen(rest, rekke, del_id), gammel)
    return _med(fil, slag, rest)


def _plassen(rest: list[Any], rekke: list[str], del_id: str) -> int:
    """Where it stood: after the nearest one before it that is still there."""
    foran = set(rekke[: rekke.index(del_id)])
    return max((nr for nr, en in enumerate(rest, 1) if en.id in foran), default=0)


def _tiltak_tilbake(fil: Planfil, grunnlag: Planfil, gammel: Tiltakslinje) -> Planfil:
    if finn(fil, Plandel.STRATEGI, gammel.strategi) is None:
        raise IBruk(N_("Strategien som tiltaket hører til, er tatt ut. Ta strategien tilbake først."))
    rekke = [en.id for en in grunnlag.tiltak]
    uten = _i_strategiene(fil, lambda tiltak: [en for en in tiltak if en.id != gammel.id])
    strategier = []
    for strategi in uten.strategier:
        tiltak = list(strategi.tiltak)
        if strategi.id == gammel.strategi:
            tiltak.insert(_plassen(tiltak, rekke, gammel.id), gammel)
        strategier.append(replace(strategi, tiltak=tuple(tiltak)))
    gjaldt = {en.id for en in grunnlag.indikatorer if gammel.id in en.tiltak}
    indikatorer = (
        replace(en, tiltak=tuple(dict.fromkeys([*en.tiltak, gammel.id]))) if en.id in gjaldt else en
        for en in fil.indikatorer
    )
    return replace(uten, strategier=tuple(strategier), indikatorer=tuple(indikatorer))


def flytt(fil: Planfil, slag: Plandel, del_id: str, hakk: int) -> Planfil:
    """The plan with a part one step earlier (-1) or later (1) among its own; at the end it stays. Raises FinnesIkke."""
    if slag is Plandel.HODE or finn(fil, slag, del_id) is None:
        raise FinnesIkke
    if slag is not Plandel.TILTAK:
        return _med(fil, slag, _byttet(deler(fil, slag), del_id, hakk))
    return _i_strategiene(fil, lambda tiltak: _byttet(tiltak, del_id, hakk))


def _byttet(linjer: Collection[Any], del_id: str, hakk: int) -> list[Any]:
    rekke = list(linjer)
    fra = next((nr for nr, en in enumerate(rekke) if en.id == del_id), None)
    if fra is not None and 0 <= fra + hakk < len(rekke):
        rekke[fra], rekke[fra + hakk] = rekke[fra + hakk], rekke[fra]
    return rekke


def krev_gyldig(fil: Planfil, slag: Plandel, del_id: str, enheter: Collection[str]) -> None:
    """Stop at what is wrong with one part. `enheter`: units that exist besides the plan's own. Raises UgyldigFelt."""
    for mangel in _feil(fil, enheter):
        if (mangel.slag, mangel.id) == (slag, del_id):
            raise UgyldigFelt(mangel.felt, mangel.melding)


def mangler(fil: Planfil, enheter: Collection[str]) -> tuple[Mangel, ...]:
    """Everything that must be mended before the plan can be put in force."""
    return (*_feil(fil, enheter), *_gjenstaar(fil))


def _gjenstaar(fil: Planfil) -> Iterator[Mangel]:
    if not fil.delmaal:
        yield _mangel(fil, Plandel.HODE, fil.hode, "", N_("Planen må ha minst ett delmål."))
    if not fil.strategier:
        yield _mangel(fil, Plandel.HODE, fil.hode, "", N_("Planen må ha minst én strategi."))
    for strategi in fil.strategier:
        if not strategi.tiltak:
            yield _mangel(fil, Plandel.STRATEGI, strategi, "", N_("Strategien har ingen tiltak."))


def _mangel(_fil: Planfil, slag: Plandel, en: Any, felt: str, melding: str) -> Mangel:
    return Mangel(slag, getattr(en, "id", ""), kalles(slag, en), felt, melding)


def _feil(fil: Planfil, enheter: Collection[str]) -> Iterator[Mangel]:
    kjente = {en.id for en in fil.enheter} | set(enheter)
    for tiltak in fil.tiltak:
        for felt, melding in (*_ansvarsfeil(tiltak, kjente), *_maatefeil(tiltak, kjente)):
            yield _mangel(fil, Plandel.TILTAK, tiltak, felt, melding)
    for indikator in fil.indikatorer:
        for felt, melding in _indikatorfeil(indikator):
            yield _mangel(fil, Plandel.INDIKATOR, indikator, felt, melding)


def _ansvarsfeil(tiltak: Tiltakslinje, kjente: Collection[str]) -> Iterator[tuple[str, str]]:
    enheter = [enhet for enhet, _ in tiltak.ansvar]
    if any(enhet not in kjente for enhet in enheter):
        yield "hovedansvar", N_("Velg enheter fra listen.")
    if sum(hoved for _, hoved in tiltak.ansvar) > 1:
        yield "hovedansvar", N_("Bare én enhet kan ha hovedansvaret.")
    if len(set(enheter)) < len(enheter):
        yield "samarbeid", N_("Enheten med hovedansvar kan ikke også stå som samarbeidspart.")


def _maatefeil(tiltak: Tiltakslinje, kjente: Collection[str]) -> Iterator[tuple[str, str]]:
    formidles = bool(FORMIDLES & set(tiltak.mekanikker))
    if not tiltak.mekanikker:
        yield "mekanikker", N_("Velg minst én måte.")
    if formidles and tiltak.mottaker is None:
        yield "mottaker", N_("Tiltaket gis etter henvisning. Velg enheten som behandler henvisningene.")
    if tiltak.mottaker is not None and not formidles and tiltak.mekanikker:
        yield "mottaker", N_("Tiltaket gis ikke etter henvisning. Velg «Ingen».")
    if tiltak.mottaker is not None and tiltak.mottaker not in kjente:
        yield "mottaker", N_("Velg en enhet fra listen.")


def _indikatorfeil(indikator: Indikatorlinje) -> Iterator[tuple[str, str]]:
    if indikator.brudd and not indikator.brudd_grunn:
        yield "brudd_grunn", N_("Skriv hvorfor tallet ikke kan sammenlignes. Det vises ved siden av tallet.")
    if indikator.avsluttet and not indikator.avsluttet_grunn:
        yield "avsluttet_grunn", N_("Skriv hvorfor serien ikke føres videre. Det vises ved siden av tallet.")
