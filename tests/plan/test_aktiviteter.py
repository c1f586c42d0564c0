"""Activities: written in once, corrected, taken away and had back, counted against the plan, taken out as a file."""

import io
import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import select, update

from koordinering.db import db, i_dag, now, tilfeldig_id, transaction
from koordinering.errors import UgyldigFelt
from koordinering.plan.aktiviteter import queries, services
from koordinering.plan.aktiviteter.models import Aktivitet
from koordinering.plan.aktiviteter.rules import Aktivitetsopplysninger, Aktivitetsslag, Per
from koordinering.plan.organer import queries as organer
from tests.fabrikk import bruker
from tests.nettleser import Nettleser
from tests.tildeling.gjoer import LeserPaaNytt

pytestmark = pytest.mark.bare_sqlite

AAR = i_dag().year
GODT = {"dag": f"15.01.{AAR}", "tiltak_id": "6-1", "slag": "seminar", "tema": "Å snakke om penger", "antall": "46"}


@pytest.fixture
def nettleser(app: Flask) -> Nettleser:
    """A browser, and a test that sees what it has written."""
    return LeserPaaNytt(app)


def _skjult(side: Nettleser, sti: str, navn: str) -> str:
    return str(re.findall(rf'name="{navn}"[^>]*value="([^"]*)"', side.se(sti).get_data(as_text=True))[0])


def test_written_in_once_corrected_taken_away_and_had_back(nettleser: Nettleser, folk: Any) -> None:
    side = nettleser.som(folk.tiltak1)
    skjema = GODT | {"noekkel": _skjult(side, "/plan/aktiviteter/ny", "noekkel"), "antall": "1\u202f046"}
    for _ in range(2):
        assert side.send("/plan/aktiviteter/ny", skjema).status_code == 303
    id_, antall = db.session.execute(select(Aktivitet.id, Aktivitet.antall)).one()
    assert antall == 1046, "with a space between thousands"
    sti = f"/plan/aktiviteter/{id_}"
    rettet = GODT | {"antall": "47", "versjon": _skjult(side, f"{sti}/endre", "versjon")}
    assert side.send(f"{sti}/endre", rettet).status_code == 303
    assert side.send(f"{sti}/endre", rettet).status_code == 409, "an old page"
    assert nettleser.som(folk.tiltak2).se(f"{sti}/endre").status_code == 404, "another unit's"
    svar = side.send(f"{sti}/slett", foelg=True)
    assert "Angre" in svar.get_data(as_text=True)
    assert side.send(f"{sti}/slett").status_code == 404
    assert "Ingen aktiviteter her" in side.se("/plan/aktiviteter").get_data(as_text=True)
    for _ in range(2):
        assert side.send(f"{sti}/angre").status_code == 303
    bok = load_workbook(io.BytesIO(side.send("/plan/aktiviteter/fil", {"aar": str(AAR)}).data))
    hode, rad = list(bok["Aktiviteter"].iter_rows(values_only=True))
    assert rad[1:6] == ("6-1", "Halvdagsseminar hvert halvår", "Seminar", "Å snakke om penger", 47)
    assert hode[5] == "Til stede"


@pytest.mark.parametrize(
    ("galt", "ord_"),
    [
        ({"dag": "31.02.2026"}, ">31.02.2026 finnes ikke: den måneden har 28 dager.</a>"),
        ({"dag": (i_dag() + timedelta(days=9)).strftime("%d.%m.%Y")}, "ikke kommet"),
        ({"tiltak_id": "4b-2"}, "Velg noe fra listen"),
        ({"slag": ""}, "Velg et slag."),
        ({"tema": "Barnet 01911599968"}, "fødselsnummer"),
        ({"antall": "3"}, "Tallet er lite."),
        ({"antall": "mange"}, ">Antall til stede: Skriv et helt tall.</a>"),
        ({"antall": "1.000"}, ">Antall til stede: Skriv tallet uten punktum: 1 000 for tusen.</a>"),
        ({"organer": ["17"]}, "listen"),
    ],
)
def test_what_is_wrong_is_told_at_its_field(nettleser: Nettleser, folk: Any, galt: dict[str, Any], ord_: str) -> None:
    svar = nettleser.som(folk.tiltak1).send("/plan/aktiviteter/ny", GODT | galt)
    assert svar.status_code == 422
    assert ord_ in svar.get_data(as_text=True)
    assert "penger" in svar.get_data(as_text=True) or "tema" in galt
    assert db.session.scalars(select(Aktivitet)).all() == []


def _foer(tiltak_id: str, slag: Aktivitetsslag, dag: Any, *navn: str) -> None:
    ider = frozenset(o.id for o in organer.organer(bruker("koordinator1")) if o.navn in navn)
    opplysninger = Aktivitetsopplysninger(dag, slag, "Tema", None, tiltak_id, ider)
    with transaction():
        services.foer(opplysninger, tilfeldig_id(), av=bruker("koordinator1"))


