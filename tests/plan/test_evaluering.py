"""An assessment from draft to approved: who sees it when, and what the coordinator's pages and the bodies tell."""

import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from koordinering.audit import Hva, Innslag
from koordinering.db import db, i_dag, transaction
from koordinering.errors import Endret, FinnesIkke
from koordinering.plan.aktiviteter import queries as aktiviteter
from koordinering.plan.evaluering import queries, services
from koordinering.plan.evaluering.models import Evalueringsvalg, Vurdering
from koordinering.plan.evaluering.rules import (
    FELTENE,
    MAKS_GRUNN,
    MAKS_TEKST,
    Konklusjon,
    Vurderingsinnhold,
    Vurderingsstatus,
)
from koordinering.plan.organer import queries as organer
from koordinering.plan.rullering.services import versjoner
from koordinering.plan.services import last_plan
from tests.fabrikk import bruker
from tests.nettleser import Nettleser
from tests.plan.eksempel import bytt
from tests.tildeling.gjoer import LeserPaaNytt

AAR = i_dag().year
SKRIV = f"/plan/vurderinger/skriv?tiltak=5a-2&aar={AAR}"
HELT = {
    "gjort": "Veilederen er rettet.",
    "effekt": "Flere bruker den.",
    "neste_steg": "Korte den ned.",
    "medvirkning": "Ikke hørt.",
    "konklusjon": "endres",
}
INNHOLD = Vurderingsinnhold("Gjort", "Sett", "", "Videre", "Spurt", Konklusjon.VIDEREFOERES)


@pytest.fixture
def nettleser(app: Flask) -> Nettleser:
    """A browser, and a test that sees what it has written."""
    return LeserPaaNytt(app)


def _versjon(side: Nettleser, sti: str) -> str:
    return str(re.findall(r'name="versjon"[^>]*value="(\d+)"', side.se(sti).get_data(as_text=True))[0])


def _rad() -> Vurdering:
    return db.session.scalars(select(Vurdering)).one()


def test_a_draft_is_the_units_own_and_what_is_sent_is_whole(nettleser: Nettleser, folk: Any) -> None:
    enhet = nettleser.som(folk.tiltak1)
    for _ in range(2):  # the second click sends the same
        assert enhet.send(SKRIV, {"gjort": "Utkast", "versjon": "0"}).status_code == 303
    sti = f"/plan/vurderinger/{_rad().id}"
    for andre in (folk.koordinator1, folk.nav1):
        assert nettleser.som(andre).se(sti).status_code == 404
    svar = enhet.send(SKRIV, {"gjort": "Barnet 01911599968", "versjon": _versjon(enhet, SKRIV), "send": "1"})
    assert svar.status_code == 422
    assert "fødselsnummer" in svar.get_data(as_text=True)
    svar = enhet.send(SKRIV, {**HELT, "konklusjon": "", "versjon": _versjon(enhet, SKRIV), "send": "1"})
    assert svar.status_code == 422
    assert "Velg en konklusjon." in svar.get_data(as_text=True)
    assert "Veilederen er rettet." in svar.get_data(as_text=True), "nothing is lost"
    sendt = HELT | {"versjon": _versjon(enhet, SKRIV), "send": "1"}
    for _ in range(2):  # sent already: the page shows it
        assert enhet.send(SKRIV, sendt).status_code == 303
    assert nettleser.som(folk.nav1).se(sti).status_code == 404
    assert "Veilederen er rettet." in nettleser.som(folk.koordinator1).se(sti).get_data(as_text=True)


