"""The plain rules: states, telephone numbers, barcodes, and files of monthly figures that are read with care."""

import io
import zipfile
from collections.abc import Callable
from datetime import date, timedelta
from itertools import product

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from koordinering.errors import UgyldigFelt
from koordinering.tiltak.utstyr.rules import strekkode, telefon
from koordinering.tiltak.utstyr.rules.maanedstall import MAKS_BYTES, UlesbarFil, les_fil
from koordinering.tiltak.utstyr.rules.tilstander import (
    FRA,
    TIL,
    Handling,
    Kategori,
    Status,
    Tilstand,
    etter_levering,
    mulige,
    sjekk_forfall,
    sjekk_hold,
    sjekk_laanetid,
)

DAG = date(2026, 11, 24)
NAA = (2026, 11)

# --- States ------------------------------------------------------------------------------------------------


def test_every_action_says_where_it_may_begin_and_every_button_is_one_that_may() -> None:
    assert set(FRA) == set(Handling)
    assert set(TIL) < set(Handling)
    for status, handling in product(Status, TIL):
        assert (handling in mulige(status)) == (status in FRA[handling])
    assert mulige(Status.KASSERT) == (Handling.TATT_INN,), "a slip is mended"
    assert mulige(Status.UTE) == (), "what is out is taken back, and nothing else"


def test_condition_decides_where_a_returned_item_stands() -> None:
    assert {t: etter_levering(t) for t in Tilstand} == {
        Tilstand.NY: Status.LEDIG,
        Tilstand.GOD: Status.LEDIG,
        Tilstand.SLITT: Status.LEDIG,
        Tilstand.TIL_REPARASJON: Status.UTE_AV_DRIFT,
        Tilstand.KASSERT: Status.KASSERT,
    }


@pytest.mark.parametrize(
    ("sjekk", "feil"),
    [
        (lambda: sjekk_forfall(DAG - timedelta(days=1), DAG), "forfall"),
        (lambda: sjekk_forfall(DAG + timedelta(days=366), DAG), "forfall"),
        (lambda: sjekk_hold(DAG - timedelta(days=1), DAG), "holdes_til"),
        (lambda: sjekk_hold(DAG + timedelta(days=32), DAG), "holdes_til"),
        (lambda: sjekk_laanetid(0), "laanetid"),
        (lambda: sjekk_laanetid(91), "laanetid"),
    ],
    ids=["before", "far", "hold before", "hold far", "none", "many"],
)
def test_days_that_cannot_be_meant_are_refused_at_their_field(sjekk: Callable[[], None], feil: str) -> None:
    with pytest.raises(UgyldigFelt) as unntak:
        sjekk()
    assert unntak.value.felt == feil


def test_the_outermost_days_are_taken() -> None:
    for dag in (DAG, DAG + timedelta(days=365)):
        sjekk_forfall(dag, DAG)
    for dag in (DAG, DAG + timedelta(days=31)):
        sjekk_hold(dag, DAG)
    for dager in (1, 90):
        sjekk_laanetid(dager)


# --- Telephone ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("skrevet", "nummer"),
    [
        ("41 23 45 67", "41234567"),
        ("+47 412 34 567", "41234567"),
        ("0047 41234567", "41234567"),
        ("61.05.05.05", "61050505"),
        ("+46 70 123 45 67", "+46701234567"),
        ("0046701234567", "+46701234567"),
    ],
)
def test_numbers_are_kept_in_one_form(skrevet: str, nummer: str) -> None:
    assert telefon.normaliser(skrevet) == nummer


@pytest.mark.parametrize(
    "galt", ["", "1234567", "123456789", "12345678", "+47 1234567", "+0123456789", "ring meg", "٤١٢٣٤٥٦٧"]
)
def test_what_is_no_number_is_refused(galt: str) -> None:
    with pytest.raises(UgyldigFelt):
        telefon.normaliser(galt)


def test_numbers_are_shown_in_pairs() -> None:
    assert telefon.som_lest("41234567") == "41 23 45 67"
    assert telefon.som_lest("+46701234567") == "+46701234567"


# --- Barcodes ----------------------------------------------------------------------------------------------


def _moduler(tekst: str) -> str:
    """The symbol as ones and zeros, without its quiet zones."""
    symbol = strekkode.code128(tekst)
    rad = ["0"] * symbol.bredde
    for strek in symbol.streker:
        rad[strek.x : strek.x + strek.bredde] = "1" * strek.bredde
    return "".join(rad[strekkode.STILLE : -strekkode.STILLE])


@pytest.mark.parametrize(
    ("tekst", "moduler"),
    [
        (
            "HELLO",
            "110100100001100010100010001101000100011011101000110111010001110110110001010001100011101011",
        ),
        (
            "ABC-99-X",
            "110100100001010001100010001011000100010001101001101110011100101100111001011001001101110011100010110101100"
            "011101100011101011",
        ),
    ],
)
def test_the_bars_are_those_of_the_standard(tekst: str, moduler: str) -> None:
    """Vectors made by another encoder (python-barcode)."""
    assert _moduler(tekst) == moduler


def test_every_symbol_is_eleven_modules_with_an_even_number_of_bars() -> None:
    bredder = strekkode._BREDDER
    assert len(set(bredder)) == len(bredder) == 107
    for symbol in bredder[:106]:
        assert sum(map(int, symbol)) == 11
        assert sum(map(int, symbol[::2])) % 2 == 0
    assert sum(map(int, bredder[106])) == 13


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=30))
def test_a_symbol_reads_back(tekst: str) -> None:
    start, *verdier, kontroll, stopp = strekkode.symboler(tekst)
    assert (start, stopp) == (104, 106)
    assert "".join(chr(v + 32) for v in verdier) == tekst
    assert kontroll == (104 + sum(nr * v for nr, v in enumerate(verdier, 1))) % 103
    assert strekkode.code128(tekst).bredde == 20 + 11 * (len(tekst) + 2) + 13


