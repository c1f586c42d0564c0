"""What the pages of this package share: the blueprint, the chosen filter, and an answer as a file."""

from flask import Blueprint, Response, request

from koordinering.personvern.krav.export import MIMETYPER, Filslag, til_fil
from koordinering.personvern.krav.queries import Kravfilter
from koordinering.personvern.krav.rules.dokument import Dokument

bp = Blueprint("krav", __name__)


def valgt_filter() -> Kravfilter:
    """The filter in the address; the open ones where it is none."""
    valgt = request.args.get("filter", "")
    return Kravfilter(valgt) if valgt in set(Kravfilter) else Kravfilter.AAPNE


def valgt_fil() -> Filslag:
    """The kind of file that was asked for; PDF where it is none."""
    return Filslag.JSON if request.form.get("fil") == Filslag.JSON else Filslag.PDF


def som_fil(dokument: Dokument, slag: Filslag) -> Response:
    """The answer to keep. Its name tells nothing of the family."""
    svar = Response(til_fil(dokument, slag), mimetype=MIMETYPER[slag])
    svar.headers.set("Content-Disposition", "attachment", filename=f"innsyn.{slag.value}")
    return svar
