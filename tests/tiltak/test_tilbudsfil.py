"""Lists of offers from a file: every fault by row and column, all or nothing, and files that are made to do harm."""

import csv
import io
import zipfile
from datetime import date
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook
from sqlalchemy import func, select

from koordinering.db import db
from koordinering.errors import UgyldigFelt
from koordinering.tiltak.models import Tilbud
from koordinering.tiltak.rules.tilbudseksport import HSDS, som_csv
from koordinering.tiltak.rules.tilbudsfil import KOLONNER, MAKS_RADER, Tilbudsfil, les_celler, les_tilbud
from tests import fabrikk
from tests.tildeling.gjoer import LeserPaaNytt

HODE = [k.navn for k in KOLONNER]
GOD = ["4a-3", "Turngruppa sentrum", "Turn", "Turn", "20.08.2027", "15.06.2028", "6", "10", "5"]
GOD += ["Gymsalen", "onsdag 17.00", "", "100", "1 450,50", "01.06.2027"]


@pytest.fixture
def nettleser(app: Flask) -> LeserPaaNytt:
    """A browser, and a test that sees what it has written."""
    return LeserPaaNytt(app)


def _med(**endring: str) -> list[str]:
    return [endring.get(k.felt, verdi) for k, verdi in zip(KOLONNER, GOD, strict=True)]


def _csv(*rader: list[str], hode: list[str] = HODE) -> bytes:
    return som_csv([hode, *rader], til_regneark=False).encode("utf-8-sig")


def _xlsx(*rader: list[Any]) -> bytes:
    bok, ut = Workbook(), io.BytesIO()
    for rad in ([*HODE], *rader):
        bok.worksheets[0].append(rad)
    bok.save(ut)
    return ut.getvalue()


def _les(innhold: bytes) -> Tilbudsfil:
    return les_tilbud(les_celler(innhold), tiltak=["4a-3"], finnes=[])


def test_a_workbook_and_a_text_file_say_the_same() -> None:
    som_celler: list[Any] = [*GOD]
    som_celler[4], som_celler[6] = date(2027, 8, 20), 6.0
    for fil in (_csv(GOD), _xlsx(som_celler), som_csv([HODE, GOD], ",", til_regneark=False).encode("cp1252")):
        lest = _les(fil)
        assert lest.feil == ()
        (rad,) = lest.rader
        assert rad.opplysninger.ordinaer_pris_oere == 145_050
        assert rad.opplysninger.sesong_fra == date(2027, 8, 20)


@pytest.mark.parametrize(
    ("kolonne", "endring"),
    [
        ("Tiltak", {"tiltak_id": "4b-11"}),
        ("Arrangør", {"arrangoer": ""}),
        ("Navn", {"navn": "=HYPERLINK(1)"}),
        ("Navn", {"navn": "x" * 500}),
        ("Aktivitet", {"aktivitet": "Sjonglering"}),
        ("Første dag", {"sesong_fra": "31.02.2027"}),
        ("Siste dag", {"sesong_til": "01.01.2026"}),
        ("Fra alder", {"alder_fra": "seks"}),
        ("Til alder", {"alder_til": "3"}),
        ("Antall plasser", {"antall": "-5"}),
        ("Antall plasser", {"antall": "999999"}),
        ("Familien betaler", {"egenandel_oere": "-1"}),
        ("Ordinær pris", {"ordinaer_pris_oere": "9999999"}),
    ],
)
def test_what_is_wrong_is_told_by_row_and_column(kolonne: str, endring: dict[str, str]) -> None:
    lest = _les(_csv(GOD, _med(**endring)))
    assert [(f.linje, f.kolonne) for f in lest.feil] == [(3, kolonne)]


def test_every_fault_of_every_row_is_told_at_once() -> None:
    lest = _les(_csv(_med(navn="", antall="ni"), GOD, _med(aktivitet="?"), GOD))
    assert [(f.linje, f.kolonne) for f in lest.feil] == [
        (2, "Navn"),
        (2, "Antall plasser"),
        (4, "Aktivitet"),
        (5, "Navn"),  # the same offer twice
    ]


