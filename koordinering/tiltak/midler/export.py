"""Files of the money: workbooks of what is public and of budgets, and the file that the economy system pays from.

The CSV is semicolon, decimal comma, byte order mark and CRLF, as Norwegian economy systems and Excel read it.
A text that a spreadsheet would run as a formula gets an apostrophe in front. docs/utbetalingsfil.md tells of each
column.
"""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from koordinering.formler import uten_formel
from koordinering.tekst import N_, Kode

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV_TYPE = "text/csv"


class Filslag(Kode):
    """What a file of payments can be taken out as."""

    CSV = "csv", N_("CSV")
    XLSX = "xlsx", N_("Excel (xlsx)")


@dataclass(frozen=True)
class Kroner:
    """An amount, written as kroner."""

    oere: int

    def __str__(self) -> str:
        tegn, (hele, rest) = "-" if self.oere < 0 else "", divmod(abs(self.oere), 100)
        return f"{tegn}{hele},{rest:02d}"


Celle = str | int | Kroner | date | None

UTBETALINGSKOLONNER = (
    "fil",
    "bilag",
    "mottaker",
    "organisasjonsnummer",
    "kontonummer",
    "beloep",
    "valuta",
    "forfall",
    "fakturanummer",
    "formaal",
    "budsjettaar",
)
"""The columns of the file to the economy system; none of them is about a child."""


@dataclass(frozen=True)
class Ark:
    """One sheet: its name, its headings and its rows."""

    navn: str
    overskrifter: Sequence[str]
    rader: Sequence[Sequence[Celle]]


def _som_tekst(celle: Celle) -> str:
    if isinstance(celle, date):
        return f"{celle:%d.%m.%Y}"
    return uten_formel(celle) if isinstance(celle, str) else str(celle) if celle is not None else ""


def to_csv(ark: Ark) -> bytes:
    """The sheet for the economy system."""
    ut = io.StringIO(newline="")
    skriver = csv.writer(ut, delimiter=";", lineterminator="\r\n")
    skriver.writerow(ark.overskrifter)
    skriver.writerows([_som_tekst(celle) for celle in rad] for rad in ark.rader)
    return ut.getvalue().encode("utf-8-sig")


def to_xlsx(*ark: Ark) -> bytes:
    """A workbook with these sheets; numbers are numbers, and nothing in it is a formula."""
    from xlsxwriter import Workbook  # seldom used: see pyproject.toml

    buffer = io.BytesIO()
    with Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as bok:
        former = {
            Kroner: bok.add_format({"num_format": "#,##0.00"}),
            date: bok.add_format({"num_format": "dd.mm.yyyy"}),
        }
        fet = bok.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        for ett in ark:
            side = bok.add_worksheet(ett.navn[:31])
            side.freeze_panes(1, 0)
            side.set_column(0, len(ett.overskrifter) - 1, 20)
            side.write_row(0, 0, ett.overskrifter, fet)
            for linje, rad in enumerate(ett.rader, start=1):
                for kolonne, celle in enumerate(rad):
                    _celle(side, linje, kolonne, celle, former)
    return buffer.getvalue()


def _celle(side: "Worksheet", linje: int, kolonne: int, celle: Celle, former: "Mapping[type, Format]") -> None:
    if isinstance(celle, Kroner):
        side.write_number(linje, kolonne, celle.oere / 100, former[Kroner])
    elif isinstance(celle, date):
        side.write_datetime(linje, kolonne, celle, former[date])
    elif isinstance(celle, int):
        side.write_number(linje, kolonne, celle)
    elif celle is not None:
        side.write_string(linje, kolonne, celle)
