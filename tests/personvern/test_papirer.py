"""The papers: whole, true, the same each time, and readable by those they are for."""

import importlib
import io
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from openpyxl import load_workbook

from koordinering.config import Config
from koordinering.db import i_dag, transaction
from koordinering.personvern.papirer import services, visning
from koordinering.personvern.papirer.rules.dokument import Dokument, FeilIPapiret, Liste, Tabell, deler, fyll, les
from koordinering.personvern.papirer.rules.skriv import FORMATER, til_html, til_markdown
from koordinering.personvern.papirer.services import Papir
from koordinering.personvern.papirer.visning import Opplysninger, arkversjon
from koordinering.personvern.rules.frister import FRISTER
from koordinering.personvern.rules.register import registeret
from koordinering.roles import MATRISE, Rettighet, Rolle
from koordinering.saker.rules.behov import Opplysning
from koordinering.users import Koblingsmodus, kommune
from tests.nettleser import Nettleser

ROT = Path(__file__).parents[2]
MAL = Opplysninger()
KOMMUNEN = Opplysninger(
    kommune="Prøve kommune",
    kobling=Koblingsmodus.NUMMER,
    terskel=5,
    kjoenn=False,
    to_personer=True,
    sak_maaneder=36,
    kontor="Personvernombudet",
    epost="personvern@eksempel.kommune.no",
    telefon="61 00 00 00",
)


def _celler(dokument: Dokument, tittel: str) -> list[tuple[str, ...]]:
    return [rad for b in dokument.blokker if isinstance(b, Tabell) and b.tittel == tittel for rad in b.rader]


def test_the_copies_in_the_documentation_are_what_the_command_makes(tmp_path: Path) -> None:
    services.skriv(services.som_filer(MAL, tmp_path, ("md",)))
    skrevet = {fil.name: fil.read_text(encoding="utf-8") for fil in tmp_path.iterdir()}
    lagret = {fil.name: fil.read_text(encoding="utf-8") for fil in (ROT / "docs" / "papirer").iterdir()}
    assert skrevet == lagret, "run: koordinering papirer --mal --ut docs/papirer --format md"


@pytest.mark.parametrize("o", [MAL, KOMMUNEN], ids=["template", "municipality"])
def test_no_paper_has_a_name_that_was_not_filled_in(o: Opplysninger) -> None:
    papirene = dict(services.alle(o))
    assert len(papirene) == len(Papir) + 3
    for navn, dokument in papirene.items():
        tekst = til_markdown(dokument)
        assert not re.search(r"[{}]|\[tabell:|None|Kode\.", tekst), navn
        assert dokument.tittel
        assert til_html(dokument).count("<table>") == sum(isinstance(b, Tabell) for b in dokument.blokker)


def test_the_record_has_every_column_and_every_rule() -> None:
    protokoll = services.lag(Papir.PROTOKOLL, KOMMUNEN)
    register = registeret()
    steder = [rad[0] for b in register.behandlinger.values() for rad in _celler(protokoll, b.navn)]
    assert sorted(steder) == sorted(felt.sted for felt in register.felt)
    assert [rad[0] for rad in _celler(protokoll, "Når det slettes")] == [frist.navn for frist in FRISTER.values()]
    assert all(all(rad) for b in register.behandlinger.values() for rad in _celler(protokoll, b.navn)), "an empty cell"


def test_the_matrix_is_the_role_sheet() -> None:
    matrisen = services.lag(Papir.ROLLEMATRISE, KOMMUNEN)
    trykt = {rolle: {rad[1] for rad in _celler(matrisen, rolle.tekst)} for rolle in MATRISE}
    assert trykt == {rolle: {rett.value for rett in har} for rolle, har in MATRISE.items()}


def test_the_operator_is_told_of_what_she_sees_and_nothing_else() -> None:
    rader = _celler(services.lag(Papir.DATABEHANDLERAVTALE, KOMMUNEN), "Det operatøren av Utstyrsbanken ser")
    steder = {rad[0] for rad in rader}
    assert "utlaan.telefon" in steder
    assert not {s for s in steder if s.split(".")[0] in {"sak", "barn", "henvisning"} or s.endswith(".noekkel")}


