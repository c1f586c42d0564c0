"""The role sheet as a workbook that the municipality prints and signs."""

import io
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING

from koordinering.personvern.papirer.visning import arkversjon
from koordinering.roles import MATRISE, Omfang, Rettighet, Rolle

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

_KORT: Mapping[Omfang, str] = {Omfang.ALLE: "alt", Omfang.ENHET: "egen enhet", Omfang.MOTTATT: "sendt til enheten"}
_LINJER = ("Godkjent dato", "Navn og stilling", "Underskrift")


def rolleark(kommune: str, dag: date) -> bytes:
    """Rights down, roles across, how far each reaches; below, where to sign. The same day gives the same bytes."""
    from xlsxwriter import Workbook  # seldom used: see pyproject.toml

    buffer = io.BytesIO()
    with Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as bok:
        bok.set_properties({"title": "Rollematrise", "created": datetime.combine(dag, time(), UTC)})
        ark = bok.add_worksheet("Rollematrise")
        _oppsett(ark)
        fet = bok.add_format({"bold": True})
        ark.write_string(0, 0, f"Rollematrise for Koordinering, {kommune}", bok.add_format({"bold": True, "size": 14}))
        ark.write_string(1, 0, f"Skrevet ut {dag:%d.%m.%Y}. Versjon {arkversjon()}.")
        ark.write_string(2, 0, "Det som ikke er fylt ut, er stengt. En annen versjon må skrives under på nytt.")
        neste = _matrisen(bok, ark, 4)
        linje = bok.add_format({"bottom": 1})
        for nr, tekst in enumerate(_LINJER):
            ark.write_string(neste + 1 + 2 * nr, 0, tekst, fet)
            for kolonne in range(1, 6):
                ark.write_blank(neste + 1 + 2 * nr, kolonne, None, linje)
    return buffer.getvalue()


def _oppsett(ark: "Worksheet") -> None:
    ark.set_landscape()
    ark.set_paper(9)  # A4
    ark.fit_to_pages(1, 0)
    ark.repeat_rows(4)
    ark.freeze_panes(5, 1)
    ark.set_footer(f"&LRollematrise, versjon {arkversjon()}&RSide &P av &N")
    ark.set_column(0, 0, 60)
    ark.set_column(1, len(Rolle), 13)


def _matrisen(bok: "Workbook", ark: "Worksheet", topp: int) -> int:
    hode = bok.add_format({"bold": True, "text_wrap": True, "valign": "top", "border": 1, "bg_color": "#E6E6E6"})
    celle = bok.add_format({"text_wrap": True, "valign": "top", "border": 1})
    ark.write_row(topp, 0, ["Rett", *(rolle.tekst for rolle in Rolle)], hode)
    for nr, rett in enumerate(Rettighet, start=topp + 1):
        _linjen(ark, nr, rett, celle)
    return topp + 1 + len(Rettighet)


def _linjen(ark: "Worksheet", nr: int, rett: Rettighet, celle: "Format") -> None:
    ark.write_string(nr, 0, f"{rett.tekst} ({rett.value})", celle)
    for kolonne, rolle in enumerate(Rolle, start=1):
        omfang = MATRISE[rolle].get(rett)
        ark.write_string(nr, kolonne, _KORT[omfang] if omfang is not None else "", celle)
