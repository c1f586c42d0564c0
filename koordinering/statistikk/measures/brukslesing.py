"""Reads what is counted where nobody is registered: visits at open offers, visits with the card, and loans."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sqlalchemy import or_, select

from koordinering.db import db
from koordinering.tiltak.kort import queries as kort
from koordinering.tiltak.kort.models import Samarbeidssted
from koordinering.tiltak.models import Tiltak, TiltakMekanikk
from koordinering.tiltak.moeteplass import queries as moeteplass
from koordinering.tiltak.moeteplass.models import Moeteplass
from koordinering.tiltak.rules import Mekanikk
from koordinering.tiltak.utstyr import queries as utstyr


class Bruk(NamedTuple):
    """So many visits or loans of one class in one month."""

    klasse: str
    maaned: int
    antall: int
    sted: int | None = None
    """The venue, where there is one."""


Driftet = frozenset[tuple[str, int]]
"""Classes and the quarters (1-4) in which something of the class was open: from the list of offers or venues."""


@dataclass(frozen=True, repr=False)
class Brukt:
    """All that is read: of the months that had begun on the day counted."""

    besoek: Sequence[Bruk]
    kortbesoek: Sequence[Bruk]
    utlaan: Sequence[Bruk]
    moeteplasstiltak: Sequence[Tiltak]
    """The measures that are open offers, or ever had one."""
    aapne: Driftet
    tar_kortet: Driftet


def les_bruk(aar: int, dato: date) -> Brukt:
    """The year's visits and loans, whatever the size in a constant number of queries."""
    besoek = (Bruk(b.tiltak_id, b.maaned, b.besoek) for b in moeteplass.besoek_i_aaret(aar))
    med_kort = (Bruk(b.slag.value, b.maaned, b.besoek, b.sted_id) for b in kort.besoek_i_aaret(aar))
    laan = (
        Bruk(kategori.value, maaned, antall)
        for kategori, maanedene in utstyr.utlaan_per_maaned(aar).items()
        for maaned, antall in enumerate(maanedene, 1)
    )
    holdt = db.session.execute(select(Moeteplass.tiltak_id, Moeteplass.fra, Moeteplass.til))
    steder = db.session.execute(select(Samarbeidssted.slag, Samarbeidssted.fra, Samarbeidssted.til))
    return Brukt(
        _begynt(besoek, aar, dato),
        _begynt(med_kort, aar, dato),
        _begynt(laan, aar, dato),
        _moeteplasstiltak(),
        _driftet(aar, ((tiltak, fra, til) for tiltak, fra, til in holdt)),
        _driftet(aar, ((slag.value, fra, til) for slag, fra, til in steder)),
    )


def _begynt(bruk: Iterable[Bruk], aar: int, dato: date) -> list[Bruk]:
    return [b for b in bruk if b.antall and (aar, b.maaned) <= (dato.year, dato.month)]


def _driftet(aar: int, rader: Iterable[tuple[str, date, date | None]]) -> Driftet:
    def kvartaler(fra: date, til: date | None) -> range:
        foerste, siste = max(fra, date(aar, 1, 1)), min(til or date(aar, 12, 31), date(aar, 12, 31))
        return range(_kvartal(foerste.month), _kvartal(siste.month) + 1) if foerste <= siste else range(0)

    return frozenset((klasse, nr) for klasse, fra, til in rader for nr in kvartaler(fra, til))


def _kvartal(maaned: int) -> int:
    return (maaned + 2) // 3


def _moeteplasstiltak() -> list[Tiltak]:
    i_planen = select(TiltakMekanikk.tiltak_id).where(TiltakMekanikk.mekanikk == Mekanikk.MOETEPLASS)
    hatt = select(Moeteplass.tiltak_id)
    query = select(Tiltak).where(or_(Tiltak.id.in_(hatt), Tiltak.id.in_(i_planen) & ~Tiltak.utgaatt))
    return list(db.session.scalars(query.order_by(Tiltak.orden, Tiltak.id)))