@pytest.mark.parametrize(
    "hode", [HODE[1:], [*HODE[:-1], "Navn på barnet"], [*HODE[:-1], "Navn"]], ids=["missing", "unknown", "twice"]
)
def test_headings_that_are_not_right(hode: list[str]) -> None:
    lest = _les(_csv(GOD, hode=hode))
    assert lest.feil
    assert {f.linje for f in lest.feil} == {1}
    assert lest.rader == ()


def _bombe() -> bytes:
    ut = io.BytesIO()
    with zipfile.ZipFile(ut, "w", zipfile.ZIP_DEFLATED) as pakke:
        pakke.writestr("xl/worksheets/sheet1.xml", b"0" * 60_000_000)
    return ut.getvalue()


@pytest.mark.parametrize(
    "innhold",
    [
        b"",
        b"\x89PNG\r\n\x1a\n\x00\x00",
        b"PK\x03\x04 not a zip",
        _csv(),
        b"x" * 2_000_001,
        _csv(*([GOD] * (MAKS_RADER + 1))),
        b"Tiltak\n" + b"4a-3\n" * 300_000,
        _bombe(),
        b'"' + b"a" * 200_000,
    ],
    ids=["empty", "picture", "torn", "no rows", "large", "many", "a million", "bomb", "one huge cell"],
)
def test_a_file_that_is_no_list_gets_one_clear_message(innhold: bytes) -> None:
    with pytest.raises(UgyldigFelt) as feil:
        _les(innhold)
    assert feil.value.felt == "fil"


def test_a_formula_in_a_workbook_is_refused_and_never_computed() -> None:
    rad: list[Any] = [*GOD]
    rad[8] = "=2+3"
    lest = _les(_xlsx(rad))
    assert [(f.linje, f.kolonne) for f in lest.feil] == [(2, "Antall plasser")]


@given(st.binary(max_size=400) | st.text(max_size=400).map(lambda t: f"Tiltak;Navn\n{t}".encode()))
def test_no_bytes_do_more_than_give_a_message(innhold: bytes) -> None:
    try:
        lest = _les(innhold)
    except UgyldigFelt:
        return
    assert lest.feil


def _sett_fil(innhold: bytes) -> dict[str, Any]:
    return {"fil": (io.BytesIO(innhold), "liste.csv")}


def test_a_list_is_seen_through_first_and_made_whole_or_not_at_all(nettleser: LeserPaaNytt, folk: Any) -> None:
    side = nettleser.som(folk.inkludering1)
    antall = select(func.count()).select_from(Tilbud)
    feil = side.send("/tilbud/importer", _sett_fil(_csv(GOD, _med(navn="Turn 2", antall="-1"))))
    assert feil.status_code == 422
    assert "Skriv et antall fra 0 til 5000." in feil.get_data(as_text=True)
    god = _csv(GOD, _med(navn="Turn 2"))
    sett = side.send("/tilbud/importer", _sett_fil(god))
    assert "2 tilbud er klare" in sett.get_data(as_text=True)
    assert db.session.scalar(antall) == 0
    innhold = god.decode("utf-8-sig")
    halvt = innhold.replace("Turn 2", "")
    assert side.send("/tilbud/importer/bekreft", {"innhold": halvt}).status_code == 422
    assert db.session.scalar(antall) == 0
    assert side.send("/tilbud/importer/bekreft", {"innhold": innhold}).status_code == 303
    assert side.send("/tilbud/importer/bekreft", {"innhold": innhold}).status_code == 422  # they are there already
    assert db.session.scalar(antall) == 2
    assert nettleser.som(folk.kulturskole1).send("/tilbud/importer/bekreft", {"innhold": innhold}).status_code == 422
    assert side.send("/tilbud/importer", {}).status_code == 422


def test_offers_are_written_for_others_without_persons_or_formulas(nettleser: LeserPaaNytt, folk: Any) -> None:
    fabrikk.tilbud(folk.inkludering1, navn="=1+1", oppmoete="Ring lederen")
    svar = nettleser.som(folk.nav1).send("/tilbud/eksport", {"q": "=1"})
    rader = list(csv.reader(io.StringIO(svar.get_data(as_text=True))))
    assert rader[0] == list(HSDS)
    assert dict(zip(rader[0], rader[1], strict=True))["service.name"] == "'=1+1"
    assert "Ring lederen" not in svar.get_data(as_text=True)