@pytest.mark.parametrize("tekst", ["", "Å", "\x1f"])
def test_what_set_b_lacks_is_refused(tekst: str) -> None:
    with pytest.raises(ValueError, match="set B"):
        strekkode.code128(tekst)


@pytest.mark.parametrize("kode", ["12", "123456", "OP1-123456", "1-123456", "åæø", "A B", "<b>x</b>", "X" * 31])
def test_barcodes_that_mean_something_else_are_refused(kode: str) -> None:
    with pytest.raises(UgyldigFelt):
        strekkode.sjekk_strekkode(kode)


def test_barcodes_of_the_product_and_of_others_are_taken() -> None:
    for kode in (strekkode.egen_kode(1), strekkode.egen_kode(999_999), "7038010001234", "BUA-0042"):
        strekkode.sjekk_strekkode(strekkode.normaliser(kode))


def test_a_personal_code_is_read_from_card_and_fingers_and_hidden_in_print() -> None:
    for lest in ("OP3-482913", "op3-482913", " 3-482913 "):
        kode = strekkode.som_operatoerkode(lest)
        assert kode is not None
        assert (kode.nummer, kode.hemmelig, kode.kort) == (3, "482913", "OP3-482913")
        assert "482913" not in repr(kode)
    for annet in ("0-123456", "100-123456", "3-12345", "U000123", "3482913", "٣-482913"):
        assert strekkode.som_operatoerkode(annet) is None


# --- Files -------------------------------------------------------------------------------------------------

HODE = "år;måned;kategori;utlån\n"


def _bok(*rader: tuple[object, ...]) -> bytes:
    bok = openpyxl.Workbook()
    ark = bok.active
    assert ark is not None
    for rad in rader:
        ark.append(list(rad))
    ut = io.BytesIO()
    bok.save(ut)
    return ut.getvalue()


@pytest.mark.parametrize(
    "fil",
    [
        f"{HODE}2026;10;Langrenn;12\n\n2026;11;tur;3\n".encode(),
        f"{HODE}2026;10;Langrenn;12\n2026;11;tur;3\n".encode("utf-8-sig"),
        f"{HODE}2026;10;Langrenn;12\n2026;11;tur;3\n".encode("latin-1"),
        b"utlaan,kategori,maaned,aar,annet\n12,langrenn,10,2026,x\n3,tur,11,2026,y\n",
        _bok(("År", "Måned", "Kategori", "Utlån"), (2026, 10, "Langrenn", 12), (2026, 11, "tur", 3.0)),
    ],
)
def test_csv_and_workbooks_say_the_same(fil: bytes) -> None:
    lest = les_fil(fil, *NAA)
    assert [rad.feil for rad in lest] == [None, None]
    tall = [rad.tall for rad in lest]
    assert [(t.aar, t.maaned, t.kategori, t.antall) for t in tall if t] == [
        (2026, 10, Kategori.LANGRENN, 12),
        (2026, 11, Kategori.TUR, 3),
    ]


def test_every_wrong_row_is_told_with_its_line() -> None:
    rader = """2026;13;tur;1
2026;12;tur;1
1999;1;tur;1
2026;1;fallskjerm;1
2026;1;tur;-1
2026;2;tur;=1+1
2026;3;tur;1,5
2026;4;tur;4
2026;4;Telt, sovepose og sekk;5
2026"""
    lest = les_fil((HODE + rader).encode(), *NAA)
    assert [rad.linje for rad in lest if rad.feil] == [2, 3, 4, 5, 6, 7, 8, 10, 11]
    assert [rad.linje for rad in lest if rad.tall] == [9]


def test_a_formula_in_a_workbook_is_a_text_and_no_number() -> None:
    (rad,) = les_fil(_bok(("år", "måned", "kategori", "utlån"), (2026, 1, "tur", "=SUM(A1:A9)")), *NAA)
    assert rad.tall is None
    assert rad.celler[3] == "=SUM(A1:A9)"


def _bombe() -> bytes:
    ut = io.BytesIO()
    with zipfile.ZipFile(ut, "w", zipfile.ZIP_DEFLATED) as arkiv:
        arkiv.writestr("xl/worksheets/sheet1.xml", b" " * (21 * 1024 * 1024))
    return ut.getvalue()


@pytest.mark.parametrize(
    ("fil", "sagt"),
    [
        (b"", "tom"),
        (HODE.encode(), "ingen rader"),
        (b"x" * (MAKS_BYTES + 1), "for stor"),
        (b"navn;adresse\na;b\n", "overskriftene"),
        ((HODE + "2026;1;tur;1\n" * 2001).encode(), "for mange rader"),
        (b"PK\x03\x04 no archive", "ikke en csv"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "ikke en csv"),
        (_bombe(), "pakkes ut"),
        (_bok(("år", "måned", "kategori", "utlån"), *[(2026, 1, "tur", 1)] * 2001), "for mange rader"),
    ],
    ids=["empty", "header", "large", "columns", "rows", "archive", "picture", "bomb", "workbook"],
)
def test_a_file_that_cannot_be_used_is_refused_whole(fil: bytes, sagt: str) -> None:
    with pytest.raises(UlesbarFil, match=sagt):
        les_fil(fil, *NAA)


@given(st.binary(max_size=300))
def test_any_bytes_are_rows_or_a_refusal(innhold: bytes) -> None:
    for foran in (b"", b"PK\x03\x04", HODE.encode()):
        try:
            les_fil(foran + innhold, *NAA)
        except UlesbarFil:
            continue
