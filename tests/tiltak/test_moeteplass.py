"""Open offers: a day written in and corrected, by whom, and never tied to a family."""

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from koordinering.audit import Hva, Innslag
from koordinering.db import db, i_dag, metadata, transaction
from koordinering.errors import ConfigError, IngenTilgang, UgyldigFelt
from koordinering.roles import Rettighet
from koordinering.tiltak.foering.rules import Rettegrunn
from koordinering.tiltak.klubbesoek.models import Klubbesoek
from koordinering.tiltak.kort.models import Kortbesoek
from koordinering.tiltak.moeteplass import queries, services
from koordinering.tiltak.moeteplass.models import Moeteplass, Moeteplassretting, Moeteplasstall
from koordinering.tiltak.moeteplass.rules import (
    Moeteplassopplysninger,
    Ukedag,
    linjer,
    neste_maaned,
    sjekk_moeteplass,
)
from koordinering.users import User
from tests.fabrikk import bruker
from tests.nettleser import Nettleser
from tests.tildeling.gjoer import LeserPaaNytt

GOD = Moeteplassopplysninger("Åpent hus", date(2026, 1, 1), None, (Ukedag.MANDAG,), ("0–5 år",))


@pytest.fixture
def nettleser(app: Flask) -> Nettleser:
    """A browser, and a test that sees what it has written."""
    return LeserPaaNytt(app)


def plass(tiltak_id: str = "4b-5") -> Moeteplass:
    return db.session.scalars(select(Moeteplass).where(Moeteplass.tiltak_id == tiltak_id)).one()


def _sti(dag: date | None = None, tiltak_id: str = "4b-5") -> str:
    return f"/moeteplasser/{plass(tiltak_id).id}/dag/{(dag or i_dag()).isoformat()}"


def _skjema(html: str, tall: list[int | str], grunn: str | None = None) -> dict[str, str]:
    """The form as the page has it, with these numbers typed in."""
    vist = re.findall(r'name="(vist_\d+)" type="hidden" value="(\d*)"', html)
    assert len(vist) == len(tall)
    felter = {navn.replace("vist", "tall"): str(nytt) for (navn, _), nytt in zip(vist, tall, strict=True)}
    return {**dict(vist), **felter, **({"grunn": grunn} if grunn else {})}


def _foer(side: Nettleser, sti: str, tall: list[int | str], grunn: str | None = None) -> int:
    return side.send(sti, _skjema(side.se(sti).get_data(as_text=True), tall, grunn)).status_code


def _tallene() -> list[int | None]:
    query = select(Moeteplasstall.antall).join(Moeteplasstall.gruppe)
    return list(db.session.scalars(query.order_by(Moeteplasstall.dag, Moeteplasstall.gruppe_id)))


def test_the_start_page_is_the_form_of_today_at_the_place_that_was_used_last(nettleser: Nettleser, folk: Any) -> None:
    side = nettleser.som(folk.moeteplass1)
    assert side.se("/").location == "/besoek"
    html = side.se("/besoek").get_data(as_text=True)
    assert "<h1>61 grader nord</h1>" in html, "the first by name"
    assert html.count('inputmode="numeric"') == 3
    assert _foer(side, _sti(), [2, "", 4]) == 303
    html = side.se("/", follow_redirects=True).get_data(as_text=True)
    assert "<h1>Plan B</h1>" in html, "the one written in last"
    assert _tallene() == [2, 0, 4], "an empty field is 0 when another is filled"


def test_a_day_is_corrected_with_a_reason_and_keeps_its_history(nettleser: Nettleser, folk: Any) -> None:
    side, sti = nettleser.som(folk.moeteplass1), _sti()
    assert _foer(side, sti, [2, 3, 4]) == 303
    assert _foer(side, sti, [2, 9, 4]) == 422, "a reason is asked for"
    assert _foer(side, sti, [2, "", 4], "feil_tall") == 422, "empty is not 0 once it is written in"
    assert _foer(side, sti, [2, 9, 4], "feil_tall") == 303
    html = side.se(sti).get_data(as_text=True)
    assert "16–18 år: 3 → 9" in html
    assert "Feil tall ble skrevet" in html
    assert "Møteplass 1" in html
    (retting,) = db.session.scalars(select(Moeteplassretting))
    assert (retting.fra, retting.til, retting.user_id) == (3, 9, folk.moeteplass1.id)
    hva = db.session.scalars(select(Innslag.hva).where(Innslag.gjelder == "moeteplass").order_by(Innslag.id)).all()
    assert hva[-2:] == [Hva.BESOEK_FOERT, Hva.BESOEK_RETTET]


