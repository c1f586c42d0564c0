"""Offers and their places: rules, pages, and who may keep which."""

import re
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from koordinering.db import db, i_dag, transaction
from koordinering.errors import Endret, IngenTilgang, Oppbrukt, UgyldigFelt
from koordinering.tiltak import queries, services
from koordinering.tiltak.models import Kortaar, Plass, Tilbud, Tiltak
from koordinering.tiltak.rules import (
    Aktivitet,
    Kortenhet,
    Mekanikk,
    Plasstilstand,
    Tilbudsopplysninger,
    sjekk_tilbud,
)
from koordinering.users import User
from tests import fabrikk
from tests.nettleser import Nettleser
from tests.tildeling.gjoer import LeserPaaNytt


@pytest.fixture
def nettleser(app: Flask) -> Nettleser:
    """A browser, and a test that sees what it has written."""
    return LeserPaaNytt(app)


GODT = Tilbudsopplysninger(
    lag_id=None,
    arrangoertekst="Turnforeningen",
    aktivitet=Aktivitet.TURN,
    navn="Turn for barn",
    sted=None,
    ukedager=None,
    oppmoete=None,
    sesong_fra=date(2026, 1, 10),
    sesong_til=date(2026, 6, 1),
    alder_fra=6,
    alder_til=12,
    egenandel_oere=0,
    antall=5,
)


@pytest.mark.parametrize(
    ("felt", "endring"),
    [
        ("antall", {"antall": -1}),
        ("antall", {"antall": 5001}),
        ("alder_fra", {"alder_fra": -1}),
        ("alder_fra", {"alder_fra": 25, "alder_til": 30}),
        ("alder_til", {"alder_fra": 10, "alder_til": 9}),
        ("alder_til", {"alder_til": 25}),
        ("sesong_fra", {"sesong_fra": date(1999, 1, 1)}),
        ("sesong_til", {"sesong_til": date(2026, 1, 9)}),
        ("sesong_til", {"sesong_til": date(2029, 1, 9)}),
        ("egenandel", {"egenandel_oere": -1}),
        ("egenandel", {"egenandel_oere": 10_000_001}),
    ],
)
def test_an_offer_that_cannot_be_so_is_told_at_its_field(felt: str, endring: dict[str, Any]) -> None:
    with pytest.raises(UgyldigFelt) as feil:
        sjekk_tilbud(replace(GODT, **endring))
    assert feil.value.felt == felt


def test_a_good_offer_is_let_through() -> None:
    sjekk_tilbud(GODT)
    sjekk_tilbud(replace(GODT, antall=0, alder_fra=0, alder_til=24, sesong_til=GODT.sesong_fra))


def _endre(tilbud: Tilbud, av: User, *, versjon: int | None = None, **endring: Any) -> None:
    with transaction():
        rad = db.session.get_one(Tilbud, tilbud.id)
        felter = {f: getattr(rad, f) for f in Tilbudsopplysninger.__dataclass_fields__ if f != "antall"}
        ny = replace(Tilbudsopplysninger(**felter, antall=rad.beholdning.antall), **endring)
        services.endre_tilbud(rad, ny, versjon=versjon or rad.versjon, av=db.session.get_one(User, av.id))


def _nummer(tilbud: Tilbud, tilstand: Plasstilstand) -> list[int]:
    query = select(Plass.nummer).where(Plass.beholdning_id == tilbud.beholdning_id, Plass.tilstand == tilstand)
    return list(db.session.scalars(query.order_by(Plass.nummer)))


def test_places_keep_their_numbers_when_the_stock_changes(folk: Any) -> None:
    tilbud = fabrikk.tilbud(folk.inkludering1, antall=5)
    with transaction():
        services.ta_plass(_plass(tilbud, 4))
    _endre(tilbud, folk.inkludering1, antall=3)
    assert _nummer(tilbud, Plasstilstand.LEDIG) == [1, 2]
    assert _nummer(tilbud, Plasstilstand.OPPTATT) == [4]
    _endre(tilbud, folk.inkludering1, antall=7)
    assert _nummer(tilbud, Plasstilstand.LEDIG) == [1, 2, 3, 5, 6, 7]
    with pytest.raises(UgyldigFelt):
        _endre(tilbud, folk.inkludering1, antall=0)
    assert tilbud.beholdning.antall == 7


