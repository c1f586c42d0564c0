"""Files hold protected numbers only, open as they should, and never run anything."""

import csv
import dataclasses
import io
import json
from datetime import date

import jsonstat_validator
import pytest
from openpyxl import load_workbook

from koordinering.statistikk.disclosure import (
    TOTAL,
    Dimensjon,
    Kategori,
    Kolonne,
    RawCounts,
    SafeTable,
    Tegn,
    Telledefinisjon,
)
from koordinering.statistikk.disclosure.tabell import lag
from koordinering.statistikk.export import EKSPORT, Format, filnavn, to_csv, to_csv_excel, to_jsonstat, to_xlsx
from koordinering.statistikk.visning import med_fjor
from koordinering.statistikk.visning.ventetid import anslag

FARLIG = ["Bare Nav", '=HYPERLINK("x")', "+47", "-1", "@SUM(A1)", "Kultur; fritid"]
BARN, FAMILIER = Kolonne("barn", "Barn", "barn"), Kolonne("familier", "Familier", "familier", additiv=False)


def tabell(kode: str = "tjeneste", *, to: bool = True) -> SafeTable:
    """Services, with one class under another, by age where `to`; one cell is hidden, one not applicable."""
    rader = [Kategori(f"k{nr}", tekst, "k0" if nr == 1 else None) for nr, tekst in enumerate(FARLIG)]
    dimensjoner: tuple[Dimensjon, ...] = (Dimensjon("tjeneste", "Tjeneste", tuple(rader)),)
    if to:
        dimensjoner += (Dimensjon("alder", "Alder", (Kategori("0-5", "0–5 år"), Kategori("6-12", "6–12 år"))),)
    skall = lag(
        kode=kode, tittel="Tabell", aar=2025, dimensjoner=dimensjoner, kolonner=(BARN, FAMILIER), celler={},
        forklaring=(), terskel=5, telledefinisjoner=(Telledefinisjon("Slik telles det.", 1),),
        oeyeblikksbilde=date(2026, 1, 2),
    )  # fmt: skip
    celler: dict[tuple[str, ...], tuple[int | Tegn, ...]] = {
        n: (20 + nr, 10 + nr) for nr, n in enumerate(skall.noekler)
    }
    celler[next(skall.noekler)] = (Tegn.SKJULT, Tegn.SKJULT)
    celler[("k5", *(("6-12",) if to else ()))] = (Tegn.IKKE_AKTUELT, Tegn.IKKE_AKTUELT)
    return lag(**{f.name: getattr(skall, f.name) for f in dataclasses.fields(skall)} | {"celler": celler})


def test_csv_is_one_long_rectangle_of_codes() -> None:
    linjer = list(csv.reader(io.StringIO(to_csv(tabell()))))
    assert linjer[0] == ["tjeneste", "alder", "barn", "familier"]
    assert linjer[1] == ["k0", "0-5", ":", ":"]
    assert linjer[-1] == [TOTAL, TOTAL, "40", "30"]
    assert len(linjer) == 1 + 7 * 3


def test_csv_for_excel_has_mark_semicolon_crlf_and_words() -> None:
    data = to_csv_excel(tabell())
    assert data.startswith(b"\xef\xbb\xbf")
    assert data.count(b"\r\n") == data.count(b"\n") == 1 + 7 * 3
    linjer = list(csv.reader(io.StringIO(data.decode("utf-8-sig")), delimiter=";"))
    assert linjer[0] == ["Tjeneste", "Alder", "Barn", "Familier"]
    assert linjer[-1][:2] == ["I alt", "I alt"]
    assert not any(felt.startswith(("=", "+", "-", "@")) for linje in linjer for felt in linje)


