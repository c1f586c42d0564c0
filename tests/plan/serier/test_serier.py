"""Series through the front door: who enters what, what a correction leaves behind, files, and what is counted."""

import io
import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, func, select

from koordinering.db import db, i_dag, transaction
from koordinering.demo.indikatortall import SSB, foer_tallene
from koordinering.errors import Endret, IngenTilgang, UgyldigFelt
from koordinering.plan.serier import queries, services
from koordinering.plan.serier.models import Seriepunkt
from koordinering.plan.serier.rules.brudd import FRA_PLANEN, NY_DEFINISJON, NYTT_NUMMER
from koordinering.plan.serier.rules.foering import KanIkkeAngres, LiteTall, Tall
from koordinering.plan.serier.rules.sammenligning import endring
from koordinering.plan.services import last_plan
from koordinering.statistikk import services as statistikk
from koordinering.statistikk.disclosure import Tegn
from koordinering.users import kommune
from tests.nettleser import Nettleser
from tests.plan.eksempel import ANNEN_KOMMUNE
from tests.statistikk.test_tall_sider import spoerringer
from tests.statistikk.utgivelse import AAR, bilde, publisert, utkast

BOLIG, KORT, SEMINAR, NAV = "I20", "I16", "I17", "~nav-sosialhjelp"


def foer(av: Any, serie: str, periode: str, verdi: float | None, **felt: Any) -> None:
    """Enter a figure."""
    sett, bekreftet = felt.pop("sett", 0), felt.pop("bekreftet", False)
    with transaction():
        services.foer(serie, Tall(periode, verdi, **felt), sett=sett, bekreftet=bekreftet, av=av)


def tallene(av: Any, serie: str) -> list[tuple[str, float | None]]:
    """The figures as everybody reads them, after whatever a browser has done."""
    db.session.rollback()
    return [(p.periode, p.verdi) for p in queries.serie(av, serie).punkter]


@pytest.mark.bare_sqlite
def test_the_plans_own_figures_are_read_from_the_plan(app: Flask, folk: Any) -> None:
    alle = {en.id: en for en in queries.serier(folk.nav1)}
    assert [(p.periode, p.verdi, p.brudd) for p in alle["I01"].punkter] == [("2014", 62, False), ("2015", 101, True)]
    assert endring(alle["I01"]) is None
    assert [p.intervall for p in alle["I11"].punkter] == [(48, 67)]
    assert (alle["I13"].punkter[0].periode, alle["I15"].punkter[0].tekst) == ("2011-2013", "over halvparten")
    assert (alle[KORT].maal, alle[BOLIG].punkter, alle[BOLIG].tiltak) == (40, (), ("1a-1",))
    assert db.session.scalar(select(func.count()).select_from(Seriepunkt)) == 0
    assert alle[NAV].maaneder
    with pytest.raises(UgyldigFelt, match="rettes i planen"):
        foer(folk.koordinator1, "I01", "2014", 63)
    foer(folk.koordinator1, "I01", "2016", 90)
    assert queries.serie(folk.nav1, "I01").punkter[-1].brudd_grunn == FRA_PLANEN


def test_a_correction_a_deletion_and_an_undoing_leave_every_version(app: Flask, folk: Any) -> None:
    av = folk.koordinator1
    foer(av, BOLIG, "2024", 12)
    foer(av, BOLIG, "2024", 12)  # sent twice
    with pytest.raises(UgyldigFelt) as opptatt:
        foer(av, BOLIG, "2024", 13)  # somebody who saw no figure there
    assert opptatt.value.felt == "periode"
    foer(av, BOLIG, "2024", 14, sett=1, brudd=True, brudd_grunn="Ny telling")
    with pytest.raises(Endret):
        foer(av, BOLIG, "2024", 15, sett=1)  # somebody who saw the one before
    with transaction():
        services.slett(BOLIG, "2024", sett=2, av=av)
    assert tallene(av, BOLIG) == []
    historikk = queries.historikk(av, BOLIG, "")
    assert [en.slag.value for en in historikk.side.rader] == ["slettet", "rettet", "foert"]
    siste, rettet, _ = (en.id for en in historikk.side.rader)
    assert historikk.kan_angres == {siste}
    with transaction():
        services.angre(siste, av=av)
    assert tallene(av, BOLIG) == [("2024", 14)]
    with pytest.raises(KanIkkeAngres), transaction():
        services.angre(rettet, av=av)
    versjoner = db.session.execute(select(Seriepunkt.versjon, Seriepunkt.verdi, Seriepunkt.gjeldende)).all()
    assert sorted(map(tuple, versjoner)) == [(1, 12, False), (2, 14, False), (3, 14, False), (4, 14, True)]