def _plass(tilbud: Tilbud, nummer: int) -> int:
    query = select(Plass.id).where(Plass.beholdning_id == tilbud.beholdning_id, Plass.nummer == nummer)
    return db.session.scalars(query).one()


@given(st.lists(st.one_of(st.integers(0, 6), st.just("ta"), st.just("gi")), max_size=20))
def test_the_figure_of_the_stock_is_its_rows(folk: Any, steg: list[int | str]) -> None:
    tilbud_id = fabrikk.tilbud(folk.inkludering1, antall=3).id
    with transaction():
        beholdning = db.session.get_one(Tilbud, tilbud_id).beholdning
        tatt: list[Plass] = []
        for ett in steg:
            try:
                if ett == "ta":
                    tatt.append(services.ta(beholdning.id))
                elif ett == "gi" and tatt:
                    services.gi_tilbake(tatt.pop())
                elif isinstance(ett, int):
                    services.sett_antall(beholdning, ett)
            except (Oppbrukt, UgyldigFelt):
                pass
            tall = queries.tilstander([beholdning.id])[beholdning.id]
            assert sum(tall.values()) - tall[Plasstilstand.STENGT] == beholdning.antall
            assert tall[Plasstilstand.OPPTATT] == len(tatt)


def test_two_who_change_the_same_offer(folk: Any) -> None:
    tilbud = fabrikk.tilbud(folk.inkludering1)
    lest = tilbud.versjon
    _endre(tilbud, folk.inkludering1, antall=4)
    with pytest.raises(Endret):
        _endre(tilbud, folk.inkludering1, versjon=lest, navn="Noe annet")
    assert tilbud.navn == "Fotball for alle"


def test_only_the_unit_that_keeps_an_offer_changes_it(folk: Any) -> None:
    tilbud = fabrikk.tilbud(folk.inkludering1)
    for annen in (folk.kulturskole1, folk.nav1, folk.koordinator1):
        with pytest.raises(IngenTilgang):
            _endre(tilbud, annen, antall=9)
    with pytest.raises(IngenTilgang):
        fabrikk.tilbud(folk.kulturskole1)  # 4a-3 is the consultant's


def test_a_withdrawn_offer_gives_nothing_more(folk: Any) -> None:
    tilbud = fabrikk.tilbud(folk.inkludering1, antall=3)
    with transaction():
        plass = services.ta(tilbud.beholdning_id)
    with transaction():
        rad = db.session.get_one(Tilbud, tilbud.id)
        services.trekk_tilbud(rad, av=db.session.get_one(User, folk.inkludering1.id))
    assert (_nummer(tilbud, Plasstilstand.LEDIG), tilbud.beholdning.antall) == ([], 1)
    with transaction(), pytest.raises(Oppbrukt):
        services.ta(tilbud.beholdning_id)
    with transaction():
        services.gi_tilbake(db.session.get_one(Plass, plass.id))
    assert (_nummer(tilbud, Plasstilstand.LEDIG), tilbud.beholdning.antall) == ([], 0)
    with pytest.raises(Endret):
        _endre(tilbud, folk.inkludering1, antall=9)


def test_what_is_left_is_told_per_measure(folk: Any) -> None:
    foer = queries.ledighet().get("4a-3")
    tilbud = fabrikk.tilbud(folk.inkludering1, antall=4)
    fabrikk.tilbud(
        folk.inkludering1,
        antall=9,
        sesong_fra=date(i_dag().year - 1, 1, 1),
        sesong_til=date(i_dag().year - 1, 6, 1),
    )
    with transaction():
        services.ta(tilbud.beholdning_id)
    naa = queries.ledighet()["4a-3"]
    assert (naa.ledig, naa.antall) == (3 + (foer.ledig if foer else 0), 4 + (foer.antall if foer else 0))


