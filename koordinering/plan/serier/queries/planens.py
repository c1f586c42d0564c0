"""The plan's own indicators as series, read from the plan in force: there is no copy of its figures."""

from collections.abc import Iterable

from sqlalchemy import select

from koordinering.db import db
from koordinering.plan.models import Indikator
from koordinering.plan.rules.planfil import Indikatorslag
from koordinering.plan.serier.rules import Opphav, Punkt, Serie
from koordinering.plan.serier.rules.brudd import med_brudd
from koordinering.plan.serier.rules.periode import tolk_periode
from koordinering.tekst import N_

_GRENSER = {" – laveste ": 0, " – høyeste ": 1}
"""What stands in the name of an indicator that is one end of an interval: «– laveste måned»."""

UTEN_TID = N_("i planen")
"""The period of a figure that the plan gives no time."""


def planserier() -> list[Serie]:
    """The plan's series in its order. Two queries.

    Indicators with the same name, unit, group and area are one series; a lowest and a highest of the same thing and
    time are one interval.
    """
    grupper: dict[tuple[str, ...], list[Indikator]] = {}
    for tall in db.session.scalars(select(Indikator).order_by(Indikator.orden, Indikator.id)):
        noekkel = (_stamme(tall.navn)[0], tall.enhet, tall.gruppe or "", tall.omraade or "")
        grupper.setdefault(noekkel, []).append(tall)
    return [_serie(noekkel[0], tall) for noekkel, tall in grupper.items()]


def _stamme(navn: str) -> tuple[str, int | None]:
    """The name without the end that says which limit it is, and which: 0 the lowest, 1 the highest."""
    for skille, grense in _GRENSER.items():
        foran, funnet, _ = navn.partition(skille)
        if funnet:
            return foran, grense
    return navn, None


def _serie(navn: str, tall: list[Indikator]) -> Serie:
    foerste = tall[0]
    tiltak = dict.fromkeys(knyttet.tiltak_id for en in tall for knyttet in sorted(en.tiltak, key=lambda t: t.tiltak_id))
    kilder = {en.kilde for en in tall}
    felles = foerste.kilde if len(kilder) == 1 else None
    # A target or a frame of the plan is what the measure aims at, not a figure that was counted.
    maal = foerste if foerste.slag in (Indikatorslag.RAMME, Indikatorslag.MAAL) else None
    return Serie(
        id=foerste.id,
        navn=navn,
        enhet=foerste.enhet,
        kilde=felles,
        telledefinisjon=None,
        tiltak=tuple(tiltak),
        punkter=med_brudd(_punkter(tall, felles)),
        opphav=Opphav.PLAN,
        omraade=foerste.omraade,
        gruppe=foerste.gruppe if foerste.gruppe != "alle" else None,
        maal=maal.verdi if maal else None,
        maal_tekst=UTEN_TID if maal else None,
        avsluttet=all(en.avsluttet for en in tall),
        avsluttet_grunn=next((en.avsluttet_grunn for en in tall if en.avsluttet_grunn), None),
        slag=foerste.slag,
    )


def _periode(en: Indikator) -> str:
    if en.aar is not None:
        return str(en.aar)
    tid = tolk_periode(en.periode) if en.periode else None
    return tid.kode if tid else en.periode or UTEN_TID


def _punkter(tall: Iterable[Indikator], felles: str | None) -> Iterable[Punkt]:
    ender: dict[str, dict[int, Indikator]] = {}
    for en in tall:
        grense = _stamme(en.navn)[1]
        if grense is not None and en.verdi is not None:
            ender.setdefault(_periode(en), {})[grense] = en
        elif en.verdi is not None or en.tekst:
            yield _punkt(en, felles, verdi=en.verdi, tekst=None if en.verdi is not None else en.tekst)
    for par in ender.values():
        lav, hoey = par.get(0), par.get(1)
        if lav is None or hoey is None or lav.verdi is None or hoey.verdi is None:
            en = next(iter(par.values()))
            yield _punkt(en, felles, tekst=f"{en.navn.rpartition(' – ')[2]}: {en.verdi:g}".replace(".", ","))
        else:
            yield _punkt(lav, felles, intervall=(lav.verdi, hoey.verdi))


def _punkt(
    en: Indikator,
    felles: str | None,
    *,
    verdi: float | None = None,
    tekst: str | None = None,
    intervall: tuple[float, float] | None = None,
) -> Punkt:
    return Punkt(
        periode=_periode(en),
        verdi=verdi,
        tekst=tekst,
        intervall=intervall,
        brudd=en.brudd,
        brudd_grunn=en.brudd_grunn,
        kilde=en.kilde if en.kilde != felles else None,
        fra_planen=True,
    )