@pytest.mark.bare_sqlite
def test_a_figure_that_was_deleted_can_be_entered_anew(app: Flask, folk: Any, nettleser: Nettleser) -> None:
    foer(folk.koordinator1, BOLIG, "2024", 12)
    with transaction():
        services.slett(BOLIG, "2024", sett=1, av=folk.koordinator1)
    svar = nettleser.som(folk.koordinator1).send(
        f"/plan/indikator/{BOLIG}/tall", {"periode": "2024", "verdi": "13", "versjon": "0"}
    )
    assert svar.status_code == 303
    assert tallene(folk.nav1, BOLIG) == [("2024", 13)]


@pytest.mark.bare_sqlite
def test_correcting_one_year_cannot_write_over_another(app: Flask, folk: Any, nettleser: Nettleser) -> None:
    for aar, tall in (("2023", 20), ("2024", 12)):
        foer(folk.koordinator1, BOLIG, aar, tall)
    adresse = f"/plan/indikator/{BOLIG}/tall?periode=2024"
    svar = nettleser.som(folk.koordinator1).send(adresse, {"periode": "2023", "verdi": "13", "versjon": "1"})
    assert svar.status_code == 422
    assert "Her retter du tallet for 2024." in svar.get_data(as_text=True)
    assert tallene(folk.nav1, BOLIG) == [("2023", 20), ("2024", 12)]


@pytest.mark.bare_sqlite
def test_two_who_correct_one_figure_see_each_other(app: Flask, folk: Any, nettleser: Nettleser) -> None:
    foer(folk.koordinator1, BOLIG, "2024", 12)
    foer(folk.koordinator1, BOLIG, "2024", 14, sett=1, kilde="Regnskapet")
    adresse, side = f"/plan/indikator/{BOLIG}/tall?periode=2024", nettleser.som(folk.koordinator1)
    felt = {"periode": "2024", "verdi": "15", "kilde": ""}
    svar = side.send(adresse, felt | {"versjon": "1"})
    html = svar.get_data(as_text=True)
    assert svar.status_code == 409
    assert re.findall(r"</span>Nå står det: ([^<]*)\.</p>", html) == ["14", "Regnskapet"]
    assert 'value="15"' in html
    assert side.send(adresse, felt | {"versjon": _skjult(html, "versjon")}).status_code == 303
    assert tallene(folk.nav1, BOLIG) == [("2024", 15)]


@pytest.mark.bare_sqlite
def test_who_may_enter_what(app: Flask, folk: Any, nettleser: Nettleser) -> None:
    foer(folk.tiltak1, SEMINAR, "2025H1", 1)
    for hvem, serie in ((folk.tiltak1, BOLIG), (folk.nav1, SEMINAR)):
        with pytest.raises(IngenTilgang):
            foer(hvem, serie, "2025", 20)
    with pytest.raises(IngenTilgang), transaction():
        services.importer([(queries.serie(folk.tiltak1, BOLIG), Tall("2025", 20))], bekreftet=True, av=folk.tiltak1)
    ansvarlig = nettleser.som(folk.tiltak1)
    assert ansvarlig.se(f"/plan/indikator/{SEMINAR}/tall").status_code == 200
    assert ansvarlig.se(f"/plan/indikator/{BOLIG}/tall").status_code == 404
    assert "Før et tall" not in ansvarlig.se(f"/plan/indikator/{BOLIG}").get_data(as_text=True)
    assert ansvarlig.se(f"/plan/indikator/{SEMINAR}/endre").status_code == 404
    html = ansvarlig.se("/plan/indikatorer/import").get_data(as_text=True)
    assert SEMINAR in html
    assert BOLIG not in html


