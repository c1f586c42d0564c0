"""Lists of offers from a file: every fault by row and column, all or nothing, and files that are made to do harm."""

import csv
import io
import zipfile
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from html import unescape as html_unescape
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.worksheet.formula import ArrayFormula
from sqlalchemy import func, select

from koordinering.db import db, transaction
from koordinering.errors import UgyldigFelt
from koordinering.tiltak import routes
from koordinering.tiltak.lag.models import Lag
from koordinering.tiltak.lag.rules import ORGNR_VEKTER, Kjentlag, i_grupper
from koordinering.tiltak.models import Tilbud
from koordinering.tiltak.rules.tilbudseksport import HSDS, som_csv
from koordinering.tiltak.rules.tilbudsfil import KOLONNER, MAKS_RADER, Tilbudsfil, les_celler, les_tilbud
from tests import fabrikk, penger
from tests.nettleser import Nettleser
from tests.tildeling.gjoer import LeserPaaNytt

HODE = [k.navn for k in KOLONNER]
GOD = ["4a-3", "Turngruppa sentrum", "Turn", "Turn", "20.08.2027", "15.06.2028", "6", "10", "5", ""]
GOD += ["Gymsalen", "onsdag 17.00", "", "100", "1 450,50", "01.06.2027"]


AKTIVT, HVILER, UKJENT = (penger.nummer(nr, ORGNR_VEKTER) for nr in (1, 2, 3))
LAGENE = [Kjentlag(11, "Klatregruppa", AKTIVT, True), Kjentlag(12, "Skøytegruppa", HVILER, False)]


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
    return les_tilbud(les_celler(innhold), tiltak=["4a-3"], finnes=[], lagene=LAGENE)


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
        ("Arrangør", {"arrangoer": "skøytegruppa"}),
        ("Arrangør", {"arrangoer": "=1+1", "orgnr": AKTIVT}),
        ("Organisasjonsnummer", {"orgnr": "123456789"}),
        ("Organisasjonsnummer", {"orgnr": UKJENT}),
        ("Organisasjonsnummer", {"orgnr": HVILER}),
    ],
)
def test_what_is_wrong_is_told_by_row_and_column(kolonne: str, endring: dict[str, str]) -> None:
    lest = _les(_csv(GOD, _med(**endring)))
    assert [(f.linje, f.kolonne) for f in lest.feil] == [(3, kolonne)]


def test_every_fault_of_every_row_is_told_at_once() -> None:
    mye_galt = _med(sesong_fra="31.02.2027", alder_fra="12", alder_til="3", antall="-3", egenandel_oere="200000")
    lest = _les(_csv(_med(navn="", antall="ni"), GOD, _med(aktivitet="?"), GOD, mye_galt))
    assert [(f.linje, f.kolonne) for f in lest.feil] == [
        (2, "Navn"),
        (2, "Antall plasser"),
        (4, "Aktivitet"),
        (5, "Navn"),  # the same offer twice
        (6, "Første dag"),
        (6, "Til alder"),
        (6, "Antall plasser"),
        (6, "Familien betaler"),
    ]


def test_an_organisation_number_is_the_club_of_the_list() -> None:
    lest = _les(_csv(_med(orgnr=i_grupper(AKTIVT)), _med(orgnr=AKTIVT, arrangoer="", navn="Turn 2"), GOD))
    assert lest.feil == ()
    assert [(r.arrangoer, r.opplysninger.lag_id, r.opplysninger.arrangoertekst) for r in lest.rader] == [
        ("Klatregruppa", 11, None),
        ("Klatregruppa", 11, None),
        ("Turngruppa sentrum", None, "Turngruppa sentrum"),
    ]
    som_tall: list[Any] = _med(orgnr=AKTIVT)
    som_tall[9] = float(AKTIVT)  # as a workbook holds it
    assert _les(_xlsx(som_tall)).rader[0].opplysninger.lag_id == 11
    to_ganger = _les(_csv(_med(orgnr=AKTIVT), _med(orgnr=AKTIVT, arrangoer="")))
    assert [(f.linje, f.kolonne) for f in to_ganger.feil] == [(3, "Navn")], "the same offer twice"


@pytest.mark.parametrize("uten", [{"Arrangør"}, {"Organisasjonsnummer"}, {"Arrangør", "Organisasjonsnummer"}])
def test_who_has_the_offer_stands_in_one_of_two_columns(uten: set[str]) -> None:
    med = [(k.navn, verdi) for k, verdi in zip(KOLONNER, _med(orgnr=AKTIVT), strict=True) if k.navn not in uten]
    lest = _les(_csv([verdi for _, verdi in med], hode=[navn for navn, _ in med]))
    assert [(f.linje, f.kolonne) for f in lest.feil] == ([(1, "Arrangør")] if len(uten) == 2 else [])


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


