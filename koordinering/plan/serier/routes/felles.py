"""What the pages of series share: the blueprint, and figures in words for their templates."""

from flask import Blueprint
from flask_babel import gettext
from werkzeug.wrappers import Response

from koordinering.plan.serier import visning
from koordinering.plan.serier.rules import Punkt, Serie

bp = Blueprint("serier", __name__)

Svar = str | Response | tuple[str, int]


@bp.app_template_filter("periode")
def periode(kode: str) -> str:
    """A period in words."""
    return visning.periodetekst(kode, gettext)


@bp.app_template_global("serieverdi")
def serieverdi(serie: Serie, punkt: Punkt) -> str:
    """What stands for a point in a table."""
    return visning.verditekst(serie, punkt, gettext)


@bp.app_template_global("tegnforklaring")
def tegnforklaring(punkt: Punkt) -> str:
    """What the sign of a point means."""
    return gettext(tekst) if (tekst := visning.tegnforklaring(punkt)) else ""


@bp.app_template_global("serierader")
def serierader(serie: Serie) -> list[tuple[Punkt, str, str, str]]:
    """Points, newest first, with period, figure and change in words."""
    return visning.rader(serie, gettext)