def test_sent_back_taken_back_sent_again_and_approved(nettleser: Nettleser, folk: Any) -> None:
    enhet, koordinator = nettleser.som(folk.tiltak1), nettleser.som(folk.koordinator1)
    with transaction():
        id_ = services.lagre("5a-2", AAR, INNHOLD, versjon=0, send=True, av=bruker("tiltak1")).id
    sti = f"/plan/vurderinger/{id_}"
    assert koordinator.send(f"{sti}/returner", {"grunn": ""}).status_code == 422
    assert koordinator.send(f"{sti}/returner", {"grunn": "Hvem gjør det?"}).status_code == 303
    assert "Hvem gjør det?" in enhet.se(SKRIV).get_data(as_text=True)
    assert koordinator.send(f"{sti}/returner", {"grunn": "En gang til"}).status_code == 409
    assert enhet.send(SKRIV, HELT | {"send": "1", "versjon": _versjon(enhet, SKRIV)}).status_code == 303
    assert enhet.send(f"{sti}/trekk").status_code == 303
    assert koordinator.se(sti).status_code == 404
    assert enhet.send(SKRIV, HELT | {"send": "1", "versjon": _versjon(enhet, SKRIV)}).status_code == 303
    assert koordinator.send(f"{sti}/godkjenn", {"versjon": _versjon(koordinator, sti)}).status_code == 303
    assert "Veilederen er rettet." in nettleser.som(folk.nav1).se("/plan/tiltak/5a-2").get_data(as_text=True)
    assert enhet.send(SKRIV, HELT | {"gjort": "Noe annet", "versjon": "9"}).status_code == 303
    assert (_rad().status, _rad().gjort) == (Vurderingsstatus.GODKJENT, "Veilederen er rettet."), "it stands"
    (linje,) = queries.vurderinger(folk.nav1, AAR).values()
    assert (linje.tiltak_id, linje.konklusjon, linje.godkjent) == ("5a-2", Konklusjon.ENDRES, i_dag())
    steg = select(Innslag.detalj).where(Innslag.hva == Hva.VURDERING_STATUS, Innslag.gjelder_id == id_)
    ventet = ["send", "returner", "send", "trekk", "send", "godkjenn"]
    assert db.session.scalars(steg.order_by(Innslag.id)).all() == ventet


def test_a_text_that_is_too_long_is_told_at_its_field_and_nothing_is_lost(nettleser: Nettleser, folk: Any) -> None:
    enhet = nettleser.som(folk.tiltak1)
    svar = enhet.send(SKRIV, HELT | {"gjort": "x" * (MAKS_TEKST + 1), "versjon": "0"})
    html = svar.get_data(as_text=True)
    assert svar.status_code == 422
    assert f">{FELTENE['gjort']}: Teksten er for lang. Skriv høyst {MAKS_TEKST} tegn.</a>" in html
    assert "x" * (MAKS_TEKST + 1) in html
    assert HELT["effekt"] in html
    assert enhet.send(SKRIV, HELT | {"versjon": "0", "send": "1"}).status_code == 303
    for_lang = {"grunn": "x" * (MAKS_GRUNN + 1)}
    svar = nettleser.som(folk.koordinator1).send(f"/plan/vurderinger/{_rad().id}/returner", for_lang)
    assert (svar.status_code, for_lang["grunn"] in svar.get_data(as_text=True)) == (422, True)


def test_a_colleague_who_saved_meanwhile_is_seen_and_the_next_try_counts(nettleser: Nettleser, folk: Any) -> None:
    enhet = nettleser.som(folk.tiltak1)
    assert enhet.send(SKRIV, {"gjort": "Kollegaens\r\nlinjer", "versjon": "0"}).status_code == 303
    svar = enhet.send(SKRIV, HELT | {"versjon": "0"})
    html = svar.get_data(as_text=True)
    assert svar.status_code == 409
    assert "</span>Nå står det: Kollegaens\nlinjer.</p>" in html
    assert HELT["gjort"] in html
    versjon = re.findall(r'name="versjon"[^>]*value="(\d+)"', html)[0]
    assert enhet.send(SKRIV, HELT | {"versjon": versjon}).status_code == 303
    assert _rad().gjort == HELT["gjort"]


def test_two_colleagues_at_once_and_the_coordinator_who_read_another_text(app: Flask, folk: Any) -> None:
    with transaction():
        rad = services.lagre("5a-2", AAR, INNHOLD, versjon=0, av=bruker("tiltak1"))
        foerste = rad.versjon
        services.lagre("5a-2", AAR, INNHOLD, versjon=0, send=True, av=bruker("tiltak1"))  # back, and send instead
        assert rad.status is Vurderingsstatus.SENDT
    with pytest.raises(Endret), transaction():
        services.godkjenn(_rad(), versjon=foerste, av=bruker("koordinator1"))
    with transaction():
        services.trekk(_rad(), av=bruker("tiltak1"))
    with pytest.raises(Endret), transaction():
        services.lagre("5a-2", AAR, INNHOLD, versjon=foerste, av=bruker("tiltak1"))
    assert queries.vurderinger(bruker("koordinator1"), AAR)["5a-2"].gjort == "", "a draft tells its status alone"