@pytest.mark.bare_sqlite
def test_a_small_count_is_asked_about_and_the_form_keeps_what_was_typed(
    app: Flask, folk: Any, nettleser: Nettleser
) -> None:
    with pytest.raises(LiteTall):
        foer(folk.koordinator1, BOLIG, "2025", 4)
    adresse = f"/plan/indikator/{BOLIG}/tall"
    koordinator = nettleser.som(folk.koordinator1)
    koordinator.se(adresse)
    felt = {"periode": "2025", "verdi": "3", "kilde": "Tildeling", "versjon": "0"}
    svar = koordinator.send(adresse, felt)
    assert svar.status_code == 422
    html = svar.get_data(as_text=True)
    assert "Et lite tall" in html
    assert 'value="Tildeling"' in html
    assert tallene(folk.nav1, BOLIG) == []
    assert koordinator.send(adresse, felt | {"bekreftet": "y"}).status_code == 303
    assert tallene(folk.nav1, BOLIG) == [("2025", 3)]
    begge = koordinator.send(adresse, felt | {"periode": "neste", "verdi": "tull"}).get_data(as_text=True)
    assert "Skriv et år, et halvår eller en måned" in begge
    assert "Skriv et tall, for eksempel 48" in begge
    for galt, melding in (
        ({"periode": "neste"}, "Skriv et år, et halvår eller en måned"),
        ({"periode": "2199"}, "ikke begynt"),
        ({"periode": str(i_dag().year)}, "ikke over"),
        ({"periode": "mars 2025"}, "tall for år eller halvår"),
        ({"verdi": "4,5"}, "Skriv et helt tall"),
        ({"verdi": "1.000"}, "Skriv tallet uten punktum"),
        ({"brudd": "y"}, "Skriv hvorfor"),
        ({"brudd_grunn": "Ny telling"}, "Kryss av i ruten over"),
    ):
        svar = koordinator.send(adresse, felt | {"verdi": "20", "periode": "2024"} | galt)
        assert svar.status_code == 422
        assert melding in svar.get_data(as_text=True)


@pytest.mark.bare_sqlite
def test_a_new_figure_where_one_stands_and_one_without_anything_are_told_at_the_field(
    app: Flask, folk: Any, nettleser: Nettleser
) -> None:
    foer(folk.koordinator1, BOLIG, "2025", 20)
    adresse, koordinator = f"/plan/indikator/{BOLIG}/tall", nettleser.som(folk.koordinator1)
    svar = koordinator.send(adresse, {"periode": "2025", "verdi": "21", "versjon": "0"})
    assert svar.status_code == 422
    assert "Det står et tall for perioden fra før." in svar.get_data(as_text=True)
    assert 'value="21"' in svar.get_data(as_text=True)
    tomt = koordinator.send(adresse, {"versjon": "0"}).get_data(as_text=True)
    assert ">Periode: Feltet må fylles ut.</a>" in tomt
    assert ">Tall: Feltet må fylles ut.</a>" in tomt


def _velg(nettleser: Nettleser, adresse: str, innhold: bytes) -> Any:
    nettleser.se(adresse)
    return nettleser.send(adresse, {"fil": (io.BytesIO(innhold), "tall.csv")}, content_type="multipart/form-data")


def _skjult(html: str, navn: str) -> str:
    funnet = re.search(rf'name="{navn}"[^>]* value="([^"]*)"', html)
    assert funnet is not None
    return funnet[1].replace("&#34;", '"').replace("&quot;", '"').replace("&amp;", "&")


@pytest.mark.bare_sqlite
def test_a_file_is_shown_first_and_written_whole_or_not_at_all(app: Flask, folk: Any, nettleser: Nettleser) -> None:
    foer(folk.koordinator1, BOLIG, "2023", 9)
    koordinator = nettleser.som(folk.koordinator1)
    svar = _velg(koordinator, "/plan/indikatorer/import", b"indikator;periode;verdi\nI20;2024;12\nI20;2199;8\n")
    assert svar.status_code == 422
    assert "1 rad er feil" in svar.get_data(as_text=True)
    rader = b"indikator;periode;verdi\nI20;2024;12\nI20;2023;10\nI22;2024;2\n~nav-sosialhjelp;mars 2025;51\n"
    html = _velg(koordinator, "/plan/indikatorer/import", rader).get_data(as_text=True)
    assert html.count("Erstatter") == 1
    assert "Lite tall" in html
    felt = {"rader": _skjult(html, "rader")}
    assert koordinator.send("/plan/indikatorer/import/bekreft", felt).status_code == 422
    assert tallene(folk.nav1, BOLIG) == [("2023", 9)]
    assert koordinator.send("/plan/indikatorer/import/bekreft", felt | {"bekreftet": "y"}).status_code == 303
    assert tallene(folk.nav1, BOLIG) == [("2023", 10), ("2024", 12)]
    assert tallene(folk.nav1, NAV) == [("2025M03", 51)]
    (siste, *_), andre = (h := queries.historikk(folk.nav1, NAV, "")).side.rader, h.andre
    assert andre[siste.id] == 2
    with transaction():
        services.angre(siste.id, av=folk.koordinator1)
    assert tallene(folk.nav1, BOLIG) == [("2023", 9)]
    assert tallene(folk.nav1, NAV) == []
    for tull in ("", "[]", "[[1]]", '[["I20","2024","x","","",""]]', "[" * 5000):
        assert koordinator.send("/plan/indikatorer/import/bekreft", {"rader": tull}).status_code == 422