def test_a_day_written_by_mistake_is_empty_again(nettleser: Nettleser, folk: Any) -> None:
    side, sti = nettleser.som(folk.moeteplass1), _sti()
    _foer(side, sti, [2, 3, 0])
    for _ in range(2):
        assert side.send(f"{sti}/fjern").status_code == 303, "the second click is nothing"
    assert _tallene() == [None, None, None]
    html = side.se(sti).get_data(as_text=True)
    assert "3 → ikke ført" in html
    assert "Hvor mange kom?" in html
    assert _foer(side, sti, [1, 1, 1]) == 303, "no reason is needed where nothing stands"
    assert db.session.scalar(select(func.count()).select_from(Moeteplassretting)) == 3


def test_the_same_twice_is_nothing_and_a_colleagues_number_is_told(nettleser: Nettleser, folk: Any) -> None:
    sti = _sti()
    en, annen = nettleser.som(folk.moeteplass1), nettleser.som(folk.moeteplass1)
    skjema = _skjema(en.se(sti).get_data(as_text=True), [5, 5, 5])
    assert [en.send(sti, skjema).status_code for _ in range(2)] == [303, 303]
    svar = annen.send(sti, skjema | {navn: "7" for navn in skjema if navn.startswith("tall")})
    html = svar.get_data(as_text=True)
    assert svar.status_code == 409
    assert "En kollega har ført dagen" in html
    assert html.count('value="7"') == 3, "what was typed is still there"
    assert _tallene() == [5, 5, 5]
    assert annen.send(sti, _skjema(html, [7, 5, 5], "talt_paa_nytt")).status_code == 303


def test_what_i_did_not_touch_is_shown_as_it_is_after_a_conflict(nettleser: Nettleser, folk: Any) -> None:
    side, sti = nettleser.som(folk.moeteplass1), _sti()
    assert _foer(side, sti, [5, 5, 5]) == 303
    gammel = side.se(sti).get_data(as_text=True)
    assert _foer(side, sti, [6, 6, 5], "talt_paa_nytt") == 303
    html = side.send(sti, _skjema(gammel, ["tull", 5, 5], "feil_tall")).get_data(as_text=True)
    assert re.findall(r'name="vist_\d+" type="hidden" value="(\d*)"', html) == ["5"] * 3, "it still rests on my page"
    svar = side.send(sti, _skjema(gammel, [7, 5, 5], "feil_tall"))
    html = svar.get_data(as_text=True)
    assert svar.status_code == 409
    assert re.findall(r'name="tall_\d+"[^>]*value="(\d*)"', html) == ["7", "6", "5"]
    assert side.send(sti, _skjema(html, [7, 6, 5], "feil_tall")).status_code == 303
    assert _tallene() == [7, 6, 5]


def test_many_at_one_moment_write_a_day_once(app: Flask, folk: Any) -> None:
    sti, antall = _sti(), 4
    sider = [Nettleser(app).som(folk.moeteplass1) for _ in range(antall)]
    html = sider[0].se(sti).get_data(as_text=True)
    skjemaer = [_skjema(html, [nr] * 3) | {"csrf_token": side.token()} for nr, side in enumerate(sider)]
    db.session.rollback()
    start = threading.Barrier(antall)

    def foer(nr: int) -> int:
        start.wait()
        return sider[nr].klient.post(sti, data=skjemaer[nr], base_url="http://localhost").status_code

    with ThreadPoolExecutor(antall) as kjoerere:
        svar = list(kjoerere.map(foer, range(antall)))
    assert sorted(svar) == [303] + [409] * (antall - 1)
    assert len(_tallene()) == 3


