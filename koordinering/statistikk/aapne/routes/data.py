"""What everybody reads: the list of open releases, their tables as pages and files, and the catalogue for portals."""

from flask import Response, render_template, request

from koordinering.statistikk.aapne import queries, services
from koordinering.statistikk.aapne.export import Node, katalog, til_jsonld, til_turtle
from koordinering.statistikk.aapne.routes.felles import adresse, bp, datasett, fil
from koordinering.statistikk.aapne.rules import Endelse
from koordinering.statistikk.disclosure import Tegn
from koordinering.statistikk.export import MIMETYPE, Format, filnavn, to_csv_excel, to_jsonstat
from koordinering.statistikk.visning import med_fjor
from koordinering.users import kommune
from koordinering.web.gate import public


@bp.get("/aapne-data")
@public
def indeks() -> str:
    """Every open release that stands, the newest first."""
    side = queries.side(request.args.get("side", ""))
    return render_template(
        "aapne/indeks.html", side=side, opplysninger=queries.opplysninger(), kommune=kommune(), endelser=Endelse
    )


@bp.get("/aapne-data/<int:publisering_nr>")
@public
def publisering(publisering_nr: int) -> str:
    """One open release."""
    funnet = queries.med_nummer(publisering_nr)
    return render_template(
        "aapne/publisering.html", p=funnet, kommune=kommune(), opplysninger=queries.opplysninger(), endelser=Endelse
    )


@bp.get("/aapne-data/<int:publisering_nr>/<kode>")
@public
def tabell(publisering_nr: int, kode: str) -> str:
    """One open table as a page: a spreadsheet's query from the web reads its tables."""
    en = services.tabell(publisering_nr, kode)
    side = med_fjor(en.tabell, None, samme_kobling=False)
    return render_template(
        "aapne/tabell.html",
        u=en.utgivelse,
        vis=side,
        tegn=Tegn,
        endelser=Endelse,
        opplysninger=queries.opplysninger(),
    )


@bp.get("/aapne-data/<int:publisering_nr>/<kode>.json")
@public
def jsonstat(publisering_nr: int, kode: str) -> Response:
    """The table as JSON-stat 2.0."""
    en = services.tabell(publisering_nr, kode)
    navn = filnavn(en.tabell, Format.JSONSTAT, en.utgivelse)
    return fil(to_jsonstat(en.tabell, en.utgivelse), MIMETYPE[Format.JSONSTAT], navn)


@bp.get("/aapne-data/<int:publisering_nr>/<kode>.csv")
@public
def csv(publisering_nr: int, kode: str) -> Response:
    """The table as CSV: semicolon, labels, UTF-8 with its mark, as Norwegian Excel reads it."""
    en = services.tabell(publisering_nr, kode)
    navn = filnavn(en.tabell, Format.CSV_EXCEL, en.utgivelse)
    return fil(to_csv_excel(en.tabell), MIMETYPE[Format.CSV_EXCEL], navn)


@bp.get("/aapne-data/katalog.ttl")
@public
def turtle() -> Response:
    """The catalogue for data portals, as Turtle."""
    return fil(til_turtle(_katalogen()), "text/turtle")


@bp.get("/aapne-data/katalog.jsonld")
@public
def jsonld() -> Response:
    """The catalogue for data portals, as JSON-LD."""
    return fil(til_jsonld(_katalogen()), "application/ld+json")


def _katalogen() -> list[Node]:
    om = services.hvem_svarer()
    return katalog(map(datasett, queries.tabellrader()), om, kommune().navn, adresse)
