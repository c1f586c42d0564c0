"""Asking any kind of capacity whether it adds up."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, case, func, select

from koordinering.db import Base, db
from koordinering.tiltak.kapasitet.models import SLAG, Beloepsslag, Enhetsslag
from koordinering.tiltak.kapasitet.rules import Oppgjoer


def oppgjoer(modell: type[Base]) -> Mapping[int | str, Oppgjoer]:
    """The settlement of every stock of a kind: a year's cards, an offer, an operator's items, a budget. Two queries.

    A stock whose figure is closed and says no more what there is now (Kortaar.stengt) is left out.
    """
    slag = SLAG[modell]
    hos = getattr(modell, slag.hos)
    deler = _enheter(slag) if isinstance(slag, Enhetsslag) else _beloep(slag)
    query = select(hos, *(func.sum(del_) for del_ in deler)).group_by(hos)
    rader: Sequence[Sequence[Any]] = db.session.execute(query).all()
    talt = {rad[0]: Oppgjoer(*map(int, rad[1:])) for rad in rader}
    if slag.beholdning is None:
        return talt
    tom = Oppgjoer(0, 0, 0, 0)
    holder = db.session.execute(slag.beholdning()).all()
    return {id_: replace(talt.get(id_, tom), beholdning=int(tall)) for id_, tall in holder}


def _enheter(slag: Enhetsslag) -> list[ColumnElement[int]]:
    tilstand = getattr(slag.modell, slag.tilstand)

    def antall(tilstander: Collection[Any]) -> ColumnElement[int]:
        return case((tilstand.in_(sorted(tilstander)), 1), else_=0)

    i_alt = case((tilstand.in_(sorted(slag.ute)), 0), else_=1)
    return [i_alt, antall(slag.ledig), antall(slag.holdt), antall(slag.brukt)]


def _beloep(slag: Beloepsslag) -> list[ColumnElement[int]]:
    def sum_av(navnene: Collection[str]) -> Any:
        return sum((getattr(slag.modell, navn) for navn in navnene), start=0)

    ramme, holdt = sum_av([slag.ramme]), sum_av(slag.holdt)
    brukt = sum_av(slag.brukt)
    return [ramme, ramme - holdt - brukt, holdt, brukt]