@pytest.mark.parametrize(("tall", "ord_"), [("tull", "helt tall"), ("-1", "0 til 999"), ("1000", "0 til 999")])
def test_wrong_numbers_are_told_at_their_field_and_kept(nettleser: Nettleser, folk: Any, tall: str, ord_: str) -> None:
    side, sti = nettleser.som(folk.moeteplass1), _sti()
    svar = side.send(sti, _skjema(side.se(sti).get_data(as_text=True), [3, tall, 4]))
    html = svar.get_data(as_text=True)
    assert svar.status_code == 422
    assert ord_ in html
    assert f'value="{tall}"' in html
    assert 'value="3"' in html
    assert _tallene() == []


@pytest.mark.parametrize("skrevet", ["tull", "31.02.2026", "01.01.0026", "1.1.2500", ""])
def test_a_day_that_is_none_is_told_at_its_field_and_kept(nettleser: Nettleser, folk: Any, skrevet: str) -> None:
    svar = nettleser.som(folk.moeteplass1).se(f"/besoek/velg?moeteplass={plass().id}&dag={skrevet}")
    html = svar.get_data(as_text=True)
    assert svar.status_code == 422
    assert re.search(r'id="dag-feil"><span[^>]*>Feil: </span>(Skriv (en dato|datoen)|31.02.2026 finnes ikke)', html)
    assert re.search(rf'<input[^>]* id="dag"[^>]* value="{re.escape(skrevet)}"', html)
    assert re.search(r"<details[^>]* open>\s*<summary>Velg en annen dag", html), "the field can be seen"


def test_days_that_cannot_be_written(nettleser: Nettleser, folk: Any) -> None:
    side = nettleser.som(folk.moeteplass1)
    for dag in (i_dag() + timedelta(days=1), date(2013, 12, 31)):
        assert "ikke i drift" in side.se(_sti(dag)).get_data(as_text=True)
        with pytest.raises(UgyldigFelt), transaction():
            services.foer(plass(), dag, {}, vist={}, av=bruker("moeteplass1"))
    assert side.se(_sti().replace(i_dag().isoformat(), "2026-13-01")).status_code == 404
    assert side.se(f"/besoek/velg?moeteplass={plass().id}&dag=3.2.2026").location.endswith("/dag/2026-02-03")
    assert side.se(f"/besoek/velg?moeteplass={plass().id}&dag=3.2.26").location.endswith("/dag/2026-02-03")
    umulig = side.se(f"/besoek/velg?moeteplass={plass().id}&dag=29.2.2027")
    assert umulig.status_code == 422
    assert "29.2.2027 finnes ikke: den måneden har 28 dager." in umulig.get_data(as_text=True)


def test_only_the_unit_counts_and_reads_and_the_coordinator_sees_no_number(nettleser: Nettleser, folk: Any) -> None:
    with transaction():
        tall = {gruppe.id: 83 for gruppe in plass("4b-1").grupper}
        vist = dict.fromkeys(tall)
        services.foer(plass("4b-1"), i_dag(), tall, vist=vist, av=bruker("moeteplass2"))
    sti, maaned = _sti(tiltak_id="4b-1"), f"/moeteplasser/{plass('4b-1').id}"
    assert "83" in nettleser.som(folk.helseleder1).se(maaned).get_data(as_text=True)
    assert nettleser.som(folk.moeteplass1).se(sti).status_code == 404
    assert nettleser.som(folk.koordinator1).se(maaned).status_code == 404
    liste = nettleser.som(folk.koordinator1).se("/moeteplasser").get_data(as_text=True)
    assert "Barnetreffen" in liste
    assert "83" not in re.sub(r"<[^>]+>", " ", liste)  # what is drawn for the page's own use can have any figures
    with pytest.raises(IngenTilgang), transaction():
        services.foer(plass("4b-1"), i_dag(), tall, vist=vist, av=bruker("moeteplass1"))


