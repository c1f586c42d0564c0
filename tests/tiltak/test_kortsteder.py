"""The card's venues: who keeps them, a month written in and corrected, and ceilings against the cards in use."""

import re
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from koordinering.db import db, i_dag, transaction
from koordinering.errors import Endret, IngenTilgang, UgyldigFelt
from koordinering.tiltak.foering.rules import Rettegrunn
from koordinering.tiltak.kort import queries, services
from koordinering.tiltak.kort.models import Kortbesoek, Kortbesoekretting, Samarbeidssted
from koordinering.tiltak.kort.rules import Stedslag, Stedsopplysninger, aarslinje, hoeyst, maaneder_i_bruk
from koordinering.tiltak.models import Plass
from koordinering.tiltak.rules import Plasstilstand
from tests.fabrikk import bruker, kortaar
from tests.nettleser import Nettleser
from tests.tildeling.gjoer import LeserPaaNytt


@pytest.fixture
def nettleser(app: Flask) -> Nettleser:
    """A browser, and a test that sees what it has written."""
    return LeserPaaNytt(app)


def sted(navn: str = "Badet", **felt: Any) -> Samarbeidssted:
    opplysninger = {"navn": navn, "slag": Stedslag.BAD, "tak": None, "fra": date(2020, 1, 1), "til": None, **felt}
    with transaction():
        return services.opprett_sted("4b-2", Stedsopplysninger(**opplysninger), av=bruker("inkludering1"))


def _skjema(html: str, tall: list[str], grunn: str | None = None) -> dict[str, str]:
    vist = re.findall(r'name="(vist_\d+)" type="hidden" value="(\d*)"', html)
    assert len(vist) == len(tall)
    felter = {navn.replace("vist", "tall"): nytt for (navn, _), nytt in zip(vist, tall, strict=True)}
    return {**dict(vist), **felter, **({"grunn": grunn} if grunn else {})}


def _tall() -> dict[str, int | None]:
    rader = db.session.scalars(select(Kortbesoek).join(Kortbesoek.sted))
    return {rad.sted.navn: rad.antall for rad in rader}


def test_a_month_is_one_page_with_a_row_for_each_venue(nettleser: Nettleser, folk: Any) -> None:
    for navn, felt in (("Badet", {}), ("Kinoen", {}), ("Nedlagt", {"til": date(2025, 5, 31)})):
        sted(navn, **felt)
    side, sti = nettleser.som(folk.inkludering1), "/kort/besoek?aar=2025&maaned=6"
    html = side.se(sti).get_data(as_text=True)
    assert "juni 2025" in html
    assert "Nedlagt" not in html
    assert side.send(sti, _skjema(html, ["12", ""])).status_code == 303
    assert _tall() == {"Badet": 12}, "empty is not written in"
    html = side.se(sti).get_data(as_text=True)
    assert side.send(sti, _skjema(html, ["13", "0"])).status_code == 422, "a reason is asked for"
    assert side.send(sti, _skjema(html, ["13", "0"], "talt_paa_nytt")).status_code == 303
    assert side.send(sti, _skjema(html, ["13", "0"], "talt_paa_nytt")).status_code == 303, "the second click is nothing"
    html = side.se(sti).get_data(as_text=True)
    assert "Badet: 12 → 13" in html
    assert side.send(sti, _skjema(html, ["", "0"], "feil_sted")).status_code == 303
    assert _tall() == {"Badet": None, "Kinoen": 0}
    assert [(r.fra, r.til) for r in db.session.scalars(select(Kortbesoekretting).order_by(Kortbesoekretting.id))] == [
        (12, 13),
        (13, None),
    ]


def test_two_who_fill_in_different_rows_do_not_meet(app: Flask, folk: Any) -> None:
    en, to = sted("Badet").id, sted("Kinoen").id
    tomt: dict[int, int | None] = {en: None, to: None}

    def foer(**nye: Any) -> bool:
        with transaction():
            valg: dict[int, int | None] = {en: nye.get("en"), to: nye.get("to")}
            grunn = nye.get("grunn")
            return services.foer_maaned(2025, 3, valg, vist=tomt, grunn=grunn, av=bruker("inkludering1"))

    assert foer(en=4)
    assert foer(to=5), "what the first wrote is left as it is"
    assert not foer(en=4, to=5)
    with pytest.raises(Endret):
        foer(en=9, grunn=Rettegrunn.FEIL_TALL)
    assert _tall() == {"Badet": 4, "Kinoen": 5}


def test_a_colleagues_number_is_told_and_nothing_is_lost(nettleser: Nettleser, folk: Any) -> None:
    sted("Badet")
    en, annen = nettleser.som(folk.inkludering1), nettleser.som(folk.inkludering1)
    sti = "/kort/besoek?aar=2025&maaned=6"
    html = en.se(sti).get_data(as_text=True)
    assert en.send(sti, _skjema(html, ["4"])).status_code == 303
    svar = annen.send(sti, _skjema(html, ["5"]))
    html = svar.get_data(as_text=True)
    assert svar.status_code == 409
    assert "En kollega har ført måneden" in html
    assert 'value="5"' in html
    assert _tall() == {"Badet": 4}
    assert annen.send(sti, _skjema(html, ["5"], "talt_paa_nytt")).status_code == 303
    assert annen.send(sti, _skjema(html, ["tull"])).status_code == 422


