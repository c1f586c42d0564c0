"""A table of one dimension as a file: CSV for programs, and a workbook."""

import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime, time
from typing import Any

from flask import Response, abort, request
from xlsxwriter import Workbook

from bench.floor.basen import som_dag
from bench.floor.rammen import Gulvet, dato, krev_rett, krev_token
from bench.floor.soek import tell_i_timen
from bench.floor.tall import klasser, nyeste, vist
from koordinering.formler import uten_formel
from koordinering.statistikk.disclosure import Tegn
from koordinering.users import Koblingsmodus

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_VALG = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_PER_TIME = 60


def vis(gulvet: Gulvet, kode: str, aar: int) -> Response:
    """A POST with the kind of file; its line is in the log before the file is made."""
    krev_token()
    meg, slag = gulvet.hvem(), request.form["format"].strip()
    krev_rett(meg, "statistikk:eksporter")
    if slag not in {"csv", "xlsx"}:
        abort(422)
    tell_i_timen(gulvet, meg, "uttrekk", _PER_TIME)
    bilde = nyeste(gulvet, kode, aar).get(aar)
    if bilde is None:
        abort(404)
    gulvet.lest(meg, "tall_eksportert", "oeyeblikksbilde", bilde.id, f"{kode}-{aar}-{slag}")
    t = bilde.tabell
    if slag == "csv":
        svar = Response(_csv(t), mimetype="text/csv")
    else:
        svar = Response(_xlsx(t, Koblingsmodus(bilde.modus).tekst), mimetype=_XLSX)
    svar.headers.set("Content-Disposition", "attachment", filename=f"{kode}_{aar}_per-{t['oeyeblikksbilde']}.{slag}")
    return svar


def _csv(t: dict[str, Any]) -> bytes:
    ut = io.StringIO(newline="")
    skriver = csv.writer(ut, lineterminator="\n")
    skriver.writerow([t["dimensjoner"][0][0], *(kolonne[0] for kolonne in t["kolonner"])])
    skriver.writerows([uten_formel(kode), *rad] for (kode,), rad in t["celler"])
    return ut.getvalue().encode()


def _xlsx(t: dict[str, Any], kobling: str) -> bytes:
    buffer = io.BytesIO()
    with Workbook(buffer, _VALG) as bok:
        bok.set_properties({"created": datetime.combine(som_dag(t["oeyeblikksbilde"]), time(), UTC)})
        _tallene(bok, t)
        _forklaringen(bok, t, kobling)
    return buffer.getvalue()


def _tallene(bok: Workbook, t: dict[str, Any]) -> None:
    ark = bok.add_worksheet(f"{t['kode']} {t['aar']}")
    fet = bok.add_format({"bold": True, "text_wrap": True, "valign": "top"})
    tall, tegn = bok.add_format({"num_format": "#,##0"}), bok.add_format({"align": "right"})
    etikett, hoder, celler = t["dimensjoner"][0][1], klasser(t), {kode: rad for (kode,), rad in t["celler"]}
    ark.freeze_panes(1, 1)
    ark.write_string(0, 0, etikett, fet)
    bredde = max(10, len(etikett), *(len(hode) for _, hode, _ in hoder)) + 2
    ark.set_column(0, 0, min(60, bredde))
    for nr, kolonne in enumerate(t["kolonner"], 1):
        ark.write_string(0, nr, kolonne[1], fet)
    ark.set_column(1, len(t["kolonner"]), 16)
    for linje, (kode, hode, nivaa) in enumerate(hoder, 1):
        ark.write_string(linje, 0, hode, bok.add_format({"bold": True} if kode == "Total" else {"indent": nivaa}))
        for nr, celle in enumerate(celler[kode], 1):
            if isinstance(celle, str):
                ark.write_string(linje, nr, celle, tegn)
            else:
                ark.write_number(linje, nr, celle, tall)


def _forklaringen(bok: Workbook, t: dict[str, Any], kobling: str) -> None:
    ark = bok.add_worksheet("Forklaring")
    fet, brytes = bok.add_format({"bold": True, "valign": "top"}), bok.add_format({"text_wrap": True, "valign": "top"})
    ark.set_column(0, 0, 28)
    ark.set_column(1, 1, 90)
    for nr, (navn, tekst) in enumerate(_om(t, kobling)):
        ark.write_string(nr, 0, navn, fet)
        ark.write_string(nr, 1, tekst, brytes)


def _om(t: dict[str, Any], kobling: str) -> Iterator[tuple[str, str]]:
    yield "Tabell", t["tittel"]
    yield "År", str(t["aar"])
    yield "Tallene er fra", dato(som_dag(t["oeyeblikksbilde"]))
    yield "Kan brukes til", "Arbeidstall. Ikke for publisering."
    yield "Kobling av saker", kobling
    for tekst, versjon in t["telledefinisjoner"]:
        yield "Slik er det telt", f"{tekst} (versjon {versjon})"
    for kolonne in t["kolonner"]:
        if not kolonne[3]:
            yield kolonne[1], "Gruppene overlapper og kan ikke legges sammen."
    yield "Grense for små tall", str(t["terskel"])
    yield "Andel av tallene som vises", f"{int(100 * vist(t))} %"
    for msgid, verdier in t["forklaring"]:
        yield "Om skjulte tall", msgid % verdier
    yield "", ""
    for tegn in Tegn:
        yield tegn.value, tegn.tekst