def test_a_family_can_be_referred_to_what_is_given_or_open(app: Any) -> None:
    tiltak = queries.henvisbare()
    assert {"4b-2", "4a-3", "4b-3", "4b-11"} <= {t.id for t in tiltak}
    for ett in tiltak:
        assert ett.slag & {*Mekanikk} - {Mekanikk.SYSTEM, Mekanikk.MIDLER}
    i_planen = db.session.scalars(select(Tiltak.id).order_by(Tiltak.orden, Tiltak.id)).all()
    assert [t.id for t in tiltak] == [t for t in i_planen if t in {h.id for h in tiltak}]


def test_each_measure_tells_whom_this_years_cards_are_for(app: Any) -> None:
    fabrikk.kortaar(aar=i_dag().year - 1)
    assert {t.kort_per for t in queries.henvisbare()} == {None}
    fabrikk.kortaar(aar=i_dag().year)
    for per in Kortenhet:
        with transaction():
            db.session.execute(update(Kortaar).where(Kortaar.aar == i_dag().year).values(per=per))
        tiltak = queries.henvisbare()
        assert {t.id: t.kort_per for t in tiltak if t.kort_per} == {"4b-2": per}
        assert len(tiltak) == len({t.id for t in tiltak})


# --- Pages -----------------------------------------------------------------------------------------------

SKJEMA = {
    "tiltak_id": "4a-3",
    "arrangoer": "Svømmeklubben",
    "navn": "Svømming for nybegynnere",
    "aktivitet": "svoemming",
    "sted": "Badeland",
    "ukedager": "mandag 17",
    "oppmoete": "Spør i luka",
    "sesong_fra": "15.01.2026",
    "sesong_til": "2026-06-01",
    "alder_fra": "6",
    "alder_til": "10",
    "egenandel": "1 250,50 kr",
    "antall": "8",
}


def test_an_offer_is_written_changed_and_withdrawn(folk: Any, nettleser: Nettleser) -> None:
    inne = nettleser.som(folk.inkludering1)
    svar = inne.send("/tilbud/nytt", SKJEMA)
    assert svar.status_code == 302
    tilbud = db.session.scalars(select(Tilbud).where(Tilbud.arrangoertekst == "Svømmeklubben")).one()
    assert (tilbud.egenandel_oere, tilbud.enhet_id, tilbud.beholdning.antall) == (125050, "inkluderingskonsulent", 8)
    side = inne.se(f"/tilbud/{tilbud.id}/endre").get_data(as_text=True)
    assert 'value="1250,50"' in side
    assert 'value="15.01.2026"' in side
    endret = SKJEMA | {"antall": "9", "egenandel": "0", "versjon": str(tilbud.versjon)}
    assert inne.send(f"/tilbud/{tilbud.id}/endre", endret).status_code == 302
    assert (tilbud.beholdning.antall, tilbud.egenandel_oere) == (9, 0)
    gammel = inne.send(f"/tilbud/{tilbud.id}/endre", endret)
    assert gammel.status_code == 409
    html = gammel.get_data(as_text=True)
    assert "Noen andre har endret dette" in html
    assert "Nå står det" not in html, "all that was typed is as it is now"
    gammel = inne.send(f"/tilbud/{tilbud.id}/endre", endret | {"aktivitet": "dans", "sesong_til": "02.06.26"})
    assert re.findall(r"</span>Nå står det: ([^<]*)\.</p>", gammel.get_data(as_text=True)) == ["Svømming", "01.06.2026"]
    assert inne.send(f"/tilbud/{tilbud.id}/trekk").status_code == 302
    assert "Trukket" in inne.se("/tilbud?alle=y").get_data(as_text=True)