def test_an_array_formula_and_a_data_table_are_formulas_too() -> None:
    bok, ut = Workbook(), io.BytesIO()
    ark = bok.worksheets[0]
    for rad in (HODE, GOD):
        ark.append(rad)
    ark["C2"] = ArrayFormula("C2:C2", "=CONCATENATE(A2,B2)")
    bok.save(ut)
    assert [(f.linje, f.kolonne, f.melding) for f in _les(ut.getvalue()).feil] == [
        (2, "Navn", "Cellen inneholder en formel. Lim inn verdien i stedet.")
    ]


@pytest.mark.parametrize(
    ("felt", "tekst", "tas"),
    [
        ("oppmoete", "+47 412 34 567", True),
        ("oppmoete", "+ 47 412 34 567", True),
        ("oppmoete", "+SUM(A1)", False),
        ("oppmoete", "=47", False),
        ("oppmoete", "@SUM(A1)", False),
        ("antall", "+5", False),
        ("sesong_fra", "+20.08.2027", False),
    ],
)
def test_a_telephone_number_is_no_formula(felt: str, tekst: str, tas: bool) -> None:
    for fil in (_csv(_med(**{felt: tekst})), _xlsx(_med(**{felt: tekst}))):
        lest = _les(fil)
        assert (lest.feil == ()) is tas
        if tas:
            assert lest.rader[0].opplysninger.oppmoete == tekst
    assert som_csv([[tekst]]).startswith("'")  # what is written for others is never run


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
    igjen = side.send("/tilbud/importer/bekreft", {"innhold": innhold}, foelg=True)
    assert "Ingenting er lagt inn to ganger." in igjen.get_data(as_text=True)
    flere = _csv(GOD, _med(navn="Turn 3")).decode("utf-8-sig")
    assert "Tilbudet finnes fra før" in side.send("/tilbud/importer/bekreft", {"innhold": flere}).get_data(as_text=True)
    assert db.session.scalar(antall) == 2
    assert nettleser.som(folk.kulturskole1).send("/tilbud/importer/bekreft", {"innhold": innhold}).status_code == 422
    assert side.send("/tilbud/importer", {}).status_code == 422


@pytest.mark.bare_sqlite
def test_a_million_rows_are_read_to_their_end_so_that_the_browser_shows_the_answer(
    nettleser: LeserPaaNytt, folk: Any
) -> None:
    side = nettleser.som(folk.inkludering1)
    fil = io.BytesIO(b"Tiltak;Navn\n" + b"4a-3;Turn\n" * 1_000_000)
    # Sent as a stream: cut off before it is read, a real browser would tell of a broken connection and nothing else.
    svar = side.klient.post(
        "/tilbud/importer",
        input_stream=fil,
        content_length=fil.getbuffer().nbytes,
        content_type="multipart/form-data; boundary=x",
    )
    assert svar.status_code == 413
    assert "En fil kan være høyst 2 MB. Ingenting er lagret." in svar.get_data(as_text=True)
    assert fil.read() == b""


def test_a_list_with_clubs_is_made_whole_or_not_at_all(nettleser: LeserPaaNytt, folk: Any) -> None:
    laget = penger.lag(folk.inkludering1, 1, navn="Klatregruppa")
    hviler = penger.lag(folk.inkludering1, 2, navn="Skøytegruppa", aktiv=False)
    side, laget_id, kontonummer = nettleser.som(folk.inkludering1), laget.id, laget.kontonummer or ""
    god, hvilende = _med(orgnr=laget.orgnr), _med(orgnr=hviler.orgnr, navn="Skøyting")
    galt = side.send("/tilbud/importer", _sett_fil(_csv(god, hvilende))).get_data(as_text=True)
    assert "Laget er ikke aktivt, og får ikke nye tilbud." in galt
    assert '<th scope="row" class="tall">3</th><td>Organisasjonsnummer</td>' in galt
    innhold = _csv(god, hvilende).decode("utf-8-sig")
    assert side.send("/tilbud/importer/bekreft", {"innhold": innhold}).status_code == 422
    assert db.session.scalars(select(Tilbud)).all() == []
    sett = side.send("/tilbud/importer", _sett_fil(_csv(god))).get_data(as_text=True)
    assert "<td>Klatregruppa<br>" in sett
    assert kontonummer not in sett
    assert side.send("/tilbud/importer/bekreft", {"innhold": _csv(god).decode("utf-8-sig")}).status_code == 303
    (tilbud,) = db.session.scalars(select(Tilbud))
    assert (tilbud.lag_id, tilbud.arrangoertekst, tilbud.arrangoer) == (laget_id, None, "Klatregruppa")