def test_nothing_that_is_counted_here_hangs_on_a_family() -> None:
    forbudt = {"sak", "barn", "henvisning", "tildeling", "samtykke", "plass"}
    for modell in (Moeteplass, Moeteplasstall, Moeteplassretting, Kortbesoek, Klubbesoek):
        naadd, koe = set[str](), [modell.__tablename__]
        while koe:
            tabell = metadata.tables[koe.pop()]
            nye = {nokkel.column.table.name for nokkel in tabell.foreign_keys} - naadd
            naadd |= nye
            koe += nye
        assert naadd & forbudt == set()


def test_a_month_tells_nobody_from_not_written_in() -> None:
    fredag = date(2026, 11, 20)
    tall = {(fredag, 1): 0, (fredag, 2): None, (date(2026, 11, 3), 1): 4}
    dager = linjer(date(2026, 11, 1), [1, 2], dict(tall), ukedager=["5"], fra=date(2026, 11, 7), til=None, i_dag=fredag)
    assert [(d.dag.day, d.tall, d.foert, d.sum) for d in dager] == [
        (3, (4, None), True, 4),
        (13, (None, None), False, 0),
        (20, (0, None), True, 0),
    ]
    assert neste_maaned(date(2026, 12, 1)) == date(2027, 1, 1)


def _endre(opplysninger: Moeteplassopplysninger, av: User, versjon: int | None = None) -> None:
    with transaction():
        rad = plass()
        versjon = rad.versjon if versjon is None else versjon
        services.endre(rad, rad.enhet_id, opplysninger, versjon=versjon, av=db.session.get_one(User, av.id))


def test_a_renamed_group_is_new_and_the_old_keeps_its_counts(nettleser: Nettleser, folk: Any) -> None:
    side, sti = nettleser.som(folk.moeteplass1), _sti()
    assert _foer(side, sti, [1, 2, 3]) == 303
    _endre(replace(GOD, navn="Plan B", grupper=("13–15 år", "16–19 år")), folk.koordinator1)
    assert [g.navn for g in plass().i_bruk] == ["13–15 år", "16–19 år"]
    assert [g.navn for g in plass().grupper if g.utgaatt] == ["16–18 år", "Over 18 år"]
    assert _foer(side, sti, [1, 2, 9], "feil_tall") == 303, "an earlier day is corrected in its own groups"
    assert _foer(side, _sti(i_dag() - timedelta(days=1)), [4, 5]) == 303
    _endre(replace(GOD, navn="Plan B", grupper=("16–18 år",)), folk.koordinator1)
    assert [g.navn for g in plass().i_bruk] == ["16–18 år"], "an old name is the old group again"


def test_a_page_with_other_groups_than_today_drops_nothing_unseen(nettleser: Nettleser, folk: Any) -> None:
    side, sti = nettleser.som(folk.moeteplass1), _sti()
    skjema = _skjema(side.se(sti).get_data(as_text=True), [1, 2, 3])
    _endre(replace(GOD, navn="Plan B", grupper=("13–15 år", "16 år")), folk.koordinator1)
    svar = side.send(sti, skjema)
    assert svar.status_code == 409
    assert 'value="1"' in svar.get_data(as_text=True)
    assert _tallene() == []


def test_the_pages_of_the_list(nettleser: Nettleser, folk: Any) -> None:
    side = nettleser.som(folk.koordinator1)
    skjema = {"tiltak_id": "4b-6", "enhet_id": "ungdomsbasen", "navn": "Nytt sted", "fra": "01.02.2026", "til": ""}
    assert side.send("/moeteplasser/ny", skjema | {"grupper": "a\nA"}).status_code == 422
    assert side.send("/moeteplasser/ny", skjema | {"grupper": "13–15 år\n\n16 år ", "ukedager": "1"}).status_code == 303
    assert side.send("/moeteplasser/ny", skjema | {"grupper": "Alle"}).status_code == 422, "the second click"
    ny = db.session.scalars(select(Moeteplass).where(Moeteplass.navn == "Nytt sted")).one()
    assert [g.navn for g in ny.i_bruk] == ["13–15 år", "16 år"]
    endret = skjema | {"grupper": "Alle", "til": "01.01.2026", "versjon": str(ny.versjon)}
    assert "før første dag" in side.send(f"/moeteplasser/{ny.id}/endre", endret).get_data(as_text=True)
    assert side.send(f"/moeteplasser/{ny.id}/endre", endret | {"til": "01.03.2026"}).status_code == 303
    assert side.send(f"/moeteplasser/{ny.id}/endre", endret | {"til": ""}).status_code == 409, "an old page"
    assert "Nytt sted" not in side.se("/moeteplasser").get_data(as_text=True)
    assert "Nytt sted" in side.se("/moeteplasser?alle=y&q=nytt").get_data(as_text=True)
    leder = nettleser.som(folk.helseleder1)
    assert leder.se(f"/moeteplasser/{ny.id}/endre").status_code == 404
    assert leder.send("/moeteplasser/ny", skjema | {"grupper": "Alle"}).status_code == 422, "another unit's"