def _ny(side: Nettleser) -> int:
    side.send("/plan/aktiviteter/ny", GODT)
    return db.session.scalars(select(Aktivitet.id)).one()


def test_a_colleague_who_corrected_meanwhile_is_seen_and_the_next_try_counts(nettleser: Nettleser, folk: Any) -> None:
    side = nettleser.som(folk.tiltak1)
    sti = f"/plan/aktiviteter/{_ny(side)}/endre"
    felt = GODT | {"versjon": _skjult(side, sti, "versjon")}
    assert side.send(sti, felt | {"tema": "Kollegaens"}).status_code == 303
    svar = side.send(sti, felt | {"tema": "Mitt", "dag": f"16.01.{AAR}"})
    html = svar.get_data(as_text=True)
    assert svar.status_code == 409
    assert re.findall(r"</span>Nå står det: ([^<]*)\.</p>", html) == [GODT["dag"], "Kollegaens"], "where they differ"
    assert 'value="Mitt"' in html
    nytt = re.findall(r'name="versjon"[^>]*value="([^"]*)"', html)[0]
    assert side.send(sti, felt | {"tema": "Mitt", "versjon": nytt}).status_code == 303
    assert db.session.scalars(select(Aktivitet.tema)).one() == "Mitt"


def test_undoing_is_offered_only_where_there_is_something_to_undo(nettleser: Nettleser, folk: Any) -> None:
    side = nettleser.som(folk.tiltak1)
    id_ = _ny(side)
    liste = f"/plan/aktiviteter?slettet={id_}"

    def tilbys(hvem: Nettleser) -> bool:
        return "Aktiviteten er slettet" in hvem.se(liste).get_data(as_text=True)

    assert not tilbys(side)
    side.send(f"/plan/aktiviteter/{id_}/slett")
    assert tilbys(side)
    assert not any(tilbys(nettleser.som(andre)) for andre in (folk.tiltak2, folk.nav1))
    side.send(f"/plan/aktiviteter/{id_}/angre")
    assert not tilbys(side), "the address lives on"


def test_the_year_is_counted_against_what_the_plan_says(app: Flask, folk: Any) -> None:
    ifjor = i_dag().replace(year=AAR - 1, month=3, day=10)
    _foer("6-1", Aktivitetsslag.SEMINAR, ifjor)
    _foer("6-1", Aktivitetsslag.KURS, ifjor.replace(month=9))
    _foer("6-2", Aktivitetsslag.TEMALISTE, ifjor)
    _foer("4b-8", Aktivitetsslag.DAGSORDEN, ifjor, "Fagutvalg", "Ungdomsrådet")
    _foer("4b-8", Aktivitetsslag.DAGSORDEN, ifjor.replace(year=AAR - 2), "Fagutvalg")
    krav = {k.tiltak_id: k for k in queries.opptelling(folk.nav1, AAR - 1)}
    assert (krav["6-1"].oppfylt, krav["6-1"].mangler(i_dag())) == (False, ("andre halvår",)), "a course is no seminar"
    assert (krav["6-2"].oppfylt, krav["6-2"].temaer) == (True, ("Tema",))
    assert krav["4b-8"].oppfylt, "one in both bodies"
    assert not {k.tiltak_id: k for k in queries.opptelling(folk.nav1, AAR - 2)}["4b-8"].oppfylt
    assert krav["4a-1"].funnet == 0
    with transaction():
        db.session.execute(update(Aktivitet).values(slettet=now() - timedelta(hours=25)))
    assert queries.opptelling(folk.nav1, AAR - 1)[-1].funnet == 0
    services.rydd_aktiviteter()
    assert db.session.scalars(select(Aktivitet)).all() == []


def test_the_coordinator_decides_what_the_plan_asks_for(nettleser: Nettleser, folk: Any) -> None:
    side = nettleser.som(folk.koordinator1)
    nytt = {"tiltak_id": "3b-1", "slag": "forum", "antall": "4", "per": "aar"}
    assert side.send("/plan/aktiviteter/krav", nytt | {"antall": "0"}).status_code == 422
    assert side.send("/plan/aktiviteter/krav", nytt).status_code == 303
    assert side.send("/plan/aktiviteter/krav", nytt).status_code == 422, "it is there"
    assert "3b-1" in {k.tiltak_id for k in queries.opptelling(folk.nav1, AAR)}
    (nr,) = [k.id for k in queries.kravene(folk.nav1) if k.tiltak_id == "3b-1"]
    assert side.send(f"/plan/aktiviteter/krav/{nr}/slett").status_code == 303
    with pytest.raises(UgyldigFelt), transaction():
        services.legg_til_krav("finnes-ikke", Aktivitetsslag.KURS, 1, Per.AAR, av=bruker("koordinator1"))
