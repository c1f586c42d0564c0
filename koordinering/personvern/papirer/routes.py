"""The papers, for the data protection officer and the system administrator; and the families' page, for all."""

from flask import Blueprint, Response, render_template, request

from koordinering.db import i_dag
from koordinering.errors import FinnesIkke
from koordinering.konto.services import ta_uttrekk
from koordinering.personvern.papirer import queries, services
from koordinering.personvern.papirer.export import XLSX_TYPE, rolleark
from koordinering.personvern.papirer.rules.dokument import Dokument, deler
from koordinering.personvern.papirer.rules.skriv import FORMATER
from koordinering.personvern.papirer.services import STANDARDSPRAAK, Papir
from koordinering.roles import Rettighet
from koordinering.web.gate import needs, public
from koordinering.web.huset import innstillinger, me

bp = Blueprint("papirer", __name__)

REGNEARK = "xlsx"
"""The form that the role sheet can be signed in."""

_TYPER = {"md": "text/markdown", "html": "text/html"}


@bp.get("/papirer")
@needs(Rettighet.PAPIRER_LES)
def liste() -> str:
    """What papers there are."""
    return render_template("papirer/liste.html", papirer=list(Papir), formater=list(FORMATER))


def _papir(kode: str) -> Papir:
    if kode not in list(Papir):
        raise FinnesIkke
    return Papir(kode)


@bp.get("/papirer/<papir>")
@needs(Rettighet.PAPIRER_LES)
def vis(papir: str) -> str:
    """One paper, with the municipality's own choices in it."""
    valgt = _papir(papir)
    dokument = services.lag(valgt, queries.til_papirene(me()))
    formater = [*FORMATER, *([REGNEARK] if valgt is Papir.ROLLEMATRISE else [])]
    return render_template("papirer/vis.html", dokument=dokument, papir=valgt, deler=deler, formater=formater)


@bp.post("/papirer/<papir>/fil")
@needs(Rettighet.PAPIRER_LES)
def fil(papir: str) -> Response:
    """The same as a file to edit: HTML, which a word processor opens, or Markdown; the role sheet also to sign."""
    valgt = _papir(papir)
    ta_uttrekk(av=me(), adresse=request.remote_addr)
    format_ = request.form.get("format", "html")
    if valgt is Papir.ROLLEMATRISE and format_ == REGNEARK:
        ark = rolleark(queries.til_papirene(me()).kommune or "", i_dag())
        return _svar(ark, XLSX_TYPE, f"{valgt.value}.{REGNEARK}")
    if format_ not in FORMATER:
        raise FinnesIkke
    return _nedlasting(services.lag(valgt, queries.til_papirene(me())), valgt.value, format_)


def _nedlasting(dokument: Dokument, navn: str, format_: str) -> Response:
    return _svar(FORMATER[format_](dokument), f"{_TYPER[format_]}; charset=utf-8", f"{navn}.{format_}")


def _svar(innhold: str | bytes, slag: str, filnavn: str) -> Response:
    return Response(innhold, content_type=slag, headers={"Content-Disposition": f'attachment; filename="{filnavn}"'})


@bp.get("/personvern")
@public
def familieside() -> str:
    """What is stored about a family, why, and its rights. Open to all; nobody is asked who reads it."""
    alle = services.spraak(innstillinger().data / "familier")
    opplysninger = queries.kommunens()
    valgt = alle.get(request.args.get("spraak", "")) or alle[STANDARDSPRAAK]
    side = services.familieside(valgt, opplysninger)
    if side is None:
        side = services.familieside(services.spraak()[STANDARDSPRAAK], opplysninger)
    return render_template("papirer/familier.html", dokument=side, spraak=list(alle.values()), deler=deler)
