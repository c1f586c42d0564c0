"""All series together, and what one user may do with one of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import select

from koordinering.access import rekkevidde, require
from koordinering.db import db
from koordinering.errors import FinnesIkke, IngenTilgang
from koordinering.plan.serier.models import Seriepunkt, Serierad
from koordinering.plan.serier.queries.planens import planserier
from koordinering.plan.serier.queries.talte import FORAN, talte
from koordinering.plan.serier.rules import Opphav, Punkt, Serie
from koordinering.plan.serier.rules.brudd import med_brudd
from koordinering.roles import Omfang, Rettighet
from koordinering.tiltak.models import TiltakAnsvar
from koordinering.users import User

_FIL = Path(__file__).parents[3] / "data" / "serier.yaml"


@cache
def _faste() -> tuple[Serie, ...]:
    """The series that are always there, whatever the plan names."""
    innhold: dict[str, Any] = yaml.safe_load(_FIL.read_text(encoding="utf-8"))
    return tuple(
        Serie(
            id=f"~{en['id']}",
            navn=en["navn"],
            enhet=en["enhet"],
            kilde=en["kilde"],
            telledefinisjon=en["telledefinisjon"],
            tiltak=(),
            punkter=(),
            maaneder=en["maaneder"],
        )
        for en in innhold["serier"]
    )


def serier(av: User, aar: int | None = None) -> list[Serie]:
    """Every series: the plan's in its order, the municipality's own, and those counted. Some nine queries.

    With `aar` only points that end no later than that year.
    """
    require(av, Rettighet.PLAN_LES)
    alle = [*_foerte(), *talte(av)]
    return alle if aar is None else [replace(en, punkter=_til_og_med(en.punkter, aar)) for en in alle]


def for_tiltak(av: User, aar: int | None = None) -> dict[str, list[Serie]]:
    """The series of each measure, by its id; those of no measure are left out."""
    ut: dict[str, list[Serie]] = {}
    for en in serier(av, aar):
        for tiltak_id in en.tiltak:
            ut.setdefault(tiltak_id, []).append(en)
    return ut


def serie(av: User, serie_id: str) -> Serie:
    """One series. Raises FinnesIkke."""
    require(av, Rettighet.PLAN_LES)
    utvalg = talte(av) if serie_id.startswith(FORAN) else _foerte()
    funnet = next((en for en in utvalg if en.id == serie_id), None)
    if funnet is None:
        raise FinnesIkke
    return funnet


def _til_og_med(punkter: Iterable[Punkt], aar: int) -> tuple[Punkt, ...]:
    return tuple(p for p in punkter if p.tid is None or p.tid.slutt[0] <= aar)


def _foerte() -> list[Serie]:
    """The plan's series and the municipality's own, with what has been entered in them."""
    rader = {rad.id: rad for rad in db.session.scalars(select(Serierad).order_by(Serierad.navn, Serierad.id))}
    punkter: dict[str, list[Seriepunkt]] = {}
    query = select(Seriepunkt).where(Seriepunkt.gjeldende, ~Seriepunkt.slettet)
    for punkt in db.session.scalars(query.order_by(Seriepunkt.serie_id, Seriepunkt.periode)):
        punkter.setdefault(punkt.serie_id, []).append(punkt)
    planens = planserier()
    kjente = {en.id for en in planens}
    faste = [en for en in _faste() if en.id not in kjente]
    kjente |= {en.id for en in faste}
    egne = [_egen(rad) for rad in rader.values() if rad.id not in kjente]
    return [_sammen(en, rader.get(en.id), punkter.get(en.id, ())) for en in (*planens, *faste, *egne)]


def _egen(rad: Serierad) -> Serie:
    """A series that the municipality has made, or one that the plan no longer has."""
    return Serie(rad.id, rad.navn, rad.enhet, rad.kilde, rad.telledefinisjon, (), (), rad.opphav, omraade=rad.omraade)


def _sammen(en: Serie, rad: Serierad | None, punkter: Sequence[Seriepunkt]) -> Serie:
    """The series with what its row says beyond the plan, and what has been entered in it."""
    if rad is None:
        return en
    definisjon = rad.telledefinisjon or en.telledefinisjon
    har = {punkt.periode for punkt in en.punkter}
    foerte = [_punkt(p, definisjon, rad.kilde or en.kilde) for p in punkter if p.periode not in har]
    return replace(
        en,
        kilde=rad.kilde or en.kilde,
        telledefinisjon=definisjon,
        tiltak=tuple(dict.fromkeys((*en.tiltak, *sorted(t.tiltak_id for t in rad.tiltak)))),
        punkter=med_brudd((*en.punkter, *foerte)),
        maal=rad.maal if rad.maal is not None else en.maal,
        maal_tekst=rad.maal_tekst if rad.maal is not None else en.maal_tekst,
        avsluttet=en.avsluttet or rad.avsluttet,
        avsluttet_grunn=en.avsluttet_grunn or rad.avsluttet_grunn,
        maaneder=rad.maaneder or en.maaneder,
    )


def _punkt(punkt: Seriepunkt, definisjon: str | None, kilde: str | None) -> Punkt:
    return Punkt(
        periode=punkt.periode,
        verdi=punkt.verdi,
        tegn=punkt.tegn,
        brudd=punkt.brudd,
        brudd_grunn=punkt.brudd_grunn,
        kilde=punkt.kilde if punkt.kilde != kilde else None,
        telledefinisjon=punkt.telledefinisjon if punkt.telledefinisjon != definisjon else None,
        kommunenummer=punkt.kommunenummer,
    )


# --- For those who enter ---------------------------------------------------------------------------------


def kan_foeres(av: User, serier: Iterable[Serie]) -> list[Serie]:
    """Those that the user may enter figures in: all, or those of measures that the user's unit answers for."""
    reach: Mapping[Omfang, frozenset[str]] = rekkevidde(av, Rettighet.SERIE_FOER)
    foeres = [en for en in serier if en.foeres] if reach else []
    if Omfang.ALLE in reach or not foeres:
        return foeres
    query = select(TiltakAnsvar.tiltak_id).where(
        TiltakAnsvar.enhet_id.in_(sorted(reach[Omfang.ENHET])), TiltakAnsvar.hovedansvar
    )
    mine = set(db.session.scalars(query))
    return [en for en in foeres if mine & set(en.tiltak)]