def test_every_protection_in_the_assessment_is_in_the_program() -> None:
    for risiko in visning.risikoene():
        steder = risiko["kode"]
        assert isinstance(steder, list)
        assert steder
        for sted in steder:
            modul, _, navn = sted.partition(":")
            assert hasattr(importlib.import_module(modul), navn), sted
    assert len(visning.risikoene()) > 10


def test_every_linking_mode_and_kind_of_information_is_explained() -> None:
    assert {modus.value for modus in Koblingsmodus} <= visning.KOBLING.keys()
    assert set(visning.OPPLYSNINGER) == set(Opplysning)


def test_the_families_page_says_the_same_in_three_languages() -> None:
    sider = [services.familieside(en, KOMMUNEN) for en in services.spraak().values()]
    former = [[(b.slag, len(b.punkter) if isinstance(b, Liste) else 0) for b in en.blokker] for en in sider if en]
    assert [en.spraak for en in sider if en] == ["nb", "nn", "en"]
    assert former[0] == former[1] == former[2]
    for en in sider:
        assert en is not None
        tekst = til_markdown(en)
        assert not re.search(r"\[f", tekst), "a family is not asked to fill anything in"
        assert all(verdi in tekst for verdi in (KOMMUNEN.kommune, KOMMUNEN.kontor, KOMMUNEN.epost) if verdi)


def test_the_families_page_follows_the_choice_of_linking_and_what_is_known() -> None:
    nb = services.spraak()["nb"]
    koblet = til_markdown(services.familieside(nb, KOMMUNEN) or les([], {}, "nb"))
    uten = Opplysninger(kommune="Prøve kommune", kobling=Koblingsmodus.INGEN, kjoenn=True)
    ukoblet = til_markdown(services.familieside(nb, uten) or les([], {}, "nb"))
    assert ("Saker kobles for å telle" in koblet, "Saker kobles ikke" in koblet) == (True, False)
    assert ("Saker kobles for å telle" in ukoblet, "Saker kobles ikke" in ukoblet) == (False, True)
    med_kode = replace(KOMMUNEN, kobling=Koblingsmodus.REFERANSE)
    kodet = til_markdown(services.familieside(nb, med_kode) or les([], {}, "nb"))
    egen = "Saker kobles med en kode dere har selv"
    assert (egen in koblet, egen in ukoblet, egen in kodet) == (False, False, True)
    assert ("Saker kobles for å telle" in kodet, "Saker kobles ikke" in kodet) == (False, False)
    assert "Koden dere tar med dere" in kodet
    assert ("Barnas kjønn" in koblet, "Barnas kjønn" in ukoblet) == (False, True)
    assert "Kommunens personvernombud" in ukoblet
    assert "En sak slettes 3 år etter" in koblet
    assert "En sak slettes 24 måneder etter" in ukoblet


def test_a_line_stands_where_its_fact_holds() -> None:
    fakta = {"ja": True, "nei": False, "ukjent": None}
    assert [fyll(f"{{?{navn}}}x", {}, fakta) for navn in fakta] == ["x", None, "x"]
    assert [fyll(f"{{!{navn}}}x", {}, fakta) for navn in fakta] == [None, "x", "x"]
    assert fyll("{?ja}{hva}!", {"hva": "a"}, fakta) == "a!"
    for galt in ("{mangler}", "{?mangler}x"):
        assert fyll(galt, {}, fakta, strengt=False) is None
        with pytest.raises(FeilIPapiret):
            fyll(galt, {}, fakta)


@pytest.mark.parametrize("linjer", [["[tabell: finnes_ikke]"], ["| a | b |", "| c |"]])
def test_a_text_that_cannot_be_a_paper_is_refused(linjer: list[str]) -> None:
    with pytest.raises(FeilIPapiret):
        les(linjer, {}, "nb")


def test_what_is_written_cannot_become_markup() -> None:
    ond = les(["# <b>", "<script>", "| a<i> | **b** |", "| c & d | [fyll inn: <u>] |"], {}, "nb")
    html = til_html(ond)
    assert not re.search(r"<(b|i|u|script)>", html)
    assert "<strong>b</strong>" in html
    assert "<mark>[fyll inn: &lt;u&gt;]</mark>" in html
    assert "".join(del_ for _, del_ in deler("a **b** [fyll inn: c] d")) == "a b [fyll inn: c] d"


