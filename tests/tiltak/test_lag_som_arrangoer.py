"""Clubs that have offers: chosen from the list, shown by their name of today, and what stands on a club's page."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from koordinering.db import db, i_dag, tilfeldig_id, transaction
from koordinering.errors import UgyldigFelt
from koordinering.tildeling import services as tildeling
from koordinering.tiltak.klubbesoek import services as besoekene
from koordinering.tiltak.klubbesoek.rules import Besoekstema, Klubbesoeksopplysninger
from koordinering.tiltak.lag import services as lagene
from koordinering.tiltak.lag.models import Lag
from koordinering.tiltak.lagside.routes import VISES
from koordinering.tiltak.models import Tilbud
from koordinering.users import User
from tests import fabrikk, penger
from tests.nettleser import Nettleser
from tests.tildeling.gjoer import LeserPaaNytt, gjoer, ta_imot

SKJEMA = {
    "tiltak_id": "4a-3",
    "lag_id": "",
    "arrangoer": "",
    "navn": "Klatring for nybegynnere",
    "aktivitet": "klatring",
    "oppmoete": "Spør i luka",
    "sesong_fra": "15.01.2026",
    "sesong_til": "2026-06-01",
    "alder_fra": "6",
    "alder_til": "10",
    "antall": "8",
}


@pytest.fixture
def nettleser(app: Flask) -> LeserPaaNytt:
    """A browser, and a test that sees what it has written."""
    return LeserPaaNytt(app)


@pytest.fixture
def laget(folk: Any) -> Lag:
    """A club of the list."""
    return penger.lag(folk.inkludering1, navn="Klatregruppa")


def _sett(lag: Lag, av: User, **felt: Any) -> None:
    lag = db.session.get_one(Lag, lag.id)
    penger.gjoer(lagene.endre_lag, lag, penger.opplysninger(**felt), versjon=lag.versjon, av=av)


def _besoek(lag: Lag, av: User, dag: date, merknad: str | None = None) -> None:
    opplysninger = Klubbesoeksopplysninger(dag, lag.id, Besoekstema.ANNET, merknad)
    penger.gjoer(besoekene.foer, opplysninger, tilfeldig_id(), av=av)


def _feil_ved(html: str, felt: str) -> str:
    funnet = re.search(rf'id="{felt}-feil"><span class="ds-sr-only">Feil: </span>([^<]*)', html)
    return funnet[1] if funnet else ""


# --- The form --------------------------------------------------------------------------------------------


def test_an_offer_has_one_organiser_a_club_or_the_municipality(nettleser: Nettleser, folk: Any, laget: Lag) -> None:
    side, id_ = nettleser.som(folk.inkludering1), str(laget.id)
    for galt, felt, ord_ in (
        ({}, "lag_id", "Velg et lag, eller skriv hvem i kommunen"),
        ({"lag_id": id_, "arrangoer": "Kulturskolen"}, "arrangoer", "ikke begge deler"),
        ({"lag_id": "17"}, "lag_id", "Velg noe fra listen."),
        ({"lag_id": "Klatregruppa"}, "lag_id", "Velg noe fra listen."),
        ({"arrangoer": "KLATREGRUPPA"}, "arrangoer", "Dette laget står i listen over lag."),
    ):
        svar = side.send("/tilbud/nytt", SKJEMA | galt)
        html = svar.get_data(as_text=True)
        assert svar.status_code == 422
        assert ord_ in _feil_ved(html, felt), felt
        assert "Spør i luka" in html, "what was typed is kept"
    uten_navn = side.send("/tilbud/nytt", SKJEMA | {"navn": ""}).get_data(as_text=True)
    assert _feil_ved(uten_navn, "navn")
    assert _feil_ved(uten_navn, "lag_id"), "told together"
    assert db.session.scalars(select(Tilbud)).all() == []
    assert side.send("/tilbud/nytt", SKJEMA | {"lag_id": id_}).status_code == 302
    assert side.send("/tilbud/nytt", SKJEMA | {"arrangoer": "Badeland", "navn": "Bad"}).status_code == 302
    lagets, kommunens = db.session.scalars(select(Tilbud).order_by(Tilbud.navn.desc()))
    assert (str(lagets.lag_id), lagets.arrangoertekst, lagets.arrangoer) == (id_, None, "Klatregruppa")
    assert (kommunens.lag_id, kommunens.arrangoer) == (None, "Badeland")
    sti = f"/tilbud/{lagets.id}/endre"
    assert f'<option selected value="{id_}">' in side.se(sti).get_data(as_text=True)
    over = SKJEMA | {"arrangoer": "Badeland", "versjon": str(lagets.versjon)}
    assert side.send(sti, over).status_code == 302, "the municipality takes it over"
    assert db.session.get_one(Tilbud, lagets.id).arrangoer == "Badeland"


def test_a_club_that_is_not_active_keeps_what_it_has_and_gets_nothing_new(
    nettleser: Nettleser, folk: Any, laget: Lag
) -> None:
    tilbud, versjon, id_ = fabrikk.tilbud(folk.inkludering1, lag=laget), 1, str(laget.id)
    _sett(laget, folk.inkludering1, navn="Klatregruppa", aktiv=False)
    side = nettleser.som(folk.inkludering1)
    nytt = side.send("/tilbud/nytt", SKJEMA | {"lag_id": id_}).get_data(as_text=True)
    assert _feil_ved(nytt, "lag_id") == "Velg noe fra listen."
    with pytest.raises(UgyldigFelt) as feil:
        fabrikk.tilbud(folk.inkludering1, lag=laget)
    assert (feil.value.felt, str(feil.value)[:23]) == ("lag_id", "Laget er ikke aktivt. V")
    html = side.se(f"/tilbud/{tilbud.id}/endre").get_data(as_text=True)
    assert "Klatregruppa (ikke aktivt)</option>" in html
    assert "Laget er ikke aktivt lenger." in html
    endret = SKJEMA | {"lag_id": id_, "navn": "Klatring", "versjon": str(versjon)}
    assert side.send(f"/tilbud/{tilbud.id}/endre", endret).status_code == 302
    assert db.session.get_one(Tilbud, tilbud.id).navn == "Klatring"
    assert "Tilbudet står til du trekker det." in side.se(f"/tilbud/{tilbud.id}").get_data(as_text=True)


def test_clubs_of_the_same_name_are_told_apart_by_their_numbers(nettleser: Nettleser, folk: Any, laget: Lag) -> None:
    penger.lag(folk.inkludering1, 2, navn="klatregruppa")
    penger.lag(folk.inkludering1, 3, navn="Turngruppa")
    html = nettleser.som(folk.inkludering1).se("/tilbud/nytt").get_data(as_text=True)
    valgene = re.findall(r'<option value="\d+">([^<]*)</option>', html)
    assert len([valg for valg in valgene if re.fullmatch(r"[Kk]latregruppa, \d{3}.\d{3}.\d{3}", valg)]) == 2
    assert "Turngruppa" in valgene


def test_the_database_takes_one_organiser_and_no_more(folk: Any, laget: Lag) -> None:
    id_, laget_id = fabrikk.tilbud(folk.inkludering1).id, laget.id

    def skriv(**felt: Any) -> None:
        with transaction():
            db.session.execute(update(Tilbud).where(Tilbud.id == id_).values(felt))

    for felt in ({"lag_id": laget_id}, {"arrangoertekst": None}):
        with pytest.raises(IntegrityError):
            skriv(**felt)


# --- Where it is shown -----------------------------------------------------------------------------------


def test_a_club_is_shown_and_found_by_its_name_of_today(nettleser: Nettleser, folk: Any, laget: Lag) -> None:
    tilbud = fabrikk.tilbud(folk.inkludering1, lag=laget)
    _sett(laget, folk.inkludering1, navn="Buldregruppa på Øra")
    side = nettleser.som(folk.inkludering1)
    for sti in (f"/tilbud/{tilbud.id}", "/tilbud?q=PÅ ØRA", f"/fordel?tilbud={tilbud.id}", f"/tilbud/{tilbud.id}/ark"):
        assert "Buldregruppa på Øra" in side.se(sti).get_data(as_text=True), sti
    assert f"/tilbud/{tilbud.id}" not in side.se("/tilbud?q=klatregruppa").get_data(as_text=True)


def test_the_slip_and_the_proposal_name_the_club_and_not_its_account(
    nettleser: Nettleser, folk: Any, laget: Lag
) -> None:
    tilbud, konto = fabrikk.tilbud(folk.inkludering1, lag=laget), laget.kontonummer or ""
    henvisning = ta_imot(fabrikk.sak(folk.nav1), folk.inkludering1)
    side = nettleser.som(folk.inkludering1)
    runde = side.se("/forslag/nytt?tiltak=4a-3").get_data(as_text=True)
    assert "Fotball for alle, Klatregruppa, 6–12 år" in runde
    gjoer(tildeling.gi, henvisning, tilbud, av=folk.inkludering1)
    for leser, sti in ((folk.nav1, "/lapp"), (folk.inkludering1, "")):
        html = nettleser.som(leser).se(f"/henvisninger/{henvisning.id}{sti}").get_data(as_text=True)
        assert "Klatregruppa" in html or not sti
        assert konto not in html


def test_the_list_of_offers_is_narrowed_to_a_club(nettleser: Nettleser, folk: Any, laget: Lag) -> None:
    lagets, annet = fabrikk.tilbud(folk.inkludering1, lag=laget), fabrikk.tilbud(folk.inkludering1)
    uten_tilbud = penger.lag(folk.inkludering1, 2, navn="Turngruppa")
    side = nettleser.som(folk.nav1)
    html = side.se(f"/tilbud?lag={laget.id}").get_data(as_text=True)
    assert f"/tilbud/{lagets.id}" in html
    assert f"/tilbud/{annet.id}" not in html
    assert f'value="{uten_tilbud.id}"' not in html, "a club without offers is no choice"
    for tull in ("17", "tull", ""):
        assert f"/tilbud/{annet.id}" in side.se(f"/tilbud?lag={tull}").get_data(as_text=True)
    eksport = side.send("/tilbud/eksport", {"lag": str(laget.id)}).get_data(as_text=True)
    assert len(eksport.splitlines()) == 2


def test_the_clubs_page_has_its_offers_and_its_visits(nettleser: Nettleser, folk: Any, laget: Lag) -> None:
    av, dag = folk.inkludering1, i_dag()
    loepende = fabrikk.tilbud(av, lag=laget, navn="Klatring nå", antall=7)
    fabrikk.tilbud(
        av, lag=laget, navn="Klatring i fjor", sesong_fra=dag - timedelta(300), sesong_til=dag - timedelta(100)
    )
    fabrikk.tilbud(av, navn="Noe annet")
    _besoek(laget, av, date(2026, 1, 5), "Møtte styret.")
    side = nettleser.som(av)
    html = side.se(f"/lag/{laget.id}").get_data(as_text=True)
    assert f'href="/tilbud/{loepende.id}">Klatring nå</a>' in html
    assert 'data-felt="Plasser" class="tall">7</td>' in html
    assert re.search(r"Klatring i fjor</a>\s*<span[^>]*>Over", html)
    assert "Noe annet" not in html
    assert "Møtte styret." in html
    assert "Vis alle" not in html


def test_the_clubs_page_shows_the_latest_and_the_way_to_the_rest(nettleser: Nettleser, folk: Any, laget: Lag) -> None:
    av, dag = folk.inkludering1, i_dag()
    fabrikk.tilbud(
        av, lag=laget, navn="Klatring i fjor", sesong_fra=dag - timedelta(300), sesong_til=dag - timedelta(100)
    )
    _besoek(laget, av, date(2026, 1, 5), "Møtte styret.")
    for nr in range(VISES):
        fabrikk.tilbud(av, lag=laget, navn=f"Klatring {nr}")
        _besoek(laget, av, date(2026, 2, 1 + nr))
    side = nettleser.som(av)
    html = side.se(f"/lag/{laget.id}").get_data(as_text=True)
    assert "Klatring i fjor" not in html
    assert "Møtte styret." not in html
    assert "Klatring i fjor" in side.se(f"/tilbud?lag={laget.id}&alle=y").get_data(as_text=True)
    assert f'href="/tilbud?lag={laget.id}&amp;alle=y">Vis alle tilbudene' in html
    assert f'href="/lag/{laget.id}/besoek">Vis alle besøkene' in html
    alle = side.se(f"/lag/{laget.id}/besoek").get_data(as_text=True)
    assert "Møtte styret." in alle
    assert f"{VISES + 1} i alt" in alle
    tomt = penger.lag(av, 2)
    assert "Laget har ingen tilbud." in side.se(f"/lag/{tomt.id}").get_data(as_text=True)
    assert "Ingen besøk hos laget" in side.se(f"/lag/{tomt.id}/besoek").get_data(as_text=True)
    assert side.se("/lag/17/besoek").status_code == 404


def test_a_club_that_is_set_aside_while_it_has_offers_is_told_plainly(
    nettleser: Nettleser, folk: Any, laget: Lag
) -> None:
    tilbud = fabrikk.tilbud(folk.inkludering1, lag=laget)
    side = nettleser.som(folk.inkludering1)
    html = side.se(f"/lag/{laget.id}/endre").get_data(as_text=True)
    assert "Tilbud det har nå, blir stående til de trekkes." in html
    skjema = {"navn": laget.navn, "orgnr": laget.orgnr, "kontonummer": laget.kontonummer, "versjon": laget.versjon}
    svar = side.send(f"/lag/{laget.id}/endre", skjema)
    assert svar.status_code == 303
    assert "Laget har fortsatt 1 tilbud som ikke er over." in side.se(svar.location).get_data(as_text=True)
    assert f"/tilbud/{tilbud.id}" in side.se("/tilbud").get_data(as_text=True), "the offer stays"
    assert "fortsatt" not in nettleser.som(folk.godkjenner1).se(f"/lag/{laget.id}").get_data(as_text=True)


# --- Who sees what ---------------------------------------------------------------------------------------


def test_kulturskolen_keeps_its_own_offers_and_sees_no_more_of_a_club_than_its_name(
    nettleser: Nettleser, folk: Any, laget: Lag
) -> None:
    side, hemmelig = nettleser.som(folk.kulturskole1), (laget.kontonummer, laget.epost, laget.kontakt)
    eget = SKJEMA | {"tiltak_id": "4b-11", "arrangoer": "Kulturskolen", "navn": "Gitar"}
    assert side.send("/tilbud/nytt", eget).status_code == 302
    lagets = eget | {"arrangoer": "", "lag_id": str(laget.id), "navn": "Kor"}
    assert side.send("/tilbud/nytt", lagets).status_code == 302
    kor = db.session.scalars(select(Tilbud).where(Tilbud.navn == "Kor")).one()
    for sti in ("/tilbud", "/tilbud/nytt", f"/tilbud/{kor.id}", f"/tilbud/{kor.id}/endre", f"/tilbud/{kor.id}/ark"):
        html = side.se(sti).get_data(as_text=True)
        assert not [tekst for tekst in hemmelig if tekst and tekst in html], sti
        assert "Legg til lag" not in html
        assert f'href="/lag/{laget.id}"' not in html, "a link would lead nowhere"
    for sti in ("/lag", f"/lag/{laget.id}", f"/lag/{laget.id}/besoek", "/klubbesoek"):
        assert side.se(sti).status_code == 404


@pytest.mark.parametrize(
    ("hvem", "statuser"),
    [
        ("godkjenner1", (200, 404, 404)),
        ("fretex1", (404, 404, 404)),
        ("moeteplass1", (404, 404, 404)),
        ("koordinator1", (404, 404, 404)),
        ("nav1", (404, 404, 200)),
    ],
)
def test_the_others_see_nothing_new(
    nettleser: Nettleser, folk: Any, laget: Lag, hvem: str, statuser: tuple[int, ...]
) -> None:
    fabrikk.tilbud(folk.inkludering1, lag=laget, navn="Klatring")
    _besoek(laget, folk.inkludering1, date(2026, 1, 5), "Møtte styret.")
    side = nettleser.som(fabrikk.bruker(hvem))
    stier = (f"/lag/{laget.id}", f"/lag/{laget.id}/besoek", f"/tilbud?lag={laget.id}")
    assert tuple(side.se(sti).status_code for sti in stier) == statuser
    if statuser[0] == 200:
        html = side.se(stier[0]).get_data(as_text=True)
        assert "Klatring<" not in html
        assert "Møtte styret." not in html
