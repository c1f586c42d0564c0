"""New places that the clubs of the made-up town have sent in for the coming season, for those who wait."""

import random
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta

from sqlalchemy.orm import Session

from koordinering.audit import Hva
from koordinering.db import OSLO
from koordinering.demo.tilbudte import logg
from koordinering.saker.models import Barn, Henvisning
from koordinering.tiltak import queries as tiltaket
from koordinering.tiltak.models import Beholdning, Plass, Tilbud
from koordinering.tiltak.rules import Beholdningsslag, Plasstilstand, alder_ved

_NYE = 3
"""Offers at most."""
_PLASSER = 2
"""In each: some still wait."""
_SPENN = (-2, 3)
"""The ages of a group, around the child that it is made for."""
_ELDST = 20


def nye_plasser(
    session: Session, koe: Sequence[Henvisning], tilbud: Sequence[Tilbud], rng: random.Random, dag: date
) -> list[Tilbud]:
    """Offers of clubs that keep the activity already, of an age that nothing free is for now."""
    nye: list[Tilbud] = []
    fra, til = _sesong(dag)
    for barn, finnes in _uten_tilbud(koe, tilbud):
        alder = alder_ved(fra.year, barn.foedselsaar)
        dekket = any(t.aktivitet is finnes.aktivitet and t.alder_fra <= alder <= t.alder_til for t in nye)
        if len(nye) < _NYE and not dekket and alder <= _ELDST:
            aldre = max(alder + _SPENN[0], 0), min(alder + _SPENN[1], _ELDST)
            nye.append(_skriv(session, finnes, aldre, (fra, til), rng, dag))
    return nye


def _sesong(dag: date) -> tuple[date, date]:
    """The next half year."""
    if dag.month > 6:
        return date(dag.year + 1, 1, 15), date(dag.year + 1, 6, 15)
    return date(dag.year, 8, 20), date(dag.year, 12, 15)


def _uten_tilbud(koe: Sequence[Henvisning], tilbud: Sequence[Tilbud]) -> Iterator[tuple[Barn, Tilbud]]:
    """Each child in the queue with an offer of what it wishes for, where none with free places is for its age."""
    tilstander = tiltaket.tilstander([t.beholdning_id for t in tilbud])
    ledige = {t.id for t in tilbud if tilstander[t.beholdning_id][Plasstilstand.LEDIG]}
    for barn in (h.barn for h in koe if h.barn is not None):
        for oenske in barn.oensker:
            av_klubber = [t for t in tilbud if t.aktivitet is oenske.aktivitet and t.lag_id is not None]
            aldre = ((t, alder_ved(t.sesong_fra.year, barn.foedselsaar)) for t in av_klubber if t.id in ledige)
            passer = any(t.alder_fra <= alder <= t.alder_til for t, alder in aldre)
            if av_klubber and not passer:
                yield barn, av_klubber[0]


def _skriv(
    session: Session,
    som: Tilbud,
    alder: tuple[int, int],
    sesong: tuple[date, date],
    rng: random.Random,
    dag: date,
) -> Tilbud:
    beholdning = Beholdning(slag=Beholdningsslag.PLASS, tiltak_id=som.tiltak_id, antall=_PLASSER)
    session.add(beholdning)
    session.flush()
    session.add_all(
        Plass(beholdning_id=beholdning.id, nummer=nr, tilstand=Plasstilstand.LEDIG) for nr in range(1, _PLASSER + 1)
    )
    lagt_inn = datetime.combine(dag - timedelta(days=4), time(9), OSLO)
    tilbud = Tilbud(
        id=rng.getrandbits(62) | 1,
        tiltak_id=som.tiltak_id,
        enhet_id=som.enhet_id,
        beholdning_id=beholdning.id,
        lag_id=som.lag_id,
        aktivitet=som.aktivitet,
        navn=f"{som.aktivitet.tekst} {alder[0]}–{alder[1]} år",
        sted=som.sted,
        ukedager=som.ukedager,
        oppmoete=som.oppmoete,
        sesong_fra=sesong[0],
        sesong_til=sesong[1],
        alder_fra=alder[0],
        alder_til=alder[1],
        egenandel_oere=som.egenandel_oere,
        ordinaer_pris_oere=som.ordinaer_pris_oere,
        bekreftet=lagt_inn.date(),
        endret=lagt_inn,
    )
    session.add(tilbud)
    logg(session, Hva.TILBUD_LAGT_INN, lagt_inn, None, ("tilbud", tilbud.id, tilbud.enhet_id))
    session.flush()
    return tilbud
