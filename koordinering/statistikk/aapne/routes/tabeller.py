"""The same tables for programs that read PxWebApi 2: the index, one table's metadata, and its data."""

import re

from flask import Response, request

from koordinering.errors import FinnesIkke
from koordinering.statistikk.aapne import queries, services
from koordinering.statistikk.aapne.export import Datasett, Utsnitt, metadata, tabellindeks, tabelloppslag, utvalg
from koordinering.statistikk.aapne.routes.felles import adresse, bp, datasett, fil, som_json
from koordinering.statistikk.aapne.rules import STOERSTE_SIDE, UgyldigUtvalg
from koordinering.statistikk.export import to_csv_excel
from koordinering.web.gate import public
from koordinering.web.skjema import heltall

_VANLIG_SIDE = 100
_VALG = re.compile(r"valueCodes\[(?P<navn>[^\]]+)\]", re.IGNORECASE)


@bp.get("/aapne-data/api/v2/tables")
@public
def api_indeks() -> Response:
    """A page of the open tables."""
    stoerrelse = min(heltall(request.args.get("pageSize")) or _VANLIG_SIDE, STOERSTE_SIDE)
    side = max(1, heltall(request.args.get("pageNumber"), sifre=6) or 1)
    rader = queries.tabellrader((side - 1) * stoerrelse, stoerrelse)
    utsnitt = Utsnitt(side, stoerrelse, queries.antall_tabeller())
    return som_json(tabellindeks([datasett(rad) for rad in rader], utsnitt, adresse))


@bp.get("/aapne-data/api/v2/tables/<tabell_id>")
@public
def api_tabell(tabell_id: str) -> Response:
    """One table's entry in the index."""
    en = _tabell(tabell_id)
    u = en.utgivelse
    sett = Datasett(u.nummer, en.tabell.kode, en.tabell.tittel, u.aar, u.publisert)
    return som_json({"language": "no", **tabelloppslag(sett, adresse)})


@bp.get("/aapne-data/api/v2/tables/<tabell_id>/metadata")
@public
def api_metadata(tabell_id: str) -> Response:
    """What the table consists of."""
    en = _tabell(tabell_id)
    return som_json(metadata(en.tabell, en.utgivelse))


@bp.get("/aapne-data/api/v2/tables/<tabell_id>/data")
@public
def api_data(tabell_id: str) -> Response:
    """Its figures: all of them, or of the classes that are chosen. As CSV always whole."""
    en = _tabell(tabell_id)
    valgt = {m["navn"]: verdi.split(",") for navn, verdi in request.args.items() if (m := _VALG.fullmatch(navn))}
    format_ = request.args.get("outputFormat", "json-stat2").lower()
    if format_ == "json-stat2":
        return som_json(utvalg(en.tabell, en.utgivelse, valgt))
    if format_ == "csv" and not valgt:
        return fil(to_csv_excel(en.tabell), "text/csv")
    raise UgyldigUtvalg


def _tabell(tabell_id: str) -> services.AapenTabell:
    nummer, strek, kode = tabell_id.partition("-")
    if not strek or heltall(nummer) is None:
        raise FinnesIkke
    return services.tabell(int(nummer), kode)
