"""What the pages of series share: the blueprint, and figures in words for their templates."""

from flask import Blueprint
from markupsafe import Markup
from werkzeug.wrappers import Response

from koordinering.plan.bilder import gnist
from koordinering.plan.serier import visning
from koordinering.plan.serier.models import Seriepunkt
from koordinering.plan.serier.rules import Punkt, Serie
from koordinering.tekst import N_
from koordinering.web.sprak import gettext

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
    return str(gettext(tekst)) if (tekst := visning.tegnforklaring(punkt)) else ""


@bp.app_template_global("serierader")
def serierader(serie: Serie) -> list[tuple[Punkt, str, str, str]]:
    """Points, newest first, with period, figure and change in words."""
    return visning.rader(serie, gettext)


@bp.app_template_global("gnisten")
def gnisten(serie: Serie) -> Markup:
    """The sparkline of a series; nothing where there are fewer than two numbers to draw."""
    flere = sum(p.verdi is not None and p.tid is not None for p in serie.punkter) > 1
    return gnist(serie, gettext).svg if flere else Markup("")


@bp.app_template_global("punktverdi")
def punktverdi(serie: Serie, punkt: Seriepunkt | None) -> str:
    """What a version of a point held, for the history."""
    if punkt is None or punkt.slettet:
        return str(gettext(N_("ingenting")))
    return visning.verditekst(serie, Punkt(punkt.periode, punkt.verdi, punkt.tegn), gettext)
