"""The pages of the money through the front door, from application to file; and what the files hold."""

import io
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event, select

from koordinering.db import db, i_dag
from koordinering.formler import uten_formel
from koordinering.tiltak.lag.rules import ORGNR_VEKTER
from koordinering.tiltak.midler import queries, services
from koordinering.tiltak.midler.export import UTBETALINGSKOLONNER, Ark, Kroner, to_csv
from koordinering.tiltak.midler.models import Faktura, Tilskudd, Utbetaling
from koordinering.tiltak.rules.tilbudseksport import som_csv
from tests import penger
from tests.nettleser import Nettleser
from tests.penger import gjoer
from tests.tildeling.gjoer import LeserPaaNytt

AAR = i_dag().year


@pytest.fixture
def konsulent(app: Flask, folk: Any) -> Nettleser:
    """The consultant's browser."""
    return LeserPaaNytt(app).som(folk.inkludering1)


@pytest.fixture
def godkjenner(app: Flask, folk: Any) -> Nettleser:
    """The approver's browser."""
    return LeserPaaNytt(app).som(folk.godkjenner1)


def _tekst(svar: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", svar.get_data(as_text=True))).replace("\xa0", " ")


def _dag(dager: int) -> str:
    return f"{i_dag() + timedelta(days=dager):%d.%m.%Y}"


def test_a_grant_from_application_to_file(konsulent: Nettleser, godkjenner: Nettleser, folk: Any) -> None:
    assert konsulent.send("/midler/aar/nytt", {"aar": str(AAR)}).status_code == 303
    svar = konsulent.send(f"/midler/{AAR}/ramme/inkludering", {"ramme": "30 000", "versjon": "0"})
    assert svar.status_code == 303
    laget = penger.lag(folk.inkludering1)
    runde = queries.runder(AAR)[0]
    soeknad = {
        "runde_id": str(runde.id), "lag_id": str(laget.id), "formaal_id": "inkludering",
        "mottatt": _dag(0), "antall_barn": "0", "soekt": "20 000",
    }  # fmt: skip
    svar = konsulent.send("/tilskudd/ny", soeknad)
    assert svar.status_code == 422
    assert 'value="20 000"' in svar.get_data(as_text=True)
    side = konsulent.send("/tilskudd/ny", soeknad | {"antall_barn": "9"}).location
    tilskudd = db.session.scalars(select(Tilskudd)).one()
    vedtak = {"innvilget": "25000", "rapport_frist": _dag(100), "versjon": str(tilskudd.versjon)}
    assert konsulent.send(f"{side}/innvilg", vedtak).status_code == 422
    vedtak |= {"innvilget": "15000", "vilkaar": "Ring 99887766"}
    assert "offentlige" in _tekst(konsulent.send(f"{side}/innvilg", vedtak))
    assert konsulent.send(f"{side}/innvilg", vedtak | {"vilkaar": "Bare utstyr."}).status_code == 303
    for_sent = konsulent.send(f"{side}/innvilg", vedtak | {"vilkaar": ""})
    assert for_sent.status_code == 409, "somebody else did"
    assert "Nå står det" not in _tekst(for_sent), "what a page enters does not stand in the row"
    assert "15 000 kr" in _tekst(konsulent.se(f"/midler?aar={AAR}"))
    konsulent.send(f"{side}/betal", {"beloep": "15000", "forfall": _dag(5), "versjon": "1500000"})
    assert "Bilag" in _tekst(konsulent.se(side))
    _godkjenn_og_hent(godkjenner)
    assert "I fil til økonomi" in _tekst(konsulent.se(side))


def _godkjenn_og_hent(godkjenner: Nettleser) -> None:
    venter = db.session.scalars(select(Utbetaling.id).where(Utbetaling.status == "venter")).all()
    assert "Kryss av" in _tekst(godkjenner.send("/utbetalinger/avgjoer"))
    svar = godkjenner.send("/utbetalinger/avgjoer", {"valgt": [str(v) for v in venter], "send_tilbake": "1"})
    assert "Velg en grunn." in _tekst(svar), _tekst(svar)
    assert "checked" in svar.get_data(as_text=True)
    svar = godkjenner.send("/utbetalinger/avgjoer", {"valgt": [str(v) for v in venter]})
    assert _tekst(godkjenner.se(svar.location)).count("Godkjent.") == len(venter)
    fil = godkjenner.send("/utbetalinger/filer").location
    for _ in range(2):  # it can be taken out again
        hentet = godkjenner.send(f"{fil}/hent", {"slag": "csv"})
        assert hentet.content_type == "text/csv; charset=utf-8"
        csv = hentet.get_data().decode("utf-8-sig").splitlines()
        assert csv[0] == ";".join(UTBETALINGSKOLONNER)
        assert len(csv) == 1 + len(venter)
        assert csv[1].startswith(f"1;{AAR}-0001;Turngruppa 1;{penger.nummer(1, ORGNR_VEKTER)};")
        assert ";15000,00;NOK;" in csv[1]
    ark = openpyxl.load_workbook(io.BytesIO(godkjenner.send(f"{fil}/hent", {"slag": "xlsx"}).get_data())).active
    assert ark is not None
    assert ark["F2"].value == 15000
    assert godkjenner.send("/utbetalinger/filer").location == "/utbetalinger/filer"  # nothing is ready


def test_an_invoice_is_paid_in_parts_credited_and_closed(konsulent: Nettleser, folk: Any) -> None:
    budsjett, laget = penger.budsjett(folk.inkludering1), penger.lag(folk.inkludering1)
    tilsagn = gjoer(services.gi_tilsagn, budsjett, laget, 250_000, av=folk.inkludering1)
    side = f"/midler/plasser/{tilsagn.id}"
    galt = {"nummer": "Kari Barnet", "beloep": "2000", "forfall": _dag(20)}
    assert "nummeret som står på fakturaen" in _tekst(konsulent.send(f"{side}/faktura", galt))
    assert konsulent.send(f"{side}/faktura", galt | {"nummer": "77", "beloep": "3000"}).status_code == 422
    assert konsulent.send(f"{side}/faktura", galt | {"nummer": "77"}).status_code == 303
    assert konsulent.send(f"{side}/faktura", galt | {"nummer": "77", "beloep": "100"}).status_code == 422  # again
    faktura = db.session.scalars(select(Faktura)).one()
    betal, vist = f"/midler/fakturaer/{faktura.id}/betal", {"versjon": "200000"}
    assert konsulent.send(betal, vist | {"beloep": "2000,01"}).status_code == 422
    assert konsulent.send(betal, vist | {"beloep": "1200"}).status_code == 303
    nota = {"nummer": "K1", "beloep": "900"}
    assert konsulent.send(f"/midler/fakturaer/{faktura.id}/kreditnota", nota).status_code == 422
    assert konsulent.send(f"/midler/fakturaer/{faktura.id}/kreditnota", nota | {"beloep": "800"}).status_code == 303
    assert konsulent.send(f"{side}/endre", {"beloep": "1000", "versjon": "250000"}).status_code == 422
    assert konsulent.send(f"{side}/avslutt").status_code == 303
    assert "1 200 kr" in _tekst(konsulent.se(side))
    assert queries.til_enkeltplasser(i_dag(), "4a-3")[0].bundet_oere == 120_000


def _skjult(html: str, navn: str) -> str:
    funnet = re.search(rf'name="{navn}"[^>]*value="(\d+)"', html)
    assert funnet
    return funnet[1]


def test_a_part_is_paid_once_from_one_page(konsulent: Nettleser, folk: Any) -> None:
    """A second click, the back button, two tabs: the page that shows what was left has been used."""
    penger.budsjett(folk.inkludering1, "inkludering", 3_000_000)
    tilskudd = penger.innvilget(folk.inkludering1, penger.lag(folk.inkludering1))
    faktura = penger.faktura(
        folk.inkludering1,
        gjoer(services.gi_tilsagn, penger.budsjett(folk.inkludering1), tilskudd.lag, 300_000, av=folk.inkludering1),
        300_000,
    )
    for side in (f"/tilskudd/{tilskudd.id}/betal", f"/midler/fakturaer/{faktura.id}/betal"):
        skjema = {"beloep": "1 000", "forfall": _dag(3)}
        vist = {"versjon": _skjult(konsulent.se(side).get_data(as_text=True), "versjon")}
        assert konsulent.send(side, skjema | vist).status_code == 303
        igjen = konsulent.send(side, skjema | vist)
        assert igjen.status_code == 409
        assert "Det som er igjen å betale, er endret" in _tekst(igjen)
        assert "Nå står det" not in _tekst(igjen)
        assert "På vei i andre utbetalinger 1 000 kr" in _tekst(igjen)
        html = igjen.get_data(as_text=True)
        assert 'value="1 000"' in html
        assert "8" in re.findall(r"<dd>(\d{4}\xa0\d\d\xa0\d{5})</dd>", html)[0], "the account in groups"
        assert konsulent.send(side, skjema | {"versjon": _skjult(html, "versjon")}).status_code == 303, "it was meant"
    assert sorted(db.session.scalars(select(Utbetaling.beloep_oere))) == [100_000] * 4


def test_an_application_that_is_sent_twice_is_entered_once(konsulent: Nettleser, folk: Any) -> None:
    penger.budsjett(folk.inkludering1, "inkludering", 3_000_000)
    laget, runde = penger.lag(folk.inkludering1), queries.runder(AAR)[0]
    soeknad = {
        "runde_id": str(runde.id), "lag_id": str(laget.id), "formaal_id": "inkludering",
        "mottatt": _dag(0), "antall_barn": "4", "soekt": "20 000",
        "noekkel": _skjult(konsulent.se("/tilskudd/ny").get_data(as_text=True), "noekkel"),
    }  # fmt: skip
    svar = [konsulent.send("/tilskudd/ny", soeknad) for _ in range(2)]
    assert svar[0].location == svar[1].location
    assert len(db.session.scalars(select(Tilskudd.id)).all()) == 1


def test_an_approval_is_taken_back_until_the_file(konsulent: Nettleser, godkjenner: Nettleser, folk: Any) -> None:
    penger.budsjett(folk.inkludering1, "inkludering", 3_000_000)
    tilskudd = penger.innvilget(folk.inkludering1, penger.lag(folk.inkludering1))
    betal = {"forfall": _dag(3), "versjon": str(tilskudd.rest_oere)}
    konsulent.send(f"/tilskudd/{tilskudd.id}/betal", betal | {"beloep": str(tilskudd.rest_oere // 100)})
    side = f"/utbetalinger/{db.session.scalars(select(Utbetaling.id)).one()}"
    assert godkjenner.send(f"{side}/angre").status_code == 409, "nothing is approved yet"
    assert godkjenner.send(f"{side}/godkjenn").status_code == 303
    assert konsulent.send(f"{side}/angre").status_code == 404
    assert "Ta godkjenningen tilbake" not in _tekst(konsulent.se(side))
    assert "Ta godkjenningen tilbake" in _tekst(godkjenner.se(side))
    assert konsulent.send(f"{side}/paa-nytt").status_code == 409, "only what was sent back is sent anew"
    assert godkjenner.send(f"{side}/angre").status_code == 303
    assert "Venter på godkjenning" in _tekst(godkjenner.se(side))
    assert godkjenner.send("/utbetalinger/filer").location == "/utbetalinger/filer", "nothing is ready"
    godkjenner.send(f"{side}/godkjenn")
    godkjenner.send("/utbetalinger/filer")
    assert godkjenner.send(f"{side}/angre").status_code == 409, "it is in a file"


def test_what_waits_is_kept_as_it_was_searched_when_something_is_wrong(godkjenner: Nettleser, folk: Any) -> None:
    penger.budsjett(folk.inkludering1, "inkludering", 6_000_000)
    for nr in (1, 2):
        tilskudd = penger.innvilget(folk.inkludering1, penger.lag(folk.inkludering1, nr))
        rest = tilskudd.rest_oere
        gjoer(services.betal_tilskudd, tilskudd, rest, penger.i_morgen(), vist_oere=rest, av=folk.inkludering1)
    html = godkjenner.se("/utbetalinger?q=Turngruppa+2").get_data(as_text=True)
    hit = re.search(r'action="(/utbetalinger/avgjoer[^"]*)"', html)
    assert hit
    svar = godkjenner.send(hit[1], {"valgt": re.findall(r'name="valgt" value="(\d+)"', html), "send_tilbake": "1"})
    assert "Velg en grunn." in _tekst(svar)
    assert ("Turngruppa 2" in _tekst(svar), "Turngruppa 1" in _tekst(svar)) == (True, False)


def test_a_day_that_cannot_be_is_told_of_in_its_own_words(konsulent: Nettleser, folk: Any) -> None:
    penger.budsjett(folk.inkludering1, "inkludering", 3_000_000)
    tilskudd = penger.innvilget(folk.inkludering1, penger.lag(folk.inkludering1))
    betal = {"beloep": "10", "versjon": str(tilskudd.rest_oere)}
    for dag, sagt in ((_dag(-1), "kan ikke være før i dag"), (_dag(2000), "Se over årstallet")):
        svar = konsulent.send(f"/tilskudd/{tilskudd.id}/betal", betal | {"forfall": dag})
        assert (svar.status_code, sagt in _tekst(svar)) == (422, True), dag
    rapport = {"brukt": "0", "deltok": "0", "versjon": str(tilskudd.versjon)}
    for dag, sagt in ((_dag(1), "ikke kommet ennå"), (_dag(-9), "før vedtaket")):
        assert sagt in _tekst(konsulent.send(f"/tilskudd/{tilskudd.id}/rapport", rapport | {"mottatt": dag})), dag
    runde = {"navn": "Ny", "frist": f"01.05.{AAR + 1}"}
    assert "det året runden gjelder" in _tekst(konsulent.send(f"/midler/{AAR}/runder/ny", runde))


def test_grants_are_public_and_single_places_are_not(app: Flask, folk: Any) -> None:
    penger.budsjett(folk.inkludering1, "inkludering", 3_000_000)
    tilskudd = penger.innvilget(folk.inkludering1, penger.lag(folk.inkludering1))
    tilsagn = gjoer(services.gi_tilsagn, penger.budsjett(folk.inkludering1), tilskudd.lag, 1000, av=folk.inkludering1)
    id_, tilsagn_id = tilskudd.id, tilsagn.id
    for hvem in ("fretex1", "koordinator1", "nav1"):
        nettleser = LeserPaaNytt(app).som(getattr(folk, hvem))
        assert "Turngruppa 1" in _tekst(nettleser.se("/tilskudd"))
        assert "15 000 kr" in _tekst(nettleser.se(f"/tilskudd/{id_}"))
        bok = openpyxl.load_workbook(io.BytesIO(nettleser.send("/tilskudd/regneark").get_data())).active
        assert bok is not None
        assert [celle.value for celle in bok[2]][8] == 15000
        for sti in ("/midler", "/midler/plasser", f"/midler/plasser/{tilsagn_id}", "/utbetalinger", "/lag"):
            assert nettleser.se(sti).status_code == 404


def test_a_stale_page_and_a_second_click_do_no_harm(konsulent: Nettleser, godkjenner: Nettleser, folk: Any) -> None:
    penger.budsjett(folk.inkludering1, "inkludering", 3_000_000)
    sti = f"/midler/{AAR}/ramme/inkludering"
    gammel = konsulent.send(sti, {"ramme": "50000", "versjon": "100"})
    assert gammel.status_code == 409
    assert "Nå står det: 30000." in _tekst(gammel)
    assert 'value="3000000"' in gammel.get_data(as_text=True), "looked over and sent again, it counts"
    likt = konsulent.send(sti, {"ramme": "30\u00a0000,-", "versjon": "100"})
    assert likt.status_code == 409
    assert "Nå står det" not in _tekst(likt), "the same amount, written in another way"
    assert "Ramme for året: Skriv tallet uten punktum" in _tekst(
        konsulent.send(sti, {"ramme": "30.000", "versjon": "1"})
    )
    assert konsulent.send(sti, {"ramme": "-5", "versjon": "3000000"}).status_code == 422
    assert konsulent.send("/midler/aar/nytt", {"aar": str(AAR)}).status_code == 303
    for galt in ("12", str(AAR + 2), "2062"):
        assert konsulent.send("/midler/aar/nytt", {"aar": galt}).status_code == 422, "a year is never removed"
    assert konsulent.send(f"/midler/{AAR}/runder/ny", {"navn": "Ekstra", "frist": "31.02.2026"}).status_code == 422
    assert konsulent.send(f"/midler/{AAR}/runder/ny", {"navn": "Ekstra", "frist": f"15.04.{AAR}"}).status_code == 422
    assert konsulent.send(f"/midler/{AAR}/runder/ny", {"navn": "Ekstra", "frist": f"01.06.{AAR}"}).status_code == 303
    assert godkjenner.send(f"/midler/{AAR}/grense", {"grense": "1000", "versjon": "9"}).status_code == 409
    bok = openpyxl.load_workbook(io.BytesIO(konsulent.send(f"/midler/{AAR}/regneark").get_data())).active
    assert bok is not None
    assert [celle.value for celle in bok[2]] == ["Inkludering i laget", 30000, 0, 0, 30000]
    assert konsulent.send(f"/midler/{AAR}/steng").status_code == 303
    assert konsulent.send(f"/midler/{AAR}/steng").status_code == 409


def test_a_formula_is_text_and_every_column_is_told_of() -> None:
    fil = to_csv(Ark("a", ["x", "y"], [["=1+1", Kroner(-150)]])).decode("utf-8-sig")
    assert fil == "x;y\r\n'=1+1;-1,50\r\n"
    dok = (Path(__file__).parents[2] / "docs" / "utbetalingsfil.md").read_text(encoding="utf-8")
    assert [k for k in UTBETALINGSKOLONNER if f"`{k}`" not in dok] == []


USYNLIG = " \t\r\n\v\f\x00\x1c\x85\xa0\u200b\u2028\u2060\ufeff"
"""What a spreadsheet, or whoever pastes into one, takes away from the front of a text."""


@pytest.mark.parametrize("tekst", [" =1+1", "\n@x", "\ufeff=1", "\u200b+47", "\xa0-1", "＝1+1", "\t=1", "\r-2"])
def test_what_a_spreadsheet_takes_away_hides_no_formula(tekst: str) -> None:
    assert uten_formel(tekst).startswith("'")


@given(st.text() | st.builds(str.__add__, st.text(USYNLIG, max_size=3), st.sampled_from(["=1", "+1", "-1", "@A", "x"])))
def test_no_cell_begins_a_formula_in_any_file(tekst: str) -> None:
    ark = to_csv(Ark("a", ["x"], [[tekst]])).decode("utf-8-sig").removeprefix("x\r\n")
    for celle in (ark.strip('\r\n"'), som_csv([[tekst]]).strip('\r\n"'), uten_formel(tekst)):
        assert not celle.lstrip(USYNLIG).startswith(("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"))


@given(st.integers(-(10**12), 10**12))
def test_a_negative_number_stays_a_number(tall: int) -> None:
    kroner = Kroner(tall)
    assert to_csv(Ark("a", ["x", "y"], [[tall, kroner]])).decode("utf-8-sig") == f"x;y\r\n{tall};{kroner}\r\n"
    assert som_csv([[tall]]) == f"{tall}\r\n"


LISTER = (
    "/midler", "/tilskudd", "/midler/plasser", "/utbetalinger", "/utbetalinger?filter=eksportert",
    "/utbetalinger/filer", "/lag", "/utbetalinger/filer/1",
)  # fmt: skip


def test_a_list_costs_the_same_with_one_row_and_with_many(app: Flask, folk: Any) -> None:
    penger.en_av_hvert(1)
    faa = _sporringer(app, folk)
    for nr in range(2, 8):
        penger.en_av_hvert(nr)
    assert _sporringer(app, folk) == faa


def _sporringer(app: Flask, folk: Any) -> dict[str, int]:
    """How many statements each list takes, the second time: templates are read once."""
    db.session.rollback()
    nettleser, tall = LeserPaaNytt(app).som(folk.godkjenner1), {}
    for sti in LISTER:
        nettleser.se(sti)
        setninger: list[str] = []

        def lytt(_c: Any, _cur: Any, setning: str, *_: Any, liste: list[str] = setninger) -> None:
            liste.append(setning)

        event.listen(db.engine, "before_cursor_execute", lytt)
        nettleser.se(sti)
        event.remove(db.engine, "before_cursor_execute", lytt)
        tall[sti] = len(setninger)
    return tall


def test_the_pages_say_before_that_another_must_approve(konsulent: Nettleser, folk: Any) -> None:
    """A small municipality, where one person is consultant and approver."""
    penger.begge_roller("inkludering1", "godkjenner1")
    budsjett, laget = penger.budsjett(folk.inkludering1), penger.lag(folk.inkludering1)
    tilsagn = gjoer(services.gi_tilsagn, budsjett, laget, 100_000, av=folk.inkludering1)
    betal = f"/midler/fakturaer/{penger.faktura(folk.inkludering1, tilsagn, 100_000).id}/betal"
    foer = _tekst(konsulent.se(betal))
    assert "Du har selv skrevet lagets kontonummer" in foer
    assert "uansett beløp" in foer
    assert "kan systemforvalteren gi den til" in foer, "and who can"
    assert "uansett beløp" in _tekst(konsulent.se(f"/lag/{laget.id}/endre"))
    svar = konsulent.send(betal, {"beloep": "1000", "versjon": "100000"})
    assert "En annen må godkjenne den" in _tekst(konsulent.se(svar.location))
    side = f"/utbetalinger/{db.session.scalars(select(Utbetaling.id)).one()}"
    egen = _tekst(konsulent.se(side))
    assert "Du har selv ført denne." in egen
    assert "kan systemforvalteren gi den til" in egen
    assert f"{side}/godkjenn" not in konsulent.se(side).get_data(as_text=True)
    _en_annen_godkjenner(konsulent, folk, side)
    assert "Du har selv skrevet" not in _tekst(konsulent.se(betal))


def _en_annen_godkjenner(konsulent: Nettleser, folk: Any, side: str) -> None:
    annen = LeserPaaNytt(konsulent.app).som(folk.godkjenner1)
    assert "har også skrevet lagets kontonummer" in _tekst(annen.se(side))
    assert annen.send(f"{side}/godkjenn").status_code == 303
    assert "kontonummer, og" not in _tekst(annen.se(side))
    assert "Klare utbetalinger: 1." in _tekst(konsulent.se("/utbetalinger/filer"))


def test_the_pages_say_what_is_left_out_of_the_file_and_why(konsulent: Nettleser, folk: Any) -> None:
    penger.begge_roller("inkludering1", "godkjenner1")
    budsjett, laget = penger.budsjett(folk.inkludering1), penger.lag(folk.inkludering1)
    tilsagn = gjoer(services.gi_tilsagn, budsjett, laget, 100_000, av=folk.inkludering1)
    en = penger.faktura(folk.inkludering1, tilsagn, 100_000)
    utbetaling = gjoer(services.betal_faktura, en, 100_000, vist_oere=100_000, av=folk.godkjenner1)
    side, annen = f"/utbetalinger/{utbetaling.id}", LeserPaaNytt(konsulent.app).som(folk.godkjenner1)
    assert "som ikke kommer med: 1" in _tekst(konsulent.se("/utbetalinger/filer"))
    assert "Lag fil" not in _tekst(konsulent.se("/utbetalinger/filer"))
    assert "En annen må lage den." in _tekst(konsulent.se(side))
    assert "som ikke kommer med" not in _tekst(annen.se("/utbetalinger/filer"))
    assert "En annen må lage den." not in _tekst(annen.se(side))


def test_the_list_says_which_account_one_wrote_oneself(konsulent: Nettleser, folk: Any) -> None:
    penger.begge_roller("inkludering1", "godkjenner1")
    budsjett, laget = penger.budsjett(folk.inkludering1), penger.lag(folk.inkludering1)
    tilsagn = gjoer(services.gi_tilsagn, budsjett, laget, 700_000, av=folk.inkludering1)
    en = penger.faktura(folk.inkludering1, tilsagn, 700_000)
    utbetaling = gjoer(services.betal_faktura, en, 700_000, vist_oere=700_000, av=folk.godkjenner1)
    assert "Du har skrevet kontonummeret." in _tekst(konsulent.se("/utbetalinger"))
    assert "Du har selv skrevet kontonummeret." in _tekst(konsulent.se(f"/utbetalinger/{utbetaling.id}"))
