"""The one mechanism of capacity. Units change state and amounts change size here, and nowhere else.

Both are a conditional UPDATE: what must hold stands in the statement itself, so that of two who try at the same
moment the database lets one through. Who may do it, what it means and who is told are for those who call.
"""

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Select, Update, update
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.orm.util import identity_key

from koordinering.db import Base, db
from koordinering.tekst import Kode
from koordinering.tiltak.kapasitet.models import Beloepsslag, beloepsslag, enhetsslag

Valgte = Collection[int] | Select[Any]
"""Rows by their ids, or by a query of ids."""


def flytt(modell: type[Base], valgte: Valgte, fra: Collection[Kode], til: Kode, **verdier: Any) -> int:
    """Move units that stand in one of these states to another; how many did. `verdier`: what else follows with it."""
    slag = enhetsslag(modell)
    vilkaar = _kolonne(modell, slag.tilstand).in_(sorted(fra))
    return _utfoer(modell, valgte, [vilkaar], {slag.tilstand: til, **verdier})


def flytt_beloep(
    modell: type[Base], valgte: Valgte, *vilkaar: ColumnElement[bool], **oere: int | ColumnElement[int]
) -> int:
    """Add so much (or, below nought, take so much away) to the figures named; how many rows could.

    A row where a figure would come below nought, what is held and used together beyond the frame, or more come
    back than is used, is left as it is; so is one where `vilkaar` does not hold.
    """
    slag = beloepsslag(modell, oere)
    blir = {navn: _kolonne(modell, navn) + mer for navn, mer in oere.items()}
    return _utfoer(modell, valgte, [*_innenfor(slag, blir), *vilkaar], blir)


def _innenfor(slag: Beloepsslag, blir: dict[str, ColumnElement[int]]) -> list[ColumnElement[bool]]:
    """What must hold of the figures when they are as they will be."""

    def sum_av(navnene: Collection[str]) -> Any:
        return sum(blir.get(navn, _kolonne(slag.modell, navn)) for navn in navnene)

    vilkaar: list[ColumnElement[bool]] = [verdi >= 0 for verdi in blir.values()]
    vilkaar.append(sum_av((*slag.holdt, *slag.brukt)) <= sum_av([slag.ramme]))
    if slag.tilbake:
        vilkaar.append(sum_av(slag.tilbake) <= sum_av(slag.brukt))
    return vilkaar


def _utfoer(
    modell: type[Base], valgte: Valgte, vilkaar: Collection[ColumnElement[bool]], verdier: dict[str, Any]
) -> int:
    noekkel = _kolonne(modell, "id")
    hvilke = valgte if isinstance(valgte, Select) else sorted(set(valgte))
    if isinstance(hvilke, list) and not hvilke:
        return 0
    endring = update(modell).where(noekkel.in_(hvilke), *vilkaar).values(verdier)
    return _kjoer(modell, endring, noekkel, sorted(verdier))


def _kjoer(modell: type[Base], endring: Update, noekkel: InstrumentedAttribute[Any], navnene: Collection[str]) -> int:
    """Run it, and let the rows that this transaction has read already show what became of them."""
    db.session.flush()
    svar = endring.returning(noekkel, *(_kolonne(modell, navn) for navn in navnene))
    rader = db.session.execute(svar.execution_options(synchronize_session=False)).all()
    for id_, *ble in rader:
        lest = db.session.identity_map.get(identity_key(modell, id_))
        for navn, verdi in zip(navnene, ble, strict=True) if lest is not None else ():
            set_committed_value(lest, navn, verdi)
    return len(rader)


def _kolonne(modell: type[Base], navn: str) -> InstrumentedAttribute[Any]:
    kolonne: InstrumentedAttribute[Any] = getattr(modell, navn)
    return kolonne