def kan_foere(av: User, en: Serie) -> bool:
    """Whether the user may enter figures in it."""
    return bool(kan_foeres(av, [en]))


def krev_foere(av: User, *serier: Serie) -> None:
    """Raise IngenTilgang unless the user may enter figures in all of them."""
    if len(kan_foeres(av, serier)) < len(serier):
        raise IngenTilgang


def serierad(serie_id: str) -> Serierad | None:
    """What is stored of a series beyond the plan."""
    return db.session.get(Serierad, serie_id)


def gjeldende_punkter(serie_id: str, perioder: Iterable[str], *, laas: bool = False) -> dict[str, Seriepunkt]:
    """The newest version of these points, deleted ones too; with `laas` locked until the transaction is over."""
    query = select(Seriepunkt).where(
        Seriepunkt.serie_id == serie_id, Seriepunkt.periode.in_(sorted(perioder)), Seriepunkt.gjeldende
    )
    return {punkt.periode: punkt for punkt in db.session.scalars(query.with_for_update() if laas else query)}


def er_egen(serie: Serie) -> bool:
    """Made by the municipality here: not the plan's, not one that is always there, and not counted."""
    faste = {en.id for en in _faste()}
    return serie.opphav in (Opphav.FOERT, Opphav.SSB) and serie.id not in faste


def med_noekkel(noekler: Iterable[str]) -> dict[str, Serierad]:
    """The series that a file knows by these names."""
    query = select(Serierad).where(Serierad.noekkel.in_(sorted(noekler)))
    return {rad.noekkel: rad for rad in db.session.scalars(query) if rad.noekkel}
