"""Visits to clubs: written in once, corrected, counted by year, and seen by the unit alone."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from koordinering.db import db, i_dag, transaction
from koordinering.errors import UgyldigFelt
from koordinering.tiltak.klubbesoek import queries, services
from koordinering.tiltak.klubbesoek.models import Klubbesoek
from koordinering.tiltak.klubbesoek.rules import Besoekstema, Klubbesoeksopplysninger
from koordinering.tiltak.lag import services as lagene
from koordinering.tiltak.lag.models import Lag
from tests import penger
from tests.nettleser import Nettleser
from tests.tildeling.gjoer import LeserPaaNytt

GODT = {"dag": "03.02.2026", "tema": "friplasser", "merknad": "Møtte styret."}


@pytest.fixture
def nettleser(app: Flask) -> Nettleser:
    """A browser, and a test that sees what it has written."""
    return LeserPaaNytt(app)


@pytest.fixture
def godt(folk: Any) -> dict[str, str]:
    """A visit that is in order, to a club of the list."""
    return GODT | {"lag_id": str(penger.lag(folk.inkludering1, navn="Turngruppa sentrum").id)}


def _skjult(html: str, navn: str) -> str:
    return str(re.findall(rf'name="{navn}"[^>]*value="([^"]*)"', html)[0])


def test_a_visit_is_written_in_once_corrected_and_taken_away(
    nettleser: Nettleser, folk: Any, godt: dict[str, str]
) -> None:
    side = nettleser.som(folk.inkludering1)
    html = side.se("/klubbesoek/nytt").get_data(as_text=True)
    assert ">Turngruppa sentrum</option>" in html
    assert 'href="/lag/nytt">Legg til lag' in html
    skjema = godt | {"noekkel": _skjult(html, "noekkel")}
    for _ in range(2):
        assert side.send("/klubbesoek/nytt", skjema).status_code == 303
    (besoek,) = db.session.scalars(select(Klubbesoek))
    assert (besoek.dag, besoek.enhet_id) == (date(2026, 2, 3), "inkluderingskonsulent")
    id_ = besoek.id
    sti = f"/klubbesoek/{id_}/endre"
    rettet = godt | {"tema": "annet", "versjon": _skjult(side.se(sti).get_data(as_text=True), "versjon")}
    assert side.send(sti, rettet).status_code == 303
    assert side.send(sti, rettet).status_code == 409, "an old page"
    assert side.send(f"/klubbesoek/{id_}/slett").status_code == 303
    assert side.send(f"/klubbesoek/{id_}/slett").status_code == 404
    assert db.session.scalars(select(Klubbesoek)).all() == []


@pytest.mark.parametrize(
    ("galt", "ord_"),
    [
        ({"dag": "31.02.2026"}, "31.02.2026 finnes ikke: den måneden har 28 dager."),
        ({"dag": (i_dag() + timedelta(days=30)).strftime("%d.%m.%Y")}, "ikke kommet"),
        ({"dag": "01.01.1999"}, "2000 til 2100"),
        ({"lag_id": ""}, "Velg et lag."),
        ({"lag_id": "17"}, "Velg noe fra listen"),
        ({"lag_id": "som-foer"}, "Velg noe fra listen"),
        ({"lag_id": "Turngruppa sentrum"}, "Velg noe fra listen"),
        ({"tema": "tull"}, "Velg noe fra listen"),
        ({"merknad": "Barnet er født 01.02.2014"}, "ikke nummer"),
        ({"merknad": "x" * 201}, "for lang"),
    ],
)
def test_what_is_wrong_is_told_at_its_field_and_the_rest_is_kept(
    nettleser: Nettleser, folk: Any, godt: dict[str, str], galt: dict[str, str], ord_: str
) -> None:
    svar = nettleser.som(folk.inkludering1).send("/klubbesoek/nytt", godt | galt)
    html = svar.get_data(as_text=True)
    assert svar.status_code == 422
    assert ord_ in html
    assert "merknad" in galt or "Møtte styret." in html
    assert db.session.scalars(select(Klubbesoek)).all() == []


def test_a_year_is_listed_counted_and_searched(nettleser: Nettleser, folk: Any, godt: dict[str, str]) -> None:
    korpset = str(penger.lag(folk.inkludering1, 2, navn="Korpset").id)
    side = nettleser.som(folk.inkludering1)
    for felt in ({}, {"dag": "04.03.2026"}, {"lag_id": korpset, "tema": "annet"}, {"dag": "03.02.2025"}):
        assert side.send("/klubbesoek/nytt", godt | felt).status_code == 303
    assert queries.antall(folk.inkludering1, 2026) == queries.Aarstall(besoek=3, lag=2)
    assert queries.aarene(folk.inkludering1) == [2026, 2025]
    html = side.se("/klubbesoek?aar=2026&q=korp").get_data(as_text=True)
    assert "Korpset" in html
    assert ">Turngruppa" not in html
    assert f'href="/lag/{korpset}"' in html
    assert "1 i alt" in side.se("/klubbesoek?aar=2026&tema=annet").get_data(as_text=True)
    assert "1 i alt" in side.se("/klubbesoek?aar=2025").get_data(as_text=True)
    assert side.se("/klubbesoek?aar=tull").status_code == 200
    assert nettleser.som(folk.kultur1).se("/klubbesoek").status_code == 404


def test_a_visit_from_before_the_list_stays_and_can_be_given_its_club(
    nettleser: Nettleser, folk: Any, godt: dict[str, str]
) -> None:
    felt = {"dag": date(2026, 1, 5), "tema": Besoekstema.ANNET, "foert_av": folk.inkludering1.id}
    with transaction():
        db.session.add(Klubbesoek(id=71, enhet_id="inkluderingskonsulent", lagtekst="Korpset på øya", **felt))
    side = nettleser.som(folk.inkludering1)
    assert "Korpset på øya" in side.se("/klubbesoek?aar=2026&q=KORPSET PÅ Ø").get_data(as_text=True)
    assert queries.antall(folk.inkludering1, 2026) == queries.Aarstall(besoek=1, lag=1)
    html = side.se("/klubbesoek/71/endre").get_data(as_text=True)
    assert "Korpset på øya (står ikke i listen)" in html
    som_foer = GODT | {"lag_id": "som-foer", "versjon": _skjult(html, "versjon")}
    assert side.send("/klubbesoek/71/endre", som_foer).status_code == 303
    besoek = db.session.get_one(Klubbesoek, 71)
    assert (besoek.lagnavn, besoek.tema, besoek.lag_id) == ("Korpset på øya", Besoekstema.FRIPLASSER, None)
    assert side.send("/klubbesoek/71/endre", godt | {"versjon": str(besoek.versjon)}).status_code == 303
    besoek = db.session.get_one(Klubbesoek, 71)
    assert (besoek.lagnavn, besoek.lagtekst) == ("Turngruppa sentrum", None)


def test_a_club_that_is_not_active_keeps_its_visits_and_gets_no_new(
    nettleser: Nettleser, folk: Any, godt: dict[str, str]
) -> None:
    side = nettleser.som(folk.inkludering1)
    assert side.send("/klubbesoek/nytt", godt).status_code == 303
    laget, id_ = db.session.get_one(Lag, int(godt["lag_id"])), db.session.scalars(select(Klubbesoek.id)).one()
    nytt_navn = penger.opplysninger(navn="Turn sentrum", aktiv=False)
    penger.gjoer(lagene.endre_lag, laget, nytt_navn, versjon=laget.versjon, av=folk.inkludering1)
    assert "Velg noe fra listen" in side.send("/klubbesoek/nytt", godt).get_data(as_text=True)
    opplysninger = Klubbesoeksopplysninger(date(2026, 1, 5), int(godt["lag_id"]), Besoekstema.ANNET, None)
    with pytest.raises(UgyldigFelt) as feil:
        penger.gjoer(services.foer, opplysninger, 72, av=folk.inkludering1)
    assert feil.value.felt == "lag_id"
    assert "Turn sentrum" in side.se("/klubbesoek?aar=2026&q=turn s").get_data(as_text=True), "by its name of today"
    html = side.se(f"/klubbesoek/{id_}/endre").get_data(as_text=True)
    assert "Turn sentrum (ikke aktivt)" in html
    rettet = godt | {"tema": "annet", "versjon": _skjult(html, "versjon")}
    assert side.send(f"/klubbesoek/{id_}/endre", rettet).status_code == 303
