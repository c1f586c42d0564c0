"""Files hold protected numbers only, open as they should, and never run anything."""

import csv
import dataclasses
import io

import pytest
from openpyxl import load_workbook
from tests.statistikk.smaafamilier import enkel, raatabell

from koordinering.statistikk.disclosure import Rad, SafeTable, protect
from koordinering.statistikk.export import EKSPORT, Format, filnavn, to_csv, to_csv_excel, to_xlsx

ETIKETTER = ["Bare Nav", '=HYPERLINK("x")', "+47", "-1", "@SUM(A1)", " =1+1", "Kultur; fritid, «idrett»"]


def tabell(kode: str = "tjeneste") -> SafeTable:
    rader = [Rad(f"k{nr}", tekst, 20 + nr, 10 + nr) for nr, tekst in enumerate(ETIKETTER)]
    rader.append(Rad("faa", "Bare helsestasjon", 3, 2))
    total = Rad("sum", "I alt", sum(r.barn for r in rader), sum(r.familier for r in rader))
    return protect([raatabell(kode, rader, total)])[0]


def test_plain_csv_is_one_rectangle_with_codes_as_header() -> None:
    tekst = to_csv(tabell())
    linjer = list(csv.reader(io.StringIO(tekst)))
    assert linjer[0] == ["kode", "etikett", "barn", "familier"]
    assert {len(linje) for linje in linjer} == {4}
    assert linjer[1] == ["k0", "Bare Nav", ":", ":"]
    assert linjer[-2] == ["faa", "Bare helsestasjon", ":", ":"]
    assert linjer[-1] == ["sum", "I alt", "164", "93"]
    assert "\r" not in tekst


def test_csv_for_excel_has_mark_semicolon_and_crlf() -> None:
    data = to_csv_excel(tabell())
    assert data.startswith(b"\xef\xbb\xbf")
    assert data.count(b"\r\n") == data.count(b"\n") == 10
    linjer = list(csv.reader(io.StringIO(data.decode("utf-8-sig")), delimiter=";"))
    assert linjer[0] == ["Kode", "Gruppe", "Barn", "Familier"]
    assert linjer[7][1] == "Kultur; fritid, «idrett»"


def test_no_text_in_a_csv_can_be_run_as_a_formula() -> None:
    for data, skille in ((to_csv(tabell()), ","), (to_csv_excel(tabell()).decode("utf-8-sig"), ";")):
        for linje in csv.reader(io.StringIO(data), delimiter=skille):
            assert not any(felt.startswith(("=", "+", "-", "@", "\t", "\r")) for felt in linje)


def test_xlsx_holds_real_numbers_frozen_headers_and_an_explanation() -> None:
    en, to = tabell(), tabell("Alder: [ny]/gruppe")
    bok = load_workbook(io.BytesIO(to_xlsx([en, to, en])))
    assert bok.sheetnames == ["tjeneste 2025", "Alder   ny  gruppe 2025", "tjeneste 2025 3", "Forklaring"]
    ark = bok["tjeneste 2025"]
    assert ark.freeze_panes == "C2"
    assert [celle.value for celle in ark[3]] == ["k1", '=HYPERLINK("x")', 21, 11]
    assert ark["B3"].data_type == "s"
    assert ark["C3"].data_type == "n"
    assert [celle.value for celle in ark[9]] == ["faa", "Bare helsestasjon", ":", ":"]
    assert (ark.column_dimensions["B"].width or 0) > 20
    tekst = "\n".join(str(celle.value) for rad in bok["Forklaring"] for celle in rad)
    for venter in ("Tabell tjeneste", "02.01.2026", "henvist i året (versjon 1)", "Grense for små tall", "77 %", "«:»"):
        assert venter in tekst


def test_the_explanation_warns_where_rows_overlap() -> None:
    overlapper = protect([dataclasses.replace(enkel((30, 20), (40, 30)), additive=frozenset({"barn"}))])
    ark = load_workbook(io.BytesIO(to_xlsx(overlapper)))["Forklaring"]
    linjer = {rad[0].value: rad[1].value for rad in ark}
    assert linjer["Familier"] == "Radene overlapper og kan ikke legges sammen."
    assert "Barn" not in linjer


@pytest.mark.parametrize("fmt", list(Format))
def test_the_same_table_gives_the_same_bytes(fmt: Format) -> None:
    assert EKSPORT[fmt](tabell()) == EKSPORT[fmt](tabell())


def test_file_names_say_what_when_and_are_ascii() -> None:
    table = tabell("Får/tjenester «æøå»")
    assert filnavn(table, Format.CSV) == "far-tjenester-aeoa_2025_per-2026-01-02.csv"
    assert filnavn(table, Format.CSV_EXCEL) == "far-tjenester-aeoa_2025_per-2026-01-02_excel.csv"
    assert filnavn(table, Format.XLSX).endswith("2026-01-02.xlsx")


@pytest.mark.parametrize("fmt", list(Format))
def test_raw_counts_cannot_be_exported(fmt: Format) -> None:
    raw = enkel((7131, 6161), (5151, 4141))
    with pytest.raises(TypeError, match="^Only a SafeTable can be exported$"):
        EKSPORT[fmt](raw)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        filnavn(raw, fmt)  # type: ignore[arg-type]
