"""How far a right reaches, without the product's tables: role, unit, reach, row by row and as a condition in SQL."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Column, ColumnElement, MetaData, String, Table, create_engine, false, select

from koordinering.access import Tilgangsstyrt, can, enheter, rekkevidde, require, vilkaar, visible
from koordinering.db import i_dag
from koordinering.errors import IngenTilgang
from koordinering.roles import Omfang, Rettighet, Rolle
from koordinering.users import Rolletildeling, User

RADER = Table("rad", MetaData(), Column("eier", String), Column("mottaker", String))


class Rad:
    """A row that a unit owns and another has received."""

    def __init__(self, eier: str, mottaker: str) -> None:
        self.eier, self.mottaker = eier, mottaker

    @classmethod
    def tilgangsvilkaar(cls, omfang: Omfang, enheter: frozenset[str]) -> ColumnElement[bool]:
        """By the owner or by the receiver."""
        kolonner = {Omfang.ENHET: RADER.c.eier, Omfang.MOTTATT: RADER.c.mottaker}
        return kolonner[omfang].in_(sorted(enheter)) if omfang in kolonner else false()

    def tilgangsenhet(self, omfang: Omfang) -> str | None:
        """The owner or the receiver."""
        return {Omfang.ENHET: self.eier, Omfang.MOTTATT: self.mottaker}.get(omfang)


ALLE = [Rad(eier, mottaker) for eier in ("nav", "helse", "kultur") for mottaker in ("nav", "helse", "kultur")]


def bruker(*roller: tuple[Rolle, str], laast: bool = False, fra: date = date(2020, 1, 1)) -> User:
    rader = [Rolletildeling(rolle=rolle, enhet_id=enhet, fra=fra) for rolle, enhet in roller]
    return User(id=1, laast=laast, rolletildelinger=rader)


def ser(user: User, rettighet: Rettighet) -> set[tuple[str, str]]:
    """The rows that the user reaches: the same by require, by can and by the condition."""
    nevnt = {(rad.eier, rad.mottaker) for rad in ALLE if can(user, rettighet, rad)}
    for rad in ALLE:
        if (rad.eier, rad.mottaker) in nevnt:
            require(user, rettighet, rad)
        else:
            with pytest.raises(IngenTilgang):
                require(user, rettighet, rad)
    motor = create_engine("sqlite://")
    RADER.metadata.create_all(motor)
    with motor.begin() as base:
        base.execute(RADER.insert(), [{"eier": rad.eier, "mottaker": rad.mottaker} for rad in ALLE])
        smalt: Any = visible(select(RADER), Rad, user, rettighet)
        for query in (smalt, select(RADER).where(vilkaar(Rad, user, rettighet))):
            assert {tuple(rad) for rad in base.execute(query)} == nevnt
    motor.dispose()
    return nevnt


HELE = {(rad.eier, rad.mottaker) for rad in ALLE}
EIER_NAV = {("nav", mottaker) for mottaker in ("nav", "helse", "kultur")}
TIL_NAV = {(eier, "nav") for eier in ("nav", "helse", "kultur")}


@pytest.mark.parametrize(
    ("roller", "rettighet", "rader"),
    [
        ([(Rolle.HENVISER, "nav")], Rettighet.SAK_LES, EIER_NAV),
        ([(Rolle.HENVISER, "nav")], Rettighet.HENVISNING_MOTTA, TIL_NAV),
        ([(Rolle.MOTTAKER, "nav")], Rettighet.SAK_LES, set()),
        ([(Rolle.HENVISER, "nav"), (Rolle.MOTTAKER, "nav")], Rettighet.SAMORDNING_DELTA, EIER_NAV | TIL_NAV),
        (
            [(Rolle.HENVISER, "nav"), (Rolle.HENVISER, "helse")],
            Rettighet.SAK_LES,
            {r for r in HELE if r[0] != "kultur"},
        ),
        ([(Rolle.ENHETSLEDER, "nav")], Rettighet.LOGG_LES, EIER_NAV),
        ([(Rolle.PERSONVERNOMBUD, "kultur")], Rettighet.LOGG_LES, HELE),
        ([(Rolle.ENHETSLEDER, "nav"), (Rolle.PERSONVERNOMBUD, "nav")], Rettighet.LOGG_LES, HELE),
        ([], Rettighet.PLAN_LES, set()),
        ([(Rolle.GODKJENNER, "nav")], Rettighet.PLAN_LES, HELE),
    ],
)
def test_a_right_reaches_as_far_as_the_sheet_says(
    roller: list[tuple[Rolle, str]], rettighet: Rettighet, rader: set[tuple[str, str]]
) -> None:
    user = bruker(*roller)
    assert ser(user, rettighet) == rader
    assert can(user, rettighet) is bool(rader), "without a row it is asked whether the right is held at all"
    assert ser(bruker(*roller, laast=True), rettighet) == set()
    assert ser(bruker(*roller, fra=i_dag() + timedelta(days=1)), rettighet) == set()


def test_where_a_right_is_held() -> None:
    user = bruker(
        (Rolle.HENVISER, "nav"), (Rolle.MOTTAKER, "helse"), (Rolle.MOTTAKER, "kultur"), (Rolle.KOORDINATOR, "x")
    )
    delta = {Omfang.ENHET: {"nav"}, Omfang.MOTTATT: {"helse", "kultur"}}
    assert rekkevidde(user, Rettighet.SAMORDNING_DELTA) == delta
    assert enheter(user, Rettighet.SAMORDNING_DELTA) == {"nav", "helse", "kultur"}
    assert enheter(user, Rettighet.LOGG_LES) == frozenset()
    assert rekkevidde(bruker((Rolle.HENVISER, "nav"), laast=True), Rettighet.SAK_LES) == {}


def test_a_row_that_no_unit_reaches_is_nobodys_but_those_who_see_all() -> None:
    class Ingens(Rad):
        def tilgangsenhet(self, omfang: Omfang) -> str | None:
            return None

    assert isinstance(Ingens("nav", "nav"), Tilgangsstyrt)
    assert not can(bruker((Rolle.ENHETSLEDER, "nav")), Rettighet.LOGG_LES, Ingens("nav", "nav"))
    assert can(bruker((Rolle.PERSONVERNOMBUD, "nav")), Rettighet.LOGG_LES, Ingens("nav", "nav"))