def test_a_club_set_aside_after_the_preview_shows_the_list_again(nettleser: LeserPaaNytt, folk: Any) -> None:
    laget = penger.lag(folk.inkludering1, 1, navn="Klatregruppa")
    laget_id, side = laget.id, nettleser.som(folk.inkludering1)
    innhold = _csv(_med(orgnr=laget.orgnr), GOD).decode("utf-8-sig")
    with transaction():
        db.session.get_one(Lag, laget_id).aktiv = False
    svar = side.send("/tilbud/importer/bekreft", {"innhold": innhold})
    assert svar.status_code == 422
    html = svar.get_data(as_text=True)
    assert "<td>Organisasjonsnummer</td><td>Laget er ikke aktivt, og får ikke nye tilbud.</td>" in html
    beholdt = html_unescape(html.split('<textarea name="innhold" hidden>')[1].split("</textarea>")[0])
    assert db.session.scalars(select(Tilbud)).all() == []
    with transaction():
        db.session.get_one(Lag, laget_id).aktiv = True
    assert "2 tilbud er klare" in side.send("/tilbud/importer", {"innhold": beholdt}).get_data(as_text=True)


def test_a_row_that_a_service_refuses_is_told_as_the_file_s_own(
    nettleser: LeserPaaNytt, folk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The club is set aside between the reading and the writing, by somebody who needs no lock of ours."""
    laget = penger.lag(folk.inkludering1, 1, navn="Klatregruppa")
    innhold = _csv(GOD, _med(orgnr=laget.orgnr)).decode("utf-8-sig")
    with transaction():
        db.session.get_one(Lag, laget.id).aktiv = False
    lest_foer = [Kjentlag(laget.id, "Klatregruppa", laget.orgnr, True)]
    monkeypatch.setattr(routes, "kjente_lag", lambda: lest_foer)
    svar = nettleser.som(folk.inkludering1).send("/tilbud/importer/bekreft", {"innhold": innhold})
    assert svar.status_code == 422
    assert '<th scope="row" class="tall">3</th><td>Organisasjonsnummer</td>' in svar.get_data(as_text=True)
    assert db.session.scalars(select(Tilbud)).all() == []


def test_two_who_confirm_the_same_list_at_one_moment_make_it_once(app: Flask, folk: Any) -> None:
    innhold = _csv(GOD, _med(navn="Turn 2")).decode("utf-8-sig")
    user_id = folk.inkludering1.id
    db.session.rollback()

    def bekreft(_nr: int) -> int:
        with app.app_context():
            return Nettleser(app, user_id).send("/tilbud/importer/bekreft", {"innhold": innhold}).status_code

    with ThreadPoolExecutor(2) as traader:
        assert list(traader.map(bekreft, range(2))) == [303, 303]
    assert db.session.scalar(select(func.count()).select_from(Tilbud)) == 2


def test_a_club_is_written_for_others_with_its_number(nettleser: LeserPaaNytt, folk: Any) -> None:
    laget = penger.lag(folk.inkludering1, navn="Klatregruppa")
    fabrikk.tilbud(folk.inkludering1, lag=laget, navn="A")
    fabrikk.tilbud(folk.kulturskole1, tiltak_id="4b-11", arrangoertekst="Kulturskolen", navn="B")
    svar = nettleser.som(folk.nav1).send("/tilbud/eksport", {})
    rader = [dict(rad) for rad in csv.DictReader(io.StringIO(svar.get_data(as_text=True)))]
    navn, nummer = "organization.name", "organization_identifier.identifier"
    assert [(r[navn], r[nummer]) for r in rader] == [("Klatregruppa", laget.orgnr), ("Kulturskolen", "")]
    assert (laget.kontonummer or "") not in svar.get_data(as_text=True)


def test_offers_are_written_for_others_without_persons_or_formulas(nettleser: LeserPaaNytt, folk: Any) -> None:
    fabrikk.tilbud(folk.inkludering1, navn="=1+1", oppmoete="Ring lederen")
    svar = nettleser.som(folk.nav1).send("/tilbud/eksport", {"q": "=1"})
    rader = list(csv.reader(io.StringIO(svar.get_data(as_text=True))))
    assert rader[0] == list(HSDS)
    assert dict(zip(rader[0], rader[1], strict=True))["service.name"] == "'=1+1"
    assert "Ring lederen" not in svar.get_data(as_text=True)
