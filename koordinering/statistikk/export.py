"""Files of protected tables: plain CSV, CSV for Norwegian Excel, and xlsx. Raw counts are refused.

The CSV files are one rectangle: a header, a row per class, the total last. What explains the numbers stands on
the page and in the xlsx. A text that a spreadsheet would run as a formula (it begins with = + - @) gets an
apostrophe in front, which Excel shows as text.
"""

import csv
import io
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, time

from xlsxwriter import Workbook
from xlsxwriter.format import Format as Celleformat
from xlsxwriter.worksheet import Worksheet

from koordinering.statistikk.disclosure import KOLONNETEKST, Celle, SafeTable, Tegn
from koordinering.tekst import N_, Kode

FARLIG_START = ("=", "+", "-", "@")
KODE_TEKST = N_("Kode")
FORKLARING_TEKST = N_("Forklaring")
LENGSTE_ARKNAVN = 31
ASCII = str.maketrans({"æ": "ae", "ø": "o", "å": "a"})


class Format(Kode):
    CSV = "csv", N_("CSV")
    CSV_EXCEL = "csv-excel", N_("CSV for norsk Excel")
    XLSX = "xlsx", N_("Excel (xlsx)")


ENDELSE = {Format.CSV: ".csv", Format.CSV_EXCEL: "_excel.csv", Format.XLSX: ".xlsx"}
MIMETYPE = {
    Format.CSV: "text/csv; charset=utf-8",
    Format.CSV_EXCEL: "text/csv; charset=utf-8",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def to_csv(table: SafeTable) -> str:
    """Comma, UTF-8, decimal point, column codes as header: for programs."""
    _bare_trygg(table)
    return _csv([["kode", "etikett", *table.kolonner], *_linjer(table)], delimiter=",", lineterminator="\n")


def to_csv_excel(table: SafeTable) -> bytes:
    """Semicolon, decimal comma, byte order mark and CRLF: opens as columns in Norwegian Excel."""
    _bare_trygg(table)
    tekst = _csv([_overskrifter(table), *_linjer(table)], delimiter=";", lineterminator="\r\n")
    return tekst.encode("utf-8-sig")


def to_xlsx(tables: Sequence[SafeTable]) -> bytes:
    """A sheet per table and one of explanations; the same tables give the same bytes."""
    for table in tables:
        _bare_trygg(table)
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
        _forklaringsark(bok, tables)
    return buffer.getvalue()


def filnavn(table: SafeTable, fmt: Format) -> str:
    """ASCII; says which table, which year and the day the counts were taken."""
    _bare_trygg(table)
    kode = re.sub(r"[^a-z0-9]+", "-", table.kode.lower().translate(ASCII)).strip("-") or "tabell"
    return f"{kode}_{table.aar}_per-{table.oeyeblikksbilde.isoformat()}{ENDELSE[fmt]}"


EKSPORT: dict[Format, Callable[[SafeTable], bytes]] = {
    Format.CSV: lambda table: to_csv(table).encode(),
    Format.CSV_EXCEL: to_csv_excel,
    Format.XLSX: lambda table: to_xlsx([table]),
}


def _bare_trygg(table: object) -> None:
    """Types say it already; this stops whoever goes around them, without telling what the object holds."""
    if not isinstance(table, SafeTable):
        raise TypeError("Only a SafeTable can be exported")


def _overskrifter(table: SafeTable) -> list[str]:
    return [KODE_TEKST, _ufarlig(table.dimensjon), *(KOLONNETEKST[k] for k in table.kolonner)]


def _linjer(table: SafeTable) -> Iterable[list[str]]:
    for rad in table.alle_rader:
        yield [_ufarlig(rad.kode), _ufarlig(rad.etikett), *map(_tekst, rad.celler)]


def _tekst(celle: Celle) -> str:
    return celle.value if isinstance(celle, Tegn) else str(celle)


def _ufarlig(tekst: str) -> str:
    flat = " ".join(tekst.split())
    return f"'{flat}" if flat.startswith(FARLIG_START) else flat


def _csv(linjer: Iterable[list[str]], *, delimiter: str, lineterminator: str) -> str:
    ut = io.StringIO(newline="")
    csv.writer(ut, delimiter=delimiter, lineterminator=lineterminator).writerows(linjer)
    return ut.getvalue()


def _arknavn(tables: Sequence[SafeTable]) -> list[str]:
    """Excel wants short names without []:*?/\\ that differ from each other."""
    navn: list[str] = []
    for nummer, table in enumerate(tables, start=1):
        rent = re.sub(r"[\[\]:*?/\\']", " ", f"{table.kode} {table.aar}").strip()[:LENGSTE_ARKNAVN]
        brukt = {n.lower() for n in navn} | {FORKLARING_TEKST.lower()}
        navn.append(f"{rent[:26]} {nummer}" if rent.lower() in brukt else rent)
    return navn


def _tabellark(bok: Workbook, ark: Worksheet, table: SafeTable) -> None:
    fet = bok.add_format({"bold": True, "text_wrap": True, "valign": "top"})
    tall, tegn = bok.add_format({"num_format": "#,##0"}), bok.add_format({"align": "right"})
    ark.freeze_panes(1, 2)
    ark.set_column(0, 0, max(len(rad.kode) for rad in table.alle_rader) + 2)
    ark.set_column(1, 1, max(len(rad.etikett) for rad in table.alle_rader) + 2)
    ark.set_column(2, 1 + len(table.kolonner), 16)
    for kolonne, tekst in enumerate(_overskrifter(table)):
        ark.write_string(0, kolonne, tekst, fet)
    for linje, rad in enumerate(table.alle_rader, start=1):
        ark.write_string(linje, 0, rad.kode)
        ark.write_string(linje, 1, rad.etikett)
        for kolonne, celle in enumerate(rad.celler, start=2):
            _celle(ark, linje, kolonne, celle, tall, tegn)


def _celle(ark: Worksheet, linje: int, kolonne: int, celle: Celle, tall: Celleformat, tegn: Celleformat) -> None:
    if isinstance(celle, Tegn):
        ark.write_string(linje, kolonne, celle.value, tegn)
    else:
        ark.write_number(linje, kolonne, celle, tall)


def _forklaringsark(bok: Workbook, tables: Sequence[SafeTable]) -> None:
    ark = bok.add_worksheet(FORKLARING_TEKST)
    fet, brytes = bok.add_format({"bold": True}), bok.add_format({"text_wrap": True, "valign": "top"})
    ark.set_column(0, 0, 26)
    ark.set_column(1, 1, 90)
    linjer = [linje for table in tables for linje in (*_om(table), ("", ""))]
    linjer += [(tegn.value, tegn.tekst) for tegn in Tegn]
    for nummer, (navn, tekst) in enumerate(linjer):
        ark.write_string(nummer, 0, navn, fet)
        ark.write_string(nummer, 1, tekst, brytes)


def _om(table: SafeTable) -> Iterable[tuple[str, str]]:
    yield N_("Tabell"), table.tittel
    yield N_("År"), str(table.aar)
    yield N_("Tallene er fra"), f"{table.oeyeblikksbilde:%d.%m.%Y}"
    for definisjon in table.telledefinisjoner:
        yield N_("Slik er det telt"), f"{definisjon.tekst} ({N_('versjon')} {definisjon.versjon})"
    for kolonne in table.kolonner:
        if kolonne not in table.additive:
            yield KOLONNETEKST[kolonne], N_("Radene overlapper og kan ikke legges sammen.")
    yield N_("Grense for små tall"), str(table.terskel)
    yield N_("Andel av tallene som vises"), f"{int(100 * table.andel_vist)} %"
    for melding in table.forklaring:
        yield N_("Om skjulte tall"), str(melding)
