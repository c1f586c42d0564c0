"""The municipality's own choices, and what they demand."""

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask

from koordinering.db import db, i_dag, transaction
from koordinering.errors import IngenTilgang, UgyldigFelt
from koordinering.konto.services import Valgene, endre_kommune
from koordinering.users import Koblingsmodus, kommune


def _uten_vedtak() -> None:
    with transaction():
        rad = kommune()
        rad.koblingsmodus, rad.dpia_dato, rad.dpia_referanse = Koblingsmodus.INGEN, None, None


def test_linking_by_number_demands_the_decision(app: Flask) -> None:
    _uten_vedtak()
    for valgene in (Valgene(Koblingsmodus.NUMMER), Valgene(Koblingsmodus.NUMMER, dpia_dato=date(2026, 1, 5))):
        with pytest.raises(UgyldigFelt) as feil, transaction():
            endre_kommune(valgene, av=None)
        assert feil.value.felt == "kobling"
        assert kommune().koblingsmodus is Koblingsmodus.INGEN
    with transaction():
        endre_kommune(Valgene(Koblingsmodus.NUMMER, date(2026, 1, 5), "26/1234"), av=None)
    assert kommune().koblingsmodus is Koblingsmodus.NUMMER


@pytest.mark.parametrize(
    "valgene",
    [
        Valgene(terskel=2),
        Valgene(terskel=11),
        Valgene(sekunder=0),
        Valgene(sekunder=9),
        Valgene(sekunder=3601),
        Valgene(dpia_dato=i_dag() + timedelta(days=1)),
        Valgene(meldeplikt_lenke="javascript:alert(1)"),
    ],
)
def test_what_cannot_be_chosen(app: Flask, valgene: Valgene) -> None:
    with pytest.raises(UgyldigFelt), transaction():
        endre_kommune(valgene, av=None)


def test_only_the_system_administrator(app: Flask, folk: Any) -> None:
    with pytest.raises(IngenTilgang), transaction():
        endre_kommune(Valgene(terskel=7), av=folk.koordinator1)
    with transaction():
        endre_kommune(Valgene(terskel=7, sekunder=120, kjoenn=True), av=folk.system1)
    db.session.rollback()
    assert (kommune().terskel, kommune().sekunder, kommune().registrer_kjoenn) == (7, 120, True)