def test_xlsx_lies_as_on_the_page_with_one_row_of_headings() -> None:
    bok = load_workbook(io.BytesIO(to_xlsx([tabell(), tabell()])))
    assert bok.sheetnames == ["tjeneste 2025", "tjeneste 2025 2", "Forklaring"]
    ark = bok["tjeneste 2025"]
    assert [celle.value for celle in ark[1]] == [
        "Tjeneste", "Barn, 0–5 år", "Barn, 6–12 år", "Barn, I alt", "Familier, 0–5 år", "Familier, 6–12 år",
        "Familier, I alt",
    ]  # fmt: skip
    assert ark.freeze_panes == "B2"
    assert [celle.value for celle in ark[2]] == ["Bare Nav", ":", 21, 22, ":", 11, 12]
    assert ark["A3"].data_type == "s"
    assert ark["A3"].alignment.indent == 1
    assert ark["C2"].data_type == "n"
    tekst = "\n".join(str(celle.value) for rad in bok["Forklaring"] for celle in rad)
    for venter in ("02.01.2026", "Slik telles det. (versjon 1)", "Grense for små tall", "Ikke for publisering"):
        assert venter in tekst


def test_jsonstat_keeps_to_its_standard() -> None:
    data = json.loads(to_jsonstat(tabell()))
    jsonstat_validator.validate_jsonstat(data)
    assert data["size"] == [7, 3, 1, 2]
    assert len(data["value"]) == 7 * 3 * 2
    assert (data["value"][0], data["status"]["0"]) == (None, ":")
    assert data["dimension"]["tjeneste"]["category"]["child"]["k0"] == ["k1"]


@pytest.mark.parametrize("fmt", list(Format))
def test_the_same_table_gives_the_same_bytes_and_raw_counts_none(fmt: Format) -> None:
    assert EKSPORT[fmt](tabell(), None, "x") == EKSPORT[fmt](tabell(), None, "x")
    raw = RawCounts("x", "X", 2025, (), (BARN,), {}, (), date(2026, 1, 2))
    with pytest.raises(TypeError, match="^Only a SafeTable can be exported$"):
        EKSPORT[fmt](raw, None, None)  # type: ignore[arg-type]


def test_file_names_say_what_when_and_are_ascii() -> None:
    table = tabell("Får/tjenester «æøå»")
    assert filnavn(table, Format.CSV) == "far-tjenester-aeoa_2025_per-2026-01-02.csv"
    assert filnavn(table, Format.CSV_EXCEL).endswith("2026-01-02_excel.csv")


def test_a_page_has_a_table_for_each_unit_and_pictures_on_one_scale() -> None:
    side = med_fjor(tabell(), tabell(), samme_kobling=True)
    assert [f.deler for f in side.flater] == [("Barn",), ("Familier",)]
    assert [rad.hode.nivaa for rad in side.flater[0].rader] == [0, 1, 0, 0, 0, 0, 0]
    assert {d.maks for d in side.diagrammer} == {35}
    assert side.diagrammer[0].rader[0] == ("Bare Nav", None)
    assert med_fjor(tabell(), tabell(to=False), samme_kobling=True).brudd
    assert med_fjor(tabell(), tabell(), samme_kobling=False).fjor is None


@pytest.mark.parametrize(
    ("celler", "total", "ventet"),
    [
        ([10, 10, 10], 30, "om lag 12 dager"),
        ([Tegn.SKJULT, Tegn.SKJULT, 5], 45, "mellom 0 og 14 dager"),
        ([5, Tegn.SKJULT, Tegn.SKJULT], 45, "mer enn 7 dager"),
        ([5, 5, 35], 45, "mer enn 14 dager"),
        ([5, 5, 35], Tegn.SKJULT, "kan ikke vises"),
        ([0, 0, 0], 0, "kan ikke vises"),
    ],
)
def test_the_median_rests_on_shown_counts_alone(celler: list[int | Tegn], total: int | Tegn, ventet: str) -> None:
    svar = anslag(celler, total, [(0, 7), (8, 14), (15, None)], 0.5)
    assert svar.msgid % svar.verdier == ventet