@pytest.mark.bare_sqlite
def test_the_officer_reads_and_fetches_every_paper(folk: Any, nettleser: Nettleser) -> None:
    side = nettleser.som(folk.ombud1)
    assert "/papirer" in side.se("/").get_data(as_text=True)
    liste = side.se("/papirer").get_data(as_text=True)
    for papir in Papir:
        assert f'href="/papirer/{papir.value}"' in liste
        svar = side.se(f"/papirer/{papir.value}")
        assert (svar.status_code, kommune().navn in svar.get_data(as_text=True)) == (200, True)
    for format_ in FORMATER:
        svar = side.send("/papirer/dpia/fil", {"format": format_})
        assert f'filename="dpia.{format_}"' in svar.headers["Content-Disposition"]
        assert kommune().navn in svar.get_data(as_text=True)
    assert side.send("/papirer/dpia/fil", {"format": "exe"}).status_code == 404
    assert side.se("/papirer/familier").status_code == 404


@pytest.mark.bare_sqlite
@pytest.mark.bare_sqlite
def test_the_role_sheet_is_signed_as_a_workbook(folk: Any, nettleser: Nettleser) -> None:
    forvalter = nettleser.som(folk.system1)
    svar = forvalter.send("/papirer/rollematrise/fil", {"format": "xlsx"})
    ark = load_workbook(io.BytesIO(svar.data)).worksheets[0]
    rader = [[celle or "" for celle in rad] for rad in ark.iter_rows(values_only=True)]
    hode, linjer = rader[4], rader[5 : 5 + len(Rettighet)]
    for nr, rolle in enumerate(Rolle, start=1):
        assert hode[nr] == rolle.tekst
        assert {rett for rett, linje in zip(Rettighet, linjer, strict=True) if linje[nr]} == set(MATRISE[rolle])
    alt = " ".join(str(rad[0]) for rad in rader)
    ventet = (f"Versjon {arkversjon()}", f"{i_dag():%d.%m.%Y}", "Godkjent dato", "Underskrift")
    assert [ord_ for ord_ in ventet if ord_ not in alt] == []
    assert arkversjon() in forvalter.se("/papirer/rollematrise").text
    assert forvalter.send("/papirer/dpia/fil", {"format": "xlsx"}).status_code == 404


def test_families_read_their_page_without_signing_in(app: Flask, config: Config) -> None:
    utenfor = Nettleser(app)
    assert 'href="/personvern"' in utenfor.se("/logg-inn").get_data(as_text=True)
    for kode, ord_ in (("nb", "Rettighetene deres"), ("nn", "Rettane dykkar"), ("en", "Your rights"), ("xx", "Rettig")):
        html = utenfor.se("/personvern", query_string={"spraak": kode}).get_data(as_text=True)
        assert ord_ in html
        assert f'lang="{"nb" if kode == "xx" else kode}" dir="auto"' in html
    egne = config.data / "familier"
    egne.mkdir()
    (egne / "so.md").write_text("Soomaali\n# Macluumaad\n{kommune}\n{finnes_ikke}\n", encoding="utf-8")
    (egne / "xx.md").write_text("Galt\n# Galt\n[tabell: finnes_ikke]\n", encoding="utf-8")
    (egne / "nb.md").write_text("Bokmål\n# Vår egen side\nLoven heter noe.\n", encoding="utf-8")
    html = utenfor.se("/personvern?spraak=so").get_data(as_text=True)
    assert ("Macluumaad" in html, kommune().navn in html, "finnes_ikke" in html) == (True, True, False)
    assert "Loven heter noe." in utenfor.se("/personvern").get_data(as_text=True)
    assert "Rettighetene deres" in utenfor.se("/personvern?spraak=xx").get_data(as_text=True)


@pytest.mark.bare_sqlite
def test_the_office_is_told_to_families(app: Flask) -> None:
    with transaction():
        rad = kommune()
        rad.personvern_kontor, rad.personvern_epost, rad.personvern_telefon = "Ombudet", "o@eksempel.no", "61 00 00 00"
    html = Nettleser(app).se("/personvern").get_data(as_text=True)
    assert all(en in html for en in ("Ombudet", "o@eksempel.no", "61 00 00 00"))
    assert "servicetorg" not in html