@pytest.mark.bare_sqlite
def test_only_the_unit_with_the_main_responsibility_writes_and_only_of_years_that_are(app: Flask, folk: Any) -> None:
    for tiltak, aar in (("4b-2", AAR), ("5a-2", AAR + 1), ("5a-2", AAR - 1), ("finnes-ikke", AAR)):
        with pytest.raises(FinnesIkke), transaction():
            services.lagre(tiltak, aar, INNHOLD, versjon=0, av=bruker("tiltak1"))
    assert {en.tiltak.id for en in queries.mine(bruker("tiltak2"), i_dag())} >= {"4b-2", "4a-1"}
    assert "6-1" not in {en.tiltak.id for en in queries.mine(bruker("tiltak2"), i_dag())}, "a partner does not"


@pytest.mark.bare_sqlite
def test_the_overview_tells_what_is_due_whose_turn_it_is_and_narrows(nettleser: Nettleser, folk: Any) -> None:
    with transaction() as session:
        session.get_one(Evalueringsvalg, 1).foerste_aar = AAR - 2
        services.lagre("5a-2", AAR - 2, INNHOLD, versjon=0, send=True, av=bruker("tiltak1"))
    status = queries.status(folk.nav1, i_dag())
    assert len(status) == 40
    assert (status["5a-2"].forfalt, status["5a-2"].tur) == (True, "Koordinatoren")
    assert (status["1a-1"].forfalt, status["1a-1"].tur) == (True, "Tildeling")
    assert (status["6-1"].neste, status["6-1"].tur) == (None, None)
    side = nettleser.som(folk.koordinator1)
    assert "40 av 40 tiltak" in side.se("/plan/evaluering").get_data(as_text=True)
    assert "1 av 3 tiltak" in side.se("/plan/evaluering?strategi=5a&filter=sendt").get_data(as_text=True)
    assert "Ingen tiltak passer" in side.se("/plan/evaluering?filter=utkast").get_data(as_text=True)
    assert side.se("/plan/evaluering?strategi=tull&enhet=%27&filter=x").status_code == 200
    valg = {"versjon": _versjon(side, "/plan/evaluering/valg"), "dag": "15", "maaned": "4", "varsle_dager": "20"}
    svar = side.send("/plan/evaluering/valg", valg | {"foerste_aar": "1999", "dag": "31"})
    assert svar.status_code == 422
    assert "1 til 28" in svar.get_data(as_text=True)
    valg |= {"foerste_aar": str(AAR - 1), "rulleres": f"01.06.{AAR + 1}"}
    assert side.send("/plan/evaluering/valg", valg).status_code == 303
    assert side.send("/plan/evaluering/valg", valg).status_code == 409, "an old page"
    status = queries.status(folk.nav1, i_dag())
    assert str(status["1a-1"].neste) == f"{AAR}-04-15"
    assert str(status["6-1"].neste) == f"{AAR + 1}-06-01"


@pytest.mark.bare_sqlite
def test_what_waits_for_the_next_version_is_due_when_its_draft_is_begun(folk: Any) -> None:
    assert queries.status(folk.nav1, i_dag())["6-1"].neste is None
    with transaction():
        versjoner.start_utkast(av=folk.koordinator1)
    assert queries.status(folk.nav1, i_dag())["6-1"].neste is not None


