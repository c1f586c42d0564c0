"""The canonical form of a release, its checksum, and the zip with everything."""

import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Iterator, Sequence

from koordinering.statistikk.disclosure import SafeTable
from koordinering.statistikk.export.csv_fil import to_csv, to_csv_excel
from koordinering.statistikk.export.felles import (
    Format,
    Utgivelse,
    bare_trygg,
    filnavn,
    om,
    om_utgivelsen,
    pakkenavn,
    tegnforklaring,
)
from koordinering.statistikk.export.jsonstat import to_jsonstat
from koordinering.statistikk.export.xlsx import to_xlsx
from koordinering.tekst import N_

KANONISK = "tabeller.json"
SUMMER = "SHA256SUMS"
FORKLARING = "forklaring.txt"

EKSPORT: dict[Format, Callable[[SafeTable, Utgivelse | None, str | None], bytes]] = {
    Format.CSV: lambda table, *_: to_csv(table).encode(),
    Format.CSV_EXCEL: lambda table, *_: to_csv_excel(table),
    Format.XLSX: lambda table, utgivelse, kobling: to_xlsx([table], utgivelse, kobling),
    Format.JSONSTAT: lambda table, utgivelse, kobling: to_jsonstat(table, utgivelse, kobling).encode(),
}


def kanonisk(tables: Sequence[SafeTable]) -> bytes:
    """The tables with definitions, threshold and signs as one JSON text: the same tables give the same bytes."""
    for table in tables:
        bare_trygg(table)
    innhold = [json.loads(table.til_json()) for table in tables]
    return json.dumps(innhold, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def sha256(innhold: bytes) -> str:
    """Lower-case hex, as `sha256sum` writes it."""
    return hashlib.sha256(innhold).hexdigest()


def to_zip(tables: Sequence[SafeTable], utgivelse: Utgivelse, steg: Callable[[int, int], None]) -> bytes:
    """Every table in every format, one workbook of all, explanations and checksums; the same release, same bytes.

    `steg` is told how many of how many files are made.
    """
    filer: dict[str, bytes] = {}
    av_alt = len(tables) * len(EKSPORT) + 2
    for navn, innhold in _filer(tables, utgivelse):
        filer[navn] = innhold
        steg(len(filer), av_alt)
    filer[FORKLARING] = _forklaring(tables, utgivelse).encode()
    filer[SUMMER] = "".join(f"{sha256(innhold)}  {navn}\n" for navn, innhold in sorted(filer.items())).encode()
    ut = io.BytesIO()
    dag = utgivelse.publisert
    with zipfile.ZipFile(ut, "w", zipfile.ZIP_DEFLATED) as arkiv:
        for navn, innhold in sorted(filer.items()):
            info = zipfile.ZipInfo(f"{pakkenavn(utgivelse)}/{navn}", (dag.year, dag.month, dag.day, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            arkiv.writestr(info, innhold)
    return ut.getvalue()


def _filer(tables: Sequence[SafeTable], utgivelse: Utgivelse) -> Iterator[tuple[str, bytes]]:
    yield KANONISK, kanonisk(tables)
    yield f"{pakkenavn(utgivelse)}.xlsx", to_xlsx(tables, utgivelse)
    for table in tables:
        for fmt, skriv in EKSPORT.items():
            yield filnavn(table, fmt, utgivelse), skriv(table, utgivelse, None)


def _forklaring(tables: Sequence[SafeTable], utgivelse: Utgivelse) -> str:
    deler = [om_utgivelsen(utgivelse), *(om(table, utgivelse) for table in tables), tegnforklaring()]
    avsnitt = ["\n".join(f"{navn}: {tekst}" for navn, tekst in linjer) for linjer in deler]
    filene = N_("Kontrollsummen er av filen %(fil)s. Den har alle tabellene slik de ble publisert.") % {"fil": KANONISK}
    return "\n\n".join([*avsnitt, filene]) + "\n"