def test_the_ceiling_stands_against_the_cards_in_use(nettleser: Nettleser, folk: Any) -> None:
    aaret = kortaar(5)
    with transaction() as session:
        to = select(Plass.id).where(Plass.beholdning_id == aaret.beholdning_id).order_by(Plass.nummer).limit(2)
        session.execute(update(Plass).where(Plass.id.in_(to)).values(tilstand=Plasstilstand.OPPTATT))
    id_ = sted(tak=3).id
    assert queries.kort_i_bruk(i_dag().year) == {"4b-2": 2}
    for antall, over in ((6, False), (7, True)):
        with transaction():
            vist = {rad.sted_id: rad.antall for rad in db.session.scalars(select(Kortbesoek))}
            nye: dict[int, int | None] = {id_: antall}
            grunn = Rettegrunn.FEIL_TALL
            services.foer_maaned(i_dag().year, 1, nye, vist=vist, grunn=grunn, av=bruker("inkludering1"))
        html = nettleser.som(folk.inkludering1).se(f"/kort/steder/{id_}").get_data(as_text=True)
        assert f"{antall} av 6 (2 kort i bruk)" in html
        assert ("flere besøk enn taket" in html) is over
    assert "Over taket" in nettleser.som(folk.inkludering1).se("/kort/steder").get_data(as_text=True)


def test_who_hands_out_cards_sees_the_venues_and_no_count(nettleser: Nettleser, folk: Any) -> None:
    id_ = sted("Kinoen", tak=4).id
    with transaction():
        services.foer_maaned(i_dag().year, 1, {id_: 77}, vist={}, av=bruker("inkludering1"))
    nav = nettleser.som(folk.nav1)
    html = nav.se("/kort/steder?q=kino").get_data(as_text=True)
    assert "Kinoen" in html
    assert "77" not in re.sub(r"<[^>]*>", " ", html).split(), "in what is read: a key can hold any digits"
    assert "Kinoen" not in nav.se("/kort/steder?slag=museum").get_data(as_text=True)
    assert nav.se(f"/kort/steder/{id_}").status_code == nav.se("/kort/besoek").status_code == 404
    with pytest.raises(IngenTilgang), transaction():
        services.foer_maaned(i_dag().year, 1, {id_: 1}, vist={}, av=bruker("nav1"))


def test_keeping_a_venue(nettleser: Nettleser, folk: Any) -> None:
    side = nettleser.som(folk.inkludering1)
    skjema = {"navn": "Museet", "slag": "museum", "tak": "", "fra": "01.01.2025", "til": ""}
    for galt in ({"navn": ""}, {"slag": "tull"}, {"tak": "0"}, {"tak": "x"}, {"fra": "i går"}, {"til": "01.01.2024"}):
        svar = side.send("/kort/steder/nytt", skjema | galt)
        assert svar.status_code == 422, galt
        if "navn" not in galt:
            assert 'value="Museet"' in svar.get_data(as_text=True)
    assert side.send("/kort/steder/nytt", skjema).status_code == 303
    assert "alt lagt inn" in side.send("/kort/steder/nytt", skjema).get_data(as_text=True), "the second click"
    museet = db.session.scalars(select(Samarbeidssted)).one()
    endret = skjema | {"tak": "2", "versjon": str(museet.versjon)}
    assert side.send(f"/kort/steder/{museet.id}/endre", endret).status_code == 303
    gammel = side.send(f"/kort/steder/{museet.id}/endre", endret | {"tak": "5"})
    assert gammel.status_code == 409, "an old page"
    assert "Nå står det: 2." in gammel.get_data(as_text=True)
    assert 'name="versjon" type="hidden" value="2"' in gammel.get_data(as_text=True), "the next try counts"
    html = side.send("/kort/steder/nytt", skjema | {"til": "01.01.2500"}).get_data(as_text=True)
    assert "årstall fra 2000 til 2100" in html
    galt = endret | {"versjon": "2", "til": "01.01.2024"}
    assert side.send(f"/kort/steder/{museet.id}/endre", galt).status_code == 422
    assert db.session.scalars(select(Samarbeidssted.tak)).one() == 2


def test_months_that_have_not_begun_are_refused(app: Flask, folk: Any) -> None:
    id_ = sted().id
    with pytest.raises(UgyldigFelt), transaction():
        services.foer_maaned(i_dag().year + 1, 1, {id_: 1}, vist={}, av=bruker("inkludering1"))
    with pytest.raises(Endret), transaction():
        services.foer_maaned(2019, 12, {id_: 1}, vist={}, av=bruker("inkludering1"))


def test_the_year_for_counting(app: Flask, folk: Any) -> None:
    bad, kino = sted("Badet").id, sted("Kinoen", slag=Stedslag.KINO).id
    for maaned, nye in ((2, {bad: 3, kino: None}), (3, {bad: 0, kino: 8})):
        with transaction():
            services.foer_maaned(2025, maaned, nye, vist={}, av=bruker("inkludering1"))
    linjer = [(r.navn, r.slag, r.maaned, r.besoek) for r in queries.besoek_i_aaret(2025)]
    assert linjer == [
        ("Badet", Stedslag.BAD, 2, 3),
        ("Badet", Stedslag.BAD, 3, 0),
        ("Kinoen", Stedslag.KINO, 3, 8),
    ]
    assert queries.besoek_i_aaret(2024) == []


def test_the_rules_of_a_venues_year() -> None:
    assert maaneder_i_bruk(2025, date(2025, 3, 31), date(2025, 5, 1)) == (3, 4, 5)
    assert maaneder_i_bruk(2024, date(2025, 3, 31), None) == ()
    assert maaneder_i_bruk(2026, date(2025, 3, 31), None) == tuple(range(1, 13))
    assert (hoeyst(None, 4), hoeyst(3, None), hoeyst(3, 4)) == (None, None, 12)
    linje = aarslinje([(1, 5), (2, None), (12, 8)], 12)
    assert (linje.sum, linje.over, linje.tall[1], linje.tall[11]) == (13, True, None, 8)
    assert not aarslinje([(1, 5)], None).over