@pytest.mark.bare_sqlite
def test_ssbs_table_becomes_series_and_again_the_same_ones(app: Flask, folk: Any, nettleser: Nettleser) -> None:
    koordinator = nettleser.som(folk.koordinator1)
    assert _velg(koordinator, "/plan/indikatorer/ssb", b"ikke en tabell").status_code == 422
    valgt: list[str] = []
    felt: dict[str, str] = {}
    for _ in range(2):
        html = _velg(koordinator, "/plan/indikatorer/ssb", SSB.read_bytes()).get_data(as_text=True)
        valgt = re.findall(r'name="valgt" value="([^"]+)"', html)
        assert len(valgt) == 3
        felt = {"data_": _skjult(html, "data_")}
        assert koordinator.send("/plan/indikatorer/ssb/bekreft", felt).status_code == 422
        assert koordinator.send("/plan/indikatorer/ssb/bekreft", felt | {"valgt": valgt[:2]}).status_code == 303
    db.session.rollback()
    ssb = [en for en in queries.serier(folk.nav1) if en.opphav.value == "ssb"]
    assert len(ssb) == 2
    assert [(p.periode, p.brudd_grunn) for p in ssb[0].punkter if p.brudd] == [("2020", NYTT_NUMMER)]
    assert db.session.scalar(select(func.count()).select_from(Seriepunkt)) == 14
    for tull in ("", "{}", '[{"noekkel": 1}]', felt["data_"].replace("2017", "20x7")):
        assert koordinator.send("/plan/indikatorer/ssb/bekreft", {"data_": tull, "valgt": valgt}).status_code == 422


@pytest.mark.bare_sqlite
def test_the_coordinator_makes_a_series_with_a_target_and_measures(app: Flask, folk: Any, nettleser: Nettleser) -> None:
    koordinator = nettleser.som(folk.koordinator1)
    koordinator.se("/plan/indikatorer/ny")
    felt = {"navn": "Barn i SFO", "enhet": "barn", "hvor_ofte": "aar", "maal": "50", "tiltak": ["2a-2"], "versjon": "0"}
    for galt in (
        {"navn": ""},
        {"enhet": ""},
        {"maal": "mange"},
        {"avsluttet": "y"},
        {"avsluttet_grunn": "Slutt"},
        {"tiltak": ["9-9"]},
    ):
        assert koordinator.send("/plan/indikatorer/ny", felt | galt).status_code == 422
    svar = koordinator.send("/plan/indikatorer/ny", felt)
    assert svar.status_code == 303
    serie_id = svar.location.rpartition("/")[2]
    foer(folk.tiltak1, serie_id, "2025", 40)  # the unit that answers for 2a-2
    html = koordinator.se(f"/plan/indikator/{serie_id}").get_data(as_text=True)
    assert "Målet er 50" in html
    assert serie_id in koordinator.se("/plan/tiltak/2a-2").get_data(as_text=True)
    endres = f"/plan/indikator/{BOLIG}/endre"
    nytt = {"navn": "Noe annet", "telledefinisjon": "Talt ved årsslutt.", "kilde": "Tildeling", "versjon": "0"}
    assert koordinator.send(endres, nytt).status_code == 303
    assert koordinator.send(endres, nytt).status_code == 409
    db.session.rollback()
    bolig = queries.serie(folk.nav1, BOLIG)
    assert (bolig.navn[:5], bolig.telledefinisjon, bolig.tiltak) == ("Antal", "Talt ved årsslutt.", ("1a-1",))
    with transaction():
        last_plan(ANNEN_KOMMUNE, av=None)
    igjen = {en.id: en for en in queries.serier(folk.nav1)}
    assert igjen["T1"].punkter[0].verdi == 10
    assert (igjen[BOLIG].navn, igjen[serie_id].punkter[0].verdi) == (bolig.navn, 40), "what was entered is still there"