def test_an_offer_that_is_sent_twice_is_made_once(folk: Any, nettleser: Nettleser) -> None:
    inne = nettleser.som(folk.inkludering1)
    noekkel = re.search(r'name="noekkel"[^>]*value="(\d+)"', inne.se("/tilbud/nytt").get_data(as_text=True))
    assert noekkel
    svar = [inne.send("/tilbud/nytt", SKJEMA | {"noekkel": noekkel[1]}) for _ in range(2)]
    assert [s.status_code for s in svar] == [302, 302]
    assert svar[0].location == svar[1].location
    assert len(db.session.scalars(select(Tilbud.id).where(Tilbud.arrangoertekst == "Svømmeklubben")).all()) == 1


@pytest.mark.parametrize(
    "feil",
    [
        {"antall": "-3"},
        {"antall": "mange"},
        {"sesong_fra": "31.02.2026"},
        {"sesong_til": "01.01.2026"},
        {"alder_til": "3"},
        {"egenandel": "-5"},
        {"egenandel": "=1+1"},
        {"aktivitet": "tull"},
        {"tiltak_id": "4b-11"},
        {"navn": ""},
        {"arrangoer": "x" * 500},
        {"antall": "9" * 40},
    ],
)
def test_wrong_input_keeps_what_was_typed(folk: Any, nettleser: Nettleser, feil: dict[str, str]) -> None:
    svar = nettleser.som(folk.inkludering1).send("/tilbud/nytt", SKJEMA | feil)
    assert svar.status_code == 422
    assert "Spør i luka" in svar.get_data(as_text=True)
    assert db.session.scalars(select(Tilbud).where(Tilbud.arrangoertekst == "Svømmeklubben")).all() == []


def test_everything_that_is_wrong_with_an_offer_is_told_at_once(folk: Any, nettleser: Nettleser) -> None:
    galt = SKJEMA | {"antall": "-2", "alder_til": "1", "egenandel": "900000"}
    html = nettleser.som(folk.inkludering1).send("/tilbud/nytt", galt).get_data(as_text=True)
    for melding in ("Skriv et antall fra 0", "Skriv en alder fra laveste", "Skriv et beløp fra 0"):
        assert melding in html


def test_everybody_who_may_see_offers_finds_them(folk: Any, nettleser: Nettleser) -> None:
    tilbud = fabrikk.tilbud(folk.inkludering1, navn="Ridning 100 %")
    nav = nettleser.som(folk.nav1)
    for sok, funnet in (
        ("q=100+%25", True),
        ("q=_", False),
        ("aktivitet=fotball&alder=7&ledige=y", True),
        ("aktivitet=dans", False),
        ("alder=tull&aktivitet=tull&tiltak=tull", False),
        ("tiltak=4a-3", True),
        ("alder=13", False),
    ):
        assert (f"/tilbud/{tilbud.id}" in nav.se(f"/tilbud?{sok}").get_data(as_text=True)) == funnet, sok
    assert nav.se(f"/tilbud/{tilbud.id}").status_code == 200
    assert nav.se(f"/tilbud/{tilbud.id}/endre").status_code == 404
    assert nav.send(f"/tilbud/{tilbud.id}/trekk").status_code == 404
    assert nettleser.som(folk.koordinator1).se("/tilbud").status_code == 404
    assert nettleser.som(folk.kulturskole1).se(f"/tilbud/{tilbud.id}/endre").status_code == 404


def test_the_ceiling_per_child_is_the_units_own(folk: Any, nettleser: Nettleser) -> None:
    inne = nettleser.som(folk.inkludering1)
    assert inne.send("/tilbud/tak?tiltak=4a-3", {"plasser_per_barn": "0"}).status_code == 422
    assert inne.send("/tilbud/tak?tiltak=4a-3", {"plasser_per_barn": "2"}).status_code == 302
    assert db.session.get_one(Tiltak, "4a-3").plasser_per_barn == 2
    assert inne.se("/tilbud/tak?tiltak=4b-11").status_code == 404
    assert inne.send("/tilbud/tak?tiltak=4a-3", {"plasser_per_barn": ""}).status_code == 302
    assert db.session.get_one(Tiltak, "4a-3").plasser_per_barn is None