@pytest.mark.bare_sqlite
def test_a_body_hears_its_own_measures(nettleser: Nettleser, folk: Any) -> None:
    koordinator, annen = nettleser.som(folk.koordinator1), nettleser.som(folk.nav1)
    liste = annen.se("/plan/organer").get_data(as_text=True)
    for navn in ("Kommunestyret", "NAV-partnerskapet", "Fagutvalg", "Ungdomsrådet", "Idrettsråd", "Musikkråd"):
        assert f">{navn}</a>" in liste
    assert koordinator.send("/plan/organer/nytt", {"navn": "kommunestyret"}).status_code == 422
    assert koordinator.send("/plan/organer/nytt", {"navn": "Formannskapet", "tiltak": ["5a-2"]}).status_code == 303
    (id_,) = re.findall(r'/plan/organer/(\d+)">Formannskapet', annen.se("/plan/organer").get_data(as_text=True))
    with transaction():
        rad = services.lagre("5a-2", AAR, INNHOLD, versjon=0, send=True, av=bruker("tiltak1"))
        services.godkjenn(rad, versjon=rad.versjon, av=bruker("koordinator1"))
    utdrag = annen.se(f"/plan/organer/{id_}?aar={AAR}").get_data(as_text=True)
    assert "5a-2 Prosedyrer" in utdrag
    assert "Videre" in utdrag
    assert "4b-2" not in utdrag


@pytest.mark.bare_sqlite
def test_a_body_is_told_the_deadline_of_the_year_it_looks_at(nettleser: Nettleser, folk: Any) -> None:
    with transaction() as session:
        session.get_one(Evalueringsvalg, 1).foerste_aar = AAR - 2
    hun = nettleser.som(folk.nav1)
    (id_,) = re.findall(r'/plan/organer/(\d+)">Fagutvalg', hun.se("/plan/organer").get_data(as_text=True))

    def utdrag(aar: int) -> str:
        return hun.se(f"/plan/organer/{id_}?aar={aar}").get_data(as_text=True)

    assert f"Ingen vurdering for {AAR - 1} er godkjent ennå.</p>" in utdrag(AAR - 1), (
        "what is due is of an earlier year"
    )
    with transaction() as session:
        session.get_one(Evalueringsvalg, 1).foerste_aar = AAR - 1
    assert f"Ingen vurdering for {AAR - 1} er godkjent ennå. Fristen var " in utdrag(AAR - 1)


@pytest.mark.bare_sqlite
def test_the_calendar_is_at_a_secret_address_that_can_be_taken_back(nettleser: Nettleser, folk: Any) -> None:
    koordinator, fremmed = nettleser.som(folk.koordinator1), Nettleser(nettleser.app)
    (organ,) = [en for en in organer.organer(folk.koordinator1) if en.navn == "Ungdomsrådet"]
    svar = koordinator.send("/plan/evaluering/kalender", {"navn": "Sekretariatet", "organ": str(organ.id)})
    (adresse,) = set(re.findall(r"/kalender/[\w-]+\.ics", svar.get_data(as_text=True)))
    fil = fremmed.se(adresse)
    assert fil.mimetype == "text/calendar"
    assert "Set-Cookie" not in fil.headers
    tekst = fil.get_data(as_text=True).replace("\r\n ", "")
    assert tekst.count("BEGIN:VEVENT") == 1
    assert f"DTSTART;VALUE=DATE:{AAR + 1}0301" in tekst
    assert "Sektor OUK" not in tekst, "no unit, and no person"
    lenker = koordinator.se("/plan/evaluering/kalender").get_data(as_text=True)
    assert adresse not in lenker, "shown once"
    (lenke,) = re.findall(r"/kalender/(\d+)/trekk", lenker)
    assert koordinator.send(f"/plan/evaluering/kalender/{lenke}/trekk").status_code == 303
    assert fremmed.se(adresse).status_code == 404


@pytest.mark.bare_sqlite
def test_another_municipalitys_plan_is_evaluated_without_a_change_of_code(app: Flask, folk: Any) -> None:
    annen = bytt("    evalueres: Hvert år\n", "    evalueres: Hvert år\n    rapporteres_til: Råd A og utvalg B\n")
    with transaction():
        last_plan(annen, av=None)
    assert set(queries.status(folk.nav1, i_dag())) == {"1-1", "1-2"}
    assert queries.status(folk.nav1, i_dag())["1-1"].tur == "Oppvekst"
    assert organer.navn_per_tiltak(folk.nav1)["1-1"] == ("Råd A", "Utvalg B")
    assert aktiviteter.opptelling(folk.nav1, AAR) == [], "what our own plan asks for is nothing to theirs"
