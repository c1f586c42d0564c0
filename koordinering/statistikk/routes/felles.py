"""The blueprint that the pages of this package share, and handing out a file."""

from flask import Blueprint, Response

from koordinering.statistikk.services import Fil

bp = Blueprint("statistikk", __name__)


def last_ned(fil: Fil) -> Response:
    """The file as something to keep."""
    svar = Response(fil.innhold, mimetype=fil.mimetype)
    svar.headers.set("Content-Disposition", "attachment", filename=fil.navn)
    return svar