@pytest.mark.bare_sqlite
def test_counted_series_hold_only_what_is_released_with_its_signs(app: Flask, folk: Any, nettleser: Nettleser) -> None:
    bilde(folk)
    utkast(folk, koder=["tiltak"])
    assert not [en for en in queries.serier(folk.koordinator1) if en.opphav.value == "talt"]
    publisert(folk, koder=["tiltak", "alder"])
    tabeller = {en.tabell.kode: en.tabell for en in statistikk.aarstabeller(["tiltak", "alder"], av=folk.nav1)}
    talte = {en.id: en for en in queries.serier(folk.nav1) if en.opphav.value == "talt"}
    for serie_id, serie in talte.items():
        _, kode, kolonne, *klasse = serie_id.split(".")
        if kode not in tabeller:
            continue
        celle = tabeller[kode].celle(tuple([*klasse, "Total"][: len(tabeller[kode].dimensjoner)]), kolonne)
        (punkt,) = serie.punkter
        assert (punkt.tegn, punkt.verdi) == ((celle.value, None) if isinstance(celle, Tegn) else (None, celle))
        assert serie.telledefinisjon
        assert not queries.kan_foere(folk.koordinator1, serie)
        with pytest.raises(IngenTilgang):
            foer(folk.koordinator1, serie_id, str(AAR), 20)
    assert {serie.punkter[0].tegn for serie in talte.values()} > {None}
    en = next(iter(talte))
    koordinator = nettleser.som(folk.koordinator1)
    assert koordinator.se(f"/plan/indikator/{en}").status_code == 200
    assert koordinator.se(f"/plan/indikator/{en}/endre").status_code == 404
    assert not queries.serier(folk.nav1, AAR - 1)[-1].punkter


@pytest.mark.bare_sqlite
def test_a_definition_of_its_own_is_a_break_and_the_threshold_is_the_municipalitys(app: Flask, folk: Any) -> None:
    foer(folk.koordinator1, "I22", "2013", 12)
    foer(folk.koordinator1, "I22", "2014", 14, telledefinisjon="Talt etter seks måneder")
    assert queries.serie(folk.nav1, "I22").punkter[1].brudd_grunn == NY_DEFINISJON
    foer_tallene()
    assert queries.serie(folk.nav1, NAV).punkter == (), "the demo writes nothing beside what somebody has entered"
    with transaction():
        kommune().terskel = 10
    with pytest.raises(LiteTall):
        foer(folk.koordinator1, BOLIG, "2010", 9)


@pytest.mark.bare_sqlite
def test_the_demo_shows_all_of_it_and_no_page_asks_more_for_more(app: Flask, folk: Any, nettleser: Nettleser) -> None:
    hver = nettleser.som(folk.nav1)

    def kostnad(adresse: str) -> int:
        hver.se(adresse)
        with spoerringer() as setninger:
            assert "<svg" in hver.se(adresse).get_data(as_text=True)
        return len(setninger)

    foer_tallene()
    nav, bolig = queries.serie(folk.nav1, NAV), queries.serie(folk.nav1, BOLIG)
    assert len(nav.punkter) >= 60
    assert nav.tiltak == ("3a-1",)
    tegn = [p.tegn for p in bolig.punkter if p.tegn]
    assert (len(bolig.punkter), sum(p.brudd for p in bolig.punkter), tegn) == (5, 1, [":"])
    sider = "/plan/indikatorer", "/plan/indikatorer/bilder", f"/plan/indikator/{BOLIG}"
    mye = [kostnad(adresse) for adresse in sider]
    assert kostnad(f"/plan/indikator/{NAV}") == mye[2]
    with transaction():
        db.session.execute(delete(Seriepunkt).where(Seriepunkt.serie_id != BOLIG))
    assert [kostnad(adresse) for adresse in sider] == mye
    assert "Ingen indikatorer passer" in hver.se("/plan/indikatorer?q=finnesikke").get_data(as_text=True)
    assert "Norskprøve" not in hver.se("/plan/indikatorer?strategi=3a").get_data(as_text=True)
