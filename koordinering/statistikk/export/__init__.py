"""Files of protected tables: CSV in two dialects, xlsx, JSON-stat, and the zip of a release. Raw counts are refused."""

from koordinering.statistikk.export.csv_fil import to_csv, to_csv_excel
from koordinering.statistikk.export.felles import MIMETYPE, Format, Utgivelse, filnavn, pakkenavn
from koordinering.statistikk.export.jsonstat import som_jsonstat, to_jsonstat
from koordinering.statistikk.export.pakke import EKSPORT, kanonisk, sha256, to_zip
from koordinering.statistikk.export.xlsx import to_xlsx

__all__ = [
    "EKSPORT", "MIMETYPE", "Format", "Utgivelse", "filnavn", "kanonisk", "pakkenavn", "sha256", "som_jsonstat",
    "to_csv", "to_csv_excel", "to_jsonstat", "to_xlsx", "to_zip",
]  # fmt: skip
