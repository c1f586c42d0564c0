"""CSV in long form, for programs and for Norwegian Excel: a column for each dimension, then one for each unit.

One rectangle: a header, then a row for every combination of classes, totals last. What explains the numbers stands
on the page, in the xlsx and in a release's zip. A text that a spreadsheet would run as a formula (it begins with
= + - @) gets an apostrophe in front, which Excel shows as text.
"""

import csv
import io
from collections.abc import Iterable

from koordinering.formler import uten_formel
from koordinering.statistikk.disclosure import SafeTable
from koordinering.statistikk.export.felles import bare_trygg, tekst


def to_csv(table: SafeTable) -> str:
    """Comma, UTF-8, codes throughout: for programs."""
    bare_trygg(table)
    hode = [*(d.kode for d in table.dimensjoner), *table.kolonnekoder]
    linjer = ([*map(uten_formel, n), *map(tekst, table.celler[n])] for n in table.noekler)
    return _csv(hode, linjer, delimiter=",", lineterminator="\n")


def to_csv_excel(table: SafeTable) -> bytes:
    """Semicolon, labels, byte order mark and CRLF: opens as columns in Norwegian Excel."""
    bare_trygg(table)
    hode = [*(uten_formel(d.etikett) for d in table.dimensjoner), *(uten_formel(k.etikett) for k in table.kolonner)]
    linjer = (
        [
            *(uten_formel(d.etikett_av(kode)) for d, kode in zip(table.dimensjoner, n, strict=True)),
            *map(tekst, table.celler[n]),
        ]
        for n in table.noekler
    )
    return _csv(hode, linjer, delimiter=";", lineterminator="\r\n").encode("utf-8-sig")


def _csv(hode: list[str], linjer: Iterable[list[str]], *, delimiter: str, lineterminator: str) -> str:
    ut = io.StringIO(newline="")
    skriver = csv.writer(ut, delimiter=delimiter, lineterminator=lineterminator)
    skriver.writerow(hode)
    skriver.writerows(linjer)
    return ut.getvalue()
