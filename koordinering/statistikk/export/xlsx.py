"""Workbooks: a sheet per table and one of explanations; numbers are numbers, and nothing is a formula."""

import io
import re
from collections.abc import Sequence
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING

from koordinering.statistikk.disclosure import TOTAL, Celle, Dimensjon, SafeTable, Tegn
from koordinering.statistikk.export.felles import Utgivelse, bare_trygg, om, om_utgivelsen, tegnforklaring
from koordinering.statistikk.visning import ark as utlegg
from koordinering.statistikk.visning import radhoder
from koordinering.tekst import N_

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format as Celleformat
    from xlsxwriter.worksheet import Worksheet

FORKLARING_TEKST = N_("Forklaring")
LENGSTE_ARKNAVN = 31
SMALEST, BREDEST = 10, 60


def to_xlsx(tables: Sequence[SafeTable], utgivelse: Utgivelse | None = None, kobling: str | None = None) -> bytes:
    """The same tables give the same bytes. `kobling`: how cases were linked, in words, where no release tells it."""
    from xlsxwriter import Workbook  # seldom used: see pyproject.toml

    for table in tables:
        bare_trygg(table)
    buffer = io.BytesIO()
    valg = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with Workbook(buffer, valg) as bok:
        dato = max((t.oeyeblikksbilde for t in tables), default=None)
        if dato:
            bok.set_properties({"created": datetime.combine(dato, time(), UTC)})
        for navn, table in zip(_arknavn(tables), tables, strict=True):
            _tabellark(bok, bok.add_worksheet(navn), table)
        _forklaringsark(bok, tables, utgivelse, kobling)
    return buffer.getvalue()


def _arknavn(tables: Sequence[SafeTable]) -> list[str]:
    """Excel wants short names without []:*?/\\ that differ from each other."""
    navn: list[str] = []
    for nummer, table in enumerate(tables, start=1):
        rent = re.sub(r"[\[\]:*?/\\']", " ", f"{table.kode} {table.aar}").strip()[:LENGSTE_ARKNAVN]
        brukt = {n.lower() for n in navn} | {FORKLARING_TEKST.lower()}
        navn.append(f"{rent[:26]} {nummer}" if rent.lower() in brukt else rent)
    return navn


def _tabellark(bok: "Workbook", ark: "Worksheet", table: SafeTable) -> None:
    fet = bok.add_format({"bold": True, "text_wrap": True, "valign": "top"})
    tall, tegn = bok.add_format({"num_format": "#,##0"}), bok.add_format({"align": "right"})
    ned, kolonner, rader = utlegg(table)
    ark.freeze_panes(1, len(ned))
    for nr, dimensjon in enumerate(ned):
        ark.write_string(0, nr, dimensjon.etikett, fet)
        ark.set_column(nr, nr, _bredde([dimensjon.etikett, *(dimensjon.etikett_av(k) for k in dimensjon.koder)]))
    for nr, hode in enumerate(kolonner, start=len(ned)):
        ark.write_string(0, nr, hode.samlet, fet)
    ark.set_column(len(ned), len(ned) + len(kolonner) - 1, 16)
    innrykk = [_innrykk(bok, dimensjon) for dimensjon in ned]
    for linje, noekler in enumerate(rader, start=1):
        steder = (noekler[0][0], *noekler[0][2:]) if len(table.dimensjoner) > 1 else noekler[0]
        for nr, (dimensjon, kode) in enumerate(zip(ned, steder, strict=True)):
            ark.write_string(linje, nr, dimensjon.etikett_av(kode), innrykk[nr][kode])
        celler = [table.celler[n][k] for k in range(len(table.kolonner)) for n in noekler]
        for nr, celle in enumerate(celler, start=len(ned)):
            _celle(ark, linje, nr, celle, tall, tegn)


def _bredde(tekster: Sequence[str]) -> int:
    return min(BREDEST, max(SMALEST, *(len(tekst) for tekst in tekster)) + 2)


def _innrykk(bok: "Workbook", dimensjon: Dimensjon) -> "dict[str, Celleformat]":
    """How each class stands in its column: indented under its parent, the total in bold."""
    return {
        hode.kode: bok.add_format({"bold": True} if hode.kode == TOTAL else {"indent": hode.nivaa})
        for hode in radhoder(dimensjon)
    }


def _celle(ark: "Worksheet", linje: int, kolonne: int, celle: Celle, tall: "Celleformat", tegn: "Celleformat") -> None:
    if isinstance(celle, Tegn):
        ark.write_string(linje, kolonne, celle.value, tegn)
    else:
        ark.write_number(linje, kolonne, celle, tall)


def _forklaringsark(
    bok: "Workbook", tables: Sequence[SafeTable], utgivelse: Utgivelse | None, kobling: str | None
) -> None:
    ark = bok.add_worksheet(FORKLARING_TEKST)
    fet, brytes = bok.add_format({"bold": True, "valign": "top"}), bok.add_format({"text_wrap": True, "valign": "top"})
    ark.set_column(0, 0, 28)
    ark.set_column(1, 1, 90)
    linjer = [] if utgivelse is None else [*om_utgivelsen(utgivelse), ("", "")]
    linjer += [linje for table in tables for linje in (*om(table, utgivelse, kobling), ("", ""))]
    linjer += tegnforklaring()
    for nummer, (navn, tekst) in enumerate(linjer):
        ark.write_string(nummer, 0, navn, fet)
        ark.write_string(nummer, 1, tekst, brytes)
