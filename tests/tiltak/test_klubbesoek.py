"""Visits to clubs: written in once, corrected, counted by year, and seen by the unit alone."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from koordinering.db import db, i_dag
from koordinering.tiltak.klubbesoek import queries
from koordinering.tiltak.klubbesoek.models import Klubbesoek
from tests import fabrikk
from tests.nettleser import Nettleser
from tests.tildeling.gjoer import LeserPaaNytt

GODT = {"dag": "03.02.2026", "lag": "Turngruppa sentrum", "tema": "friplasser", "merknad": "Møtte styret."}


@pytest.fixture
def nettleser(app: Flask) -> Nettleser:
    """A browser, and a test that sees what it has written."""
    return LeserPaaNytt(app)


def _skjult(html: str, navn: str) -> str:
    return str(re.findall(rf'name="{navn}"[^>]*value="([^"]*)"', html)[0])


def test_a_visit_is_written_in_once_corrected_and_taken_away(nettleser: Nettleser, folk: Any) -> None:
    fabrikk.tilbud(folk.inkludering1, arrangoer="Fotballgruppa nord")
    side = nettleser.som(folk.inkludering1)
    html = side.se("/klubbesoek/nytt").get_data(as_text=True)
    assert '<option value="Fotballgruppa nord">' in html, "clubs that have offers can be chosen"
    skjema = GODT | {"noekkel": _skjult(html, "noekkel")}
    for _ in range(2):
        assert side.send("/klubbesoek/nytt", skjema).status_code == 303
    (besoek,) = db.session.scalars(select(Klubbesoek))
    assert (besoek.dag, besoek.enhet_id) == (date(2026, 2, 3), "inkluderingskonsulent")
    id_ = besoek.id
    sti = f"/klubbesoek/{id_}/endre"
    rettet = GODT | {"tema": "annet", "versjon": _skjult(side.se(sti).get_data(as_text=True), "versjon")}
    assert side.send(sti, rettet).status_code == 303
    assert side.send(sti, rettet).status_code == 409, "an old page"
    assert side.send(f"/klubbesoek/{id_}/slett").status_code == 303
    assert side.send(f"/klubbesoek/{id_}/slett").status_code == 404
    assert db.session.scalars(select(Klubbesoek)).all() == []


@pytest.mark.parametrize(
    ("galt", "ord_"),
    [
        ({"dag": "31.02.2026"}, "dd.mm.åååå"),
        ({"dag": (i_dag() + timedelta(days=1)).strftime("%d.%m.%Y")}, "ikke kommet"),
        ({"dag": "01.01.1999"}, "2000 til 2100"),
        ({"lag": ""}, "fylles ut"),
        ({"lag": "Ring 91 23 45 67"}, "ikke nummer"),
        ({"tema": "tull"}, "Velg noe fra listen"),
        ({"merknad": "Barnet er født 01.02.2014"}, "ikke nummer"),
        ({"merknad": "x" * 201}, "for lang"),
    ],
)
def test_what_is_wrong_is_told_at_its_field_and_the_rest_is_kept(
    nettleser: Nettleser, folk: Any, galt: dict[str, str], ord_: str
) -> None:
    svar = nettleser.som(folk.inkludering1).send("/klubbesoek/nytt", GODT | galt)
    html = svar.get_data(as_text=True)
    assert svar.status_code == 422
    assert ord_ in html
    assert "merknad" in galt or "Møtte styret." in html
    assert db.session.scalars(select(Klubbesoek)).all() == []


def test_a_year_is_listed_counted_and_searched(nettleser: Nettleser, folk: Any) -> None:
    side = nettleser.som(folk.inkludering1)
    for felt in ({}, {"dag": "04.03.2026"}, {"lag": "Korpset", "tema": "annet"}, {"dag": "03.02.2025"}):
        assert side.send("/klubbesoek/nytt", GODT | felt).status_code == 303
    assert queries.antall(folk.inkludering1, 2026) == queries.Aarstall(besoek=3, lag=2)
    assert queries.aarene(folk.inkludering1) == [2026, 2025]
    html = side.se("/klubbesoek?aar=2026&q=korp").get_data(as_text=True)
    assert "Korpset" in html
    assert ">Turngruppa" not in html
    assert "1 i alt" in side.se("/klubbesoek?aar=2026&tema=annet").get_data(as_text=True)
    assert "1 i alt" in side.se("/klubbesoek?aar=2025").get_data(as_text=True)
    assert side.se("/klubbesoek?aar=tull").status_code == 200
    assert nettleser.som(folk.kultur1).se("/klubbesoek").status_code == 404
