"""The cells of somebody else's file, csv or xlsx, as text.

A file may be of the wrong kind, enormous, packed to burst, or hold formulas: each of these is told, and a formula is
never computed.
"""

import csv
import io
import zipfile
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

MAKS_BYTE = 2_000_000
"""The largest request that the product takes (app.py)."""
MAKS_UTPAKKET = 5_000_000
"""Bytes that a workbook may unpack to: a full list is one tenth of it, and more keeps a processor busy for seconds."""
MAKS_DELER = 200
"""Parts of a workbook: one of ours has a dozen."""
MAKS_KOLONNER = 40

_VERDIER = (str, int, float, time, timedelta)


class Lesefeil(StrEnum):
    """Why a file cannot be read."""

    SLAG = "slag"
    """Neither csv nor xlsx, or broken."""
    STOR = "stor"
    UTPAKKET = "utpakket"
    RADER = "rader"


class Uleselig(ValueError):
    """The file as a whole cannot be read; each list has its own words for it."""

    def __init__(self, grunn: Lesefeil) -> None:
        super().__init__(grunn)
        self.grunn = grunn


def les_celler(innhold: bytes, *, maks_byte: int = MAKS_BYTE, maks_rader: int) -> list[list[str]]:
    """The cells of a csv file or a workbook's first sheet, without empty rows at the end.

    Raises Uleselig, also for more than `maks_rader` rows under the headings.
    """
    if len(innhold) > maks_byte:
        raise Uleselig(Lesefeil.STOR)
    les = _fra_xlsx if innhold.startswith(b"PK\x03\x04") else _fra_csv
    rader = les(innhold, maks_rader + 2)
    while rader and not any(rader[-1]):
        rader.pop()
    if len(rader) > maks_rader + 1:
        raise Uleselig(Lesefeil.RADER)
    return rader


def _fra_xlsx(innhold: bytes, maks: int) -> list[list[str]]:
    from openpyxl import load_workbook  # twenty megabytes with what it brings, for a few files a year

    try:
        with zipfile.ZipFile(io.BytesIO(innhold)) as pakke:
            deler = pakke.infolist()
        if len(deler) > MAKS_DELER or sum(del_.file_size for del_ in deler) > MAKS_UTPAKKET:
            raise Uleselig(Lesefeil.UTPAKKET)
        bok = load_workbook(io.BytesIO(innhold), read_only=True, data_only=False, keep_links=False)
        try:
            rader = bok.worksheets[0].iter_rows(max_row=maks, max_col=MAKS_KOLONNER, values_only=True)
            return [[_celle(verdi) for verdi in rad] for rad in rader]
        finally:
            bok.close()
    except Uleselig:
        raise
    except Exception:  # a broken workbook fails in many ways inside the library
        raise Uleselig(Lesefeil.SLAG) from None


def _celle(verdi: Any) -> str:
    if verdi is None:
        return ""
    if isinstance(verdi, datetime | date):
        return verdi.strftime("%d.%m.%Y")
    if isinstance(verdi, float) and verdi.is_integer():
        return str(int(verdi))
    if not isinstance(verdi, _VERDIER):
        return "="  # an array formula or a data table comes as an object of its own; it is told of as a formula
    return str(verdi).strip()


def _fra_csv(innhold: bytes, maks: int) -> list[list[str]]:
    if b"\x00" in innhold:
        raise Uleselig(Lesefeil.SLAG)
    try:
        tekst = innhold.decode("utf-8-sig")
    except UnicodeDecodeError:
        tekst = innhold.decode("cp1252", errors="replace")  # Excel's own csv on an older machine
    foerste = tekst.split("\n", 1)[0]
    rader: list[list[str]] = []
    try:
        for rad in csv.reader(io.StringIO(tekst, newline=""), delimiter=max(";,\t", key=foerste.count)):
            rader.append([celle.strip() for celle in rad[:MAKS_KOLONNER]])
            if len(rader) == maks:
                raise Uleselig(Lesefeil.RADER)
    except csv.Error:
        raise Uleselig(Lesefeil.SLAG) from None
    return rader