@pytest.mark.parametrize(
    ("felt", "endring"),
    [
        ("navn", {"navn": ""}),
        ("grupper", {"grupper": ()}),
        ("grupper", {"grupper": tuple("abcdefghi")}),
        ("grupper", {"grupper": ("x" * 31,)}),
        ("grupper", {"grupper": ("Alle", "alle")}),
        ("til", {"til": date(2025, 1, 1)}),
    ],
)
def test_an_open_offer_that_cannot_be_so(felt: str, endring: dict[str, Any]) -> None:
    sjekk_moeteplass(GOD)
    with pytest.raises(UgyldigFelt) as feil:
        sjekk_moeteplass(replace(GOD, **endring))
    assert feil.value.felt == felt


def test_the_file_is_loaded_once_and_refused_when_it_is_wrong(app: Flask, tmp_path: Path) -> None:
    assert {m.navn: m.enhet_id for m in db.session.scalars(select(Moeteplass))} == {
        "Barnetreffen": "to_helsestasjon",
        "61 grader nord": "to_kultur_fritid",
        "Plan B": "to_kultur_fritid",
        "Ungdomsbasen": "to_helsestasjon",
    }
    with transaction() as session:
        assert services.last_moeteplasser(av=None) == 0
        for rad in session.scalars(select(Moeteplass)):
            session.delete(rad)
    fil = tmp_path / "moeteplasser.yaml"
    fil.write_text("moeteplasser:\n- {tiltak: 9z-1, navn: Ukjent, ukedager: [], grupper: [Alle]}\n")
    with transaction():
        assert services.last_moeteplasser(fil, av=None) == 0, "what the plan has not is passed over"
    fil.write_text("moeteplasser:\n- {tiltak: 4b-1, navn: Feil, ukedager: [9], grupper: [Alle]}\n")
    with pytest.raises(ConfigError), transaction():
        services.last_moeteplasser(fil, av=None)


def test_the_year_for_counting(app: Flask, folk: Any) -> None:
    with transaction():
        rad, av = plass(), bruker("moeteplass1")
        for dag, tall in ((date(2025, 3, 4), 5), (date(2025, 3, 5), 0), (date(2025, 4, 1), 2), (date(2024, 3, 4), 9)):
            nye: dict[int, int | None] = {g.id: tall for g in rad.i_bruk}
            services.foer(rad, dag, nye, vist=dict.fromkeys(nye), av=av)
        nye = {g.id: 7 for g in rad.i_bruk}
        vist: dict[int, int | None] = {g.id: 2 for g in rad.i_bruk}
        services.foer(rad, date(2025, 4, 1), nye, vist=vist, grunn=Rettegrunn.SENT_INN, av=av)
    linjene = [(r.navn, r.tiltak_id, r.maaned, r.gruppe, r.dager, r.besoek) for r in queries.besoek_i_aaret(2025)]
    assert linjene[:2] == [("Plan B", "4b-5", 3, "13–15 år", 2, 5), ("Plan B", "4b-5", 3, "16–18 år", 2, 5)]
    assert linjene[-1] == ("Plan B", "4b-5", 4, "Over 18 år", 1, 7)
    assert len(linjene) == 6
    assert queries.moeteplass(folk.moeteplass1, rad.id, Rettighet.MOETEPLASS_LES).id == rad.id
